"""Who works, who is called, who can answer, and who stands in for whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import Calendar
from core.ids import PersonId, QueueName
from core.people import Person, Role, Roster, Stand
from core.policy import Policy, QueuePolicy
from core.rotations import Rotation
from core.staffing import Staffing
from tests.core.house import a_policy

SUPPORT, FINANCE = QueueName("support"), QueueName("finance")
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.parse("Asia/Shanghai", dict.fromkeys(WORKDAYS, ("09:00-18:00",)))
BERLIN = Calendar.parse("Europe/Berlin", dict.fromkeys(WORKDAYS, ("09:00-17:00",)))
EVENING = Calendar.parse("Asia/Shanghai", dict.fromkeys(WORKDAYS, ("18:00-22:00",)))

MEI = Person(PersonId(1), "Mei", email="mei@x.org", queues=frozenset({SUPPORT}))
LIU = Person(PersonId(2), "Liu", email="liu@x.org", queues=frozenset({SUPPORT}))
EVA = Person(PersonId(3), "Eva", email="eva@x.org", queues=frozenset({SUPPORT, FINANCE}), shifts=("berlin",))
ROOT = Person(PersonId(4), "Root", email="root@x.org", role=Role.ADMIN)
TEAM = (MEI, LIU, EVA, ROOT)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


WED = shanghai("2026-11-25 10:00")
NIGHT = shanghai("2026-11-25 23:00")
"""In Berlin it is 16:00."""


def a_house(**more: Any) -> Policy:
    queues = {name: QueuePolicy(name, name.title(), OFFICE) for name in (SUPPORT, FINANCE)}
    return a_policy(**{"queues": queues, "shifts": {"berlin": BERLIN, "evening": EVENING}, **more})


def staffing(
    *people: Person, stands: tuple[Stand, ...] = (), full: frozenset[PersonId] = frozenset(), **policy: Any
) -> Staffing:
    by_id = {one.id: one for one in (*TEAM, *people)}
    return Staffing(a_house(**policy), Roster(tuple(by_id.values()), stands, dict.fromkeys(full, 0)))


def away(person: Person, until: datetime | None = None, since: datetime = WED) -> Person:
    return replace(person, away=True, away_since=since, away_until=until)


class TestWorking:
    def test_without_a_shift_people_work_when_their_queue_does(self) -> None:
        assert staffing().on_shift(SUPPORT, WED) == (MEI, LIU)

    def test_a_shift_counts_in_its_own_zone(self) -> None:
        assert staffing().on_shift(SUPPORT, NIGHT) == (EVA,)

    def test_several_shifts_are_worked_together(self) -> None:
        both = replace(EVA, shifts=("berlin", "evening"))
        assert staffing(both).working(both, shanghai("2026-11-25 21:00"))
        assert staffing(both).working(both, NIGHT)
        assert not staffing(both).working(both, WED)

    def test_a_shift_that_left_the_configuration_counts_as_none(self) -> None:
        assert staffing(replace(EVA, shifts=("moon",))).on_shift(SUPPORT, WED)[-1].id == EVA.id

    def test_who_is_in_no_queue_works_when_any_does(self) -> None:
        assert staffing().working(ROOT, WED)
        assert not staffing().working(ROOT, NIGHT)

    def test_who_is_away_is_not_on_shift_until_they_are_back(self) -> None:
        gone = away(MEI, until=WED + timedelta(hours=2))
        assert staffing(gone).on_shift(SUPPORT, WED) == (LIU,)
        assert staffing(gone).on_shift(SUPPORT, WED + timedelta(hours=2)) == (gone, LIU)

    def test_on_a_holiday_of_the_shift_nobody_of_it_works(self) -> None:
        closed = Calendar.parse(
            "Europe/Berlin", dict.fromkeys(WORKDAYS, ("09:00-17:00",)), "", {NIGHT.date(): "closed"}
        )
        assert staffing(shifts={"berlin": closed}).on_shift(SUPPORT, NIGHT) == ()


class TestWhoCan:
    ZH, DE = replace(MEI, languages=frozenset({"zh"})), replace(EVA, languages=frozenset({"de", "en"}))

    def test_who_speaks_the_language_and_who_speaks_all(self) -> None:
        assert staffing(self.ZH, self.DE).who_can(SUPPORT, "zh-CN") == (self.ZH, LIU)
        assert staffing(self.ZH, self.DE).who_can(SUPPORT, None) == (self.ZH, LIU, self.DE)

    def test_where_nobody_does_everybody_must(self) -> None:
        liu = replace(LIU, languages=frozenset({"zh"}))
        assert staffing(self.ZH, self.DE, liu).who_can(SUPPORT, "pt") == (self.ZH, liu, self.DE)

    def test_their_hours_are_the_hours_of_the_language(self) -> None:
        liu = replace(LIU, languages=frozenset({"zh"}))
        house = staffing(self.ZH, self.DE, liu)
        german, chinese = house.hours(SUPPORT, "de"), house.hours(SUPPORT, "zh")
        assert german is not None
        assert chinese is not None
        assert (german.is_open(WED), german.is_open(NIGHT)) == (False, True)
        assert (chinese.is_open(WED), chinese.is_open(NIGHT)) == (True, False)

    def test_who_is_away_counts_from_their_return(self) -> None:
        back = shanghai("2026-11-30 12:00")
        house = staffing(away(self.DE, until=back), replace(self.ZH), replace(LIU, languages=frozenset({"zh"})))
        hours = house.hours(SUPPORT, "de")
        assert hours is not None
        assert not hours.is_open(NIGHT)
        assert hours.next_open(NIGHT) == shanghai("2026-11-30 16:00")  # 9:00 in Berlin

    def test_when_all_who_speak_it_are_away_with_no_return_the_others_count(self) -> None:
        house = staffing(away(self.DE), self.ZH, replace(LIU, languages=frozenset({"zh"})))
        hours = house.hours(SUPPORT, "de")
        assert hours is not None
        assert hours.is_open(WED)

    def test_a_queue_that_nobody_ever_works_has_no_hours(self) -> None:
        assert staffing(away(MEI), away(LIU), away(EVA)).hours(SUPPORT) is None


class TestOncall:
    WEEKS = Rotation(SUPPORT, ("mei@x.org", "liu@x.org", "eva@x.org"), date(2026, 11, 23), 7, "Asia/Shanghai")

    def test_it_is_whose_turn_it_is(self) -> None:
        house = staffing(rotations=(self.WEEKS,))
        assert house.oncall(SUPPORT, NIGHT) == (MEI,)
        assert house.oncall(SUPPORT, NIGHT + timedelta(weeks=1)) == (LIU,)
        assert house.oncall(FINANCE, NIGHT) == ()

    def test_nobody_is_outside_the_hours_of_the_rotation(self) -> None:
        house = staffing(rotations=(replace(self.WEEKS, calendar=EVENING),))
        assert house.oncall(SUPPORT, NIGHT) == ()
        assert house.oncall(SUPPORT, shanghai("2026-11-25 21:00")) == (MEI,)

    def test_who_is_away_is_replaced_by_their_substitute_else_by_the_next(self) -> None:
        gone = away(MEI)
        assert staffing(gone, rotations=(self.WEEKS,)).oncall(SUPPORT, NIGHT) == (LIU,)
        gone = replace(gone, substitute=EVA.id)
        assert staffing(gone, rotations=(self.WEEKS,)).oncall(SUPPORT, NIGHT) == (EVA,)
        assert staffing(gone, away(EVA), rotations=(self.WEEKS,)).oncall(SUPPORT, NIGHT) == (LIU,)
        assert staffing(gone, away(EVA), away(LIU), rotations=(self.WEEKS,)).oncall(SUPPORT, NIGHT) == ()

    def test_who_left_the_team_is_passed_over(self) -> None:
        rotation = replace(self.WEEKS, people=("gone@x.org", "eva@x.org"))
        assert staffing(rotations=(rotation,)).oncall(SUPPORT, NIGHT) == (EVA,)

    def test_the_last_word_counts_before_the_rotation(self) -> None:
        hour = timedelta(hours=1)
        stands = (Stand(SUPPORT, LIU.id, NIGHT, NIGHT + 2 * hour), Stand(SUPPORT, EVA.id, NIGHT, NIGHT + hour))
        house = staffing(stands=stands, rotations=(self.WEEKS,))
        assert house.oncall(SUPPORT, NIGHT) == (EVA,)
        assert house.oncall(SUPPORT, NIGHT + hour) == (LIU,)
        assert house.oncall(SUPPORT, NIGHT + 2 * hour) == (MEI,)
        assert house.oncall(FINANCE, NIGHT) == ()
        assert staffing(away(EVA), stands=stands, rotations=(self.WEEKS,)).oncall(SUPPORT, NIGHT) == (LIU,)

    def test_who_is_next(self) -> None:
        house = staffing(rotations=(self.WEEKS,))
        assert house.next_oncall(SUPPORT, NIGHT) == (shanghai("2026-11-30 00:00"), (LIU,))
        assert house.next_oncall(FINANCE, NIGHT) is None
        alone = replace(self.WEEKS, people=("mei@x.org",))
        assert staffing(rotations=(alone,)).next_oncall(SUPPORT, NIGHT) is None, "it is always Mei"

    def test_the_end_of_the_hours_is_a_change_too(self) -> None:
        house = staffing(rotations=(replace(self.WEEKS, calendar=EVENING),))
        assert house.next_oncall(SUPPORT, WED) == (shanghai("2026-11-25 18:00"), (MEI,))
        assert house.next_oncall(SUPPORT, shanghai("2026-11-25 18:00")) == (shanghai("2026-11-25 22:00"), ())

    def test_so_are_words_and_returns(self) -> None:
        hour = timedelta(hours=1)
        stands = (Stand(SUPPORT, EVA.id, NIGHT + hour, NIGHT + 2 * hour),)
        house = staffing(stands=stands, rotations=(self.WEEKS,))
        assert house.next_oncall(SUPPORT, NIGHT) == (NIGHT + hour, (EVA,))
        assert house.next_oncall(SUPPORT, NIGHT + hour) == (NIGHT + 2 * hour, (MEI,))
        gone = away(MEI, until=NIGHT + hour)
        assert staffing(gone, rotations=(self.WEEKS,)).next_oncall(SUPPORT, NIGHT) == (NIGHT + hour, (gone,))


class TestStandingIn:
    def test_it_is_the_substitute_working_or_not(self) -> None:
        gone = away(replace(MEI, substitute=EVA.id))
        assert staffing(gone).stand_in(gone, SUPPORT, WED) == EVA

    def test_nobody_is_named_or_nobody_can(self) -> None:
        assert staffing().stand_in(MEI, SUPPORT, WED) is None
        gone = away(replace(EVA, substitute=MEI.id))
        assert staffing(gone).stand_in(gone, FINANCE, WED) is None, "Mei does not see that queue"

    @pytest.mark.parametrize("why", ["away", "full"])
    def test_whoever_cannot_is_passed_over_for_theirs(self, why: str) -> None:
        gone, liu = away(replace(MEI, substitute=LIU.id)), replace(LIU, substitute=EVA.id)
        house = (
            staffing(gone, away(liu)) if why == "away" else staffing(gone, liu, full=frozenset({LIU.id}))
        )  # fmt: skip
        assert house.stand_in(gone, SUPPORT, WED) == EVA

    def test_a_ring_of_people_who_are_all_away_ends(self) -> None:
        ring = [away(replace(a, substitute=b.id)) for a, b in ((MEI, LIU), (LIU, EVA), (EVA, MEI))]
        assert [staffing(*ring).stand_in(one, SUPPORT, WED) for one in ring] == [None, None, None]
        himself = away(replace(MEI, substitute=MEI.id))
        assert staffing(himself).stand_in(himself, SUPPORT, WED) is None


class TestAbsence:
    def test_a_short_absence_that_says_so_hands_nothing_on(self) -> None:
        lunch = away(MEI, until=WED + timedelta(minutes=45))
        assert not staffing().absent(lunch, WED + timedelta(minutes=44))

    def test_a_long_one_that_says_so_does_at_once(self) -> None:
        assert staffing().absent(away(MEI, until=WED + timedelta(days=3)), WED)

    def test_one_that_does_not_say_so_does_when_it_has_become_long(self) -> None:
        gone = away(MEI)
        assert not staffing().absent(gone, WED + timedelta(minutes=59))
        assert staffing().absent(gone, WED + timedelta(hours=1))

    def test_it_is_over_when_they_are_back(self) -> None:
        back = WED + timedelta(days=3)
        assert not staffing().absent(away(MEI, until=back), back)

    def test_who_went_before_anybody_kept_the_time_has_been_away_for_long(self) -> None:
        assert staffing().absent(replace(MEI, away=True), WED)


ids = st.integers(1, 6).map(PersonId)
crowds = st.lists(
    st.builds(
        Person,
        id=ids,
        name=st.just("Somebody"),
        queues=st.sampled_from([frozenset(), frozenset({SUPPORT}), frozenset({SUPPORT, FINANCE})]),
        shifts=st.sampled_from([(), ("berlin",), ("evening", "berlin"), ("moon",)]),
        languages=st.sampled_from([frozenset(), frozenset({"zh"}), frozenset({"de"})]),
        substitute=st.none() | ids,
        away=st.booleans(),
        away_since=st.just(WED),
        away_until=st.none() | st.integers(-5, 5).map(lambda hours: WED + timedelta(hours=hours)),
    ),
    unique_by=lambda person: person.id,
).map(tuple)
moments = st.integers(-200, 200).map(lambda hours: WED + timedelta(minutes=30 * hours))


@given(crowds, st.frozensets(ids), moments)
def test_however_people_point_at_each_other_somebody_who_can_stands_in_or_nobody(
    people: tuple[Person, ...], full: frozenset[PersonId], at: datetime
) -> None:
    house = Staffing(a_house(), Roster(people, room=dict.fromkeys(full, 0)))
    for person in people:
        found = house.stand_in(person, SUPPORT, at)
        assert found is None or (found.id not in full | {person.id} and not found.is_away(at) and found.sees(SUPPORT))


@given(crowds, st.sampled_from([None, "zh-CN", "de", "pt"]), moments)
def test_the_hours_of_a_language_are_those_in_which_somebody_works_who_speaks_it(
    people: tuple[Person, ...], language: str | None, at: datetime
) -> None:
    house = Staffing(a_house(), Roster(people))
    hours, able = house.hours(SUPPORT, language), house.who_can(SUPPORT, language)
    if all(person.away and person.away_until is None for person in able):
        able = house.who_can(SUPPORT, None)
    working = set(able) & set(house.on_shift(SUPPORT, at))
    assert bool(working) is (hours is not None and hours.is_open(at))
