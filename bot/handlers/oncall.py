"""Who is on call now and next, and being so in place of whose turn it is."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.handlers.asking import OFF, Answer, Ask, refused
from bot.handlers.owning import queue_named
from bot.handlers.whom import colleague, is_moment, moment, whom_and_when
from core.ids import QueueName
from core.people import Person, Role, Stand
from core.say import PersonName, Say, Value, say
from core.staffing import Staffing
from core.words import one_line

_IN = re.compile(r"(?:^|\s)(?:in|for queue|队列)\s+(?P<queue>\S.*)$", re.IGNORECASE)


async def oncall(ask: Ask) -> Answer:
    """`!oncall`, `!oncall billing`, `!oncall me 2h`, `!oncall @bo until mon 9 in billing`, `!oncall off`."""
    text = ask.text.strip()
    named = _IN.search(text)
    queues = (_queue(named["queue"], ask),) if named else ()
    whom, when = whom_and_when(text[: named.start()] if named else text, ask)
    if not whom and when.casefold() not in OFF and not is_moment(when, ask):
        return await _shown(ask, queues or ((_queue(when, ask),) if when else ask.queues))
    person = await colleague(whom, ask) if whom else ask.me
    if person.id != ask.me.id and not ask.me.role.covers(Role.SUPERVISOR):
        raise refused("refused.oncall_others", who=PersonName(person.id))
    theirs = [queue for queue in queues or _with_rotation(ask) or ask.queues if person.sees(queue)]
    if not theirs:
        raise refused("refused.oncall_elsewhere", who=PersonName(person.id))
    if when.casefold() in OFF:
        return await _end(ask, person, theirs)
    if not when:
        raise refused("refused.oncall_when")
    return await _begin(ask, person, theirs, moment(when, ask, "oncall me"))


async def _begin(ask: Ask, person: Person, queues: Sequence[QueueName], until: datetime) -> Answer:
    now = ask.house.clock.now()
    if person.is_away(now):
        raise refused("refused.oncall_away", who=PersonName(person.id))
    for queue in queues:
        await ask.house.store.put_stand(Stand(queue, person.id, now, until))
    titles = ", ".join(ask.house.policy.queue(queue).title for queue in queues)
    if person.id != ask.me.id:
        words = say("oncall.you_are", queues=titles, until=until, by=PersonName(ask.me.id))
        await ask.house.door.tell(person.id, words, f"{ask.origin.key}:oncall")
    return await _shown(ask, queues)


async def _end(ask: Ask, person: Person, queues: Sequence[QueueName]) -> Answer:
    ended = [await ask.house.store.end_stands(queue, person.id) for queue in queues]
    if not any(ended):
        raise refused("refused.oncall_not_set", who=PersonName(person.id))
    return await _shown(ask, queues)


async def _shown(ask: Ask, queues: Sequence[QueueName]) -> Answer:
    staffing = await ask.house.staffing()
    lines = [line for queue in queues for line in _line(staffing, queue, ask.house.clock.now())]
    if not lines:
        return ask.tell("oncall.none")
    return ask.tell("oncall.title", lines=tuple(lines))


def _line(staffing: Staffing, queue: QueueName, now: datetime) -> tuple[Say, ...]:
    """Nothing of a queue for which nobody is ever on call."""
    here, change = staffing.oncall(queue, now), staffing.next_oncall(queue, now)
    if not here and change is None:
        return ()
    params: dict[str, Value] = {"queue": staffing.policy.queue(queue).title, "who": _names(here)}
    if change is None:
        return (Say("oncall.always", params),)
    at, after = change
    key = "oncall.nobody" if not here else "oncall.until" if not after else "oncall.then"
    if not here:
        del params["who"]
    if after:
        params["next"] = _names(after)
    return (Say(key, {"at": at, **params}),)


def _names(people: Sequence[Person]) -> str:
    return ", ".join(person.name for person in people)


def _with_rotation(ask: Ask) -> tuple[QueueName, ...]:
    return tuple(queue for queue in ask.queues if any(row.queue == queue for row in ask.house.policy.rotations))


def _queue(name: str, ask: Ask) -> QueueName:
    offered = [ask.house.policy.queue(queue) for queue in ask.queues]
    found = queue_named(offered, name.strip())
    if found is None:
        titles = ", ".join(queue.title for queue in offered)
        raise refused("refused.oncall_queue", text=one_line(name, 40), queues=titles)
    return found.name
