"""Block Kit as HTML: a Slack thread for a picture, from the very blocks that our renderer made.

Covers what Dragoman posts: sections with fields, context, actions, mrkdwn. Anything else is an error, not a guess.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Block = Mapping[str, Any]

_TOKEN = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?!\w)")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the thread. `face`: a colour, or empty for the app's own mark."""

    author: str
    at: datetime
    face: str = ""
    text: str = ""
    blocks: tuple[Block, ...] = ()


def page(title: str, messages: Iterable[Said], people: Mapping[str, str], mark: str) -> str:
    """A document of its own. `people`: names by their ids; `mark`: the app's icon as SVG."""
    said = list(messages)
    rows = [_message(each, people, mark) for each in said]
    replies = f"{len(said) - 1} replies"
    rows.insert(1, f'<div class="count"><span>{replies}</span></div>')
    head = f"<header><b>Thread</b><span># {html.escape(title)}</span></header>"
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{head}{''.join(rows)}</main>"


def _message(said: Said, people: Mapping[str, str], mark: str) -> str:
    app = "" if said.face else '<span class="app">APP</span>'
    face = f'<div class="face" style="background:{said.face}">{said.author[:1]}</div>' if said.face else mark
    body = "".join(_block(block, people) for block in said.blocks) or f"<p>{mrkdwn(said.text, people)}</p>"
    at = f"{said.at.astimezone(UTC):%H:%M}"
    name = f'<div class="name"><b>{html.escape(said.author)}</b>{app}<time>{at}</time></div>'
    return f'<article>{face}<div class="said">{name}{body}</div></article>'


def _block(block: Block, people: Mapping[str, str]) -> str:
    match block["type"]:
        case "section" if "fields" in block:
            cells = "".join(f"<div>{mrkdwn(field['text'], people)}</div>" for field in block["fields"])
            return f'<div class="fields">{cells}</div>'
        case "section":
            return f"<p>{mrkdwn(block['text']['text'], people)}</p>"
        case "context":
            cells = " ".join(mrkdwn(element["text"], people) for element in block["elements"])
            return f'<p class="context">{cells}</p>'
        case "actions":
            return f'<div class="actions">{"".join(_pressed(element) for element in block["elements"])}</div>'
        case other:
            raise ValueError(f"no picture of a {other} block")


def _pressed(element: Block) -> str:
    match element["type"]:
        case "button":
            return f'<button class="{element.get("style", "")}">{html.escape(element["text"]["text"])}</button>'
        case "overflow":
            return '<button class="more">⋯</button>'
        case "static_select":
            return f"<button>{html.escape(element['placeholder']['text'])} ⌄</button>"
        case other:
            raise ValueError(f"no picture of a {other} element")


def mrkdwn(text: str, people: Mapping[str, str]) -> str:
    """What Slack shows of it: quotations, bold, links, mentions, dates by their fallback."""
    lines: list[str] = []
    for line in text.split("\n"):
        shown = _inline(line.removeprefix(">").removeprefix("&gt;").strip() if _quoted(line) else line, people)
        lines.append(f"<blockquote>{shown}</blockquote>" if _quoted(line) else f"{shown}<br>")
    return "".join(lines).removesuffix("<br>").replace("</blockquote><blockquote>", "<br>")


def _quoted(line: str) -> bool:
    return line.startswith((">", "&gt;"))


def _inline(line: str, people: Mapping[str, str]) -> str:
    """Slack's own tokens are unescaped `<...>`; what a person wrote is escaped already."""
    tokens: list[str] = []

    def keep(found: re.Match[str]) -> str:
        tokens.append(_token(found[1], found[2], people))
        return f"\x00{len(tokens) - 1}\x00"

    kept = _TOKEN.sub(keep, line)
    bold = _BOLD.sub(r"<b>\1</b>", kept)
    return re.sub("\x00(\\d+)\x00", lambda found: tokens[int(found[1])], bold)


def _token(target: str, label: str | None, people: Mapping[str, str]) -> str:
    if target.startswith("@"):
        return f'<span class="mention">@{html.escape(people.get(target[1:], target[1:]))}</span>'
    if target.startswith("!date^"):
        return label or ""
    return f'<a href="#">{label or html.escape(target)}</a>'


STYLE = """
* { box-sizing: border-box; margin: 0 }
body { font: 15px/1.46 "Noto Sans", "Noto Color Emoji", sans-serif; color: #1d1c1d; background: #fff }
main { width: 860px; padding-bottom: 16px }
header { padding: 12px 20px; border-bottom: 1px solid #ddd; display: flex; gap: 10px; align-items: baseline }
header b { font-size: 18px }
header span { color: #616061; font-size: 13px }
article { display: flex; gap: 10px; padding: 9px 20px }
article > svg, .face { width: 36px; height: 36px; border-radius: 8px; flex: none; margin-top: 3px }
.face { color: #fff; font-weight: 700; font-size: 17px; display: grid; place-items: center }
.said { flex: 1; min-width: 0 }
.name { display: flex; gap: 7px; align-items: center }
.name b { font-weight: 800 }
.name time { color: #616061; font-size: 12px }
.app { background: #e8e8e8; color: #616061; font-size: 10px; font-weight: 700; padding: 0 4px; border-radius: 3px }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 10px 24px; margin: 8px 0 4px }
.context { color: #616061; font-size: 13px; margin: 4px 0 }
.actions { display: flex; gap: 8px; margin: 8px 0 4px }
button { font: 700 13px "Noto Sans", sans-serif; height: 32px; padding: 0 12px; border-radius: 8px; background: #fff;
  color: #1d1c1d; border: 1px solid #bbb }
button.primary { background: #007a5a; color: #fff; border-color: #007a5a }
button.danger { background: #e01e5a; color: #fff; border-color: #e01e5a }
blockquote { border-left: 4px solid #ddd; padding-left: 10px; margin: 2px 0 }
a { color: #1264a3; text-decoration: none }
.mention { background: #e8f5fa; color: #1264a3; padding: 0 2px; border-radius: 3px }
.count { display: flex; gap: 12px; align-items: center; color: #616061; font-size: 13px; padding: 4px 20px }
.count::after { content: ""; flex: 1; border-top: 1px solid #ddd }
"""
