"""Who types, told to the other side for the moment: to the team's pages, and to the visitor's. Nothing is stored, and
nothing depends on it; it does not leave this process. What an agent types as a note is never told."""

from aiohttp import web

from bot.web.auth import signed_in
from bot.web.chat.hub import CHAT
from bot.web.console import ticket_of
from bot.web.hub import HUB
from bot.web.keys import PARTS
from core.ports import VisitorKey


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_post("/console/api/tickets/{ticket:\\d+}/typing", signed_in(agent_types))


async def agent_types(request: web.Request) -> web.Response:
    """The page says so only of words that would be sent."""
    ticket = await ticket_of(request)
    conversation = await request.app[PARTS].store.conversation(ticket.conversation)
    if conversation is not None and ticket.inbox in request.app[CHAT].sites:
        request.app[CHAT].push((ticket.inbox, conversation.address), {"type": "typing", "on": True})
    return web.json_response({})


async def visitor_types(app: web.Application, visitor: VisitorKey) -> None:
    if not app[HUB].sockets:
        return
    conversation = await app[PARTS].store.conversation_at(*visitor)
    if conversation is not None and conversation.ticket is not None:
        await app[HUB].typing(conversation.ticket)
