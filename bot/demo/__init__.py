"""The demo: what `make demo` needs beside the product itself. Nothing of the product imports from here."""
