"""Gathers the evidence when a run is over and the program has stopped."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot import i18n
from bot.config.policy import policy_of
from core.ids import DeskName, MessageId, TicketId
from storage import SqlStore, open_store
from tests.crash.agents import Agents, Typed
from tests.crash.database import quoted, rows
from tests.crash.evidence import Evidence, Kept, Left, Phone, Shown, TypedWords
from tests.crash.people import Customer
from tests.crash.plan import Script
from tests.crash.site import Visitor
from tests.crash.world import World
from tests.platforms.slack import State, reading
from tests.platforms.slack.state import Message

MARK = i18n.t("en", "desk.repeated")
LEFT = """
    SELECT 'inbox ' || source || ' ' || id AS what, state, error AS reason
      FROM inbox WHERE state <> 'done' AND at <= {ended_at}
    UNION ALL
    SELECT 'job ' || kind || ' ' || id, state, code
      FROM jobs WHERE state NOT IN ('done', 'cancelled') AND created_at <= {ended_at}
"""
"""What came after that, as a warning does at any moment, may be under way when the program stops."""
MANY = 10_000


async def collect(
    world: World, customers: Sequence[tuple[Script, Customer]], agents: Agents, ended_at: datetime
) -> Evidence:
    store = await open_store(world.database)
    try:
        kept = [
            await _kept(store, TicketId(row["id"]))
            for row in await rows(world.database, "SELECT id FROM tickets ORDER BY id")
        ]
    finally:
        await store.close()
    sql = LEFT.format(ended_at=quoted(world.database, ended_at))
    left = [Left(row["what"], row["state"], row["reason"]) for row in await rows(world.database, sql)]
    return Evidence(
        phones=[_phone(customer) for _, customer in customers],
        typed=list(_typed(world, agents.typed)),
        noted=list(_typed(world, agents.noted)),
        posts=list(_posts(world)),
        cards=_cards(world),
        tickets=kept,
        left=left,
        policy=policy_of(world.settings),
        ended_at=ended_at,
    )


async def _kept(store: SqlStore, id: TicketId) -> Kept:
    ticket = await store.ticket(id)
    assert ticket is not None
    entries = await store.entries(id, limit=MANY)
    ids = [entry.message for entry in entries if entry.message is not None]
    messages = await store.messages([MessageId(one) for one in dict.fromkeys(ids)])
    history = (await store.history(id, MANY))[::-1]
    return Kept(ticket, list(messages.values()), entries, history, await store.thread(id, DeskName("slack")))


def _phone(customer: Customer) -> Phone:
    faults = customer.faults if isinstance(customer, Visitor) else []
    if isinstance(customer, Visitor) and customer.own != customer.said:
        faults = [*faults, "the log does not have their words as they were said"]
    return Phone(customer.name, customer.said, list(customer.received), customer.pictures, faults)


def _typed(world: World, words: Sequence[Typed]) -> Iterator[TypedWords]:
    lost = {
        each.payload["event"].get("ts")
        for each in world.slack.outbox.log
        if each.state is State.LOST and each.name == "message"
    }
    for typed in words:
        yield TypedWords(typed.text, typed.customer, typed.post.ts in lost)


def _bots(world: World) -> Iterator[Message]:
    """Everything the program posted in the queues' channels."""
    for channel in world.slack.workspace.channels.values():
        if channel.kind != "im":
            yield from (message for message in channel.messages if message.bot_id and not message.deleted)


def _posts(world: World) -> Iterator[Shown]:
    for message in _bots(world):
        if message.thread_ts is not None:
            text = reading.plain(world.slack.workspace, message)
            yield Shown(
                (message.channel, message.thread_ts), text, MARK in text, [file.content for file in message.files]
            )


def _cards(world: World) -> Mapping[TicketId, Sequence[tuple[str, str]]]:
    found: dict[TicketId, list[tuple[str, str]]] = defaultdict(list)
    for message in _bots(world):
        about = (message.metadata or {}).get("event_payload", {}).get("ticket")
        if message.thread_ts is None and about is not None:
            found[TicketId(about)].append((message.channel, message.ts))
    return found
