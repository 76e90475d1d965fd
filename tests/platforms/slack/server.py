"""The HTTP face of the simulator: /api/, upload and download of files, response URLs, the Socket Mode link.

It reads requests, asks for the token, limits and faults, logs calls, and writes answers. What a method does is in the
`*_methods` modules.
"""

import json
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from tests.platforms.faults import Fault, Kind

from . import blocks as kit
from . import chat_methods as chat
from .delivery import Json
from .limits import Limits
from .methods import METHODS, Method
from .state import APP_ID, Call, Message, SlackError, Workspace

SIGN_IN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Dragoman Test</body></html>"
STRUCTURED = frozenset({"blocks", "attachments", "metadata", "view", "files"})


class Server:
    """Serves one workspace on a loopback port of the system's choosing."""

    def __init__(self, workspace: Workspace, limits: Limits) -> None:
        self._workspace = workspace
        self._limits = limits
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_route("*", "/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{key}/{name}", self._download)
        app.router.add_post("/actions/{team}/{key}", self._respond)
        app.router.add_get("/link/", self._link)
        app.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._workspace.base_url = f"http://{host}:{port}"

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        """Every answer says what time it is there."""
        response.headers["Date"] = format_datetime(self._workspace.clock(), usegmt=True)

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = await arguments(request)
        call = Call(name, args, self._workspace.seconds())
        self._workspace.calls.append(call)
        self._workspace.open_calls += 1

        async def apply() -> web.StreamResponse:
            return self._answer(request, call)

        async def refuse(fault: Fault) -> web.StreamResponse:
            return self._refuse(request, call, fault)

        try:
            return await self._workspace.faults.around(name, request, apply, refuse)
        finally:
            self._workspace.open_calls -= 1
            self._workspace.changed()

    def _answer(self, request: web.Request, call: Call) -> web.Response:
        try:
            method = METHODS.get(call.method)
            self._authenticate(request, call)
            if method is None:
                raise SlackError("unknown_method", req_method=call.method)
            wait = self._limits.wait(call.method, method.tier, str(call.args.get("channel", "")))
            if wait:
                return self._limited(call, wait)
            self._workspace.need(*method.scopes)
            call.response = {"ok": True, **method.run(self._workspace, call.args)}
        except SlackError as error:
            return self._failed(call, error, method)
        finally:
            self._workspace.changed()
        return web.json_response(call.response, headers=self._headers(method))

    def _refuse(self, request: web.Request, call: Call, fault: Fault) -> web.Response:
        if fault.kind is Kind.RATE_LIMITED:
            return self._limited(call, fault.retry_after)
        if fault.kind is Kind.REVOKE:
            self._workspace.dead_token = "token_revoked"
            return self._failed(call, SlackError("token_revoked"), None)
        return self._failed(call, SlackError(str(fault.code), status=fault.status, **fault.fields), None)

    def _authenticate(self, request: web.Request, call: Call) -> None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or call.args.pop("token", "")
        call.args.pop("token", None)
        workspace = self._workspace
        if not given:
            raise SlackError("not_authed")
        if given not in (workspace.bot_token, workspace.app_token):
            raise SlackError("invalid_auth")
        if (given == workspace.app_token) is not (call.method == "apps.connections.open"):
            raise SlackError("not_allowed_token_type")
        if workspace.dead_token is not None:
            raise SlackError(workspace.dead_token)

    def _limited(self, call: Call, seconds: int) -> web.Response:
        call.error, call.response = "ratelimited", {"ok": False, "error": "ratelimited"}
        return web.json_response(call.response, status=429, headers={"Retry-After": str(seconds)})

    def _failed(self, call: Call, error: SlackError, method: Method | None) -> web.Response:
        call.error = error.code
        call.response = {"ok": False, "error": error.code, **error.fields}
        return web.json_response(call.response, status=error.status, headers=self._headers(method))

    def _headers(self, method: Method | None) -> dict[str, str]:
        return {
            "X-OAuth-Scopes": ",".join(sorted(self._workspace.scopes)),
            "X-Accepted-OAuth-Scopes": ",".join(method.scopes if method else ()),
        }

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Step 2 of an upload: the raw bytes, or a multipart form with one part."""
        content = await _first_part(request)

        async def apply() -> web.StreamResponse:
            kept = self._workspace.files.get(request.match_info["file"])
            if kept is None or len(content) != kept.length:
                return web.Response(status=400, text="invalid upload")
            kept.content, kept.uploaded = content, True
            self._workspace.changed()
            return web.Response(text=f"OK - {len(content)}")

        async def refuse(fault: Fault) -> web.StreamResponse:
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            return web.Response(status=max(fault.status, 400), text="refused", headers=headers)

        return await self._workspace.faults.around("upload", request, apply, refuse)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """url_private: without token or scope a sign-in page with status 200, exactly as Slack answers."""

        async def apply() -> web.StreamResponse:
            kept = self._workspace.files.get(request.match_info["key"].partition("-")[2])
            allowed = request.headers.get("Authorization") == f"Bearer {self._workspace.bot_token}"
            if not allowed or "files:read" not in self._workspace.scopes or self._workspace.dead_token:
                return web.Response(text=SIGN_IN_PAGE, content_type="text/html")
            if kept is None:
                return web.Response(status=404, text="file not found", content_type="text/html")
            return web.Response(body=kept.content, content_type=kept.mimetype)

        async def refuse(fault: Fault) -> web.StreamResponse:
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            return web.Response(status=max(fault.status, 400), text="refused", headers=headers)

        return await self._workspace.faults.around("download", request, apply, refuse)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """A response URL: replace or delete the message it came from, or answer to the person alone."""
        known = self._workspace.response_urls.get(request.match_info["key"])
        body = await request.json()
        if known is None:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        try:
            self._use_response_url(*known, body)
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.code, **error.fields})
        self._workspace.changed()
        return web.json_response({"ok": True})

    def _use_response_url(self, origin: Message, person: str, body: Json) -> None:
        workspace = self._workspace
        if body.get("delete_original"):
            chat.remove(workspace, origin) if origin.ephemeral_to is None else workspace.ephemerals.remove(origin)
        elif body.get("replace_original"):
            origin.text = str(body.get("text") or "")
            origin.blocks = kit.check_message(body.get("blocks") or [])
        else:
            content = {key: body.get(key) for key in ("text", "blocks", "thread_ts")}
            chat.ephemeral(workspace, {"channel": origin.channel, "user": person, **content})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return await self._workspace.outbox.serve_socket(request, APP_ID)


async def _first_part(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    part = await (await request.multipart()).next()
    return bytes(await part.read()) if part is not None and hasattr(part, "read") else b""


async def arguments(request: web.Request) -> Json:
    """The arguments wherever the client put them: query, form or JSON body. Structures may come as JSON text."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        args |= json.loads(body) if body else {}
    elif request.method == "POST":
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return {key: _decoded(value) if key in STRUCTURED else value for key, value in args.items()}


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise web.HTTPBadRequest(text="invalid json") from None
