"""Posts in a topic as HTML: a customer's burst, replies, notes, lines of the log. Pure.

A post is one message of at most 4096 characters: a longer text is an excerpt that says where the rest is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from bot.desks import lines
from bot.desks.telegram import html
from bot.desks.telegram.html import bold, inline, link, mention, quote
from bot.desks.telegram.words import Voice
from core.model import EntryKind
from core.say import Button
from core.views import Post, Shown

_RESERVE = 160
"""Characters kept for the lines that say where the rest is and that the post may be there twice."""


@dataclass(slots=True)
class Written:
    """A post as it is sent. `pings`: somebody in it is to notice it, so it is not sent silently."""

    text: str
    buttons: tuple[Button, ...] = ()
    pings: bool = False
    plain: bool = False
    """Words as they are, no HTML."""


@dataclass(slots=True)
class _Page:
    """What is written so far, and the room there is left."""

    lines: list[str] = field(default_factory=list)
    room: int = html.TEXT - _RESERVE

    def add(self, line: str) -> bool:
        """Whether it fitted."""
        size = html.width(line) + 1
        if size > self.room:
            return False
        self.room -= size
        self.lines.append(line)
        return True

    def quote(self, text: str, below: int) -> bool:
        """As much of the text as there is room for, if `below` is kept for what stands below; whether that was all."""
        self.room -= below
        whole = self.add(quote(text))
        if not whole and (kept := html.beginning(text, self.room - 1)):
            self.add(quote(kept))
        self.room += below
        return whole


def written(voice: Voice, post: Post) -> Written | None:
    """None when this desk shows it all already."""
    page = _Page()
    whole = all(_shown(page, voice, post, number) for number in range(len(post.shown)))
    if not page.lines:
        return None
    if not whole:
        page.lines.append(link(voice.links(post.ticket), voice.text("desk.full_text")))
    if post.repeated:
        page.lines.append(voice.text("desk.repeated"))
    pings = any(_ping(voice, shown) for shown in post.shown)
    if post.plain:
        return Written(html.bare("\n".join(page.lines)), (), pings, plain=True)
    buttons = tuple(button for shown in post.shown for button in _buttons(shown))
    return Written("\n".join(page.lines), buttons, pings)


def _shown(page: _Page, voice: Voice, post: Post, number: int) -> bool:
    """Write one entry; whether there was room for all of it."""
    shown = post.shown[number]
    follows = number > 0 and shown.mention is None and lines.goes_on(post.shown[number - 1], shown)
    for line in _before(voice, shown, follows=follows):
        if not page.add(line):
            return False
    after, whole = list(_after(voice, shown)), True
    if shown.message is not None and shown.message.text and not shown.here:
        whole = page.quote(shown.message.text, html.width("\n".join(after)) + 1)
    return all([whole, *(page.add(line) for line in after)])


def _before(voice: Voice, shown: Shown, *, follows: bool) -> Iterator[str]:
    """Who says it, and to what."""
    ping = _ping(voice, shown)
    match shown.entry.kind:
        case EntryKind.CUSTOMER:
            if not follows:
                yield f"💬 {bold(inline(shown.author) or voice.text('card.nameless'))}{ping}"
        case EntryKind.REPLY if not shown.here:
            yield lines.reply_by(voice, shown) + ping
        case EntryKind.NOTE if not shown.here:
            yield voice.text("desk.note_by", author=shown.author) + ping
        case EntryKind.LINE:
            if shown.entry.say is not None:
                yield voice.say(shown.entry.say) + ping
        case EntryKind.REPLY | EntryKind.NOTE:
            return
        case _:
            assert_never(shown.entry.kind)
    if shown.quoted and not shown.here:
        yield voice.text("desk.quotes", text=shown.quoted)


def _after(voice: Voice, shown: Shown) -> Iterator[str]:
    """What is not text, files, what became of it, and where a reply stands."""
    message = shown.message
    if message is not None and not shown.here:
        if message.about is not None:
            yield voice.say(message.about)
        for file in shown.files:
            yield lines.file(voice, file)
        yield from lines.marks(voice, message)
    if standing := lines.standing(voice, shown):
        yield standing


def _ping(voice: Voice, shown: Shown) -> str:
    """Who is pinged is named, and the name is what pings."""
    if shown.mention is None or not shown.mention_address:
        return ""
    return f" {mention(shown.mention_address, f'@{inline(voice.names(shown.mention))}')}"


def _buttons(shown: Shown) -> Iterator[Button]:
    if shown.entry.kind is EntryKind.LINE:
        yield from shown.entry.say.buttons if shown.entry.say is not None else ()
    elif shown.confirmation is not None:
        yield from shown.confirmation.buttons
