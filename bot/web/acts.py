"""What is done in the browser: words typed, buttons pressed, forms filled in, and the viewer's own settings.

Everything that may touch a ticket becomes a raw event in the inbox, durable before anything else, and is dispatched at
once; the answer holds what only this person is told. Who may do what is decided there, not here; only whose ticket it
is, is checked, because another queue's does not exist for the viewer.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import web

from bot import i18n
from bot.channels.payload import clean
from bot.desks.console import BLOB, file_json, raw_event
from bot.handlers.asking import Answer
from bot.web.auth import signed_in
from bot.web.console import moment, must_be_admin, reader_of, ticket_of
from bot.web.keys import PARTS, PERSON
from bot.web.reading import json_of
from bot.web.render import Reader, dialog_json, say_json
from core.events import FileNote
from core.ids import CONSOLE, TicketId, row_number
from core.places import is_zone
from core.ports import FROM_DESK
from core.words import safe_name

TEXT_LIMIT = 20_000
FILES_LIMIT = 10
FIELDS_LIMIT = 50
LARGEST = 2**40
"""Bytes. What a file of an event may say of itself; how large it is, the upload found."""
KEY_LIMIT = 64
PREFIX = "/console/api"
_log = structlog.get_logger()


def add_routes(router: web.UrlDispatcher) -> None:
    for where in (PREFIX, f"{PREFIX}/tickets/{{ticket:\\d+}}"):
        router.add_post(f"{where}/say", signed_in(say))
        router.add_post(f"{where}/press", signed_in(press))
        router.add_post(f"{where}/submit", signed_in(submit))
    router.add_post(f"{PREFIX}/tickets/{{ticket:\\d+}}/edit", signed_in(edit))
    router.add_post(f"{PREFIX}/tickets/{{ticket:\\d+}}/delete", signed_in(delete))
    router.add_post(f"{PREFIX}/notices/seen", signed_in(notices_seen))
    router.add_post(f"{PREFIX}/me", signed_in(me))
    router.add_post(f"{PREFIX}/trouble/retry", signed_in(retry))
    router.add_post(f"{PREFIX}/clock", signed_in(clock))


async def say(request: web.Request) -> web.Response:
    """{key, text, files}: words in a ticket's box, or outside any."""
    body = await json_of(request)
    return await _do(request, body, "typed", text=_text(body, "text"), files=_files(body))


async def edit(request: web.Request) -> web.Response:
    """{key, post, text}: the viewer's own message."""
    body = await json_of(request)
    post = await _own_post(request, body)
    return await _do(request, body, "edited", post=post, text=_text(body, "text"))


async def delete(request: web.Request) -> web.Response:
    """{key, post}"""
    body = await json_of(request)
    return await _do(request, body, "deleted", post=await _own_post(request, body))


async def press(request: web.Request) -> web.Response:
    """{key, action, value}: a button of a card, an entry, an answer or a notice."""
    body = await json_of(request)
    return await _do(request, body, "pressed", action=_text(body, "action"), value=_text(body, "value"))


async def submit(request: web.Request) -> web.Response:
    """{key, action, value, fields}: a form that was opened by an earlier answer."""
    body = await json_of(request)
    fields = body.get("fields")
    if not isinstance(fields, dict) or len(fields) > FIELDS_LIMIT:
        raise web.HTTPBadRequest
    filled = {clean(name): _text(fields, name) for name in fields}
    given = {"action": _text(body, "action"), "value": _text(body, "value")}
    return await _do(request, body, "submitted", **given, fields=filled)


async def notices_seen(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    await parts.store.seen_notices(request[PERSON].id, parts.clock.now())
    return web.json_response({})


async def me(request: web.Request) -> web.Response:
    """{locale} or {zone}: how the viewer reads. Presence is a command."""
    body = await json_of(request)
    locale, zone = body.get("locale"), body.get("zone")
    if locale is not None and locale not in i18n.locales():
        raise web.HTTPBadRequest
    if zone is not None and not is_zone(str(zone)):
        raise web.HTTPBadRequest
    await request.app[PARTS].store.set_person(request[PERSON].id, locale=locale, zone=zone)
    return web.json_response({})


async def retry(request: web.Request) -> web.Response:
    """{kind, id}: try a parked delivery or job again."""
    must_be_admin(request)
    parts, body = request.app[PARTS], await json_of(request)
    number = row_number(str(body.get("id", "")))
    if body.get("kind") not in ("raw", "job") or number is None:
        raise web.HTTPBadRequest
    again = await parts.store.retry_parked(body["kind"], number, parts.clock.now())
    return web.json_response({"again": again})


async def clock(request: web.Request) -> web.Response:
    """{speed} or {jump: seconds}: the demo's clock. Outside the demo there is none."""
    parts, body = request.app[PARTS], await json_of(request)
    if parts.speeds is None:
        raise web.HTTPNotFound
    if body.get("speed") in (1, 60, 600):
        parts.speeds.set_speed(body["speed"])
    if body.get("jump") == 1800:
        parts.speeds.jump(1800)
    return web.json_response(moment(parts))


async def _do(request: web.Request, body: Mapping[str, Any], kind: str, **fields: object) -> web.Response:
    """Store the event, dispatch it, and answer with what only this person is told."""
    parts = request.app[PARTS]
    ticket = (await ticket_of(request)).id if "ticket" in request.match_info else None
    key = _text(body, "key")
    if not 8 <= len(key) <= KEY_LIMIT:
        raise web.HTTPBadRequest
    now = parts.clock.now()
    unique, raw = raw_event(kind, request[PERSON].id, ticket, key, now, **fields)
    row = await parts.store.put_raw(FROM_DESK + CONSOLE, unique, raw, {}, now)
    if row is None:  # sent again after a lost answer
        return web.json_response({"answers": [], "repeated": True})
    try:
        answer = await parts.act(row)
    except Exception:
        # It is stored: the worker takes it up, and parks it when it cannot be done.
        _log.exception("console.not_dispatched", row=row)
        return web.json_response({"answers": [], "later": True}, status=202)
    reader = replace(await reader_of(request), zone=answer.zone or request[PERSON].zone or "UTC")
    return web.json_response({"answers": _answers(answer, reader, ticket), "post": unique})


def _answers(answer: Answer, reader: Reader, ticket: TicketId | None) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = [{"say": say_json(whisper, reader)} for whisper in answer.whispers]
    if answer.dialog is not None:
        out.append({"dialog": dialog_json(answer.dialog, reader, ticket)})
    return out


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise web.HTTPBadRequest
    if len(value) > TEXT_LIMIT:
        raise web.HTTPRequestEntityTooLarge(TEXT_LIMIT, len(value))
    return clean(value)


def _files(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Files uploaded before, by the key that the upload answered: nobody can guess one."""
    given = body.get("files", [])
    if not isinstance(given, list) or len(given) > FILES_LIMIT:
        raise web.HTTPBadRequest
    return [_file(file) for file in given]


def _file(given: object) -> dict[str, Any]:
    match given:
        case {"key": str(key), "name": str(name), "mime": str(mime), "size": int(size)} if 0 <= size < LARGEST:
            return file_json(FileNote(BLOB + clean(key), safe_name(name), clean(mime)[:100], size))
        case _:
            raise web.HTTPBadRequest


async def _own_post(request: web.Request, body: Mapping[str, Any]) -> str:
    """The name of a message that the viewer typed here. Answers 404 for anything else."""
    post = _text(body, "post")
    if not post.startswith(f"{request[PERSON].id}:typed:"):
        raise web.HTTPNotFound
    return post
