"""Raising the alarm and answering it."""

from bot.handlers.asking import REASON_LIMIT, Answer, Ask
from core.commands import Ack, Escalate


async def esc(ask: Ask) -> Answer:
    """To the next level. The reason is kept as a note."""
    reason = ask.draft(ask.text, REASON_LIMIT)
    return await ask.do(Escalate(ask.me.id, reason if reason.text or reason.files else None))


async def ack(ask: Ask) -> Answer:
    return await ask.do(Ack(ask.me.id))
