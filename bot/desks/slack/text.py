"""Text between Slack's markup and ours, both ways: escaping, quoting, excerpts; and what a person typed, read back.

Pure. What the words are is `words`' affair.
"""

import re

from core.words import isolated, one_line, visible

_TOKEN = re.compile(r"<([^<>]*)>")
_URL = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
_TRAILING = ("&lt;", "&gt;", "&amp;", *".,;:!?)]}'\"*_~`。，、；：！？）】》」』")
"""What ends the sentence around an address rather than the address."""
FIRST_MENTION = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>[\s,:，：]*")
BEGINS_WITH_MENTION = re.compile(
    r"(?:\s|[*_~`>\u200b-\u200f\u2060-\u2064\ufeff]|&gt;)*<(?:@[UW]|!(?:here|channel|everyone|subteam))"
)
"""Of a person, a group or everybody, through whatever formatting: such words are for colleagues."""


def escape(text: str) -> str:
    """Any text as literal mrkdwn: an unescaped `<!channel>` would ping the whole team.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(text: str) -> str:
    """A name or other short foreign text inside a line of ours: one line, and its direction stays its own."""
    return isolated(escape(one_line(text, 120)))


def value(text: str) -> str:
    """A parameter of a sentence of ours, an excerpt or an address; on one line, or it could pretend to be more."""
    return isolated(_URL.sub(_linked, escape(one_line(text, 1000))))


def body(text: str) -> str:
    """A longer foreign text: escaped, its web addresses clickable. In mrkdwn with `verbatim` nothing else is."""
    return _URL.sub(_linked, escape(visible(text)))


def quote(text: str) -> str:
    """`body` as a quotation, line by line."""
    return "\n".join(f"> {line}" if line else ">" for line in body(text).split("\n"))


def link(url: str, label: str) -> str:
    """`label` is mrkdwn already; without an address only the label."""
    return f"<{url.replace('|', '%7C').replace('>', '%3E')}|{label}>" if url else label


def _linked(found: re.Match[str]) -> str:
    url = found[0]
    end = len(url)
    while ending := next((each for each in _TRAILING if url.endswith(each, 0, end)), ""):
        end -= len(ending)
    kept = url[:end]
    return f"<{kept}>{url[len(kept) :]}" if len(kept) > len("https://") else url


def typed(text: str) -> str:
    """What a person wrote, as they saw it. Mentions of people stay `<@U123>`, for `!assign` to resolve.

    Slack marks up links, channels, groups and dates in `<...>` and escapes `& < >` around them.
    """
    return _unescaped(_TOKEN.sub(_as_seen, text))


def _as_seen(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    match target[:1]:
        case "@":
            return f"<{target}>"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            return _link_as_seen(target, label)


def _link_as_seen(target: str, label: str) -> str:
    address = re.sub(r"^(?:mailto|tel):", "", target)
    if not label or label == address or re.sub(r"^https?://|/$", "", target) == label.rstrip("/"):
        return label or address
    return f"{label} ({address})"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
