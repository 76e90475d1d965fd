"""Customers' files travel in memory: so many bytes at a time, whatever a dozen of them may weigh."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from bot.workers import deeds
from bot.workers.luggage import Luggage
from core.events import FileNote
from core.messages import File
from core.ports import Content
from tests.core.door import said
from tests.core.house import SHOP
from tests.workers.office import CAPS, Office, Phone


def test_what_does_not_fit_comes_again_and_what_never_fits_goes_alone() -> None:
    all_of_it = Luggage(10)
    with all_of_it.with_more(6) as first, all_of_it.with_more(5) as second, all_of_it.with_more(4) as third:
        assert (first, second, third) == (True, False, True)
    with all_of_it.with_more(11) as alone, all_of_it.with_more(1) as beside:
        assert (alone, beside) == (True, False)
    assert all_of_it.carried == 0


@dataclass
class Album(Phone):
    """Its pictures are large, and each takes its time."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_come: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, file: File) -> Content:
        self.fetched.append(file.source)
        self.begun.set()
        await self.may_come.wait()
        return Content(b"\x89PNG", "image/png", file.name)


async def test_large_files_are_fetched_one_after_the_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "Luggage", partial(Luggage, 100))
    album = Album(caps=replace(CAPS, file_limits={"*": 60}))
    office.channels = {SHOP: album}
    outbox = office.hire()
    notes = tuple(FileNote(f"media-{n}", f"{n}.png", "image/png") for n in range(4))
    await office.house.hears(replace(said(), files=notes))
    await outbox.step()
    await album.begun.wait()
    for _ in range(20):
        await outbox.step()
    assert len(album.fetched) == 1
    album.may_come.set()
    for _ in notes:
        await office.wait("1s")
    assert sorted(album.fetched) == [note.source for note in notes]
