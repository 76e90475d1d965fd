"""A chat on a phone as HTML, for a picture: from the very messages that our desk sent, in the HTML it sent them in.

Covers what Dragoman sends: words with Telegram's tags, and inline keyboards.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_QUOTED = re.compile(r"\n?(</?blockquote[^>]*>)\n?")
COLOURS = ("#d45246", "#e07b1e", "#3f9a2f", "#2d8fb8", "#4f78d8", "#b8509b")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. `markup`: Telegram's HTML; `keys`: rows of an inline keyboard; `mine`: of whoever holds the phone.
    `role`: stands beside the author, as that of an administrator does; `mark`: an author's own picture, as SVG."""

    author: str
    at: datetime
    markup: str
    keys: Sequence[Sequence[str]] = ()
    mine: bool = False
    edited: bool = False
    role: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A topic in the list of a group's topics."""

    name: str
    author: str
    words: str
    at: datetime
    colour: str
    pinned: bool = False
    closed: bool = False


def chat(title: str, under: str, bubbles: Iterable[Bubble], *, pin: str = "") -> str:
    """A chat as a document of its own. `pin`: the words of what is pinned in it."""
    pinned = f'<div class="pin"><b>Pinned message</b><span>{html.escape(pin)}</span></div>' if pin else ""
    body = "".join(_bubble(each, before) for each, before in _with_before(bubbles))
    typing = '<footer><span class="clip">📎</span><div class="box">Message</div><span class="mic">🎙️</span></footer>'
    return _page(_head(title, under), f'{pinned}<div class="talk">{body}</div>{typing}')


def topics(title: str, under: str, lines: Iterable[Line]) -> str:
    """The group as a member opens it: its topics, General first."""
    return _page(_head(title, under), f'<div class="list">{"".join(map(_line, lines))}</div>')


def _page(head: str, body: str) -> str:
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{head}{body}</main>"


def _head(title: str, under: str) -> str:
    names = f'<div class="names"><b>{html.escape(title)}</b><span>{html.escape(under)}</span></div>'
    return f'<header><i class="back"></i>{names}<i class="dots">⋮</i></header>'


def _with_before(bubbles: Iterable[Bubble]) -> list[tuple[Bubble, Bubble | None]]:
    every = list(bubbles)
    return list(zip(every, [None, *every], strict=False))


def _bubble(it: Bubble, before: Bubble | None) -> str:
    follows = before is not None and before.author == it.author and not before.keys
    role = f"<em>{html.escape(it.role)}</em>" if it.role else ""
    name = f'<div class="name" style="color:{colour(it.author)}">{html.escape(it.author)}{role}</div>'
    ticks = '<i class="ticks">✓✓</i>' if it.mine else ""
    edited = "edited " if it.edited else ""
    stamp = f'<span class="at">{edited}{it.at.astimezone(UTC):%H:%M}{ticks}</span>'
    face = "" if it.mine else _face(it.author, it.mark)
    shown = "" if it.mine or follows else name
    side = "mine" if it.mine else "theirs"
    return (
        f'<article class="{side}{" follows" if follows else ""}">{face}<div class="said">'
        f'<div class="bubble">{shown}<div class="words">{_shown(it.markup)}{stamp}</div></div>'
        f"{_keys(it.keys)}</div></article>"
    )


def _shown(markup: str) -> str:
    """Lines break where they do on the phone; a quotation stands by itself."""
    return _QUOTED.sub(r"\1", markup).replace("\n", "<br>")


