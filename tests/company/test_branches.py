"""Whichever process holds a socket, it sees what was done at any other, and at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.process import WEB, WORKER
from tests.company.branches import Branches


@pytest.fixture
async def branches(url: str, tmp_path: Path) -> AsyncIterator[Branches]:
    async with Branches(url, tmp_path) as opened:
        yield opened


async def test_visitor_at_one_agent_at_another_and_the_work_done_by_a_third(branches: Branches) -> None:
    here, there = await branches.opens(WEB), await branches.opens(WEB)
    await branches.opens(WORKER)
    desk = await branches.sits(await branches.hires(here), there)
    page = await branches.visits(here)
    await page.hears("taken", id=await page.says("Do you ship to Chile?"))
    ticket = await desk.sees("Do you ship to Chile?")
    await branches.clock.forward("20s")  # it takes that to have read it
    await desk.browser.post(f"tickets/{ticket}/say", key="a-key-of-mine", text="/r We do.", files=[])
    assert (await page.hears("entry", kind="agent"))["text"] == "We do."
    await desk.sees("We do.")


async def test_two_tabs_of_a_visitor_at_two_processes_see_the_same_at_once(branches: Branches) -> None:
    here, there = await branches.opens(WEB), await branches.opens(WEB)
    one = await branches.visits(here)
    two = await branches.visits(there, token=one.token)
    await one.hears("taken", id=await one.says("hello"))
    assert (await two.hears("entry"))["text"] == "hello"


async def test_typing_is_seen_on_the_other_side_of_two_processes(branches: Branches) -> None:
    here, there = await branches.opens(WEB), await branches.opens(WEB)
    await branches.opens(WORKER)
    desk = await branches.sits(await branches.hires(here), there)
    page = await branches.visits(here)
    await page.says("hello")
    ticket = await desk.sees("hello")
    await page.sends("typing", on=True)
    await desk.hears(typing=ticket)
    await desk.browser.post(f"tickets/{ticket}/typing")
    assert (await page.hears("typing"))["on"]


async def test_a_name_that_is_new_is_known_everywhere(branches: Branches) -> None:
    here, there = await branches.opens(WEB), await branches.opens(WORKER)
    mei = await branches.hires(here)
    await branches.until(lambda: there.roll.name(mei.id) == "Mei")


async def test_who_goes_sends_its_pages_elsewhere(branches: Branches) -> None:
    there = await branches.opens(WEB)
    await branches.opens(WORKER)
    mei = await branches.hires(there)
    async with branches.branch(WEB) as here:
        desk = await branches.sits(mei, here)
        page = await branches.visits(here)
        await page.hears("taken", id=await page.says("before"))
        await desk.sees("before")
    assert await page.closed() == 1012
    assert (await desk.live.receive()).data == 1012
    again = await branches.visits(there, token=page.token, after=1)
    await again.hears("taken", id=await again.says("after"))
    assert [entry["text"] for entry in again.heard if entry["type"] == "entry"] == ["after"]
