"""Where the matter stands: pending, hold, close, reopen, snooze, and the thread's send mode."""

import re
from dataclasses import replace
from functools import partial

from bot.handlers.asking import REASON_LIMIT, Answer, Ask, refused, switch
from bot.handlers.owning import OVER
from core.commands import Close, Hold, Reopen, SetMode, SetPending, Snooze
from core.countries import customer_hours
from core.durations import BadTime, Landing, parse_working
from core.feasts import after, coming, kept
from core.model import SendMode
from core.say import say
from core.words import one_line

_CODE = re.compile(r"[\w][\w.-]{0,39}")


async def pending(ask: Ask) -> Answer:
    """For as long as it takes, or: if the customer is silent until then, look again."""
    if not ask.text:
        return await ask.do(SetPending(ask.me.id))
    landing = _landing(ask)
    return _saying(landing, await ask.do(SetPending(ask.me.id, landing.at)))


async def hold(ask: Ask) -> Answer:
    """The reason is kept as a note."""
    reason = ask.draft(ask.text, REASON_LIMIT)
    return await ask.do(Hold(ask.me.id, reason if reason.text or reason.files else None))


async def close(ask: Ask) -> Answer:
    code = ask.text.casefold()
    if code == OVER:
        return await ask.do(Close(ask.me.id, take_over=True))
    if code and not _CODE.fullmatch(code):
        raise refused("refused.close_code")
    return await ask.do(Close(ask.me.id, code))


async def reopen(ask: Ask) -> Answer:
    return await ask.do(Reopen(ask.me.id))


async def snooze(ask: Ask) -> Answer:
    """Until a moment on the asker's own clock, or for so much of the team's working time."""
    if not ask.text:
        raise refused("refused.snooze_when")
    landing = _landing(ask)
    return _saying(landing, await ask.do(Snooze(ask.me.id, landing.at)))


def _landing(ask: Ask) -> Landing:
    """The open moment that the text names. Raises Refused."""
    policy, ticket, now = ask.house.policy, ask.here, ask.house.clock.now()
    team = policy.queue(ticket.queue).calendar
    places = [kept(team)]
    if ticket.zone is not None:
        places.append(kept(customer_hours(ticket.country, ticket.zone, policy.countries)))
    text = one_line(ask.text, 40)
    try:
        return parse_working(ask.text, now, ask.zone, team, partial(after, places))
    except BadTime as bad:
        if bad.reason == "no_holiday" and (names := coming(places, now)):
            raise refused("refused.time_other_holiday", text=text, names=", ".join(names)) from None
        raise refused(f"refused.time_{bad.reason}", text=text) from None


def _saying(landing: Landing, done: Answer) -> Answer:
    """And what became of the words, where it is not just what they said."""
    if landing.holiday:
        told = say("when.after", holiday=landing.holiday, at=landing.at)
    elif landing.wanted is not None:
        told = say("when.moved", wanted=landing.wanted, at=landing.at)
    elif landing.counted:
        told = say("when.counted", at=landing.at)
    else:
        return done
    return replace(done, whispers=(*done.whispers, told))


async def live(ask: Ask) -> Answer:
    return await ask.do(SetMode(ask.me.id, SendMode.LIVE if switch(ask.text, "live") else SendMode.EXPLICIT))
