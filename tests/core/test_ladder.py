"""How far a message has come: reports arrive in any order, twice, or never, and give the same end."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Ladder, worst

REPORTS = (Ladder.SENT, Ladder.DELIVERED, Ladder.READ, Ladder.FAILED)


def climb(start: Ladder, reports: tuple[Ladder, ...]) -> Ladder:
    for report in reports:
        if report.outranks(start):
            start = report
    return start


@given(st.lists(st.sampled_from(REPORTS), min_size=1, max_size=5), st.data())
def test_the_order_of_reports_does_not_matter(reports: list[Ladder], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(reports))
    assert climb(Ladder.QUEUED, tuple(reports)) == climb(Ladder.QUEUED, tuple(shuffled))


def test_what_was_read_was_delivered_whatever_else_is_said() -> None:
    for order in permutations(REPORTS):
        assert climb(Ladder.QUEUED, order) is Ladder.READ


@given(st.sampled_from(Ladder), st.sampled_from(Ladder))
def test_no_two_states_outrank_each_other_but_for_doubt(one: Ladder, other: Ladder) -> None:
    assert not one.outranks(one) or one is Ladder.UNCERTAIN
    if one is not other and Ladder.UNCERTAIN not in (one, other):
        assert not (one.outranks(other) and other.outranks(one))


@pytest.mark.parametrize("report", REPORTS)
def test_what_was_undone_stays_undone(report: Ladder) -> None:
    assert not report.outranks(Ladder.UNDONE)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([], Ladder.QUEUED),
        ([Ladder.SENT, Ladder.HELD], Ladder.HELD),
        ([Ladder.READ, Ladder.DELIVERED], Ladder.DELIVERED),
        ([Ladder.READ, Ladder.FAILED], Ladder.FAILED),
        ([Ladder.UNCERTAIN, Ladder.FAILED], Ladder.FAILED),
        ([Ladder.SENT, Ladder.UNCERTAIN], Ladder.UNCERTAIN),
    ],
)
def test_a_reply_stands_where_its_worst_part_stands(parts: list[Ladder], shown: Ladder) -> None:
    assert worst(parts) is shown
