"""The demo in this process: what was there before it began, and the way of a message there and back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from bot.clock import SystemClock
from bot.demo import house, serve
from bot.demo.shop import signature
from core.model import Status, Ticket
from core.people import Tier
from tests.demo.looking import received, ticket_of

OLGA = house.OLGA.phone


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[serve.Demo]:
    """Its clock stands still unless it is moved."""
    async with serve.running(tmp_path, "en", ticks=lambda: 0.0) as running:
        yield running


@asynccontextmanager
async def browser(demo: serve.Demo) -> AsyncIterator[ClientSession]:
    base = demo.app.settings.dragoman.base_url
    jar = CookieJar(unsafe=True)  # cookies of an address without a name
    async with ClientSession(base, headers={"Origin": base}, cookie_jar=jar) as session:
        yield session


async def sign_in(session: ClientSession, person: int) -> dict[str, str]:
    """As somebody of the demo; the headers that what changes something must carry."""
    async with session.post(f"/console/as/{person}") as page:
        assert page.status == 200
        assert "/console" in str(page.url)
        _, _, rest = (await page.text()).partition('"csrf": "')
        return {"X-CSRF-Token": rest.partition('"')[0]}


async def eventually(demo: serve.Demo, holds: Callable[[], Awaitable[bool]]) -> None:
    """Looks again at every commit. Ends with TimeoutError."""
    changed = asyncio.Event()
    stop = demo.app.store.on_commit(lambda _: changed.set())
    try:
        async with asyncio.timeout(20):
            while not await holds():
                await changed.wait()
                changed.clear()
    finally:
        stop()


async def entries(session: ClientSession, ticket: Ticket) -> list[dict[str, Any]]:
    """Its thread as the console shows it; lines about the ticket itself are left out."""
    async with session.get(f"/console/api/tickets/{ticket.id}") as answer:
        assert answer.status == 200
        return [entry for entry in (await answer.json())["entries"] if entry["message"]]


async def answered(demo: serve.Demo, person: int, who: house.Phone, words: str) -> str:
    """What they alone read, of what they typed at that customer's ticket."""
    ticket = await ticket_of(demo, who)
    async with browser(demo) as session:
        headers = await sign_in(session, person)
        body = {"key": f"asked-{words[1:]}", "text": words, "files": []}
        async with session.post(f"/console/api/tickets/{ticket.id}/say", json=body, headers=headers) as answer:
            assert answer.status == 200
            return json.dumps((await answer.json())["answers"], ensure_ascii=False)


async def test_the_samples_stand_at_their_stages(demo: serve.Demo) -> None:
    closed, pending, answered = [await ticket_of(demo, who) for who in (house.SOFIA, house.YUSUF, house.EMMA)]
    assert (closed.status, closed.assignee) == (Status.CLOSED, demo.people.mei.id)
    assert (pending.status, pending.assignee) == (Status.PENDING, demo.people.liu.id)
    assert (answered.status, answered.tier) == (Status.OPEN, Tier.VIP)
    late, warned, new = [await ticket_of(demo, who) for who in (house.LENA, house.AMARA, house.OLGA)]
    assert late.level == 2
    assert late.acked_by is None
    assert (warned.level, warned.status, new.level, new.status) == (0, Status.NEW, 0, Status.NEW)
    told = {notice.say.key for notice in await demo.app.store.notices(demo.people.anna.id, 20)}
    assert told, "the breach was told to the one who decides"


async def test_a_sample_came_with_a_picture_and_an_answer_was_read(demo: serve.Demo) -> None:
    async with browser(demo) as session:
        await sign_in(session, demo.people.mei.id)
        [first, *_] = await entries(session, await ticket_of(demo, house.JOAO))
        assert [(file["mime"], file["state"]) for file in first["files"]] == [("image/jpeg", "stored")]
        states = [entry["message"]["state"] for entry in await entries(session, await ticket_of(demo, house.EMMA))]
        assert "read" in states


async def test_a_sample_came_by_the_shops_chat(demo: serve.Demo) -> None:
    [found] = await demo.app.store.search("suspension Halo", [house.SUPPORT], 1)
    ticket = await demo.app.store.ticket(found)
    assert ticket is not None
    assert (ticket.inbox, ticket.status) == (house.SHOP, Status.NEW)
    contact = await demo.app.store.contact(ticket.contact)
    assert contact is not None
    assert contact.name == house.CAMILLE.name


async def test_a_deadline_is_explained_in_the_customers_time_and_the_readers(demo: serve.Demo) -> None:
    said = await answered(demo, demo.people.mei.id, house.EMMA, "!due")
    assert "New York" in said
    assert "Shanghai" in said
    assert "tier = vip" in said


async def test_the_promise_that_nobody_can_keep_is_named_with_its_cures(demo: serve.Demo) -> None:
    """Sales sleeps while New York is at work."""
    said = await answered(demo, demo.people.anna.id, house.EMMA, "!coverage")
    assert "Row 1" in said
    assert "Sales" in said
    assert "Support" not in said


async def test_the_shop_signs_who_is_signed_in_and_nobody_else(demo: serve.Demo) -> None:
    async with browser(demo) as session:
        async with session.get("/demo/shop") as page:
            assert "data-signature" not in await page.text()
        async with session.get("/demo/shop?as=customer") as page:
            proof = signature(house.CAMILLE.user, house.shop_of(demo.app.settings))
            assert f'data-signature="{proof}"' in await page.text()
            assert "script-src 'self';" in page.headers["Content-Security-Policy"]


