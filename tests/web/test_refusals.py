"""When refused deliveries mean something, and when they are only a stranger's."""

from datetime import datetime, timedelta

import pytest

from bot.web.refusals import ENOUGH, LASTING, PAUSE, Refusals
from core.ids import InboxName
from tests.channels.kits import NOW, StillClock

WA, PAGE = InboxName("wa"), InboxName("page")


class Watch(StillClock):
    time = NOW

    def now(self) -> datetime:
        return self.time


class Admins:
    """Who is told, and by whom."""

    def __init__(self) -> None:
        self.clock, self.told = Watch(), list[str]()
        self.away = False
        self.refusals = Refusals(self.clock, self.begin, self.end)

    async def begin(self, inbox: InboxName, since: datetime) -> None:
        if self.away:
            raise ConnectionError
        self.told.append(f"{inbox} refused since {since - NOW}")

    async def end(self, inbox: InboxName) -> None:
        self.told.append(f"{inbox} well")

    async def refuses(self, times: int, over: timedelta, inbox: InboxName = WA) -> None:
        for number in range(times):
            await self.refusals.refused(inbox)
            if number < times - 1:
                self.clock.time += over / (times - 1)


@pytest.fixture
def admins() -> Admins:
    return Admins()


@pytest.mark.parametrize(
    ("times", "over", "told"),
    [
        (ENOUGH, LASTING, ["wa refused since 0:00:00"]),
        (ENOUGH - 1, LASTING * 9, []),
        (10_000, LASTING - timedelta(seconds=1), []),
        (10_000, LASTING * 3, ["wa refused since 0:00:00"]),
    ],
)
async def test_neither_few_nor_a_burst(admins: Admins, times: int, over: timedelta, told: list[str]) -> None:
    await admins.refuses(times, over)
    assert admins.told == told


async def test_a_good_delivery_begins_the_count_anew_and_another_inboxs_does_not(admins: Admins) -> None:
    await admins.refuses(ENOUGH - 1, LASTING)
    await admins.refusals.accepted(PAGE)
    await admins.refuses(1, timedelta())
    assert admins.told == ["page well", "wa refused since 0:00:00"]
    await admins.refusals.accepted(WA)
    await admins.refuses(ENOUGH - 1, LASTING)
    assert admins.told[2:] == ["wa well"]


async def test_good_deliveries_ask_the_database_once(admins: Admins) -> None:
    """The first of a process: the one before may have told of trouble."""
    for _ in range(1000):
        await admins.refusals.accepted(WA)
        await admins.refusals.refused(WA)
    assert admins.told == ["wa well"]


async def test_it_is_told_again_after_a_day_and_not_before(admins: Admins) -> None:
    for _ in range(30):
        await admins.refuses(ENOUGH, LASTING)
        await admins.refusals.accepted(WA)
    assert sum("refused" in told for told in admins.told) == 1
    admins.clock.time += PAUSE
    await admins.refuses(ENOUGH, LASTING)
    assert sum("refused" in told for told in admins.told) == 2


async def test_the_delivery_is_answered_though_nobody_can_be_told(admins: Admins) -> None:
    admins.away = True
    await admins.refuses(ENOUGH, LASTING)
    assert admins.told == []
