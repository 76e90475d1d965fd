"""Looking for tickets: search, queue lists, and what a shift takes over."""

from collections.abc import Sequence

from bot.handlers.asking import Answer, Ask, refused
from bot.handlers.owning import queue_named
from core import bulletins
from core.bulletins import Scope, Views
from core.ids import QueueName
from core.model import Ticket
from core.ports import COUNTED
from core.say import PersonName, Say, TicketLabel, Value, Word, say
from core.turns import shift_ends
from core.words import one_line

WORDS_LIMIT = 200
SHOWN = 15


async def find(ask: Ask) -> Answer:
    """In the asker's queues only."""
    words = ask.text.strip()
    if not words:
        raise refused("refused.find_what")
    if len(words) > WORDS_LIMIT:
        raise refused("refused.too_long", length=len(words), limit=WORDS_LIMIT)
    queues = _readable(ask)
    ids = await ask.house.store.search(words, queues, SHOWN)
    found = await ask.house.store.tickets(ids)
    tickets = [found[i] for i in ids if i in found and found[i].queue in queues]
    if not tickets:
        return ask.tell("find.nothing", words=one_line(words, 60))
    return ask.tell("find.title", lines=await _lines(ask, tickets), words=one_line(words, 60), n=len(tickets))


async def queue(ask: Ask) -> Answer:
    """What is open, by deadline: in one queue, or in all of the asker's."""
    queues, title = _queues(ask)
    found = await ask.house.store.listed(queues, "open", ask.me.id, limit=SHOWN)
    if not found.tickets:
        return ask.tell("queue.empty", queue=title)
    lines = await _lines(ask, found.tickets)
    key, n = ("queue.many", COUNTED) if found.total > COUNTED else ("queue.title", found.total)
    return ask.tell(key, lines=lines, queue=title, n=n, shown=len(found.tickets))


async def handover(ask: Ask) -> Answer:
    """What is told when a shift ends, now: in one queue, or in all of the asker's, until the end of their shift."""
    queues, title = _queues(ask)
    house, now = ask.house, ask.house.clock.now()
    staffing = await house.staffing()
    until = max(shift_ends(staffing.hours_of(ask.me, name), now) for name in queues)
    found = await bulletins.handover(Views(house.store), house.policy, Scope(queues), now, until)
    if not found:
        return ask.tell("bulletin.nothing", queue=title)
    return ask.tell("bulletin.handover", lines=found.rows, until=until)


def _queues(ask: Ask) -> tuple[tuple[QueueName, ...], str]:
    policy, queues = ask.house.policy, _readable(ask)
    own = [policy.queue(name) for name in queues]
    titles = ", ".join(q.title for q in own)
    if not ask.text:
        return queues, titles
    wanted = queue_named(own, ask.text)
    if wanted is None:
        raise refused("refused.queue_unknown", name=one_line(ask.text, 60), queues=titles)
    return (wanted.name,), wanted.title


def _readable(ask: Ask) -> tuple[QueueName, ...]:
    """The asker's queues. Where others read the answer too, only those whose place it is: all who are there may read
    them anyway."""
    if not ask.queues:
        raise refused("refused.no_queues")
    if not ask.overheard:
        return ask.queues
    of_the_place = {queue.name for queue in ask.house.policy.queues_at(ask.origin.desk, ask.origin.place)}
    queues = tuple(name for name in ask.queues if name in of_the_place)
    if not queues:
        raise refused("refused.list_in_private")
    return queues


async def _lines(ask: Ask, tickets: Sequence[Ticket]) -> tuple[Say, ...]:
    contacts = await ask.house.store.contacts([ticket.contact for ticket in tickets])
    names = {contact.id: contact.name for contact in contacts.values()}
    return tuple(_line(ticket, names.get(ticket.contact, "")) for ticket in tickets)


def _line(ticket: Ticket, contact: str) -> Say:
    deadline = ticket.deadline
    due: Value = deadline.due_at if deadline and deadline.due_at else Word("list.no_deadline")
    return say(
        "list.row",
        ticket=TicketLabel(ticket.id),
        status=Word(f"status.{ticket.status}"),
        contact=one_line(contact, 60) or "-",
        who=PersonName(ticket.assignee) if ticket.assignee is not None else Word("list.nobody"),
        due=due,
    )
