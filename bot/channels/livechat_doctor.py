"""What `dragoman doctor` says of a site's chat: whether browsers will show it, and whether its secret is one."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.channels.livechat_inbox import LivechatInbox
from core.ports import Finding
from core.say import say

SECRET_LENGTH = 16
"""Characters; fewer can be guessed."""
AT_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where browsers trust plain http as well."""


def examine(inbox: LivechatInbox, base_url: str) -> Iterator[Finding]:
    """`base_url`: where browsers reach us; empty: not known."""
    name, sites = inbox.name, ", ".join(inbox.origins)
    home = urlsplit(base_url)
    secure = any(origin.startswith("https://") for origin in inbox.origins)
    if base_url and secure and home.scheme != "https" and home.hostname not in AT_HOME:
        yield Finding(False, say("doctor.chat.mixed", inbox=name, url=base_url), say("doctor.chat.mixed_cure"))
    if len(inbox.secret.get_secret_value()) < SECRET_LENGTH:
        yield Finding(False, say("doctor.chat.weak_secret", inbox=name), say("doctor.chat.weak_secret_cure"))
    tag = f'<script src="{base_url}/chat/{name}/widget.js" async></script>'
    yield Finding(True, say("doctor.chat.shown", inbox=name, sites=sites, tag=tag))
