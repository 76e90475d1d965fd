"""The site chat's server: the frame and its script, the socket that tails a visitor's log, uploads. Where messages go
from here is bot/channels/livechat*.py; what the browser makes of it is bot/web/static/chat/."""

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from bot.channels.livechat_inbox import LivechatInbox
from bot.web.chat import files, pages, socket
from bot.web.chat.hub import CHAT, ChatHub
from bot.web.chat.leaving import Leaving
from bot.web.chat.site import Site
from bot.web.chat.typing import add_typing, visitor_types
from bot.web.keys import PARTS
from bot.workers.loop import Step
from storage import SqlChatLog

__all__ = ["CHAT", "add_chat"]

INBOX = "{inbox:[a-z0-9_-]+}"


def add_chat(app: web.Application, inboxes: Sequence[LivechatInbox]) -> Step:
    """Add the routes of these inboxes' chats. Returns the step that tells who left them."""
    parts = app[PARTS]
    sites = [Site.of(inbox, parts.settings.organisation) for inbox in inboxes]
    log, typing = SqlChatLog(parts.store), partial(visitor_types, app)
    hub = app[CHAT] = ChatHub(parts, log, {site.name: site for site in sites}, typing)
    router = app.router
    add_typing(app)
    router.add_get(f"/chat/{INBOX}/widget.js", pages.script)
    router.add_get(f"/chat/{INBOX}/frame", pages.frame)
    router.add_get(f"/chat/{INBOX}/words/{{catalogue:[A-Za-z0-9-]+}}", pages.words)
    router.add_get(f"/chat/{INBOX}/socket", socket.socket)
    router.add_post(f"/chat/{INBOX}/files", files.upload)
    router.add_get(f"/chat/{INBOX}/files/{{visitor}}/{{seq:\\d{{1,15}}}}/{{nth:\\d{{1,3}}}}", files.download)
    app.on_startup.append(socket.start)
    app.on_shutdown.append(socket.close_sockets)
    app.on_cleanup.append(socket.stop)
    return Leaving(log, parts.clock, hub.renew).step
