"""Where the matter stands: pending, hold, close, reopen, snooze, and the thread's send mode."""

import re

from bot.handlers.asking import REASON_LIMIT, Answer, Ask, refused, switch
from bot.handlers.owning import OVER
from core.commands import Close, Hold, Reopen, SetMode, SetPending, Snooze
from core.durations import BadTime, parse_when
from core.model import SendMode
from core.words import one_line

_CODE = re.compile(r"[\w][\w.-]{0,39}")


async def pending(ask: Ask) -> Answer:
    return await ask.do(SetPending(ask.me.id))


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
    """Until a moment on the asker's own clock."""
    if not ask.text:
        raise refused("refused.snooze_when")
    try:
        until = parse_when(ask.text, ask.house.clock.now(), ask.zone)
    except BadTime as bad:
        raise refused(f"refused.time_{bad.reason}", text=one_line(ask.text, 40)) from None
    return await ask.do(Snooze(ask.me.id, until))


async def live(ask: Ask) -> Answer:
    return await ask.do(SetMode(ask.me.id, SendMode.LIVE if switch(ask.text, "live") else SendMode.EXPLICIT))
