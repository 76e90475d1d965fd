"""What can be wrong with a database, said so that an operator can mend it. Races and refusals are in `core.errors`."""


class DatabaseBusy(Exception):
    """Another process has the SQLite file open for writing; SQLite is for one process."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is in use by another dragoman process. Stop that one, or use PostgreSQL to run several."
        )


class SchemaMismatch(Exception):
    """The database is newer than the program, older and not migrated, or an applied migration was edited."""


class EmailTaken(Exception):
    """Another person has this address."""


class BadDatabaseUrl(Exception):
    """Not `sqlite:///path`, `sqlite://:memory:`, `postgres://...` or `postgresql://...`."""

    def __init__(self) -> None:
        super().__init__(
            "The database must be sqlite:///<path>, sqlite://:memory: or postgresql://<user>@<host>/<name>."
        )
