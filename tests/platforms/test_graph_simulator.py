"""The Graph simulator behaves like the Cloud API: so the channel's tests may believe it.

Told over real HTTP on both sides: `Business` calls the API and listens at the webhook, as Dragoman does.
"""

import asyncio
import base64
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.platforms.faults import Fault, Gate
from tests.platforms.graph import GraphWorld

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


class Business:
    """The other side: posts to the API and keeps what the webhook got. `status` is what the webhook answers."""

    def __init__(self, graph: GraphWorld, http: aiohttp.ClientSession) -> None:
        self.graph = graph
        self.number = graph.number()
        self.http = http
        self.status = 200
        self.trusts = self.number.verify_token
        self.raw: list[bytes] = []
        self.signatures: list[str] = []

    async def hook(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            trusted = request.query["hub.verify_token"] == self.trusts
            return web.Response(text=request.query["hub.challenge"] if trusted else "no")
        self.raw.append(await request.read())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        return web.Response(status=self.status)

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(raw) for raw in self.raw]

    def items(self, part: str) -> list[Any]:
        values = [change["value"] for body in self.payloads for entry in body["entry"] for change in entry["changes"]]
        return [item for value in values for item in value.get(part, [])]

    async def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.number.token}"}
        async with self.http.request(method, f"{self.graph.api}/{path}", headers=headers, **kwargs) as reply:
            return reply.status, await reply.json()

    async def sends(self, to: str = "", **body: Any) -> tuple[int, Any]:
        body = {"messaging_product": "whatsapp", **({"to": to} if to else {}), **body}
        return await self.call("POST", f"{self.number.id}/messages", json=body)

    async def says(self, to: str, text: str) -> tuple[int, Any]:
        return await self.sends(to, type="text", text={"body": text})

    async def uploads(self, data: bytes, mime: str, name: str = "file") -> tuple[int, Any]:
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
        return await self.call("POST", f"{self.number.id}/media", data=form)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def graph(clock: Clock) -> AsyncIterator[GraphWorld]:
    async with GraphWorld(clock.now) as world:
        yield world


@pytest.fixture
async def business(graph: GraphWorld) -> AsyncIterator[Business]:
    async with aiohttp.ClientSession() as http:
        side = Business(graph, http)
        app = web.Application()
        app.router.add_route("*", "/hook", side.hook)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        side.number.webhook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield side
        await runner.cleanup()


# --- a conversation -----------------------------------------------------------------------------------------------


async def test_hello_and_back(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana", phone="5511999990000", user_id="BR.77aa")
    hello = await ana.writes("Olá, onde está meu pedido?")

    status, answer = await business.says("+55 11 99999-0000", "Hoje ainda!")

    assert status == 200
    assert answer["contacts"] == [{"input": "+55 11 99999-0000", "wa_id": "5511999990000", "user_id": "BR.77aa"}]
    assert answer["messages"][0]["id"].startswith("wamid.")
    reply = await ana.sees("Hoje")
    assert reply.id == answer["messages"][0]["id"]
    await ana.sees_tick(reply, "delivered")
    await ana.reads()
    assert [s["status"] for s in business.items("statuses")] == ["sent", "delivered", "read"]
    assert hello.status == "delivered"
    await ana.sees_nothing_but(["Hoje ainda!"])


async def test_a_webhook_has_metas_shape_and_signature(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana", phone="5511999990000", username="ana.b")
    message = await ana.writes("Olá 🙂 / tudo bem?")

    raw = business.raw[0]
    assert raw.isascii()
    assert b"Ol\\u00e1 \\ud83d\\ude42 \\/ tudo" in raw
    digest = hmac.new(business.number.app_secret.encode(), raw, hashlib.sha256).hexdigest()
    assert business.signatures == [f"sha256={digest}"]
    assert business.payloads[0] == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": business.number.waba,
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {
                                "display_phone_number": "15550100000",
                                "phone_number_id": business.number.id,
                            },
                            "contacts": [{"profile": {"name": "Ana", "username": "ana.b"}, "wa_id": "5511999990000"}],
                            "messages": [
                                {
                                    "from": "5511999990000",
                                    "id": message.id,
                                    "timestamp": "1772442000",
                                    "type": "text",
                                    "text": {"body": "Olá 🙂 / tudo bem?"},
                                }
                            ],
                        },
                    }
                ],
            }
        ],
    }


