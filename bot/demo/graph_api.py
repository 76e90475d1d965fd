"""The HTTP face of the Graph simulator: routes, access tokens, and answers in Graph's shapes.

What a call does is in graph.py; which bodies are valid in whatsapp_send.py. What is asked of Pages is answered by
messenger_api.py.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.demo import messenger_api
from bot.demo.graph_errors import GraphError, answer, bad_token, no_such_object, parameter
from bot.demo.graph_media import MB, described
from bot.demo.graph_model import MESSAGING, Account, Json, Media, Number
from bot.demo.messenger_model import Page

if TYPE_CHECKING:
    from bot.demo.graph import GraphSim

VERSION = r"/{version:v\d+\.\d+}"


def build(sim: "GraphSim", middlewares: Sequence[Middleware] = ()) -> web.Application:
    """The application; `middlewares` stand between the client and Graph (tests put their faults there)."""
    app = web.Application(middlewares=[*middlewares, _in_graph_words], client_max_size=110 * MB)
    api = _Api(sim)
    app.router.add_post(VERSION + "/{node}/messages", api.messages)
    app.router.add_post(VERSION + "/{node}/media", api.upload)
    app.router.add_get(VERSION + "/debug_token", api.debug_token)
    app.router.add_get(VERSION + "/{node}/subscribed_apps", api.subscribed_apps)
    app.router.add_get(VERSION + "/{node}/subscriptions", api.subscriptions)
    app.router.add_get(VERSION + "/{node}", api.node)
    app.router.add_delete(VERSION + "/{node}", api.delete)
    app.router.add_get("/whatsapp_business/attachments/", api.download, name="download")
    app.router.add_get("/cdn/{name}", api.cdn)
    app.on_cleanup.append(lambda _app: sim.close())

    async def says_its_version(request: web.Request, response: web.StreamResponse) -> None:
        if asked := request.match_info.get("version"):
            response.headers["facebook-api-version"] = sim.oldest_version or asked

    app.on_response_prepare.append(says_its_version)
    return app


@web.middleware
async def _in_graph_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except GraphError as error:
        return answer(error)
    except web.HTTPNotFound:
        return answer(GraphError(2500, message=f"Unknown path components: {request.path}"))


class _Api:
    """One method per endpoint; each starts with whom the token belongs to."""

    def __init__(self, sim: "GraphSim") -> None:
        self._sim = sim

    async def messages(self, request: web.Request) -> web.Response:
        node = request.match_info["node"]
        for page in self._pages_of(request):
            if page.id == node:
                return await messenger_api.messages(self._sim.messenger, page, request)
        number = self._number(request, MESSAGING)
        try:
            body = await request.json()
        except json.JSONDecodeError:
            raise parameter("Invalid parameter: the body is not JSON") from None
        if isinstance(body, dict) and "status" in body:
            return web.json_response(self._sim.mark_read(number, body))
        return web.json_response(await self._sim.accept(number, body))

    async def upload(self, request: web.Request) -> web.Response:
        self._number(request, MESSAGING)
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp":
            raise parameter("The parameter messaging_product is required.")
        if not isinstance(file, web.FileField):
            raise parameter("The parameter file is required.")
        mime = str(form.get("type") or file.content_type)
        media = self._sim.files.upload(file.file.read(), mime, file.filename)
        return web.json_response({"id": media.id})

    async def node(self, request: web.Request) -> web.Response:
        node, wanted = request.match_info["node"], request.query.get("fields", "")
        for number in self._numbers_of(request):
            if number.id == node:
                return web.json_response(_fields(number, wanted))
        found = messenger_api.node(self._sim.messenger, self._pages_of(request), node, wanted)
        if found is not None:
            return web.json_response(found)
        media = self._sim.files.get(node)
        return web.json_response(described(media, self._address(request, media)))

    async def delete(self, request: web.Request) -> web.Response:
        self._token_of(request)
        self._sim.files.delete(request.match_info["node"])
        return web.json_response({"success": True})

    async def download(self, request: web.Request) -> web.Response:
        """Needs the bearer token; 404 once the address is older than five minutes."""
        self._token_of(request)
        query = request.query
        media = self._sim.files.by_address(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
        if media is None:
            return web.Response(status=404, text="URL signature expired")
        return web.Response(body=media.data, headers={"Content-Type": media.mime})

    async def debug_token(self, request: web.Request) -> web.Response:
        self._token_of(request)
        asked = self._opened_by(request.query.get("input_token", ""))
        numbers, pages = _numbers(asked), _pages(asked)
        if numbers or pages:
            return web.json_response({"data": _token_data(numbers) if numbers else messenger_api.token_data(pages[0])})
        error = {"code": 190, "message": "The access token could not be decrypted", "subcode": 463}
        return web.json_response({"data": {"error": error, "is_valid": False, "scopes": []}})

    async def subscribed_apps(self, request: web.Request) -> web.Response:
        node = request.match_info["node"]
        for page in self._pages_of(request):
            if page.id == node:
                return web.json_response(messenger_api.subscribed_apps(page))
        numbers = [number for number in self._numbers_of(request) if number.waba == node]
        if not numbers:
            raise no_such_object("GET", node)
        apps = [
            {
                "whatsapp_business_api_data": {"id": number.app_id, "name": "Dragoman", "link": "https://example.com"},
                "override_callback_uri": number.webhook,
            }
            for number in numbers
            if number.subscribed
        ]
        return web.json_response({"data": apps})

    async def subscriptions(self, request: web.Request) -> web.Response:
        """Only an app may ask what it is told of, with a token made of its id and secret."""
        app_id, token = request.match_info["node"], _bearer(request)
        numbers = [it for it in self._sim.numbers if app_id == it.app_id and token == f"{it.app_id}|{it.app_secret}"]
        if not numbers:
            return web.json_response(messenger_api.subscriptions(self._sim.messenger, app_id, token))
        fields = [{"name": "messages", "version": "v26.0"}]
        row = {"object": "whatsapp_business_account", "callback_url": numbers[0].webhook, "fields": fields}
        return web.json_response({"data": [row] if numbers[0].webhook else []})

    async def cdn(self, request: web.Request) -> web.Response:
        return await messenger_api.cdn(self._sim.messenger, request)

    def _opened_by(self, token: str) -> list[Account]:
        """What a token is good for."""
        accounts: list[Account] = [*self._sim.numbers, *self._sim.messenger.pages]
        return [account for account in accounts if account.token == token and account.token_valid]

    def _token_of(self, request: web.Request) -> list[Account]:
        """What the caller's token may use. Raises GraphError 190."""
        accounts = self._opened_by(_bearer(request))
        if not accounts:
            raise bad_token()
        return accounts

    def _numbers_of(self, request: web.Request) -> list[Number]:
        return _numbers(self._token_of(request))

    def _pages_of(self, request: web.Request) -> list[Page]:
        return _pages(self._token_of(request))

    def _number(self, request: web.Request, scope: str) -> Number:
        """The number in the path. Raises GraphError 190, 100/33 or 10."""
        node = request.match_info["node"]
        for number in self._numbers_of(request):
            if number.id == node:
                if scope not in number.scopes:
                    raise GraphError(10)
                return number
        raise no_such_object(request.method, node)

    def _address(self, request: web.Request, media: Media) -> str:
        route = request.app.router["download"].url_for().with_query(self._sim.files.query(media))
        return str(request.url.join(route))


