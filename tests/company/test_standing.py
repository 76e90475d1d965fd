"""Whose work is whose, by what a process knows of the others."""

import pytest

from storage.standing import Share, Standing


@pytest.mark.parametrize(
    ("workers", "share"),
    [
        ((), None),  # nobody can be counted: all is ours, and SKIP LOCKED keeps it single
        ((5,), None),
        ((5, 7), (0, 2)),
        ((3, 5, 7), (1, 3)),
        ((3, 7), (-1, 2)),  # we gave our place up, or have none yet
        ((3,), (-1, 1)),
    ],
)
def test_shares(workers: tuple[int, ...], share: Share | None) -> None:
    assert Standing(5, True, workers=workers).share == share


def test_who_is_judged_by_its_lock_signs_so() -> None:
    assert Standing(5, True).owner == 5
    assert Standing(5, False).owner == -5
