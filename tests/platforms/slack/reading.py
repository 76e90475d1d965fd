"""Reading messages as a person sees them: plain text of text and blocks, mentions that notify, what typing becomes."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from . import blocks as kit
from .delivery import Json
from .state import Channel, Message, Workspace

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
BROADCAST = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
TYPED = re.compile(
    r"(?P<url>https?://[^\s<>]*[^\s<>.,!?;:)])|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]*\w)|(?P<at>(?<!\w)@(?P<name>\w+(?:[.-]\w+)*))"
)


def mrkdwn(block: Any) -> Iterator[str]:
    """Every mrkdwn string in a block: the places where `<!channel>` is a ping and not five words."""
    if isinstance(block, dict):
        if block.get("type") == "mrkdwn":
            yield str(block.get("text", ""))
        elif block.get("type") == "user":
            yield f"<@{block.get('user_id')}>"
        elif block.get("type") == "broadcast":
            yield f"<!{block.get('range')}>"
        elif block.get("type") == "markdown":
            yield str(block.get("text", ""))
        else:
            yield from mrkdwn(list(block.values()))
    elif isinstance(block, list):
        for each in block:
            yield from mrkdwn(each)


def pings(channel: Channel, author: str, sources: Iterable[str]) -> list[str]:
    """The members this message notifies, its author excepted. In a direct conversation: always the other one."""
    others = channel.members - {author}
    if channel.kind == "im":
        return sorted(others)
    found: set[str] = set()
    for source in sources:
        found |= set(MENTION.findall(source)) & others
        if BROADCAST.search(source):
            found |= others
    return sorted(found)


def typed(workspace: Workspace, text: str) -> str:
    """What Slack's client sends when a person types this: escaped, links and mentions marked up."""
    by_name = {each.name.lower(): each.id for each in workspace.users.values()}
    by_name |= {each.real_name.lower(): each.id for each in workspace.users.values()}

    def mark(found: re.Match[str]) -> str:
        if found["url"]:
            return f"<{found['url']}>"
        if found["mail"]:
            return f"<mailto:{found['mail']}|{found['mail']}>"
        name = found["name"].lower()
        if name in ("channel", "here", "everyone"):
            return f"<!{name}>"
        return f"<@{by_name[name]}>" if name in by_name else found["at"]

    return TYPED.sub(mark, html.escape(text, quote=False))


def shown(workspace: Workspace, text: str) -> str:
    """mrkdwn as it reads on the screen: mentions by name, links by their words, entities unescaped."""

    def words(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if target.startswith("@") and target[1:] in workspace.users:
            return f"@{workspace.users[target[1:]].name}"
        if target.startswith("!date^"):
            return label or target
        if target.startswith(("!", "@")):
            return f"@{(label or target[1:]).lstrip('@')}"
        if target.startswith("#") and target[1:] in workspace.channels:
            return f"#{workspace.channels[target[1:]].name}"
        return label or target.removeprefix("mailto:")

    return html.unescape(LINK.sub(words, text))


def plain(workspace: Workspace, message: Message) -> str:
    """All a reader sees of a message. Blocks replace the text, as in the client."""
    lines = [line for block in message.blocks for line in block_lines(workspace, block)]
    if not lines:
        lines = [shown(workspace, message.text)]
    lines += [f"[file {each.name}]" for each in message.files]
    return "\n".join(line for line in lines if line)


def block_lines(workspace: Workspace, block: Json) -> Iterator[str]:
    """The visible lines of one block; buttons in brackets."""
    match block.get("type"):
        case "divider":
            return
        case "rich_text":
            yield rich(workspace, block)
        case "markdown":
            yield str(block.get("text", ""))
        case "image" | "video":
            yield f"[image {block.get('alt_text', '')}]"
        case "context":
            yield " ".join(_text(workspace, each) for each in block.get("elements", []))
        case _:
            for key in ("text", "label", "hint"):
                if block.get(key):
                    yield _text(workspace, block[key])
            yield from (_text(workspace, each) for each in block.get("fields") or [])
    yield " ".join(f"[{label(each)}]" for each in kit.elements(block) if label(each))


def rich(workspace: Workspace, block: Any) -> str:
    """The words of a rich_text block."""
    if isinstance(block, list):
        return "".join(rich(workspace, each) for each in block)
    match block.get("type"):
        case "text":
            return str(block.get("text", ""))
        case "user":
            return shown(workspace, f"<@{block.get('user_id')}>")
        case "link":
            return str(block.get("text") or block.get("url"))
        case "emoji":
            return f":{block.get('name')}:"
        case "broadcast":
            return f"@{block.get('range')}"
        case _:
            return rich(workspace, block.get("elements", []))


def _text(workspace: Workspace, text: Json) -> str:
    words = str(text.get("text") or text.get("alt_text") or "")
    return shown(workspace, words) if text.get("type") == "mrkdwn" else words


def label(element: Json) -> str:
    """The words on a button, or the placeholder of a menu."""
    text = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text", "")) if isinstance(text, dict) else ""