def _bearer(request: web.Request) -> str:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" else request.query.get("access_token", "")


def _numbers(accounts: list[Account]) -> list[Number]:
    return [account for account in accounts if isinstance(account, Number)]


def _pages(accounts: list[Account]) -> list[Page]:
    return [account for account in accounts if isinstance(account, Page)]


def _fields(number: Number, wanted: str) -> Json:
    known: Json = {
        "verified_name": number.name,
        "display_phone_number": number.display,
        "quality_rating": number.quality,
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "status": "BANNED" if number.locked else "CONNECTED" if number.registered else "DISCONNECTED",
        "webhook_configuration": {"application": number.webhook},
    }
    names = [name for name in wanted.split(",") if name] or [
        "verified_name",
        "display_phone_number",
        "quality_rating",
    ]
    for name in names:
        if name not in known and name != "id":
            raise parameter(f"Tried accessing nonexisting field ({name}) on node type (WhatsAppBusinessPhoneNumber)")
    return {**{name: known[name] for name in names if name != "id"}, "id": number.id}


def _token_data(numbers: list[Number]) -> Json:
    first = numbers[0]
    accounts = sorted({number.waba for number in numbers})
    return {
        "app_id": first.app_id,
        "type": "SYSTEM_USER",
        "application": "Dragoman",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "scopes": list(first.scopes),
        "granular_scopes": [{"scope": scope, "target_ids": accounts} for scope in first.scopes],
    }
