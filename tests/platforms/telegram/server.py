"""The HTTP face of the simulator: /bot<token>/<method> and /file/bot<token>/<path>.

It reads requests, asks for the token, limits and faults, logs calls, and writes answers. What a method does is in the
`*_methods` modules.
"""

from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.platforms.faults import Fault, Kind

from . import access, chat_methods
from .limits import Limits
from .media_methods import UPLOAD, Upload
from .methods import METHODS, Method
from .state import ApiError, Call, Json, World
from .updates import Conflict

WORDS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class Server:
    """Serves one world on a loopback port of the system's choosing."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        """On the port it had before, if there was one."""
        app = web.Application(client_max_size=4 * UPLOAD)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, self._port = self._runner.addresses[0][:2]
        self._world.base_url = f"http://{host}:{self._port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        call = Call(name, await arguments(request), self._world.seconds())
        self._world.calls.append(call)
        open_ends = name != "getUpdates"
        self._world.open_calls += open_ends

        async def apply() -> web.StreamResponse:
            return await self._answer(request, call)

        async def refuse(fault: Fault) -> web.StreamResponse:
            return self._refuse(call, fault)

        try:
            return await self._world.faults.around(name, request, apply, refuse)
        finally:
            self._world.open_calls -= open_ends
            self._world.changed()

    async def _answer(self, request: web.Request, call: Call) -> web.Response:
        try:
            self._authenticate(request)
            if call.method.lower() == "getupdates":
                call.result = await chat_methods.get_updates(self._world, call.args)
            else:
                call.result = self._run(call)
        except Conflict as error:
            return self._failed(call, ApiError(409, f"Conflict: {error}"))
        except ApiError as error:
            return self._failed(call, error)
        finally:
            self._world.changed()
        return web.json_response({"ok": True, "result": call.result})

    def _run(self, call: Call) -> Any:
        method = BY_NAME.get(call.method.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        uploads = sum(len(each.content) for each in call.args.values() if isinstance(each, Upload))
        if uploads > UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        weight = method.writes(call.args)
        chat = access.find_chat(self._world, call.args) if weight else None
        if chat is None:
            return method.run(self._world, call.args)
        wait = self._limits.wait(chat, weight)
        if wait:
            raise limited(wait)
        result = method.run(self._world, call.args)
        self._limits.count(chat, call.method, weight)
        return result

    def _authenticate(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if ":" not in given:
            raise ApiError(404, "Not Found")
        if given != self._world.token or self._world.revoked:
            raise ApiError(401, "Unauthorized")

    def _refuse(self, call: Call, fault: Fault) -> web.Response:
        match fault.kind:
            case Kind.RATE_LIMITED:
                return self._failed(call, limited(fault.retry_after))
            case Kind.REVOKE:
                self._world.revoked = True
                return self._failed(call, ApiError(401, "Unauthorized"))
            case _:
                status = fault.status if fault.status >= 400 else 400
                words = f"{WORDS.get(status, 'Internal Server Error')}: {fault.code}"
                return self._failed(call, ApiError(status, words, **fault.fields))

    def _failed(self, call: Call, error: ApiError) -> web.Response:
        call.error = error.description
        body: Json = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            body["parameters"] = error.parameters
        return web.json_response(body, status=error.code)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        async def apply() -> web.StreamResponse:
            path = request.match_info["path"]
            found = [each for each in self._world.files.values() if each.path == path]
            if request.match_info["token"] != self._world.token or self._world.revoked:
                return self._failed(Call("download", {}, 0), ApiError(401, "Unauthorized"))
            if not found:
                return self._failed(Call("download", {}, 0), ApiError(404, "Not Found"))
            return web.Response(body=found[0].content, content_type="application/octet-stream")

        async def refuse(fault: Fault) -> web.StreamResponse:
            return self._refuse(Call("download", {}, 0), fault)

        return await self._world.faults.around("download", request, apply, refuse)


BY_NAME: dict[str, Method] = {name.lower(): method for name, method in METHODS.items()}
"""Telegram does not mind the case of method names."""


def limited(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


async def arguments(request: web.Request) -> Json:
    """The arguments wherever the client put them: query, form, multipart or JSON body."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        return args | (await request.json() if request.can_read_body else {})
    if request.method != "POST":
        return args
    for key, value in (await request.post()).items():
        if isinstance(value, FileField):
            args[key] = Upload(value.filename, value.content_type, value.file.read())
        else:
            args[key] = value
    return args
