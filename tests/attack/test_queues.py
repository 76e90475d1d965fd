"""A person of one queue tries everything to see or touch another queue's tickets."""

import asyncio
import json
from dataclasses import dataclass

import aiohttp
import pytest

from bot.handlers.registry import COMMANDS
from core.ids import QueueName
from core.people import Role
from tests.attack.fort import Browser, Fort
from tests.attack.test_every_route import routes
from tests.stories.agents import Agent, Seen
from tests.stories.console_team import ConsoleAgent

SECRETS = ("Canaria", "34600999888", "a canary sings", "canary.pdf", "a canary answers")
"""What stands in the ticket of sales, and nobody of billing may read."""


@dataclass(slots=True)
class Scene:
    """A ticket of sales with words, a file, a note and a reply; and Omar, who works in billing."""

    fort: Fort
    ticket: Seen
    omar: Agent
    his: Browser

    def sees_nothing(self, text: str, what: object = "") -> None:
        for secret in SECRETS:
            assert secret not in text, (what, secret, text)

    async def touched(self) -> tuple[int, int]:
        """Changes with whatever is done to the ticket."""
        found = await self.fort.running.store.ticket(self.ticket.id)
        assert found is not None
        return found.version, len(await self.fort.running.store.entries(found.id))


@pytest.fixture
async def scene(fort: Fort) -> Scene:
    customer = fort.customer("Canaria Vogel", "34600999888")
    ticket = await fort.opened(customer, "a canary sings")
    await customer.sends_file("canary.pdf", b"%PDF-1.7 canary", "application/pdf")
    await fort.settled()
    await fort.mei.types("!r a canary answers", ticket)
    await fort.forward("1m")
    omar = await fort.hires("Omar", queues=("billing",))
    return Scene(fort, ticket, omar, await fort.enters(omar))


async def test_no_address_shows_or_changes_it(scene: Scene) -> None:
    before, files = await scene.touched(), await _files(scene)
    assert files, "there is something to steal"
    for file in files:
        for method, kind, path in routes(scene.fort, ticket=scene.ticket.id, file=file):
            if path == "/console/logout":
                continue
            body = {"key": "12345678", "text": "x", "post": f"{scene.omar.person.id}:typed:12345678", "fields": {}}
            reply = await scene.his.asks(method, path, json=None if method == "GET" else body)
            scene.sees_nothing(reply.text, path)
            if ("{ticket}" in kind and "/api/" in kind) or "{file}" in kind:
                assert reply.status == 404, path
    assert await scene.touched() == before


async def _files(scene: Scene) -> list[int]:
    hers = await scene.fort.enters(scene.fort.mei)
    entries = (await hers.asks("GET", f"/console/api/tickets/{scene.ticket.id}")).json()["entries"]
    return [file["id"] for entry in entries for file in entry["files"]]


async def test_no_list_and_no_search_finds_it(scene: Scene) -> None:
    queries = ["queue=sales", "view=closed&queue=sales", "view=unassigned", "view=breaching", "offset=0&queue="]
    queries += [f"q={words}" for words in ("canary", "Canaria", "34600999888", "T-1", "1", "%25", "*", "a", '"', "'--")]
    for query in queries:
        for path in ("/console/api/list", "/console/api/commands", "/console/api/notices"):
            reply = await scene.his.asks("GET", f"{path}?{query}")
            scene.sees_nothing(reply.text, query)
            assert reply.json().get("total", 0) == 0
    assert (await scene.his.asks("GET", f"/console/api/commands?ticket={scene.ticket.id}")).status == 404
    assert (await scene.his.asks("GET", "/console/api/list?q=canary")).json()["views"]["open"] == 0


async def test_no_command_reaches_it_by_its_number(scene: Scene) -> None:
    """Typed outside of any ticket and in one of his own, with the number in front and behind."""
    own = await scene.fort.opened(scene.fort.customer("Ben", "34600111333"), "I need an invoice.")
    await scene.fort.mei.types("!assign billing", own)
    before, label = await scene.touched(), f"T-{scene.ticket.id}"
    for command in COMMANDS.values():
        for text in (f"!{command.name} {label}", f"/{command.name} {label} x", f"!{command.name} x {label}"):
            for ticket in (None, own.id):
                reply = await scene.his.does("say", ticket, text=text, files=[])
                scene.sees_nothing(reply.text, text)
    assert await scene.touched() == before