async def test_the_handshake_when_a_callback_url_is_saved(graph: GraphWorld, business: Business) -> None:
    assert await graph.hooks.verify(business.number)
    business.trusts = "another"
    assert not await graph.hooks.verify(business.number)
    business.trusts = business.number.verify_token
    business.number.webhook += "/nowhere"
    assert not await graph.hooks.verify(business.number)


async def test_a_customer_without_a_phone_number(graph: GraphWorld, business: Business) -> None:
    kim = graph.customer("Kim", user_id="US.1349aB")
    await kim.writes("hi")

    inbound = business.items("messages")[0]
    assert inbound["from_user_id"] == "US.1349aB"
    assert "from" not in inbound
    status, answer = await business.sends(recipient="US.1349aB", type="text", text={"body": "Hello Kim"})
    assert (status, answer["contacts"]) == (200, [{"input": "US.1349aB", "user_id": "US.1349aB"}])
    await kim.sees("Hello Kim")
    await graph.settle()
    assert {s["recipient_user_id"] for s in business.items("statuses")} == {"US.1349aB"}
    assert not any("recipient_id" in s for s in business.items("statuses"))

    kim.user_id_as_from = True
    await kim.writes("still me")
    assert business.items("messages")[1]["from"] == "US.1349aB"


async def test_read_receipts_and_typing(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    first, second, third = [await ana.writes(text) for text in ("one", "two", "three")]

    body: dict[str, Any] = {"status": "read", "message_id": second.id, "typing_indicator": {"type": "text"}}
    assert await business.sends(**body) == (200, {"success": True})

    await ana.sees_tick(second, "read")
    assert [first.status, second.status, third.status] == ["read", "read", "delivered"]
    await ana.sees_typing()
    assert (await business.sends(status="read", message_id="wamid.unknown"))[0] == 400


async def test_numbers_and_identities_move(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana", phone="5511999990000", user_id="BR.1")
    await ana.writes("hi")
    await ana.changes_number("351911222333")
    await ana.changes_user_id("PT.2")

    moved, renamed = business.items("messages")[1:]
    assert moved["from"] == "5511999990000"
    assert moved["system"]["type"] == "user_changed_number"
    assert moved["system"]["wa_id"] == "351911222333"
    assert renamed["system"]["previous_user_id"] == "BR.1"
    assert renamed["system"]["user_id"] == "PT.2"
    assert all("contacts" not in p["entry"][0]["changes"][0]["value"] for p in business.payloads[1:])


# --- every kind of message ----------------------------------------------------------------------------------------


async def test_everything_a_customer_can_send(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    hello = await ana.writes("hello")
    await ana.writes("and this", reply_to=hello, group="group-1")
    await ana.sends_file("photo.png", PNG, "image/png", caption="broken")
    await ana.sends_file("invoice.pdf", b"%PDF", "application/pdf")
    await ana.sends_file("clip.mp4", b"video", "video/mp4")
    await ana.sends_voice(b"OggS")
    await ana.sends_sticker(b"RIFF")
    await ana.sends_location(52.5, 13.4, name="Office")
    await ana.shares_contact("Bo Li", "+86 138 0000 0000")
    await ana.completes_flow('{"size": "XL"}')
    await ana.orders({"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 7.5, "currency": "USD"})
    await ana.reacts(hello, "👍")
    await ana.reacts(hello, "")
    await ana.edits(hello, "hello!")
    await ana.revokes(hello)
    await ana.sends_unsupported()
    await ana.sends("hologram", {"depth": 3})

    messages = business.items("messages")
    told = " ".join(m["type"] for m in messages)
    assert told == (
        "text text image document video audio sticker location contacts interactive order "
        "reaction reaction edit revoke unsupported hologram"
    )
    by_type = {m["type"]: m[m["type"]] for m in messages}
    assert messages[1]["context"] == {"from": "15550100000", "id": hello.id}
    assert messages[1]["group_id"] == "group-1"
    assert by_type["image"]["sha256"] == base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    assert by_type["image"]["caption"] == "broken"
    assert by_type["document"]["filename"] == "invoice.pdf"
    assert by_type["audio"]["voice"] is True
    assert by_type["contacts"][0]["phones"][0]["wa_id"] == "8613800000000"
    assert by_type["interactive"]["nfm_reply"]["response_json"] == '{"size": "XL"}'
    assert by_type["reaction"]["emoji"] == ""
    assert by_type["edit"] == {
        "original_message_id": hello.id,
        "message": {"type": "text", "text": {"body": "hello!"}},
    }
    assert by_type["revoke"] == {"original_message_id": hello.id}
    assert messages[-2]["errors"][0]["code"] == 131051


async def test_buttons_and_lists(graph: GraphWorld, business: Business) -> None:
    business.number.templates["shipped"] = {"en": "Order {{1}} is on its way."}
    ana = graph.customer("Ana")
    await ana.writes("menu?")
    button = {"type": "reply", "reply": {"id": "yes", "title": "Yes, please"}}
    row = {"id": "r1", "title": "Returns", "description": "Send it back"}
    for kind, action in (
        ("button", {"buttons": [button]}),
        ("list", {"button": "Choose", "sections": [{"title": "Help", "rows": [row]}]}),
    ):
        interactive = {"type": kind, "body": {"text": f"a {kind}"}, "action": action}
        assert (await business.sends(ana.phone or "", type="interactive", interactive=interactive))[0] == 200
    template = {
        "name": "shipped",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "A-77"}]}],
    }
    await business.sends(ana.phone or "", type="template", template=template)

    await ana.presses(await ana.sees("a button"), "yes")
    await ana.presses(await ana.sees("a list"), "r1")
    await ana.presses(await ana.sees("Order A-77 is on its way."), "Track it")

    pressed, listed, quick = business.items("messages")[1:]
    assert pressed["interactive"] == {"type": "button_reply", "button_reply": button["reply"]}
    assert listed["interactive"] == {"type": "list_reply", "list_reply": row}
    assert quick["button"] == {"payload": "Track it", "text": "Track it"}


async def test_a_colleague_answers_in_the_phone_app(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana", phone="5511999990000")
    await ana.writes("hi")
    await graph.phone_app_writes(ana, "On it, typed with my thumbs")

    assert business.payloads[1]["entry"][0]["changes"][0]["field"] == "smb_message_echoes"
    echo = business.items("message_echoes")[0]
    assert (echo["from"], echo["to"]) == ("15550100000", "5511999990000")
    await ana.sees("thumbs")


# --- files --------------------------------------------------------------------------------------------------------


async def test_a_customers_file_is_fetched_in_two_steps(graph: GraphWorld, business: Business, clock: Clock) -> None:
    ana = graph.customer("Ana")
    await ana.sends_file("photo.png", PNG, "image/png")
    media_id = business.items("messages")[0]["image"]["id"]

    status, described = await business.call("GET", media_id)
    assert status == 200
    assert described["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert described["file_size"] == len(PNG)

    async def fetch(token: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}"}
        async with business.http.get(described["url"], headers=headers) as reply:
            return reply.status, await reply.read()

    assert await fetch(business.number.token) == (200, PNG)
    assert (await fetch("stolen"))[0] == 401
    clock.forward(minutes=6)
    assert (await fetch(business.number.token))[0] == 404
    clock.forward(days=7)
    status, gone = await business.call("GET", media_id)
    assert (status, gone["error"]["code"], gone["error"]["error_subcode"]) == (400, 100, 33)


async def test_a_file_for_the_customer(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("photo please")
    _, uploaded = await business.uploads(PNG, "image/png", "front.png")

    image = {"id": uploaded["id"], "caption": "the front"}
    assert (await business.sends(ana.phone or "", type="image", image=image))[0] == 200
    assert (await ana.sees_file(PNG)).text == "the front"

    status, refused = await business.uploads(bytes(5 * 1024 * 1024 + 1), "image/png")
    assert (status, refused["error"]["code"]) == (400, 131053)
    status, refused = await business.sends(ana.phone or "", type="image", image={"id": "12345"})
    assert (status, refused["error"]["code"]) == (400, 131009)


async def test_a_file_of_the_wrong_type_fails_afterwards(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("photo please")
    _, uploaded = await business.uploads(b"%PDF", "application/pdf")
    _, answer = await business.sends(ana.phone or "", type="image", image={"id": uploaded["id"]})
    await ana.sees_tick(graph.message(answer["messages"][0]["id"]), "failed")
    await graph.settle()
    assert business.items("statuses")[0]["errors"][0]["code"] == 131053


# --- no -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"messaging_product": "telegram", "to": "15550200001", "text": {"body": "x"}}, 100),
        ({"messaging_product": "whatsapp", "text": {"body": "x"}}, 100),
        ({"messaging_product": "whatsapp", "to": "15550200001", "text": {"body": ""}}, 100),
        ({"messaging_product": "whatsapp", "to": "15550200001", "text": {"body": "x" * 4097}}, 100),
        ({"messaging_product": "whatsapp", "to": "15550200001", "type": "poem", "poem": {}}, 100),
        ({"messaging_product": "whatsapp", "to": "15550200001", "type": "image"}, 131008),
        ({"messaging_product": "whatsapp", "to": "15550200001", "type": "image", "image": {"caption": "x"}}, 131008),
        ({"messaging_product": "whatsapp", "to": "somebody", "text": {"body": "x"}}, 131009),
        ({"messaging_product": "whatsapp", "recipient": "us.1", "text": {"body": "x"}}, 131009),
        (
            {
                "messaging_product": "whatsapp",
                "to": "15550200001",
                "type": "template",
                "template": {"name": "none", "language": {"code": "en"}},
            },
            132001,
        ),
    ],
)
async def test_what_graph_refuses_to_send(
    graph: GraphWorld, business: Business, body: dict[str, Any], code: int
) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    status, answer = await business.call("POST", f"{business.number.id}/messages", json=body)
    assert status in (400, 404)
    assert answer["error"]["code"] == code
    assert {"message", "type", "code", "fbtrace_id"} <= answer["error"].keys()
    assert ana.received == []


async def test_exactly_at_the_limit_is_fine(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    assert (await business.says(ana.phone or "", "x" * 4096))[0] == 200


async def test_the_window_closes_after_24_hours(graph: GraphWorld, business: Business, clock: Clock) -> None:
    business.number.templates["hello"] = {"en": "May we write to you?"}
    ana = graph.customer("Ana")
    await ana.writes("hi")
    clock.forward(hours=24)

    status, answer = await business.says(ana.phone or "", "too late")
    assert status == 200
    await ana.sees_tick(graph.message(answer["messages"][0]["id"]), "failed")
    await graph.settle()
    assert business.items("statuses")[0]["errors"][0]["code"] == 131047

    graph.window_errors = "sync"
    status, answer = await business.says(ana.phone or "", "too late")
    assert (status, answer["error"]["code"]) == (400, 131047)

    template = {"name": "hello", "language": {"code": "en"}}
    _, answer = await business.sends(ana.phone or "", type="template", template=template)
    assert answer["messages"][0]["message_status"] == "accepted"
    await ana.writes("yes")
    await business.says(ana.phone or "", "good morning")
    await ana.sees_nothing_but(["May we write to you?", "good morning"])


async def test_nobody_behind_that_number(graph: GraphWorld, business: Business) -> None:
    status, answer = await business.says("15559999999", "anyone?")
    assert (status, answer["contacts"][0]["wa_id"]) == (200, "15559999999")
    await graph.settle()
    assert business.items("statuses")[0]["errors"][0]["code"] == 131026


@pytest.mark.parametrize(
    ("flaw", "status", "code"),
    [
        ({"token_valid": False}, 401, 190),
        ({"scopes": ()}, 403, 10),
        ({"registered": False}, 400, 133010),
        ({"locked": True}, 403, 131031),
    ],
)
async def test_what_is_wrong_with_a_number(
    graph: GraphWorld, business: Business, flaw: dict[str, Any], status: int, code: int
) -> None:
    for name, value in flaw.items():
        setattr(business.number, name, value)
    got, answer = await business.says("15550200001", "hi")
    assert (got, answer["error"]["code"]) == (status, code)


async def test_someone_elses_number_does_not_exist(graph: GraphWorld, business: Business) -> None:
    other = graph.number("+1 555 020 0000")
    status, answer = await business.call("POST", f"{other.id}/messages", json={})
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)
    assert (await business.call("GET", "nothing/here/at/all"))[1]["error"]["code"] == 2500


async def test_what_doctor_asks(graph: GraphWorld, business: Business) -> None:
    number = business.number
    fields = "display_phone_number,verified_name,quality_rating"
    assert await business.call("GET", f"{number.id}?fields={fields}") == (
        200,
        {
            "display_phone_number": "+1 555 010 0000",
            "verified_name": "Dragoman Trading",
            "quality_rating": "GREEN",
            "id": number.id,
        },
    )
    _, token = await business.call("GET", f"debug_token?input_token={number.token}")
    assert token["data"]["is_valid"] is True
    assert "whatsapp_business_messaging" in token["data"]["scopes"]
    _, token = await business.call("GET", "debug_token?input_token=expired")
    assert token["data"]["is_valid"] is False
    _, apps = await business.call("GET", f"{number.waba}/subscribed_apps")
    assert apps["data"][0]["whatsapp_business_api_data"]["id"] == number.app_id
    number.subscribed = False
    assert (await business.call("GET", f"{number.waba}/subscribed_apps"))[1] == {"data": []}


# --- delivery, as bad as it gets ------------------------------------------------------------------------------------


async def test_redelivery_until_200_in_other_batches(graph: GraphWorld, business: Business) -> None:
    ana, bo = graph.customer("Ana"), graph.customer("Bo")
    business.status = 500
    lost = await ana.writes("one")
    await bo.writes("two")
    await ana.writes("three")
    assert lost.status == "sent"
    assert await graph.redeliver() == 3

    business.status = 200
    assert await graph.redeliver(batch=2, reverse=True) == 0
    assert [len(p["entry"][0]["changes"][0]["value"]["messages"]) for p in business.payloads[-2:]] == [2, 1]
    assert [m["text"]["body"] for m in business.items("messages")[-3:]] == ["three", "two", "one"]
    await ana.sees_tick(lost, "delivered")

    count = len(business.raw)
    assert await graph.redeliver() == 0
    assert len(business.raw) == count
    await graph.redeliver(everything=True)
    assert len(business.items("messages")) == 3 + 3 + 3 + 3


async def test_one_post_with_several_entries(graph: GraphWorld, business: Business) -> None:
    second = graph.number("+44 20 7946 0000", webhook=business.number.webhook, app_secret=business.number.app_secret)
    ana = graph.customer("Ana")
    async with graph.hooks.held(copies=2):
        await ana.writes("to the first")
        await ana.writes("again")
        await business.says(ana.phone or "", "an answer")
        await graph.settle()
        await ana.writes("to the second", to=second)

    assert len(business.raw) == 2
    assert business.raw[0] == business.raw[1]
    first, other = business.payloads[0]["entry"]
    assert [list(change["value"])[-1] for change in first["changes"]] == ["messages", "statuses"]
    assert len(first["changes"][0]["value"]["messages"]) == 2
    assert other["id"] == second.waba


async def test_updates_twice_late_and_lost(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    graph.faults.next("webhook messages.text", Fault.twice())
    graph.faults.next("webhook messages.text", Fault.late())
    graph.faults.next("webhook messages.text", Fault.lost(), skip=1)
    for text in ("one", "two", "three", "four"):
        await ana.writes(text)
    assert [m["text"]["body"] for m in business.items("messages")] == ["one", "one", "three", "two"]


async def test_a_status_may_come_before_the_answer(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    graph.status_first = True
    gate = Gate()
    graph.faults.next("POST */messages", Fault.hang_after(gate))

    sending = asyncio.create_task(business.says(ana.phone or "", "quick"))
    await gate.reached()

    assert [s["status"] for s in business.items("statuses")] == ["sent", "delivered"]
    assert not sending.done()
    gate.open()
    assert (await sending)[0] == 200


async def test_accepted_and_then_the_line_goes_dead(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    graph.faults.next("POST */messages", Fault.drop_before())
    graph.faults.next("POST */messages", Fault.drop_after())

    for text in ("never sent", "sent, but who knows"):
        with pytest.raises(aiohttp.ClientError):
            await business.says(ana.phone or "", text)

    await ana.sees_nothing_but(["sent, but who knows"])
    assert graph.sends() == []


async def test_errors_by_name_and_status(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    phone = ana.phone or ""
    graph.faults.next("POST */messages", Fault.rate_limited(7))
    graph.faults.next("POST */messages", Fault.error(131000))
    graph.faults.next("POST */messages", Fault.error(100, error_subcode=33))
    graph.faults.next("POST */messages", Fault.revoke())

    seen = [await business.says(phone, "x") for _ in range(5)]

    assert [(status, answer["error"]["code"]) for status, answer in seen] == [
        (429, 130429),
        (500, 131000),
        (400, 100),
        (401, 190),
        (401, 190),
    ]
    assert [call.status for call in graph.calls] == [429, 500, 400, 401, 401]
    assert ana.received == []


async def test_rate_limits_follow_the_clock(clock: Clock) -> None:
    async with GraphWorld(clock.now, limit_scale=0.1) as graph, aiohttp.ClientSession() as http:
        business = Business(graph, http)
        crowd = [graph.customer(f"C{n}") for n in range(9)]
        for customer in crowd:
            await customer.writes("hi")
        ana = crowd[0].phone or ""

        async def codes(to: list[str]) -> list[int]:
            answers = [await business.says(each, "x") for each in to]
            return [answer.get("error", {}).get("code", 0) for _, answer in answers]

        # A tenth of the limits: eight a second for the number, a burst of four and one a minute for the pair.
        assert await codes([c.phone or "" for c in crowd]) == [0] * 8 + [130429]
        clock.forward(seconds=1)
        assert await codes([ana] * 4) == [0, 0, 0, 131056]
        clock.forward(seconds=60)
        assert await codes([ana, ana]) == [0, 131056]


async def test_a_failed_wait_shows_the_conversation(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana", phone="5511999990000")
    await ana.writes("hello?")
    with pytest.raises(AssertionError, match=r"(?s)never saw 'hi'.*Ana \(5511999990000\).*me: hello\?  ✓✓"):
        await ana.sees("hi", timeout=0)


async def test_a_page_can_listen(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    with graph.feed.listen() as changes:
        await ana.writes("hi")
        assert [changes.get_nowait().kind for _ in range(2)] == ["message", "status"]


async def test_an_offline_phone_gets_its_messages_later(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    ana.online = False
    _, answer = await business.sends(
        ana.phone or "", type="text", text={"body": "see you"}, biz_opaque_callback_data="job-7"
    )
    message = graph.message(answer["messages"][0]["id"])
    await graph.settle()
    assert message.status == "sent"
    await ana.comes_online()
    await ana.sees_tick(message, "delivered")
    assert [s["biz_opaque_callback_data"] for s in business.items("statuses")] == ["job-7", "job-7"]


async def test_a_reaction_from_the_business(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    thanks = await ana.writes("thanks!")
    await business.sends(ana.phone or "", type="reaction", reaction={"message_id": thanks.id, "emoji": "❤️"})
    await ana.sees_reaction(thanks, "❤️")
    await business.sends(ana.phone or "", type="reaction", reaction={"message_id": thanks.id, "emoji": ""})
    await ana.sees_reaction(thanks, "")
    assert ana.received == []


async def test_millisecond_timestamps_and_account_errors(graph: GraphWorld, business: Business) -> None:
    graph.milliseconds = True
    await graph.customer("Ana").writes("hi")
    await graph.account_error(business.number, 131031)
    assert business.items("messages")[0]["timestamp"] == "1772442000000"
    assert business.items("errors")[0]["code"] == 131031
