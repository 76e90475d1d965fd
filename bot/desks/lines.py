"""What every chat desk writes alike in a post, in its own markup: who says it, its files, what became of it."""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from bot.desks import signs
from bot.desks.voice import Voice
from core.messages import File, FileState, Message
from core.model import EntryKind
from core.views import Shown

TAGS = 20


def goes_on(before: Shown, after: Shown) -> bool:
    """Whether a customer goes on speaking, so that their name need not stand there again."""
    kinds = {before.entry.kind, after.entry.kind}
    return kinds == {EntryKind.CUSTOMER} and before.author == after.author


def reply_by(voice: Voice, shown: Shown) -> str:
    """A reply that was given elsewhere has an author only where a colleague of ours gave it; the house has none."""
    if shown.is_automatic:
        return voice.text("desk.automatic")
    return voice.text("desk.reply_by", author=shown.author) if shown.author else voice.text("desk.reply_elsewhere")


def marks(voice: Voice, message: Message) -> Iterator[str]:
    """What became of a customer's message."""
    if message.deleted_at is not None:
        yield voice.text("desk.deleted", at=message.deleted_at)
    elif message.edited_at is not None:
        yield voice.text("desk.edited", at=message.edited_at)
    if message.reaction:
        yield voice.text("desk.reacted", emoji=message.reaction)


def tags(inline: Callable[[str], str], of: Iterable[str]) -> Iterator[str]:
    """As many as a card has room for, and how many more there are."""
    known = sorted(of)
    yield from (inline(tag) for tag in known[:TAGS])
    if len(known) > TAGS:
        yield f"+{len(known) - TAGS}"


def file(voice: Voice, of: File) -> str:
    match of.state:
        case FileState.STORED:
            return voice.text("desk.file_stored", name=of.name)
        case FileState.PENDING:
            return voice.text("desk.file_pending", name=of.name)
        case FileState.REFUSED:
            reason = voice.text(f"send_error.{of.reason}") if of.reason else ""
            return f"{voice.text('desk.file_refused', name=of.name)} {reason}".strip()
        case _:
            assert_never(of.state)


def standing(voice: Voice, shown: Shown) -> str:
    """Where a reply or note stands; empty where there is nothing to say of it."""
    if shown.confirmation is None:
        return ""
    sign = signs.LADDER[shown.message.ladder] if shown.message is not None and shown.message.parts else ""
    return f"{sign} {voice.say(shown.confirmation)}".strip()
