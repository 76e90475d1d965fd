"""The Graph simulator tells conversations as the Cloud API does: so the channel's tests may believe it."""

import base64
import hashlib
import hmac
from typing import Any

from tests.platforms.graph import GraphWorld
from tests.platforms.graph.business import Business

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


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
