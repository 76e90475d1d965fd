"""Somebody speaks in a platform's name. What does not hold is refused before it is read, and leaves nothing."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from itertools import product

from tests.attack.fort import Fort

BODY = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
Signed = Callable[[str, bytes], str]


def _meta(secret: str, body: bytes, how: str = "sha256") -> str:
    return f"{how}={hmac.new(secret.encode(), body, how).hexdigest()}"


FORGED_BY_META: dict[str, Signed] = {
    "of another body": lambda secret, body: _meta(secret, body + b" "),
    "of another inbox": lambda secret, body: _meta("canary-app-secret-of-the-other", body),
    "of an empty secret": lambda secret, body: _meta("", body),
    "in capitals": lambda secret, body: _meta(secret, body).upper().replace("SHA", "sha"),
    "without its kind": lambda secret, body: _meta(secret, body).partition("=")[2],
    "of a weaker kind": lambda secret, body: _meta(secret, body, "sha1"),
    "of another kind": lambda secret, body: _meta(secret, body, "sha512"),
    "cut": lambda secret, body: _meta(secret, body)[:-1],
    "no letters at all": lambda secret, body: "sha256=\udcff",
    "missing": lambda secret, body: "",
}


async def test_a_signature_in_metas_name_is_exactly_the_inboxs_own(fort: Fort) -> None:
    before, secret = fort.stored(), fort.number.app_secret
    for how, forge in FORGED_BY_META.items():
        signature = forge(secret, BODY).encode("utf-8", "surrogateescape")
        head = b"POST /hooks/wa HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Hub-Signature-256:" + signature
        answer = await fort.raw(head + b"\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
        assert answer.startswith(b"HTTP/1.1 401"), how
    old = await fort.asks("POST", "/hooks/wa", data=BODY, headers={"X-Hub-Signature": _meta(secret, BODY, "sha1")})
    assert old.status == 401
    assert fort.stored() == before


async def test_a_delivery_of_one_inbox_is_worth_nothing_at_another(fort: Fort) -> None:
    ana = fort.customer()
    await ana.writes("Where is my order?")
    await fort.settled()
    body, _ = fort.graph.hooks.posts[-1]
    assert (await fort.delivers(body, "other")).status == 401
    # Two numbers of one Meta app have one secret: then the delivery itself says whose it is.
    assert (await fort.delivers(body, "other", "canary-app-secret-of-the-other")).status == 200
    await fort.settled()
    assert [ticket.queue for ticket in (await fort.all_tickets())] == ["sales"]


async def test_an_old_delivery_played_again_has_no_effect(fort: Fort) -> None:
    """Meta's signatures never run out: what keeps a replay harmless is that its content is known."""
    ana = fort.customer()
    ticket = await fort.opened(ana, "Where is my order?")
    stolen = [body for body, _ in fort.graph.hooks.posts]
    await fort.forward("3d")
    for body in stolen:
        assert (await fort.delivers(body)).status == 200
        assert (await fort.delivers(b" " + body)).status == 200  # as another delivery of the same message
    await fort.settled()
    await ticket.shows_once("Where is my order?")
    assert len(await fort.all_tickets()) == 1


def _slack(fort: Fort, body: bytes, *, age: float = 0, secret: str = "") -> dict[str, str]:
    stamp = str(int(time.time() - age))
    key = (secret or fort.slack.signing_secret).encode()
    signature = hmac.new(key, b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


def _said(fort: Fort, text: str, id: str) -> bytes:
    event = {"type": "message", "channel": "C_SALES", "user": "U1", "text": text, "ts": "1700000000.000100"}
    return json.dumps({"type": "event_callback", "team_id": "T", "event_id": id, "event": event}).encode()


UNSIGNED = (
    b"ssl_check=1&token=x",
    b'{"ssl_check": "1"}',
    b'{"type": "url_verification", "challenge": "hello"}',
    b"[" * 100_000,
    b"payload=" + b"%5B" * 50_000,
    b"\xff\xfe",
    b"null",
    b"",
)


async def test_what_slack_did_not_sign_is_not_even_parsed(fort: Fort) -> None:
    kinds = ("application/json", "application/x-www-form-urlencoded", "text/plain; charset=none")
    for body, kind in product(UNSIGNED, kinds):
        for lazy in ({}, {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "x"}):
            reply = await fort.asks("POST", "/slack/events", data=body, headers={"Content-Type": kind, **lazy})
            assert (reply.status, b"hello" in reply.body) == (401, False)


async def test_slacks_signature_is_of_this_secret_and_of_now(fort: Fort) -> None:
    body = _said(fort, "hello", "Ev1")
    good = _slack(fort, body)
    for headers in (
        _slack(fort, body, age=301),
        _slack(fort, body, age=-301),
        _slack(fort, body, secret="guess"),
        {**good, "X-Slack-Request-Timestamp": str(int(time.time()) + 1)},
        {**good, "X-Slack-Request-Timestamp": "²"},
        {**good, "X-Slack-Request-Timestamp": "9" * 5000},
        {**good, "X-Slack-Signature": "v0=é"},
        {**good, "X-Slack-Signature": ""},
    ):
        headers["Content-Type"] = "application/json"
        assert (await fort.asks("POST", "/slack/events", data=body, headers=headers)).status == 401
    assert fort.stored(b"hello") == 0


async def test_a_request_of_slack_played_again_within_five_minutes_acts_once(fort: Fort) -> None:
    body = _said(fort, "hello", "Ev2")
    headers = {**_slack(fort, body), "Content-Type": "application/json"}
    answers = [(await fort.asks("POST", "/slack/events", data=body, headers=headers)).status for _ in range(3)]
    await fort.settled()
    assert (answers, fort.stored(b"hello")) == ([200, 200, 200], 1)
