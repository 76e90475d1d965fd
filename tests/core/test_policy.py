"""What the house has decided: first matching target, changes that move deadlines."""

from dataclasses import replace
from datetime import timedelta

from core.chains import EarlyWarning, Level
from core.hours import Calendar
from core.ids import QueueName
from core.model import Priority
from core.people import Person, Role, Roster, Tier
from core.policy import Policy, QueuePolicy
from core.targets import DEFAULT_CHAIN, Target
from tests.core.house import BOSS, CHAIN, FINANCE, LIU, MEI, NOON, POLICY, ROOT, SUPPORT, a_policy, a_ticket, minutes


def test_the_first_matching_row_counts() -> None:
    vip, urgent, rest = (Target(minutes(n), minutes(n)) for n in (1, 2, 3))
    vip, urgent = replace(vip, tier=Tier.VIP, queue=SUPPORT), replace(urgent, priority=Priority.URGENT)
    policy = a_policy(targets=(vip, urgent, rest))
    assert policy.target(a_ticket(tier=Tier.VIP, priority=Priority.URGENT)) is vip
    assert policy.target(a_ticket(tier=Tier.VIP, priority=Priority.URGENT, queue=FINANCE)) is urgent
    assert policy.target(a_ticket(tier=Tier.A, queue=FINANCE)) is rest
    assert a_policy(targets=(vip,)).target(a_ticket(tier=Tier.A)) is None


def test_a_queue_that_left_the_configuration_is_still_served() -> None:
    gone = POLICY.queue(QueueName("sales"))
    assert (gone.title, gone.places, gone.calendar) == ("sales", {}, Calendar.always())


def test_warnings_are_called_by_their_share() -> None:
    assert [EarlyWarning(share, ()).id for share in (0.75, 0.9)] == ["75%", "90%"]


OFFICE = Calendar.parse("Asia/Tokyo", {"mon": ["09:00-18:00"]})


def test_the_hash_changes_with_what_moves_a_deadline_and_with_nothing_else() -> None:
    same = [a_policy(), a_policy(undo=timedelta(seconds=20)), a_policy(burst=timedelta(seconds=1))]
    moved: list[Policy] = [
        a_policy(targets=POLICY.targets[:1]),
        a_policy(chains={DEFAULT_CHAIN: replace(CHAIN, warnings=())}),
        a_policy(chains={DEFAULT_CHAIN: replace(CHAIN, levels=(Level(("admins",), minutes(1)),))}),
        a_policy(queues={SUPPORT: QueuePolicy(SUPPORT, "Support", OFFICE)}),
    ]
    assert {policy.hash for policy in same} == {POLICY.hash}
    assert len({policy.hash for policy in moved} | {POLICY.hash}) == 5


def away(person: Person) -> Person:
    return replace(person, away=True)


def test_there_is_always_somebody_to_tell() -> None:
    assert Roster((MEI, LIU, BOSS, ROOT)).supervisors(SUPPORT, NOON) == (BOSS,)
    elsewhere = replace(BOSS, queues=frozenset({FINANCE}))
    assert Roster((MEI, elsewhere, ROOT)).supervisors(SUPPORT, NOON) == (ROOT,), "who may not act on it is not told"
    assert Roster((MEI, away(BOSS), ROOT)).supervisors(SUPPORT, NOON) == (ROOT,)


def test_members_are_those_who_are_here() -> None:
    assert Roster((MEI, away(LIU), BOSS)).members(SUPPORT, NOON) == (MEI, BOSS)


def test_roles_cover_what_is_below_them() -> None:
    assert [role.covers(Role.SUPERVISOR) for role in Role] == [False, True, True]
    assert ROOT.sees(FINANCE)
    assert not MEI.sees(FINANCE)