async def test_nothing_is_left_to_do_and_the_clock_shows_the_real_time(demo: serve.Demo) -> None:
    backlog = await demo.app.store.backlog(demo.clock.now())
    assert (backlog.raw_waiting, backlog.parked, backlog.uncertain) == (0, 0, 0)
    assert abs(demo.clock.now() - SystemClock().now()) < timedelta(minutes=1)


async def test_a_customer_writes_on_the_page_and_reads_the_answer(demo: serve.Demo) -> None:
    [olga] = [customer for customer in demo.sim.customers if customer.phone == OLGA]
    ticket = await ticket_of(demo, house.OLGA)
    async with browser(demo) as session:
        headers = await sign_in(session, demo.people.mei.id)

        async def states() -> list[str | None]:
            return [entry["message"]["state"] for entry in await entries(session, ticket)]

        async def say(text: str) -> None:
            body = {"key": f"from-a-test-{len(text)}", "text": text, "files": []}
            async with session.post(f"/console/api/tickets/{ticket.id}/say", json=body, headers=headers) as answer:
                assert (answer.status, (await answer.json())["answers"]) == (200, [])

        async with session.post(f"/demo/customer/{OLGA}/say", json={"text": "А доставка в Москву?"}) as answer:
            assert answer.status == 200

        async def arrived() -> bool:
            return any(entry["message"]["text"] == "А доставка в Москву?" for entry in await entries(session, ticket))

        await eventually(demo, arrived)
        demo.clock.jump(60)
        await say("!claim")
        await say("!n Nine days.")
        await say("!r Девять дней, Ольга.")
        assert (await states())[-1] == "held"
        assert olga.received == []

        demo.clock.jump(10)

        async def delivered() -> bool:
            return (await states())[-1] == "delivered"

        await eventually(demo, delivered)
        assert olga.received == ["Девять дней, Ольга."]
        async with session.post(f"/demo/customer/{OLGA}/read", json={}) as answer:
            assert answer.status == 200

        async def read() -> bool:
            return (await states())[-1] == "read"

        await eventually(demo, read)


async def test_the_clocks_hands_are_moved_and_a_breach_is_told(demo: serve.Demo) -> None:
    async with browser(demo) as session:
        headers = await sign_in(session, demo.people.anna.id)
        for _ in range(2):
            async with session.post("/console/api/clock", json={"jump": 1800}, headers=headers) as answer:
                assert answer.status == 200

        async def escalated() -> bool:
            return (await ticket_of(demo, house.AMARA)).level > 0

        await eventually(demo, escalated)

        async def consoled() -> bool:
            demo.clock.jump(1)  # whoever is put off for a moment has one
            return all(received(demo, who) for who in (house.AMARA, house.OLGA))

        await eventually(demo, consoled)
        assert "(Lagos time)" in received(demo, house.AMARA)[0]
        assert "Москва" in received(demo, house.OLGA)[0]


async def test_a_jump_while_a_reply_is_on_its_way_makes_it_no_doubt(demo: serve.Demo) -> None:
    """Its lease is over by the demo's clock, but the one who holds it lives."""
    asked, go = asyncio.Event(), asyncio.Event()
    send = demo.sim.accept

    async def slow(*given: Any) -> Any:
        asked.set()
        await go.wait()
        return await send(*given)

    demo.sim.accept = slow  # type: ignore[assignment, method-assign] # a Meta that takes its time
    ticket = await ticket_of(demo, house.EMMA)
    async with browser(demo) as session:
        headers = await sign_in(session, demo.people.mei.id)
        body = {"key": "from-a-test", "text": "!r In nine days.", "files": []}
        async with session.post(f"/console/api/tickets/{ticket.id}/say", json=body, headers=headers):
            demo.clock.jump(10)
        await asyncio.wait_for(asked.wait(), 20)
        demo.clock.jump(1800)
        await demo.app.outbox.recover()
        go.set()

        async def delivered() -> bool:
            return bool((await entries(session, ticket))[-1]["message"]["state"] == "delivered")

        await eventually(demo, delivered)


async def test_the_printed_link_lets_the_admin_in_once(demo: serve.Demo) -> None:
    token = demo.sign_in.rpartition("=")[2]

    async def enter() -> int:
        async with browser(demo) as session, session.post("/console/login", data={"token": token}) as page:
            return page.status

    assert [await enter(), await enter()] == [200, 403]


async def test_elsewhere_than_on_the_loopback_nobody_comes_in_without_the_link(tmp_path: Path) -> None:
    async with (
        serve.running(tmp_path, "en", "0.0.0.0") as open_to_all,
        browser(open_to_all) as session,
        session.post(f"/console/as/{open_to_all.people.mei.id}") as answer,
    ):
        assert answer.status == 404


async def test_a_folder_with_a_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / house.DATABASE).write_text("precious")
    with pytest.raises(serve.AlreadyThere):
        async with serve.running(tmp_path, "en"):
            pass
    assert (tmp_path / house.DATABASE).read_text() == "precious"


async def test_a_port_that_is_taken_is_refused_before_anything_is_made(demo: serve.Demo, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(serve.NoPort, match="in use"):
        async with serve.running(empty, "en", port=demo.app.settings.dragoman.port):
            pass
    assert list(empty.iterdir()) == []


async def test_the_demo_speaks_chinese(tmp_path: Path) -> None:
    async with serve.running(tmp_path, "zh-CN") as running:
        assert running.app.settings.dragoman.organisation == "明灯灯饰"
        assert {person.locale for person in running.people.everybody} == {"zh-CN"}
        assert "(Sydney time)" in received(running, house.NOAH)[0], "customers read their own language"
