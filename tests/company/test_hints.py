"""What fits into a NOTIFY, and comes out of it again."""

import pytest

from core.ids import InboxName, PersonId, TicketId
from storage import Commit
from storage.hints import ROOM, Hints, Typing, unpacked

SITE = InboxName("site")
COMMIT = Commit(
    jobs=True,
    raws=True,
    tickets=((TicketId(1), 5), (TicketId(2), 1)),
    people=frozenset({PersonId(3)}),
    visitors=frozenset({(SITE, "v1")}),
    roll=True,
)


def packed(*commits: Commit) -> str:
    hints = Hints()
    for commit in commits:
        hints.add(commit)
    return hints.packed() or ""


def test_what_one_tells_the_other_hears() -> None:
    assert unpacked(packed(COMMIT)) == (COMMIT, [], False)


def test_hints_gather_and_the_newest_version_counts() -> None:
    commit, _, _ = unpacked(
        packed(Commit(tickets=((TicketId(1), 5),)), Commit(clocks=True, tickets=((TicketId(1), 6),)))
    )
    assert commit == Commit(clocks=True, tickets=((TicketId(1), 6),))


def test_who_types_and_who_comes_travel_too() -> None:
    hints = Hints(look=True, typing={Typing("team", (SITE, "v1"))})
    assert unpacked(hints.packed() or "") == (None, [Typing("team", (SITE, "v1"))], True)


def test_nothing_is_not_told() -> None:
    assert Hints().packed() is None


@pytest.mark.parametrize("name", ["visitor", "访客"])
def test_what_does_not_fit_is_said_to_be_missing(name: str) -> None:
    many = frozenset((SITE, f"{name} {n}") for n in range(1000))
    text = packed(Commit(jobs=True, visitors=many))
    assert len(text.encode()) <= ROOM
    assert unpacked(text)[0] == Commit(jobs=True, more=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tickets": 5}', '{"typing": [["team", "v"]]}', '{"visitors": [1]}'])
def test_what_nobody_of_ours_says_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        unpacked(text)
