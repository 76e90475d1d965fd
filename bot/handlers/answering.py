"""Shows an answer by what the desk is able to do. A desk without an ability shows nothing of that kind."""

from collections.abc import Sequence

from bot.handlers.asking import Answer
from core.events import DeskEvent, Pressed, Submitted
from core.model import PostRef
from core.ports import Acknowledges, Desk, Dialogs, Homes, Whispers


async def answer(desk: Desk, event: DeskEvent, given: Answer) -> Sequence[PostRef]:
    """Called by whoever dispatched the event, right after it. Raises `SendError`: what was done stands all the same.

    Returns what was meant for one person, is seen by others, and is to be taken away after a while.
    """
    seen: list[PostRef] = []
    if given.dialog is not None and isinstance(desk, Dialogs):
        await desk.dialog(event, given.dialog, given.locale)
    if given.overview is not None and isinstance(desk, Homes):
        await desk.home(event.origin.who, given.overview)
    if isinstance(desk, Whispers):
        for whisper in given.whispers:
            post = await desk.whisper(event, whisper, given.locale, given.zone)
            seen += [post] if post is not None else []
    if not given.whispers and isinstance(event, Pressed | Submitted) and isinstance(desk, Acknowledges):
        await desk.acknowledge(event)
    return seen
