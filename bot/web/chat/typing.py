"""Who types, told to the other side for the moment: to the team's pages, and to the visitor's, at whatever process they
are. Nothing is stored, and nothing depends on it. What an agent types as a note is never told."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import structlog
from aiohttp import web

from bot.web.auth import signed_in
from bot.web.chat.hub import CHAT
from bot.web.console import ticket_of
from bot.web.hub import HUB
from bot.web.keys import PARTS
from core.ports import VisitorKey
from storage import Typing

HANDS: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("typing hands", set)
_log = structlog.get_logger()


def add_typing(app: web.Application) -> None:
    app.router.add_post("/console/api/tickets/{ticket:\\d+}/typing", signed_in(agent_types))
    app[HANDS] = set()
    app.cleanup_ctx.append(_listening)


async def agent_types(request: web.Request) -> web.Response:
    """The page says so only of words that would be sent."""
    ticket = await ticket_of(request)
    conversation = await request.app[PARTS].store.conversation(ticket.conversation)
    if conversation is not None and ticket.inbox in request.app[CHAT].sites:
        visitor = (ticket.inbox, conversation.address)
        _tell_visitor(request.app, visitor)
        request.app[PARTS].store.company.types(Typing("team", visitor))
    return web.json_response({})


async def visitor_types(app: web.Application, visitor: VisitorKey) -> None:
    app[PARTS].store.company.types(Typing("visitor", visitor))
    await _tell_team(app, visitor)


def _tell_visitor(app: web.Application, visitor: VisitorKey) -> None:
    app[CHAT].push(visitor, {"type": "typing", "on": True})


async def _tell_team(app: web.Application, visitor: VisitorKey) -> None:
    if not app[HUB].sockets:
        return
    conversation = await app[PARTS].store.conversation_at(*visitor)
    if conversation is not None and conversation.ticket is not None:
        await app[HUB].typing(conversation.ticket)


async def _listening(app: web.Application) -> AsyncIterator[None]:
    """Hear it of other processes, for as long as the server runs."""
    stop = app[PARTS].store.company.on_typing(partial(_heard, app))
    yield
    stop()
    await asyncio.gather(*app[HANDS], return_exceptions=True)


def _heard(app: web.Application, typing: Typing) -> None:
    if typing.who == "team":
        _tell_visitor(app, typing.visitor)
    elif app[HUB].sockets:
        hand = asyncio.create_task(_tell_team(app, typing.visitor), name="typing")
        app[HANDS].add(hand)
        hand.add_done_callback(partial(_ended, app))


def _ended(app: web.Application, hand: asyncio.Task[None]) -> None:
    app[HANDS].discard(hand)
    if not hand.cancelled() and hand.exception() is not None:
        _log.warning("typing.fault", exc_info=hand.exception())