async def test_no_button_and_no_form_reaches_it(scene: Scene) -> None:
    """Pages can be made to say anything: each action there is, with the foreign number as its value."""
    own = await scene.fort.opened(scene.fort.customer("Ben", "34600111333"), "I need an invoice.")
    await scene.fort.mei.types("!assign billing", own)
    before, label = await scene.touched(), f"T-{scene.ticket.id}"
    for action in (*COMMANDS, "nothing", ""):
        for value in (label, f"{label} x", f"{label} 1", f"{label} {label}"):
            for ticket in (None, own.id):
                pressed = await scene.his.does("press", ticket, action=action, value=value)
                fields = {"argument": "x", "text": "x", "to": "billing"}
                filled = await scene.his.does("submit", ticket, action=action, value=value, fields=fields)
                scene.sees_nothing(pressed.text + filled.text, (action, value))
    assert await scene.touched() == before


async def test_no_form_makes_an_agent_more_than_an_agent(scene: Scene) -> None:
    for body in ({"role": "admin"}, {"queues": ["sales"]}, {"locale": "en", "role": "admin", "active": True}):
        await scene.his.asks("POST", "/console/api/me", json=body)
    person = await scene.fort.running.store.person(scene.omar.person.id)
    assert person is not None
    assert (person.role, person.queues) == (Role.AGENT, frozenset({"billing"}))
    for path in ("/console/api/trouble", "/console/api/trouble/retry"):
        method = "POST" if path.endswith("retry") else "GET"
        assert (await scene.his.asks(method, path, json={"kind": "raw", "id": 1})).status == 403


async def test_no_hint_says_that_anything_happened(scene: Scene) -> None:
    where = f"{scene.fort.address}/console/live"
    assert isinstance(scene.fort.ada, ConsoleAgent)
    headers = {"Cookie": scene.his.cookie, "Origin": scene.fort.address}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(where, headers=headers) as his,
        scene.fort.ada.browser.listens() as hers,
    ):
        await scene.fort.mei.types("a note", scene.ticket)
        assert f"[[{scene.ticket.id}, " in await asyncio.wait_for(hers.receive_str(), 10)
        await scene.his.asks("POST", "/console/logout")
        last = await asyncio.wait_for(his.receive(), 10)
    assert last.type is aiohttp.WSMsgType.CLOSE


async def test_at_slack_neither_search_nor_number_nor_home_shows_it(scene: Scene) -> None:
    omar, before = scene.fort.at("slack", scene.omar), await scene.touched()
    for text in (
        "!find sings",
        "!find Vogel",
        "!find 0999888",
        "!queue sales",
        "!queue",
        f"!claim T-{scene.ticket.id}",
        "!board",
    ):
        await omar.types(text)
    scene.sees_nothing("\n".join(await omar.heard()))
    theirs = scene.fort.slack.person("Omar")
    await theirs.opens_home()
    await scene.fort.settled()
    assert theirs.home is not None
    scene.sees_nothing(json.dumps(theirs.home.body))
    assert await scene.touched() == before


async def test_at_slack_a_colleague_in_the_channel_reads_and_does_nothing(scene: Scene) -> None:
    """Who is in a channel reads it: that is Slack's affair. What they do there is ours."""
    omar, before = scene.fort.at("slack", scene.omar), await scene.touched()
    there = await scene.fort.ticket("a canary sings", desk="slack")
    for text in ("!r I say so.", "!claim", "!close", "!note x", "just words", "!live"):
        await omar.types(text, there)
    for button in ("Claim", "Close"):
        await omar.clicks(button, there)
    await scene.fort.forward("1m")
    assert await scene.touched() == before


async def test_who_changes_queues_or_leaves_sees_what_is_theirs_from_then_on(scene: Scene) -> None:
    hers = await scene.fort.enters(scene.fort.mei)
    page = f"/console/api/tickets/{scene.ticket.id}"
    assert (await hers.asks("GET", page)).status == 200
    await scene.fort.running.store.update_person(scene.fort.mei.person.id, queues=frozenset({QueueName("billing")}))
    assert (await hers.asks("GET", page)).status == 404
    await scene.fort.running.store.update_person(scene.fort.mei.person.id, active=False)
    assert (await hers.asks("GET", page)).status == 401
