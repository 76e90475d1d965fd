"""Posts in a thread as Block Kit: a customer's burst, replies, notes, lines of the log. Pure.

The whole stays within Slack's limits: a longer text is an excerpt that says where the rest is.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from bot.desks import lines
from bot.desks.slack import blocks as kit
from bot.desks.slack.blocks import Block
from bot.desks.slack.text import body, escape, inline, link, quote
from bot.desks.slack.words import Voice
from core.cutting import split
from core.model import EntryKind
from core.say import Say, say
from core.views import Post, Shown
from core.words import one_line

FALLBACK = 300
"""Characters of the plain text; chat.update refuses more than 4,000 bytes."""
AUTHOR = 120
PLAIN_BYTES = 3_600
"""Of a post in words alone; the same limit, with room for pings."""
ROOM = kit.ALL_TEXT - 700
"""Characters all blocks of a post may have together, leaving room for the line that says where the rest is."""
PIECE = 2800
"""Of one section, leaving room for what escaping and quoting add at a cut."""
MOST_BLOCKS = kit.BLOCKS - 2


@dataclass(slots=True)
class _Budget:
    """What is left of a post's room."""

    room: int = ROOM
    blocks: int = MOST_BLOCKS

    def fits(self, block: Block) -> bool:
        size = _size(block)
        if size > self.room or self.blocks < 1:
            return False
        self.room -= size
        self.blocks -= 1
        return True


def blocks(voice: Voice, post: Post) -> list[Block]:
    """What the post shows; empty when this desk shows it all already."""
    budget = _Budget()
    made: list[Block] = []
    for number, shown in enumerate(post.shown):
        follows = number > 0 and not _ping(shown) and lines.goes_on(post.shown[number - 1], shown)
        for block in _shown(voice, shown, follows=follows):
            if not budget.fits(block):
                return [*made, kit.context(_rest(voice, post))]
            made.append(block)
    if made and post.repeated:
        made.append(kit.context(voice.text("desk.repeated")))
    return made


def fallback(voice: Voice, post: Post) -> str:
    """The post in a line, for notifications. Pings whom the blocks ping."""
    said = [line for shown in post.shown if (line := _summary(voice, shown))]
    pings = " ".join(dict.fromkeys(ping for shown in post.shown if (ping := _ping(shown))))
    return f"{pings} {escape(one_line(' / '.join(said) or '…', FALLBACK))}".strip()


def plain(voice: Voice, post: Post) -> str:
    """The post in words, as many as an edit takes."""
    said = [line for shown in post.shown if (line := _summary(voice, shown))]
    rest = _rest(voice, post)
    words = body("\n".join(said))
    kept = fitting(words, PLAIN_BYTES - len(rest.encode()))
    pings = " ".join(dict.fromkeys(ping for shown in post.shown if (ping := _ping(shown))))
    return "\n".join(part for part in (pings, kept, rest if kept != words or post.repeated else "") if part)


def fitting(text: str, room: int) -> str:
    """mrkdwn of at most so many bytes."""
    limits = range(len(text) + 1)
    most = bisect_right(limits, room, key=lambda limit: len(kit.clip(text, limit).encode()) if limit else 0) - 1
    return kit.clip(text, most)


def _size(block: Block) -> int:
    texts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    return sum(len(_words(each)) for each in texts if each)


def _words(element: Block) -> str:
    text = element.get("text", "")
    return str(text.get("text", "")) if isinstance(text, dict) else str(text)


def _rest(voice: Voice, post: Post) -> str:
    marks = [link(voice.links(post.ticket), voice.text("desk.full_text"))]
    if post.repeated:
        marks.append(voice.text("desk.repeated"))
    return " · ".join(marks)


def _shown(voice: Voice, shown: Shown, *, follows: bool) -> Iterator[Block]:
    match shown.entry.kind:
        case EntryKind.CUSTOMER:
            if not follows:
                yield kit.section(_with_ping(shown, f"*{inline(shown.author) or voice.text('card.nameless')}*"))
            yield from _words_of(voice, shown)
        case EntryKind.REPLY:
            if not shown.here:
                yield kit.section(_with_ping(shown, lines.reply_by(voice, shown)))
                yield from _words_of(voice, shown)
            yield from _confirmation(voice, shown)
        case EntryKind.NOTE:
            if not shown.here:
                yield kit.section(_with_ping(shown, voice.text("desk.note_by", author=shown.author)))
                yield from _words_of(voice, shown)
            yield from _confirmation(voice, shown)
        case EntryKind.LINE:
            if shown.entry.say is not None:
                yield kit.context(_with_ping(shown, voice.say(shown.entry.say)))
                yield from kit.actions(voice, shown.entry.say.buttons)
        case _:
            assert_never(shown.entry.kind)


def _words_of(voice: Voice, shown: Shown) -> Iterator[Block]:
    """The message itself: text, what is not text, files, and what became of it."""
    message = shown.message
    if message is None:
        return
    if shown.quoted:
        yield kit.context(voice.text("desk.quotes", text=shown.quoted))
    if message.text:
        # What is longer than all the room there is does not fit, however it is cut.
        pieces = split(message.text[: 2 * ROOM], PIECE, measure=lambda text: len(quote(text)))
        for piece in pieces:
            yield kit.section(quote(piece))
    marks = [voice.say(message.about)] if message.about is not None else []
    marks += [lines.file(voice, file) for file in shown.files]
    marks += lines.marks(voice, message)
    if marks:
        yield kit.context("\n".join(marks))


def _confirmation(voice: Voice, shown: Shown) -> Iterator[Block]:
    if shown.confirmation is not None:
        yield kit.context(lines.standing(voice, shown))
        yield from kit.actions(voice, shown.confirmation.buttons)


def _ping(shown: Shown) -> str:
    return f"<@{shown.mention_address}>" if shown.mention is not None and shown.mention_address else ""


def _with_ping(shown: Shown, text: str) -> str:
    ping = _ping(shown)
    return f"{text} {ping}" if ping else text


def _summary(voice: Voice, shown: Shown) -> str:
    """Plain, unescaped."""
    if shown.entry.kind is EntryKind.LINE:
        return _plain(voice, shown.entry.say)
    if shown.here:
        return _plain(voice, shown.confirmation)
    message = shown.message
    words = "" if message is None else message.text or _plain(voice, message.about)
    words = words or ", ".join(file.name for file in shown.files)
    if shown.is_automatic:
        return f"{_plain(voice, say('desk.automatic_plain'))}: {words}"
    return f"{one_line(shown.author, AUTHOR)}: {words}" if shown.author else words


def _plain(voice: Voice, it: Say | None) -> str:
    return "" if it is None else voice.plain(it)
