"""What `dragoman doctor` says of a site's chat: whether browsers get and show it, and whether its secret is one."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.channels.livechat_inbox import LivechatInbox
from bot.http import Http, Reply
from core.errors import SendError
from core.ports import Finding
from core.say import Say, say

SECRET_LENGTH = 16
"""Characters; fewer can be guessed."""
AT_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where browsers trust plain http as well."""


MARK = b"dragoman-chat"
"""The element that the script makes, in every version of ours."""
POLICY = "cross-origin-resource-policy"


async def examine(inbox: LivechatInbox, base_url: str, home: Http | None) -> Sequence[Finding]:
    """`base_url`: where browsers reach us, and `home` the way there; empty and None: not known."""
    found = list(_settings(inbox, base_url))
    if base_url and home is not None:
        found.append(await _script(inbox, f"{base_url}/chat/{inbox.name}/widget.js", home))
    return found


def _settings(inbox: LivechatInbox, base_url: str) -> Iterator[Finding]:
    name, sites = inbox.name, ", ".join(inbox.origins)
    home = urlsplit(base_url)
    secure = any(origin.startswith("https://") for origin in inbox.origins)
    if base_url and secure and home.scheme != "https" and home.hostname not in AT_HOME:
        yield Finding(False, say("doctor.chat.mixed", inbox=name, url=base_url), say("doctor.chat.mixed_cure"))
    if len(inbox.secret.get_secret_value()) < SECRET_LENGTH:
        yield Finding(False, say("doctor.chat.weak_secret", inbox=name), say("doctor.chat.weak_secret_cure"))
    tag = f'<script src="{base_url}/chat/{name}/widget.js" async></script>'
    yield Finding(True, say("doctor.chat.shown", inbox=name, sites=sites, tag=tag))


async def _script(inbox: LivechatInbox, url: str, home: Http) -> Finding:
    """Whether the shop's tag gets our script, as we send it."""
    try:
        problem, params = _problem(await home.call("GET", url))
    except SendError:
        problem, params = "unreachable", {}
    if not problem:
        return Finding(True, say("doctor.chat.answers", inbox=inbox.name, url=url))
    what = Say(f"doctor.chat.{problem}", {"inbox": inbox.name, "url": url, **params})
    return Finding(False, what, say(f"doctor.chat.{problem}_cure", url=url))


def _problem(reply: Reply) -> tuple[str, dict[str, str]]:
    """As the catalogue calls it; empty: all is well."""
    if reply.status == 404:
        return "unknown", {}
    if reply.status != 200 or MARK not in reply.body or "javascript" not in reply.headers.get("content-type", ""):
        return "wrong", {"status": str(reply.status)}
    # A proxy that adds a stricter one for the console's sake keeps the script from every shop.
    if (policy := reply.headers.get(POLICY, "")) != "cross-origin":
        return "kept_back", {"policy": policy or "-"}
    return "", {}
