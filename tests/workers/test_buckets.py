"""Rate limits: a steady rate with a burst, and a budget within a window of which some is kept for what matters."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rates import Budget, Rate
from bot.workers.buckets import Buckets

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GROUP = Budget(20, MINUTE, kept=6)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_rate_gives_its_burst_and_then_its_pace() -> None:
    buckets = Buckets({"slack": Rate(1, 3)})
    for _ in range(3):
        assert buckets.full(START) == []
        buckets.draw("slack:C1", START)
    assert buckets.full(START) == ["slack:C1"]
    assert buckets.next_ready(START) == after(1)
    assert buckets.full(after(1)) == []


def test_what_is_cosmetic_leaves_the_last_of_a_budget_to_others() -> None:
    buckets = Buckets({"telegram": GROUP})
    for _ in range(14):
        buckets.draw("telegram:sales", START)
    assert buckets.full(START) == []
    assert buckets.full(START, cosmetic=True) == ["telegram:sales"]
    for _ in range(6):
        buckets.draw("telegram:sales", START)
    assert buckets.full(START) == ["telegram:sales"]
    assert buckets.next_ready(START) == after(60)


def test_what_the_platform_forbids_is_forbidden_to_all() -> None:
    buckets = Buckets({})
    buckets.halt("telegram:sales", after(30))
    assert buckets.full(START) == ["telegram:sales"]
    assert buckets.next_ready(START) == after(30)
    assert buckets.full(after(30)) == []


def test_scaled_limits_are_wider_by_as_much() -> None:
    buckets = Buckets({"telegram": GROUP}, scale=100)
    for _ in range(20):
        buckets.draw("telegram:sales", START)
    assert buckets.next_ready(START) == after(0.6)


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=120))
def test_no_window_ever_holds_more_than_the_budget(wishes: list[tuple[float, bool]]) -> None:
    buckets, now, drawn = Buckets({"telegram": GROUP}), START, list[tuple[datetime, bool]]()
    for pause, cosmetic in wishes:
        now += timedelta(seconds=pause)
        if "telegram:sales" not in buckets.full(now, cosmetic=cosmetic):
            buckets.draw("telegram:sales", now)
            drawn.append((now, cosmetic))
    for at, _ in drawn:
        within = [cosmetic for other, cosmetic in drawn if at <= other < at + MINUTE]
        assert len(within) <= 20
        assert sum(within) <= 14
