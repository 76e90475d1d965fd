"""The only room that knows Tortoise and SQL. Others use what is named here, through the Protocols of `core.ports`."""

from storage.chat import SqlChatLog
from storage.commits import Commit, Listener
from storage.company import Company
from storage.errors import BadDatabaseUrl, DatabaseBusy, EmailTaken, SchemaMismatch
from storage.hints import Typing
from storage.queries.indexing import Came, Reach, Stale
from storage.queries.people import NewSession, WebSession
from storage.queries.upkeep import Parked
from storage.queries.watch import Backlog, Change, Mark
from storage.schema import migrate
from storage.store import SqlStore, open_store
from storage.tx import SqlTx

__all__ = [
    "Backlog",
    "BadDatabaseUrl",
    "Came",
    "Change",
    "Commit",
    "Company",
    "DatabaseBusy",
    "EmailTaken",
    "Listener",
    "Mark",
    "NewSession",
    "Parked",
    "Reach",
    "SchemaMismatch",
    "SqlChatLog",
    "SqlStore",
    "SqlTx",
    "Stale",
    "Typing",
    "WebSession",
    "migrate",
    "open_store",
]
