"""Being there or not, and who stands in."""

from datetime import datetime

from bot.handlers.asking import Answer, Ask, refused
from bot.handlers.whom import colleague, moment, whom_and_when
from core.people import Person
from core.rotations import OwnerAway
from core.say import PersonName, Say, Value, say


async def away(ask: Ask) -> Answer:
    """For a length of time, until a moment, or until `!back`; perhaps with who takes the tickets meanwhile."""
    store, now = ask.house.store, ask.house.clock.now()
    whom, when = whom_and_when(ask.text, ask)
    until = moment(when, ask, "away") if when else None
    substitute = await _substitute(whom, ask, until) if whom else None
    await store.set_away(ask.me.id, now, until, substitute.id if substitute else None)
    if substitute is not None:
        me = PersonName(ask.me.id)
        words = (
            say("presence.you_stand_in", who=me)
            if until is None
            else say("presence.you_stand_in_until", who=me, until=until)
        )
        await ask.house.door.tell(substitute.id, words, f"{ask.origin.key}:stand_in")
    lines = await _what_becomes(ask, now)
    if until is None:
        return ask.tell("presence.away", lines=lines)
    return ask.tell("presence.away_until", lines=lines, until=until)


async def back(ask: Ask) -> Answer:
    await ask.house.store.set_back(ask.me.id)
    return ask.tell("presence.back")


async def _substitute(whom: str, ask: Ask, until: datetime | None) -> Person:
    found = await colleague(whom, ask)
    if found.id == ask.me.id:
        raise refused("refused.stand_in_yourself")
    if not any(found.sees(queue) for queue in ask.queues):
        raise refused("refused.stand_in_elsewhere", who=PersonName(found.id))
    if found.is_away(ask.house.clock.now()):
        raise refused("refused.stand_in_away", who=PersonName(found.id))
    return found


async def _what_becomes(ask: Ask, now: datetime) -> tuple[Say, ...]:
    """Of the asker's open tickets; nothing where there are none."""
    store = ask.house.store
    count = (await store.open_counts([ask.me.id])).get(ask.me.id, 0)
    staffing = await ask.house.staffing()
    me = staffing.roster.person(ask.me.id)
    if not count or me is None:
        return ()
    leaves = staffing.absent_from(me)
    if staffing.policy.owner_away is OwnerAway.WAIT or (me.away_until is not None and leaves >= me.away_until):
        return (say("presence.tickets_wait", n=count),)
    takers = [taker.id for queue in ask.queues if (taker := staffing.stand_in(me, queue, now))]
    params: dict[str, Value] = {"n": count}
    if takers:
        params["who"] = PersonName(takers[0])
    if leaves > now:
        params["at"] = leaves
        return (Say("presence.tickets_go_later" if takers else "presence.tickets_free_later", params),)
    return (Say("presence.tickets_go" if takers else "presence.tickets_free", params),)
