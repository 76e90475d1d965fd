"""The overview in a queue's place: put up once, then edited at its own pace."""

from dataclasses import replace
from datetime import timedelta

from core import owed
from core.commands import Claim
from tests.core.door import SENDER, said
from tests.core.house import mei
from tests.workers.office import TELEGRAM, Office


async def set_up(office: Office, place: str = "east") -> None:
    store, now = office.house.store, office.house.clock.now()
    code = await store.new_group_code(TELEGRAM, place, now, timedelta(hours=1))
    await store.bind_group(TELEGRAM, code, f"-{place}", place, now)


async def test_a_board_is_put_up_once_and_then_edited(office: Office) -> None:
    await set_up(office)
    await office.hears(said())
    assert office.telegram.requests_of("board") == []
    await office.wait(owed.BOARD_PACE)
    group = await office.house.store.group(TELEGRAM, "east")
    assert group is not None
    assert group.board
    await office.does(Claim(mei))
    await office.wait(owed.BOARD_PACE)
    assert office.telegram.requests_of("board") == ["board east", f"board east {group.board}"]
    assert [(board.open, board.unassigned_total) for board in office.telegram.boards] == [(1, 1), (1, 0)]


async def test_however_much_happens_a_board_is_edited_once_in_its_pace(office: Office) -> None:
    await set_up(office)
    for number in range(5):
        sender = replace(SENDER, key=str(number), address=str(number), identities=())
        await office.hears(replace(said(external=f"w{number}"), sender=sender))
        await office.wait("5s")
    await office.wait(owed.BOARD_PACE)
    assert len(office.telegram.requests_of("board")) == 1


async def test_a_board_links_to_the_topics_of_its_own_group(office: Office) -> None:
    await set_up(office)
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    assert [row.root for row in office.telegram.boards[-1].unassigned] == ["t1"]


async def test_a_group_that_is_not_set_up_has_no_board_and_troubles_nobody(office: Office) -> None:
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    assert office.telegram.requests_of("board") == []
    assert await office.parked() == []


async def test_a_crash_around_a_board_may_put_up_two_and_knows_the_second(office: Office) -> None:
    await set_up(office)
    office.telegram.die["board"] = "after"
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    await office.after_a_crash()
    await office.does(Claim(mei))
    await office.wait(owed.BOARD_PACE)
    group = await office.house.store.group(TELEGRAM, "east")
    assert group is not None
    assert office.telegram.requests_of("board") == ["board east", "board east", f"board east {group.board}"]
