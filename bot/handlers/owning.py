"""Whose ticket it is: claim, release, assign to a person or a queue."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.handlers.asking import Answer, Ask, refused
from core.commands import Assign, Claim, Move, Release
from core.ids import row_number
from core.people import Identity, Person, Roster
from core.policy import QueuePolicy
from core.say import PersonName, Say, say
from core.views import Dialog, Field
from core.words import one_line

OVER = "over"
"""What the take-over buttons carry."""
ME = frozenset({"me", "我"})
_MENTION = re.compile(r"<@([A-Za-z0-9]+)(?:\|[^>]*)?>")


async def claim(ask: Ask) -> Answer:
    if ask.text and ask.text.casefold() != OVER:
        raise refused("refused.claim_for_other")
    return await ask.do(Claim(ask.me.id, take_over=bool(ask.text)))


async def release(ask: Ask) -> Answer:
    return await ask.do(Release(ask.me.id))


async def assign(ask: Ask) -> Answer:
    """To a person (mentioned, or named) or to a queue."""
    wanted = ask.fields.get("to") or ask.text
    if not wanted:
        raise refused("refused.assign_whom")
    target = await person_or_queue(ask, wanted.strip())
    if isinstance(target, QueuePolicy):
        return await ask.do(Move(ask.me.id, target.name))
    if not target.sees(ask.here.queue):
        title = ask.house.policy.queue(ask.here.queue).title
        raise refused("refused.assign_not_member", to=PersonName(target.id), queue=title)
    done = await ask.do(Assign(ask.me.id, target.id))
    return replace(done, whispers=(*done.whispers, *_not_there(ask, target)))


def _not_there(ask: Ask, person: Person) -> tuple[Say, ...]:
    """What whoever gives somebody a ticket has to know: what is given to people who are away waits for them."""
    if not person.is_away(ask.house.clock.now()):
        return ()
    if person.away_until is None:
        return (say("presence.given_away", to=PersonName(person.id)),)
    return (say("presence.given_away_until", to=PersonName(person.id), until=person.away_until),)


async def assign_form(ask: Ask) -> Answer:
    """Who may have it, to choose from."""
    roster = await ask.house.store.roster()
    people = [p for p in roster.people if p.sees(ask.here.queue) and p.id != ask.here.assignee]
    queues = [q for q in ask.house.policy.queues.values() if q.name != ask.here.queue]
    choices = (*((f"person:{p.id}", p.name) for p in people), *((f"queue:{q.name}", q.title) for q in queues))
    if not choices:
        raise refused("refused.assign_nobody")
    to = Field("to", "argument.to", choices=choices[:100])
    return Answer(dialog=Dialog("assign", ask.at_ticket(), "dialog.assign", "button.assign", (to,)))


async def person_or_queue(ask: Ask, wanted: str) -> Person | QueuePolicy:
    """A colleague, mentioned or named, or a queue. Raises Refused."""
    roster = await ask.house.store.roster()
    kind, _, value = wanted.partition(":")
    if kind == "person" and (number := row_number(value)) is not None:
        return _one([p for p in roster.people if p.id == number], wanted)
    if mention := _MENTION.fullmatch(wanted):
        known = await ask.house.store.person_known_as(Identity(ask.origin.who.kind, ask.origin.who.scope, mention[1]))
        return _one([known] if known is not None and known.active else [], wanted)
    if wanted.casefold() in ME:
        return ask.me
    queue = queue_named(ask.house.policy.queues.values(), value if kind == "queue" else wanted)
    if queue is not None and not wanted.startswith("@"):
        return queue
    return _person_named(roster, wanted.removeprefix("@").strip(), wanted)


def queue_named(queues: Iterable[QueuePolicy], wanted: str) -> QueuePolicy | None:
    """By name or title, else by the only one of either that begins so."""
    plain = wanted.casefold()
    offered = list(queues)
    exact = [q for q in offered if plain in (q.name.casefold(), q.title.casefold())]
    near = [q for q in offered if q.name.casefold().startswith(plain) or q.title.casefold().startswith(plain)]
    return exact[0] if exact else near[0] if len(near) == 1 else None


def _person_named(roster: Roster, name: str, wanted: str) -> Person:
    """By whole name, else by the only one whose name, or a word of it, begins so."""
    plain = name.casefold()
    exact = [p for p in roster.people if p.name.casefold() == plain]
    if exact or not plain:
        return _one(exact, wanted)
    return _one(
        [p for p in roster.people if any(w.startswith(plain) for w in (p.name.casefold(), *p.name.casefold().split()))],
        wanted,
    )


def _one(people: Sequence[Person], wanted: str) -> Person:
    if not people:
        raise refused("refused.assign_unknown", name=one_line(wanted, 60))
    if len(people) > 1:
        names = ", ".join(sorted(p.name for p in people[:8]))
        raise refused("refused.assign_several", name=one_line(wanted, 60), names=names)
    return people[0]