def _keys(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    made = ("".join(f"<button>{html.escape(label)}</button>" for label in row) for row in rows)
    return '<div class="keys">' + "".join(f'<div class="row">{row}</div>' for row in made) + "</div>"


def _line(it: Line) -> str:
    shown = html.escape(it.name)
    sign = "#" if it.pinned else html.escape(it.name.rpartition("T-")[2][:1] or it.name[:1])
    icon = f'<span class="icon{" hash" if it.pinned else ""}" style="--c:{it.colour}">{sign}</span>'
    pin = '<i class="pinned">📌</i>' if it.pinned else ""
    lock = '<i class="pinned">🔒</i>' if it.closed else ""
    words = f"<b>{html.escape(it.author)}:</b> {html.escape(it.words)}"
    top = f'<div class="top"><b>{shown}</b>{lock}<time>{it.at:%H:%M}</time></div>'
    last = f'<div class="last"><span>{words}</span>{pin}</div>'
    return f'<div class="topic">{icon}<div class="what">{top}{last}</div></div>'


def _face(author: str, mark: str) -> str:
    kind = "face mark" if mark else "face"
    return f'<span class="{kind}" style="--c:{colour(author)}">{mark or html.escape(author[:1])}</span>'


def colour(name: str) -> str:
    """As the client gives it: the same for the same person."""
    return COLOURS[sum(map(ord, name)) % len(COLOURS)]


STYLE = """
* { box-sizing: border-box; margin: 0 }
body { font: 15px/1.36 "Noto Sans", "Noto Color Emoji", sans-serif; color: #000; background: #fff }
main { width: 390px; display: flex; flex-direction: column; overflow: hidden;
  background: #cfdfcb }
header { display: flex; align-items: center; gap: 14px; padding: 13px 16px; background: #517da2; color: #fff }
.back { width: 11px; height: 11px; border: solid #fff; border-width: 0 0 2.2px 2.2px; transform: rotate(45deg);
  margin-left: 4px }
.names { flex: 1; min-width: 0; display: flex; flex-direction: column; line-height: 1.3 }
.names b { font-size: 16.5px; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.names span { font-size: 13px; color: #d4e3ef }
.dots { font-style: normal; font-size: 20px; font-weight: 700 }
.pin { background: #fff; padding: 7px 14px; border-left: 3px solid #3390ec; display: flex;
  flex-direction: column; font-size: 13.5px;
  box-shadow: 0 1px 2px #0002 }
.pin b { color: #3390ec; font-weight: 600 }
.pin span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: #555 }
.talk { padding: 6px 8px 12px }
article { display: flex; gap: 7px; align-items: flex-end; margin-top: 8px }
article.follows { margin-top: 3px }
.mine { justify-content: flex-end }
.face { width: 32px; height: 32px; border-radius: 50%; background: var(--c); color: #fff; font-weight: 600;
  display: grid;
  place-items: center; flex: none; overflow: hidden }
.face.mark { background: none }
.theirs:has(+ .theirs.follows) .face { visibility: hidden }
.face svg { width: 32px; height: 32px; border-radius: 50%; display: block }
.said { max-width: 322px; min-width: 0 }
.mine .said { max-width: 300px }
.bubble { background: #fff; border-radius: 14px 14px 14px 5px; padding: 6px 10px 7px;
  box-shadow: 0 1px 1px #0000001f }
.mine .bubble { background: #e9fddc; border-radius: 14px 14px 5px 14px }
.name { font-weight: 600; font-size: 14px; display: flex; justify-content: space-between; gap: 12px }
.name em { font-style: normal; font-weight: 400; font-size: 12px; color: #8a959e }
.words { overflow-wrap: break-word }
.words::after { content: ""; display: block; clear: both }
.words a { color: #1c77c3; text-decoration: none }
.words b, .words b a { font-weight: 650 }
blockquote { border-left: 3px solid #3390ec; background: #3390ec14; border-radius: 4px;
  padding: 2px 8px 3px 8px; margin: 2px 0 }
.at { float: right; font-size: 11.5px; color: #8a959e; margin: 5px 0 -3px 10px; white-space: nowrap }
.mine .at { color: #5fae4f }
.ticks { font-style: normal; letter-spacing: -4px; margin: 0 4px 0 4px; color: #4fae4e }
.keys { display: grid; gap: 4px; margin-top: 4px; width: 314px }
.row { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 4px }
button { font: 600 14px "Noto Sans", "Noto Color Emoji", sans-serif; height: 36px; border: 0;
  border-radius: 9px; background: #4f7f6d99;
  color: #fff; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 0 4px }
footer { background: #fff; display: flex; align-items: center; gap: 10px; padding: 9px 14px; color: #8a959e }
footer .box { flex: 1 }
footer span { filter: grayscale(1) opacity(.6); font-size: 18px }
.list { background: #fff; padding-bottom: 6px }
.topic:last-child .what { border: 0 }
.topic { display: flex; gap: 12px; padding: 10px 14px 0; align-items: flex-start }
.icon { width: 34px; height: 34px; border-radius: 50% 50% 50% 8px; background: var(--c); color: #fff;
  font-weight: 700; display: grid;
  place-items: center; flex: none; margin-top: 3px }
.icon.hash { background: none; color: #8a959e; font-size: 24px; font-weight: 400 }
.what { flex: 1; min-width: 0; border-bottom: 1px solid #eceff1; padding-bottom: 10px }
.top { display: flex; align-items: baseline; gap: 5px }
.top b { flex: 1; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.top time { color: #8a959e; font-size: 12.5px }
.last { display: flex; gap: 8px; color: #70797f; font-size: 14px }
.last span { flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.last b { color: #2f3a42; font-weight: 400 }
.pinned { font-style: normal; font-size: 12px; filter: grayscale(1) opacity(.6) }
"""
