"""Looking for tickets: search, queue lists, the overview."""

from collections.abc import Sequence

from bot.handlers.asking import Answer, Ask, refused
from bot.handlers.owning import queue_named
from core.ids import QueueName
from core.model import Ticket
from core.say import PersonName, Say, TicketLabel, Value, Word, say
from core.views import Overview, Row
from core.words import one_line

WORDS_LIMIT = 200
SHOWN = 15
ON_HOME = 20


async def find(ask: Ask) -> Answer:
    """In the asker's queues only."""
    words = ask.text.strip()
    if not words:
        raise refused("refused.find_what")
    if len(words) > WORDS_LIMIT:
        raise refused("refused.too_long", length=len(words), limit=WORDS_LIMIT)
    if not ask.queues:
        raise refused("refused.no_queues")
    ids = await ask.house.store.search(words, ask.queues, SHOWN)
    found = await ask.house.store.tickets(ids)
    tickets = [found[i] for i in ids if i in found and ask.me.sees(found[i].queue)]
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
    return ask.tell("queue.title", lines=lines, queue=title, n=found.total, shown=len(found.tickets))


def _queues(ask: Ask) -> tuple[tuple[QueueName, ...], str]:
    policy = ask.house.policy
    own = [policy.queue(name) for name in ask.queues]
    if not own:
        raise refused("refused.no_queues")
    titles = ", ".join(q.title for q in own)
    if not ask.text:
        return ask.queues, titles
    wanted = queue_named(own, ask.text)
    if wanted is None:
        raise refused("refused.queue_unknown", name=one_line(ask.text, 60), queues=titles)
    return (wanted.name,), wanted.title


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


async def overview(ask: Ask) -> Answer:
    """What is the asker's, nobody's, and about to break."""
    parts = {view: await _rows(ask, view) for view in ("mine", "unassigned", "breaching")}
    now = ask.house.clock.now()
    return Answer(overview=Overview(ask.me.locale, ask.zone, now, **parts))


async def _rows(ask: Ask, view: str) -> tuple[Row, ...]:
    store = ask.house.store
    if not ask.queues:
        return ()
    found = await store.listed(ask.queues, view, ask.me.id, limit=ON_HOME)
    contacts = await store.contacts([ticket.contact for ticket in found.tickets])
    names = {person.id: person.name for person in (await store.roster()).people}
    rows: list[Row] = []
    for ticket in found.tickets:
        contact = contacts.get(ticket.contact)
        deadline = ticket.deadline
        rows.append(
            Row(
                ticket,
                contact.name if contact else "",
                names.get(ticket.assignee, "") if ticket.assignee is not None else "",
                deadline.due_at if deadline else None,
                await _excerpt(ask, ticket),
                await store.thread(ticket.id, ask.origin.desk),
            )
        )
    return tuple(rows)


async def _excerpt(ask: Ask, ticket: Ticket) -> str:
    if ticket.last_customer is None:
        return ""
    message = await ask.house.store.message(ticket.last_customer)
    return one_line(message.text, 80) if message else ""
