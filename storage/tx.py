"""What may be asked of the database and what may be done in one transaction: the queries of every theme put together.
They are in `storage.queries`; transactions are begun and ended in `storage.database`."""

from storage.commits import Changes
from storage.queries.chat import ChatReads, ChatWrites
from storage.queries.conversations import ConversationReads, ConversationWrites
from storage.queries.deliveries import DeliveryReads, DeliveryWrites
from storage.queries.groups import GroupReads, GroupWrites
from storage.queries.indexing import IndexReads, IndexWrites
from storage.queries.lists import ListReads
from storage.queries.messages import MessageReads, MessageWrites
from storage.queries.notices import NoticeReads, NoticeWrites
from storage.queries.open_threads import OpenThreadReads
from storage.queries.outbox import OutboxReads, OutboxWrites
from storage.queries.outlines import OutlineReads
from storage.queries.roster import RosterReads, RosterWrites
from storage.queries.search import SearchReads
from storage.queries.threads import ThreadReads, ThreadWrites
from storage.queries.tickets import TicketReads, TicketWrites
from storage.queries.troubles import TroubleReads, TroubleWrites
from storage.queries.upkeep import UpkeepReads, UpkeepWrites
from storage.queries.watch import WatchReads
from storage.session import Session
from storage.standing import ALONE, Standing


class SqlReads(
    ListReads,
    OutlineReads,
    SearchReads,
    IndexReads,
    TicketReads,
    ConversationReads,
    MessageReads,
    ThreadReads,
    OpenThreadReads,
    RosterReads,
    NoticeReads,
    GroupReads,
    DeliveryReads,
    OutboxReads,
    ChatReads,
    UpkeepReads,
    TroubleReads,
    WatchReads,
):
    """`core.ports.Reads` on a session, and what the program's own pages ask besides."""

    def __init__(self, session: Session) -> None:
        self.session = session


class SqlTx(
    SqlReads,
    TicketWrites,
    ConversationWrites,
    MessageWrites,
    ThreadWrites,
    RosterWrites,
    NoticeWrites,
    GroupWrites,
    OutboxWrites,
    IndexWrites,
    DeliveryWrites,
    ChatWrites,
    UpkeepWrites,
    TroubleWrites,
):
    """`core.ports.Tx`: one open transaction."""

    def __init__(self, session: Session, process: Standing = ALONE) -> None:
        super().__init__(session)
        self.changes = Changes()
        self.process = process
