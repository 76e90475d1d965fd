"""The demo's clock: forward only, as fast as one likes, and whoever waits is not left behind."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.clock import DemoClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Ticks:
    """Real seconds, as many as a test says."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def clock(ticks: Ticks) -> DemoClock:
    return DemoClock(NOON, ticks=ticks)


def test_it_goes_as_fast_as_it_is_told(clock: DemoClock, ticks: Ticks) -> None:
    ticks.passed += 60
    assert clock.now() == NOON + MINUTE
    clock.set_speed(60)
    assert clock.now() == NOON + MINUTE
    ticks.passed += 1
    assert clock.now() == NOON + 2 * MINUTE


def test_a_jump_is_on_top_of_what_has_passed(clock: DemoClock, ticks: Ticks) -> None:
    ticks.passed += 60
    clock.jump(1800)
    assert clock.now() == NOON + 31 * MINUTE


def test_it_never_goes_back(clock: DemoClock) -> None:
    with pytest.raises(ValueError, match="forward"):
        clock.jump(-1)
    with pytest.raises(ValueError, match="forward"):
        clock.set_speed(0)


async def test_a_jump_wakes_who_waits_for_a_later_instant(clock: DemoClock) -> None:
    waiting = asyncio.create_task(clock.wait(asyncio.Event().wait(), NOON + 30 * MINUTE))
    await asyncio.sleep(0)
    clock.jump(1800)
    await asyncio.wait_for(waiting, 5)


async def test_a_wake_up_comes_before_the_instant(clock: DemoClock) -> None:
    wake = asyncio.Event()
    waiting = asyncio.create_task(clock.wait(wake.wait(), NOON + MINUTE))
    wake.set()
    await asyncio.wait_for(waiting, 5)
    assert clock.now() == NOON


async def test_an_instant_that_has_come_is_not_waited_for(clock: DemoClock) -> None:
    await asyncio.wait_for(clock.wait(asyncio.Event().wait(), NOON), 5)
