"""The only room that knows Tortoise and SQL. Others use what is named here, through the Protocols of `core.ports`."""

from storage.chat import SqlChatLog
from storage.commits import Commit, Listener
from storage.errors import BadDatabaseUrl, DatabaseBusy, EmailTaken, SchemaMismatch
from storage.queries.people import NewSession, WebSession
from storage.queries.upkeep import Parked
from storage.schema import migrate
from storage.store import SqlStore, SqlTx, open_store

__all__ = [
    "BadDatabaseUrl",
    "Commit",
    "DatabaseBusy",
    "EmailTaken",
    "Listener",
    "NewSession",
    "Parked",
    "SchemaMismatch",
    "SqlChatLog",
    "SqlStore",
    "SqlTx",
    "WebSession",
    "migrate",
    "open_store",
]
