"""The queue at a glance, as it stands pinned in a group's General. Pure."""

from collections.abc import Iterator, Sequence

from bot.desks.telegram import html
from bot.desks.telegram.html import bold, inline, link
from bot.desks.telegram.words import Voice
from core.ids import ticket_label
from core.ports import COUNTED
from core.say import Say
from core.views import Board, Row
from core.words import one_line

ROWS = 6
"""Of a list; the rest is counted. A phone shows about two lists of this length without scrolling."""
EXCERPT = 40
CLAIMS = 6
"""Tickets that can be taken from the board itself."""
_SUPERGROUP = "-100"


def text(voice: Voice, board: Board, chat: str) -> str:
    """What breaks first, then what is nobody's; each number leads to its topic."""
    title = bold(link(board.link, inline(board.queue_title)))
    many = board.open > COUNTED
    n_open = voice.text("telegram.open_many", n=COUNTED) if many else voice.text("telegram.open", n=board.open)
    lines = [f"📋 {title} · {n_open}"]
    lines += _list(voice, chat, "home.breaching", board.breaching, board.breaching_total)
    lines += _list(voice, chat, "home.unassigned", board.unassigned, board.unassigned_total)
    return html.fitted([*lines, "", voice.text("home.drawn", at=board.now)])


def claims(voice: Voice, board: Board) -> list[tuple[str, str]]:
    """(label, ticket) of what is nobody's and can be taken here."""
    label = voice.label("button.claim")
    numbers = [ticket_label(row.ticket.id) for row in board.unassigned[:CLAIMS]]
    return [(f"{label} {number}", number) for number in numbers]


def _list(voice: Voice, chat: str, title: str, rows: Sequence[Row], total: int) -> Iterator[str]:
    """Each row is one piece, as `fitted` keeps them whole."""
    yield ""
    yield f"{bold(voice.text(title))} ({total if total <= COUNTED else f'{COUNTED}+'})"
    if not rows:
        yield voice.text("home.none")
    for row in rows[:ROWS]:
        yield _row(voice, chat, row)
    if total > COUNTED:
        yield voice.text("home.many_more")
    elif total > len(rows[:ROWS]):
        yield voice.say(Say("home.more", {"n": total - len(rows[:ROWS])}))


def _row(voice: Voice, chat: str, row: Row) -> str:
    number = ticket_label(row.ticket.id)
    parts = [bold(link(_topic(chat, row.root), number)), inline(row.contact) or voice.text("card.nameless")]
    if row.assignee:
        parts.append(inline(row.assignee))
    if row.deadline is not None:
        parts.append(voice.moment(row.deadline))
    excerpt = f"\n<i>{inline(one_line(row.excerpt, EXCERPT))}</i>" if row.excerpt else ""
    return f"{' · '.join(parts)}{excerpt}"


def _topic(chat: str, root: str) -> str:
    """A link which members of the group can open (https://core.telegram.org/api/links#message-links)."""
    return f"https://t.me/c/{chat.removeprefix(_SUPERGROUP)}/{root}" if root and chat.startswith(_SUPERGROUP) else ""
