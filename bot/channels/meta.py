"""The Graph API below WhatsApp, Messenger and Instagram: signatures, handshake, calls, and error codes as SendError.

What is in a payload or a request is the channel's business.
"""

import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.http import Http, Reply, retry_after, send_error
from core.errors import SendError, Unauthorized
from core.ports import Hook
from core.words import safe_name

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a Graph error code means to us: our word for it, and whether and when to repeat."""

    code: str
    retry: bool = False
    after: timedelta | None = None


_MINUTE = timedelta(minutes=1)
ERRORS: Mapping[int, Rule] = {
    # Sources: "Error codes" of the Graph API, of the WhatsApp Cloud API and of the Messenger Platform.
    1: Rule("server_error", retry=True),
    2: Rule("server_error", retry=True),
    3: Rule("version_retired"),
    4: Rule("rate_limited", retry=True, after=_MINUTE),
    10: Rule("permission"),
    12: Rule("version_retired"),
    17: Rule("rate_limited", retry=True, after=_MINUTE),
    32: Rule("rate_limited", retry=True, after=_MINUTE),
    33: Rule("not_found"),
    80006: Rule("rate_limited", retry=True, after=_MINUTE),
    80007: Rule("rate_limited", retry=True, after=_MINUTE),
    100: Rule("bad_request"),
    190: Rule("token_expired"),
    **{code: Rule("permission") for code in range(200, 300)},
    368: Rule("policy_blocked"),
    551: Rule("undeliverable"),
    613: Rule("rate_limited", retry=True, after=_MINUTE),
    1200: Rule("server_error", retry=True),
    2500: Rule("version_retired"),
    2635: Rule("version_retired"),
    130429: Rule("rate_limited", retry=True, after=timedelta(seconds=1)),
    130472: Rule("undeliverable"),
    130497: Rule("country_blocked"),
    131000: Rule("server_error", retry=True),
    131005: Rule("permission"),
    131008: Rule("bad_request"),
    131009: Rule("bad_request"),
    131016: Rule("server_error", retry=True),
    131021: Rule("undeliverable"),
    131026: Rule("undeliverable"),
    131030: Rule("undeliverable"),
    131031: Rule("locked"),
    131042: Rule("not_paid"),
    131045: Rule("not_registered"),
    131047: Rule("window_closed"),
    131048: Rule("spam_limit", retry=True, after=timedelta(minutes=15)),
    131049: Rule("engagement_limit"),
    131050: Rule("opted_out"),
    131051: Rule("unsupported_type"),
    131052: Rule("media_unavailable", retry=True),
    131053: Rule("media_refused", retry=True),
    # One message per 6 s to the same customer. No `after`: that would hold up the number's other customers too.
    131056: Rule("pair_limit", retry=True),
    131057: Rule("server_error", retry=True, after=_MINUTE),
    131062: Rule("no_user_id"),
    132000: Rule("template"),
    132001: Rule("template"),
    132005: Rule("template"),
    132007: Rule("template"),
    132012: Rule("template"),
    132015: Rule("template"),
    132016: Rule("template"),
    133010: Rule("not_registered"),
    133016: Rule("rate_limited", retry=True, after=_MINUTE),
}
SUBCODES: Mapping[tuple[int, int], Rule] = {
    # What a subcode makes of a code. 100/33: the object does not exist, or the token may not see it; Graph does not say
    # which.
    (10, 2018065): Rule("window_closed"),
    (10, 2018108): Rule("undeliverable"),
    (10, 2018278): Rule("window_closed"),
    (10, 2018300): Rule("other_app"),
    (100, 33): Rule("permission"),
    (100, 2018001): Rule("undeliverable"),
    (100, 2018047): Rule("media_refused"),
    (100, 2018109): Rule("too_large"),
    (200, 1545041): Rule("undeliverable"),
}
UNKNOWN = Rule("platform_error")
OF_THE_ACCOUNT = frozenset({"locked", "not_paid", "not_registered", "permission", "policy_blocked", "token_expired"})
"""What concerns all we send, though it may be told of one message."""


def rule_for(code: object, subcode: object = None) -> Rule:
    """The meaning of a code as it stands in an answer or in `errors[]` of a webhook."""
    if not isinstance(code, int):
        return UNKNOWN
    known = SUBCODES.get((code, subcode)) if isinstance(subcode, int) else None
    return known or ERRORS.get(code, UNKNOWN)


def verify(app_secret: str, verify_token: str, hook: Hook) -> str | None:
    """`core.ports.Channel.verify`: a GET has no body and must be the handshake; everything else is signed."""
    if not hook.body and "hub.mode" in hook.query:
        return handshake(verify_token, hook.query)
    check_signature(app_secret, hook)
    return None


def check_signature(app_secret: str, hook: Hook) -> None:
    """Raises Unauthorized unless `X-Hub-Signature-256` holds for the exact bytes of the body."""
    given = hook.headers.get("x-hub-signature-256", "")
    wanted = "sha256=" + hmac.new(app_secret.encode(), hook.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode()):
        raise Unauthorized("signature")


def handshake(verify_token: str, query: Mapping[str, str]) -> str:
    """What to answer when Meta checks a new webhook address. Raises Unauthorized on a wrong verify token."""
    given = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given.encode(), verify_token.encode()):
        raise Unauthorized("verify token")
    return query.get("hub.challenge", "")


class Graph:
    """Calls with one access token. Every method raises SendError, whose `detail` is Graph's own code."""

    def __init__(self, http: Http, *, base: str, version: str, token: str) -> None:
        self._http = http
        self.version = version
        self._base = f"{base.rstrip('/')}/{version}"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._token = token

    async def check_token(self) -> Json:
        """What Meta knows about our own token; `data.is_valid` false is an answer, not an error."""
        params = {"input_token": self._token}
        return read(await self._http.call("GET", self._url("debug_token"), headers=self._headers, params=params))

    async def get(self, path: str, **params: str) -> tuple[Json, Reply]:
        """The object, and the reply for its headers."""
        reply = await self._http.call("GET", self._url(path), headers=self._headers, params=params)
        return read(reply), reply

    async def post(self, path: str, body: Json) -> Json:
        return read(await self._http.call("POST", self._url(path), headers=self._headers, json=body))

    async def upload(
        self, path: str, fields: Mapping[str, str], content: bytes, *, name: str, mime: str, part: str = "file"
    ) -> Json:
        """Sends a file as the `part` of a form, with other fields beside it."""
        # Names as they are: what stands there is shown to the customer, percent-encoded letters and all.
        form = aiohttp.FormData(quote_fields=False)
        for field, value in fields.items():
            form.add_field(field, value)
        form.add_field(part, io.BytesIO(content), filename=safe_name(name), content_type=mime)
        url = self._url(path)
        return read(await self._http.call("POST", url, headers=self._headers, data=form, transfer=True))

    async def download(self, url: str, limit: int) -> bytes:
        """The bytes behind a media address."""
        reply = await self._http.download(url, headers=self._headers, limit=limit)
        if reply.status == 200:
            return reply.body
        if reply.status in (404, 410):
            # The address is seconds old: the file is on its way to where we looked, or the address was cut off.
            raise SendError("media_unavailable", retry=True, detail=f"http {reply.status}")
        raise send_error(reply.status, reply.headers)

    def _url(self, path: str) -> str:
        return f"{self._base}/{'/'.join(quote(part, safe='') for part in path.split('/'))}"


def read(reply: Reply) -> Json:
    """The object in a good answer. Raises SendError for any other.

    An error that Graph words itself is certain: the request was understood and refused. Code 1 with a 5xx is not: it
    also stands for a request that was lost halfway.
    """
    try:
        body = json.loads(reply.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise send_error(reply.status, reply.headers)
    error = body.get("error")
    if isinstance(error, dict):
        raise graph_error(error, reply)
    if reply.status != 200:
        raise send_error(reply.status, reply.headers)
    return body


def graph_error(error: Json, reply: Reply) -> SendError:
    """The SendError of Graph's error object."""
    code, subcode = error.get("code"), error.get("error_subcode")
    rule = rule_for(code, subcode)
    detail = f"{code}/{subcode}" if subcode else str(code)
    if rule is UNKNOWN:
        known = send_error(reply.status, reply.headers, detail=detail)
        word = known.code if known.code in ("rate_limited", "server_error") else rule.code
        certain = known.certain or reply.status < 500
        return SendError(word, retry=known.retry, after=known.after, certain=certain, detail=detail)
    after = retry_after(reply.headers) or rule.after
    certain = not (code == 1 and reply.status >= 500)
    return SendError(rule.code, retry=rule.retry, after=after, certain=certain, detail=detail)
