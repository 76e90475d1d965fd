"""What the Graph simulator checks: files, limits of length, the 24-hour window, tokens and numbers."""

import hashlib
from typing import Any

import pytest

from tests.platforms.clock import Clock
from tests.platforms.graph import GraphWorld
from tests.platforms.graph.business import Business

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


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


# --- what is refused ---------------------------------------------------------------------------------------------


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
