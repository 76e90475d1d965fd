"""Shows an answer by what the desk is able to do. A desk without an ability shows nothing of that kind."""

from bot.handlers.asking import Answer
from core.events import DeskEvent
from core.ports import Desk, Dialogs, Homes, Whispers


async def answer(desk: Desk, event: DeskEvent, given: Answer) -> None:
    """Called by whoever dispatched the event, right after it. Raises `SendError`: what was done stands all the same."""
    if given.dialog is not None and isinstance(desk, Dialogs):
        await desk.dialog(event, given.dialog, given.locale)
    if given.overview is not None and isinstance(desk, Homes):
        await desk.home(event.origin.who, given.overview)
    if isinstance(desk, Whispers):
        for whisper in given.whispers:
            await desk.whisper(event, whisper, given.locale, given.zone)
