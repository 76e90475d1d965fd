"""What must hold of promises whoever works when, and whenever customers write."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core import promises, sla
from core.clocks import ClockKind
from core.facts import PromiseMade
from core.hours import Calendar
from core.targets import Whose
from tests.core.house import SHOP, minutes, of_kind
from tests.core.waiting import HOUR, START, TEAMS, Story, house

writings = st.lists(st.integers(0, 21 * 24 * 60), min_size=1, max_size=12).map(sorted)


class TestProperties:
    @settings(max_examples=150, deadline=None)
    @given(
        writings,
        st.sampled_from(TEAMS),
        st.sampled_from([("America/New_York", "US"), ("Asia/Riyadh", "SA"), ("Asia/Kathmandu", "NP")]),
        st.sampled_from(list(Whose)),
        st.sampled_from([minutes(5), minutes(30), 2 * HOUR, 8 * HOUR, 40 * HOUR]),
        st.sets(st.integers(0, 11)),
        st.sampled_from([None, timedelta(hours=24)]),
    )
    def test_whenever_they_write_and_we_answer(
        self,
        when: list[int],
        team: Calendar,
        home: tuple[str, str],
        whose: Whose,
        target: timedelta,
        answered: set[int],
        window: timedelta | None,
    ) -> None:
        policy = house(team, target, whose)
        story = Story(
            replace(policy, inboxes={SHOP: replace(policy.inboxes[SHOP], window=window)}), zone=home[0], country=home[1]
        )
        for number, minute in enumerate(when):
            now = START + minutes(minute)
            story.runs(now)
            self.check_last(story)
            story.writes(now)
            if number in answered:
                story.answers(now + timedelta(seconds=1))
        story.runs(START + timedelta(days=60))
        self.check(story)

    def check_last(self, story: Story) -> None:
        """What is said is said to who waits."""
        clock = story.ticket.clock(ClockKind.PROMISE)
        waits = any(c.running for kind in sla.REPLY_KINDS if (c := story.ticket.clock(kind)))
        assert clock is None or clock.running == waits

    def check(self, story: Story) -> None:
        hours, made = story.hours, of_kind(story.facts, PromiseMade)
        assert len(made) == len(story.said)
        for now, plan in story.said:
            assert (plan.until is None) == plan.words.key.endswith("_untimed")
            if plan.until is not None:
                assert plan.until > now, "never in the past"
                assert hours.last_open(plan.until) == plan.until, "never into an hour in which nobody works"
                assert hours.between(now, plan.until) >= min(promises.LEAST, plan.until - now)
                assert hours.between(now, plan.until) > timedelta()
        quiet = [now for now, _ in story.said if not hours.is_open(now)]
        for one, next_one in pairwise(quiet):
            assert hours.between(one, next_one), "one message a closed period"

    @settings(max_examples=200, deadline=None)
    @given(
        st.integers(0, 21 * 24 * 60),
        st.sampled_from(TEAMS),
        st.sampled_from(list(Whose)),
        st.sampled_from([minutes(5), minutes(30), 2 * HOUR, 8 * HOUR, 40 * HOUR]),
    )
    def test_never_later_than_needed(self, minute: int, team: Calendar, whose: Whose, target: timedelta) -> None:
        story, now = Story(house(team, target, whose)), START + minutes(minute)
        story.writes(now)
        due, hours = sla.reply_due(story.ticket), story.hours
        promised = promises.until(story.ticket, now, story.policy, hours)
        assert due is not None
        if promised is None:
            assert hours.next_open(now) > now + promises.FORESEEABLE
        elif hours.last_open(due) == due and hours.between(now, due) >= promises.LEAST:
            assert promised == due, "somebody works then: neither sooner nor later"
        elif promised > due:
            left = hours.last_open(due)
            assert left is None or hours.between(now, left) < promises.LEAST, "before it nobody could have answered"
            assert promised == hours.add(now, max(target, promises.LEAST))
