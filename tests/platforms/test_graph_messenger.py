"""The Graph simulator tells Messenger chats as the Messenger Platform does: so the channel's tests may believe it."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator

import pytest

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault
from tests.platforms.graph import GraphWorld
from tests.platforms.graph.page_side import PageSide

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def side(graph: GraphWorld) -> AsyncIterator[PageSide]:
    async with PageSide(graph) as side:
        yield side


# --- a conversation -------------------------------------------------------------------------------------------------


async def test_hello_and_back(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana Souza")
    hello = await ana.writes("Olá, onde está meu pedido?")
    status, answer = await side.sends(ana.psid, {"text": "Hoje ainda!", "metadata": "7.0"})
    await graph.settle()

    assert (status, answer["recipient_id"]) == (200, ana.psid)
    reply = await ana.sees("Hoje")
    assert reply.id == answer["message_id"]
    assert hello.status == "delivered"
    await ana.sees_tick(reply, "delivered")
    await ana.reads()

    said, echo = side.heard("message")
    assert said == {"mid": hello.id, "text": "Olá, onde está meu pedido?"}
    assert echo == {
        "mid": reply.id,
        "is_echo": True,
        "app_id": int(side.page.app_id),
        "metadata": "7.0",
        "text": "Hoje ainda!",
    }
    now = graph.messenger.stamp()
    assert side.heard("delivery") == [{"mids": [reply.id], "watermark": now}]
    assert side.heard("read") == [{"watermark": now}]


async def test_a_webhook_has_metas_shape_and_signature(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    message = await ana.writes("Olá 🙂 / tudo bem?")

    raw = side.raw[0]
    assert raw.isascii()
    assert b"Ol\\u00e1 \\ud83d\\ude42 \\/ tudo" in raw
    digest = hmac.new(side.page.app_secret.encode(), raw, hashlib.sha256).hexdigest()
    assert side.signatures == [f"sha256={digest}"]
    assert side.payloads[0] == {
        "object": "page",
        "entry": [
            {
                "id": side.page.id,
                "time": 1772442000000,
                "messaging": [
                    {
                        "sender": {"id": ana.psid},
                        "recipient": {"id": side.page.id},
                        "timestamp": 1772442000000,
                        "message": {"mid": message.id, "text": "Olá 🙂 / tudo bem?"},
                    }
                ],
            }
        ],
    }


async def test_everybody_has_another_id_on_every_page(graph: GraphWorld, side: PageSide) -> None:
    other = graph.page("Another shop", webhook=side.page.webhook)
    ana = graph.person("Ana")
    await ana.writes("to the first")
    await ana.writes("to the second", to=other)
    first, second = side.heard()
    assert first["sender"]["id"] != second["sender"]["id"]
    assert (second["recipient"]["id"], ana.psid_on(other)) == (other.id, second["sender"]["id"])


# --- what people send -----------------------------------------------------------------------------------------------


async def test_files_lie_on_a_cdn_whose_addresses_expire(graph: GraphWorld, side: PageSide, clock: Clock) -> None:
    ana = graph.person("Ana")
    await ana.sends_file("label.png", PNG, "image/png", text="here")
    message = side.heard("message")[0]
    assert (message["text"], message["attachments"][0]["type"]) == ("here", "image")
    url = message["attachments"][0]["payload"]["url"]
    async with side.http.get(url) as reply:
        assert (reply.status, await reply.read(), reply.content_type) == (200, PNG, "image/png")
    clock.forward(hours=2)
    async with side.http.get(url) as reply:
        assert reply.status == 403


async def test_a_sticker_in_every_shape_it_has_had(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    for shape in ("image", "both", "sticker"):
        await ana.sends_sticker(PNG, shape=shape)
    shapes = [[one["type"] for one in message["attachments"]] for message in side.heard("message")]
    assert shapes == [["image"], ["image", "sticker"], ["sticker"]]
    assert all(one["payload"]["sticker_id"] for message in side.heard("message") for one in message["attachments"])


async def test_whatever_else_they_do_is_told_in_its_own_shape(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    hello = await ana.writes("hello")
    await ana.writes("again", reply_to=hello)
    await ana.taps("Yes", "YES")
    await ana.presses("Get Started", "GET_STARTED", ref="spring", source="SHORTLINK", type="OPEN_THREAD")
    await ana.presses("Their button", mid=False)
    await ana.comes_by_link("spring")
    await ana.comes_by_ad("Summer sale")
    await ana.opts_in("News", status="STOP NOTIFICATIONS")
    await ana.reacts(hello, "❤️")
    await ana.unreacts(hello)
    await ana.edits(hello, "hello!")
    await ana.unsends(hello)
    heard = [next(key for key in item if key not in ("sender", "recipient", "timestamp")) for item in side.heard()]
    assert heard == [
        *["message"] * 3,
        *["postback"] * 2,
        *["referral"] * 2,
        "optin",
        *["reaction"] * 2,
        "message_edit",
        "message",
    ]
    assert side.heard("message")[1]["reply_to"] == {"mid": hello.id, "is_self_reply": False}
    assert "payload" not in side.heard("postback")[1]
    assert [one["action"] for one in side.heard("reaction")] == ["react", "unreact"]
    assert side.heard("message_edit") == [{"mid": hello.id, "text": "hello!", "num_edit": 1}]
    assert side.heard("message")[-1] == {"mid": hello.id, "is_deleted": True}


async def test_only_what_the_app_subscribed_to_is_told(graph: GraphWorld, side: PageSide) -> None:
    side.page.fields = frozenset({"messages"})
    ana = graph.person("Ana")
    await ana.writes("hello")
    await ana.presses("Get Started", "GET_STARTED")
    await side.says(ana.psid, "hi")
    await graph.settle()
    assert len(side.heard()) == 1


# --- delivery -------------------------------------------------------------------------------------------------------


async def test_redelivery_comes_in_other_batches(graph: GraphWorld, side: PageSide) -> None:
    ana, bo = graph.person("Ana"), graph.person("Bo")
    side.status = 500
    lost = await ana.writes("one")
    await bo.writes("two")
    assert lost.status == "sent"
    side.status = 200
    assert await graph.redeliver() == 0
    (entry,) = side.payloads[-1]["entry"]
    assert [item["message"]["text"] for item in entry["messaging"]] == ["one", "two"]
    await ana.sees_tick(lost, "delivered")


async def test_a_thousand_updates_are_one_post(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    async with graph.hooks.held():
        for nth in range(1001):
            await ana.writes(str(nth))
    assert [len(body["entry"][0]["messaging"]) for body in side.payloads] == [1000, 1]


async def test_pages_and_numbers_never_share_a_post(graph: GraphWorld, side: PageSide) -> None:
    graph.number(webhook=side.page.webhook, app_secret=side.page.app_secret)
    async with graph.hooks.held():
        await graph.person("Ana").writes("on Messenger")
        await graph.customer("Ana").writes("on WhatsApp")
    assert [body["object"] for body in side.payloads] == ["page", "whatsapp_business_account"]


async def test_updates_twice_and_late(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    graph.faults.next("webhook page.messages", Fault.twice())
    graph.faults.next("webhook page.messages", Fault.late())
    for text in ("one", "two", "three"):
        await ana.writes(text)
    assert [message["text"] for message in side.heard("message")] == ["one", "one", "three", "two"]


async def test_an_echo_may_come_before_the_answer(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    graph.messenger.echo_first = True
    held = graph.faults.next("POST */messages", Fault.hang_after()).gate
    assert held is not None
    sending = asyncio.create_task(side.says(ana.psid, "quick"))
    await held.reached()
    assert [message["text"] for message in side.heard("message")] == ["hi", "quick"]
    held.open()
    assert (await sending)[0] == 200


async def test_old_phones_name_no_message_in_their_receipts(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    ana.old_client, ana.online = True, False
    await ana.writes("hi")
    await side.says(ana.psid, "one")
    await side.says(ana.psid, "two")
    await graph.settle()
    assert side.heard("delivery") == []
    await ana.comes_online()
    assert side.heard("delivery") == [{"watermark": graph.messenger.stamp()}]


# --- what Graph refuses ---------------------------------------------------------------------------------------------


async def test_the_window_is_a_day_and_a_week_for_human_agents(graph: GraphWorld, side: PageSide, clock: Clock) -> None:
    ana = graph.person("Ana")
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    await ana.writes("hi")
    clock.forward(hours=24)
    assert await side.refused(ana.psid, {"text": "late"}) == (10, 2018278)
    assert (await side.says(ana.psid, "late, by hand", **human))[0] == 200
    assert ana.messages[-1].tag == "HUMAN_AGENT"
    side.page.human_agent = False
    assert await side.refused(ana.psid, {"text": "by hand"}, **human) == (10, 0)
    side.page.human_agent = True
    clock.forward(days=6)
    assert await side.refused(ana.psid, {"text": "too late"}, **human) == (10, 2018278)
    await ana.reacts(ana.messages[-1], "👍")
    assert (await side.says(ana.psid, "open again"))[0] == 200


@pytest.mark.parametrize(
    ("message", "more", "refused"),
    [
        ({}, {}, (100, 0)),
        ({"text": "x" * 2001}, {}, (100, 0)),
        ({"text": " "}, {}, (100, 0)),
        ({"text": "x", "metadata": "m" * 1001}, {}, (100, 0)),
        ({"text": "x", "attachment": {"type": "image"}}, {}, (100, 2018034)),
        ({"attachment": {"type": "hologram"}}, {}, (100, 0)),
        ({"attachment": {"type": "image", "payload": {"url": "http://plain.example"}}}, {}, (100, 2018008)),
        ({"text": "x"}, {"messaging_type": "SHOUT"}, (100, 0)),
        ({"text": "x"}, {"messaging_type": "MESSAGE_TAG"}, (100, 0)),
        ({"text": "x"}, {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, (100, 0)),
        ({"text": "x"}, {"recipient": {}}, (100, 0)),
        ({"text": "x"}, {"recipient": {"id": "404"}}, (100, 2018001)),
    ],
)
async def test_what_graph_does_not_take(
    graph: GraphWorld, side: PageSide, message: object, more: dict[str, object], refused: tuple[int, int]
) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    assert await side.refused(ana.psid, message, **more) == refused
    assert ana.received == []


async def test_who_blocked_the_page_hears_nothing(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    ana.blocked = True
    assert await side.refused(ana.psid, {"text": "please"}) == (551, 1545041)


async def test_a_file_goes_with_its_message_in_one_request(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    status, _ = await side.uploads(ana.psid, "image", PNG, "image/png", "label.png")
    assert status == 200
    assert (await ana.sees_file(PNG)).text == ""
    assert ana.received == ["[label.png]"]
    status, answer = await side.uploads(ana.psid, "image", b"%PDF", "application/pdf")
    assert (status, answer["error"]["error_subcode"]) == (400, 2018047)
    status, answer = await side.uploads(ana.psid, "file", bytes(25 * 1024 * 1024 + 1), "application/zip")
    assert (status, answer["error"]["error_subcode"]) == (400, 2018109)


async def test_tokens_and_permissions(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    status, answer = await side.call("POST", f"{side.page.id}/messages", token="stolen", json={})
    assert (status, answer["error"]["code"]) == (401, 190)
    side.page.scopes = ()
    assert await side.refused(ana.psid, {"text": "hi"}) == (230, 0)


async def test_a_page_that_is_too_fast(clock: Clock) -> None:
    async with GraphWorld(clock.now, limit_scale=0.01) as graph, PageSide(graph) as side:
        ana = graph.person("Ana")
        await ana.writes("hi")
        codes = [(await side.says(ana.psid, str(nth)))[1].get("error", {}).get("code", 0) for nth in range(4)]
        assert codes == [0, 0, 0, 613]
        clock.forward(seconds=1)
        assert (await side.says(ana.psid, "slower"))[0] == 200


# --- others at the same conversation --------------------------------------------------------------------------------


async def test_what_others_say_for_the_page_is_echoed(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    await graph.messenger.page_inbox_writes(ana, "from the Page inbox")
    await graph.messenger.page_inbox_writes(ana, "from a bot", app_id="4711")
    assert [message.get("app_id") for message in side.heard("message")[1:]] == [None, 4711]
    assert ana.received == ["from the Page inbox", "from a bot"]


async def test_whoever_does_not_have_the_conversation_only_listens(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana")
    await ana.writes("hi")
    await graph.messenger.takes(ana)
    await ana.writes("are you there?")
    await ana.presses("Get Started", "GET_STARTED")
    assert [message["text"] for message in side.heard("message", "standby")] == ["are you there?"]
    assert "payload" not in side.heard("postback", "standby")[0]
    assert await side.refused(ana.psid, {"text": "yes"}) == (10, 2018300)
    await graph.messenger.passes(ana, back=True)
    assert (await side.says(ana.psid, "now I am"))[0] == 200


# --- what doctor and the card ask -----------------------------------------------------------------------------------


async def test_a_profile_and_one_that_is_hidden(graph: GraphWorld, side: PageSide) -> None:
    ana = graph.person("Ana Souza", locale="pt_BR")
    await ana.writes("hi")
    assert await side.call("GET", f"{ana.psid}?fields=name,locale") == (
        200,
        {"name": "Ana Souza", "locale": "pt_BR", "id": ana.psid},
    )
    ana.hidden = True
    status, answer = await side.call("GET", ana.psid)
    assert (status, answer["error"]["error_subcode"]) == (400, 33)


async def test_what_the_app_is_told_of(graph: GraphWorld, side: PageSide) -> None:
    page = side.page
    status, answer = await side.call("GET", f"{page.id}/subscribed_apps")
    assert (status, answer["data"][0]["id"]) == (200, page.app_id)
    assert "message_echoes" in answer["data"][0]["subscribed_fields"]
    assert await side.call("GET", f"{page.id}?fields=name") == (200, {"name": page.name, "id": page.id})
    status, answer = await side.call("GET", "debug_token", params={"input_token": page.token})
    assert (answer["data"]["is_valid"], answer["data"]["profile_id"]) == (True, page.id)
    status, answer = await side.call("GET", f"{page.app_id}/subscriptions", token=f"{page.app_id}|{page.app_secret}")
    assert (answer["data"][0]["object"], answer["data"][0]["callback_url"]) == ("page", page.webhook)
    assert (await side.call("GET", f"{page.app_id}/subscriptions"))[0] == 400
