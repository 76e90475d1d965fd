"""Delivery as bad as it gets: redelivery, batches, duplicates, dropped connections, errors, rate limits."""

import asyncio

import aiohttp
import pytest

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault, Gate
from tests.platforms.graph import GraphWorld
from tests.platforms.graph.business import Business


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
    async with GraphWorld(clock.now, limit_scale=0.1) as graph, Business(graph) as business:
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


async def test_waiting_for_a_call(graph: GraphWorld, business: Business) -> None:
    ana = graph.customer("Ana")
    await ana.writes("hi")
    waiting = asyncio.create_task(graph.called("POST */messages", times=2))
    graph.faults.next("POST */messages", Fault.http(502))
    async with business.http.post(f"{graph.api}/{business.number.id}/messages", json={}) as reply:
        assert await reply.text() == "502 from upstream"
    await business.says(ana.phone or "", "second try")
    assert [call.status for call in await waiting] == [502, 200]
    with pytest.raises(AssertionError, match=r"3 x POST .* never came"):
        await graph.called("POST */messages", times=3, timeout=0)
