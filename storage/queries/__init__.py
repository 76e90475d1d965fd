"""Questions and changes by theme. Each class is bound to a session by `SqlTx` or `SqlStore`."""
