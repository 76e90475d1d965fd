"""The HTTP face of the Graph simulator for Pages: sends, profiles, subscriptions, and the CDN of attachments.

The routes and whose token it is are graph_api.py's business; what a call does is in messenger.py.
"""

import json
from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.graph_errors import GraphError, no_such_object, parameter
from bot.demo.graph_model import Json
from bot.demo.messenger_model import Page
from bot.demo.messenger_send import Action, Upload, from_form, parse

if TYPE_CHECKING:
    from bot.demo.messenger import Messenger


async def messages(sim: "Messenger", page: Page, request: web.Request) -> web.Response:
    """POST /{page-id}/messages, as JSON or as multipart with `filedata`."""
    if "pages_messaging" not in page.scopes:
        raise GraphError(230)
    asked = parse(*await _body(request))
    answer = sim.act(page, asked) if isinstance(asked, Action) else await sim.accept(page, asked)
    return web.json_response(answer)


async def _body(request: web.Request) -> tuple[Json, Upload | None]:
    if request.content_type != "multipart/form-data":
        try:
            return await request.json(), None
        except json.JSONDecodeError:
            raise parameter("The body is not JSON") from None
    form = await request.post()
    file = form.get("filedata")
    upload = Upload(file.file.read(), file.content_type, file.filename) if isinstance(file, web.FileField) else None
    return from_form({name: value for name, value in form.items() if isinstance(value, str)}), upload


def node(sim: "Messenger", pages: list[Page], node: str, wanted: str) -> Json | None:
    """A Page of the token, or somebody who wrote to one; None when it is neither. Raises GraphError."""
    for page in pages:
        if node in (page.id, "me"):
            return _fields(page, wanted)
        if (person := sim.found(node, page)) is not None:
            return person.profile(page, wanted)
    return None


def _fields(page: Page, wanted: str) -> Json:
    known: Json = {"name": page.name, "id": page.id, "category": "Shopping & retail", "is_published": True}
    names = [name for name in wanted.split(",") if name] or ["name"]
    for name in names:
        if name not in known:
            raise parameter(f"Tried accessing nonexisting field ({name}) on node type (Page)")
    return {**{name: known[name] for name in names}, "id": page.id}


def subscribed_apps(page: Page) -> Json:
    """GET /{page-id}/subscribed_apps: which apps are told of the Page, and of what."""
    if not page.subscribed:
        return {"data": []}
    app = {"link": "https://example.com", "name": "Dragoman", "id": page.app_id}
    return {"data": [{**app, "subscribed_fields": sorted(page.fields)}]}


def subscriptions(sim: "Messenger", app_id: str, token: str) -> Json:
    """GET /{app-id}/subscriptions, which only the app itself may ask: its token is `app_id|app_secret`."""
    pages = [page for page in sim.pages if page.app_id == app_id and token == f"{page.app_id}|{page.app_secret}"]
    if not pages:
        raise no_such_object("GET", app_id)
    fields = [{"name": name, "version": "v26.0"} for name in sorted(pages[0].fields)]
    row = {"object": "page", "callback_url": pages[0].webhook, "active": True, "fields": fields}
    return {"data": [row] if pages[0].webhook else []}


def token_data(page: Page) -> Json:
    """What debug_token says of a Page's token."""
    return {
        "app_id": page.app_id,
        "type": "PAGE",
        "application": "Dragoman",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "profile_id": page.id,
        "scopes": list(page.scopes),
        "granular_scopes": [{"scope": scope, "target_ids": [page.id]} for scope in page.scopes],
    }


async def cdn(sim: "Messenger", request: web.Request) -> web.Response:
    """An attachment. No token: the address itself is the key, until it expires."""
    query = request.query
    media = sim.files.by_address(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
    if media is None:
        return web.Response(status=403, text="URL signature expired")
    return web.Response(body=media.data, headers={"Content-Type": media.mime})
