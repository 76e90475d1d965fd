"""What a waiting customer is told: worked examples."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core import promises, sla
from core.clocks import ClockKind
from core.commands import Close, Hold, ReceiveMessage, UndoReply
from core.facts import ClockStopped, PromiseBroken
from core.ids import MessageId
from core.messages import Ladder, Message, MessageKind
from core.people import Roster
from core.policy import Promises
from core.staffing import Staffing
from core.targets import Whose
from tests.core.house import LIU, MEI, SHOP, SUPPORT, a_reply, local, mei, minutes, moved, new_york, of_kind
from tests.core.waiting import HOUR, Story, house


class TestWorked:
    def test_a_new_yorker_writes_before_thanksgiving_and_shenzhen_is_asleep(self) -> None:
        """Due Friday 10:15 in New York; 23:15 in Shenzhen nobody works, but until 18:00 they have."""
        story = Story()
        wrote = new_york(2026, 11, 25, 17, 15)
        story.writes(wrote)
        assert sla.reply_due(story.ticket) == new_york(2026, 11, 27, 10, 15)
        story.runs(wrote + HOUR)
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 27, 18)
        assert story.keys == ["auto.received"]

    def test_a_due_time_at_which_somebody_works_is_promised_as_it_is(self) -> None:
        story = Story(house(target=5 * HOUR))
        wrote = new_york(2026, 11, 24, 17)  # 06:00 in Shenzhen
        story.writes(wrote)
        due = sla.reply_due(story.ticket)
        assert due == new_york(2026, 11, 25, 13), "02:00 in Shenzhen"
        story.runs(wrote + HOUR)
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 25, 18)
        at_home = Story(house(target=5 * HOUR, whose=Whose.TEAM))
        at_home.writes(wrote)
        at_home.runs(wrote + HOUR)
        assert at_home.only.until == local("Asia/Shanghai", 2026, 11, 25, 15) == sla.reply_due(at_home.ticket)

    def test_due_at_closing_time_is_promised_for_closing_time(self) -> None:
        story = Story(house(target=8 * HOUR, whose=Whose.TEAM))
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 7))
        story.runs(local("Asia/Shanghai", 2026, 11, 24, 8))
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 24, 18)

    def test_what_cannot_be_kept_is_promised_for_when_somebody_has_worked_on_it(self) -> None:
        """Due before anybody comes: as long after they came as a first answer may take."""
        story = Story(house(target=HOUR, whose=Whose.ALWAYS))
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 2))
        story.runs(local("Asia/Shanghai", 2026, 11, 24, 2, 30))
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 24, 10)

    def test_on_a_public_holiday_it_is_called_one(self) -> None:
        story = Story(zone="Europe/Berlin", country="DE")
        story.writes(local("Asia/Shanghai", 2026, 10, 1, 15))
        story.runs(local("Asia/Shanghai", 2026, 10, 1, 16))
        assert story.keys == ["auto.received_holiday"]
        assert story.only.until == local("Asia/Shanghai", 2026, 10, 8, 11), "the days of the National Day are over"

    def test_nobody_within_two_weeks_nothing_is_promised(self) -> None:
        away = tuple(replace(one, away=True, away_until=new_york(2026, 12, 24)) for one in (MEI, LIU))
        story = Story(roster=Roster(away))
        story.writes(new_york(2026, 11, 25, 17, 15))
        story.runs(new_york(2026, 11, 25, 18))
        assert story.keys == ["auto.received_untimed"]
        assert story.only.until is None

    def test_a_team_without_people_says_nothing_in_its_hours_and_promises_nothing_after_them(self) -> None:
        story = Story(roster=Roster())
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 10))
        story.runs(local("Asia/Shanghai", 2026, 11, 24, 11))
        assert story.said == []
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 20))
        story.runs(local("Asia/Shanghai", 2026, 11, 24, 21))
        assert story.keys == ["auto.received_untimed"]

    def test_lunch_is_not_night(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 12, 10))
        story.runs(local("Asia/Shanghai", 2026, 11, 24, 12, 50))
        assert story.said == []

    def test_a_promise_is_of_those_who_speak_the_language(self) -> None:
        """Mei works in Shenzhen and Liu, who alone has Portuguese, is back on Monday."""
        liu = replace(LIU, languages=frozenset({"pt"}), away=True, away_until=local("Asia/Shanghai", 2026, 11, 30))
        story = Story(house(whose=Whose.TEAM), Roster((replace(MEI, languages=frozenset({"en"})), liu)))
        story.ticket = replace(story.ticket, language="pt-BR")
        wrote = local("Asia/Shanghai", 2026, 11, 24, 20)
        story.do(ReceiveMessage(MessageId(1), wrote, opens=True, closed=True), wrote)
        story.runs(wrote + HOUR)
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 30, 11)


class TestOnce:
    WROTE = local("Asia/Shanghai", 2026, 11, 27, 20)  # a Friday evening

    def test_a_burst_at_night_has_one_answer(self) -> None:
        story = Story()
        for second in range(0, 600, 20):
            story.writes(self.WROTE + timedelta(seconds=second))
            story.runs(self.WROTE + timedelta(seconds=second + 19))
        assert len(story.said) == 1

    def test_who_writes_again_on_sunday_had_their_answer_on_friday(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE)
        story.runs(self.WROTE + 24 * HOUR)
        story.writes(self.WROTE + 36 * HOUR)
        story.runs(self.WROTE + 40 * HOUR)
        assert len(story.said) == 1

    def test_nor_has_who_was_answered_in_the_night_another(self) -> None:
        story = Story()
        story.writes(self.WROTE)
        story.runs(self.WROTE + HOUR)
        story.answers(self.WROTE + HOUR)
        story.writes(self.WROTE + 2 * HOUR)
        story.runs(self.WROTE + 6 * HOUR)
        assert len(story.said) == 1

    def test_the_next_night_has_its_own(self) -> None:
        story = Story(house(target=40 * HOUR, whose=Whose.TEAM))
        for night in range(4):
            wrote = local("Asia/Shanghai", 2026, 11, 23 + night, 20)
            story.writes(wrote)
            story.runs(wrote + 2 * HOUR)
        assert story.keys == ["auto.received"] * 4
        assert len({plan.until for _, plan in story.said}) == 1, "and promises what was promised before"


class TestLate:
    WROTE = local("Asia/Shanghai", 2026, 11, 24, 10)

    def late(self) -> Story:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE)
        return story

    def test_in_hours_nothing_is_said_until_the_answer_is_late(self) -> None:
        story = self.late()
        story.runs(self.WROTE + HOUR)
        assert story.said == []
        story.runs(self.WROTE + 4 * HOUR)
        assert story.keys == ["auto.late"]
        assert story.said[0][0] == local("Asia/Shanghai", 2026, 11, 24, 12), "two hours, up to the break"
        assert story.only.until == local("Asia/Shanghai", 2026, 11, 24, 15)

    def test_a_broken_promise_is_told_inside_and_the_customer_once_more(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE + 72 * HOUR)
        first, second = (plan for _, plan in story.said)
        assert (first.words.key, second.words.key) == ("auto.received", "auto.broken")
        assert first.until == local("Asia/Shanghai", 2026, 11, 24, 11)
        broken = of_kind(story.facts, PromiseBroken)
        assert [fact.until for fact in broken] == [first.until, second.until]
        assert broken[0].told == (MEI.id, LIU.id), "it is nobody's: who works in the queue is told"

    def test_the_assignee_is_told_alone(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE - 12 * HOUR)
        story.ticket = replace(story.ticket, assignee=mei)
        story.runs(self.WROTE + 3 * HOUR)
        assert of_kind(story.facts, PromiseBroken)[0].told == (mei,)

    def test_an_answer_in_time_breaks_nothing(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE - 2 * HOUR)
        story.answers(self.WROTE)
        story.runs(self.WROTE + 72 * HOUR)
        assert len(story.said) == 1
        assert of_kind(story.facts, PromiseBroken) == []

    def test_while_an_answer_is_on_its_way_nothing_is_said(self) -> None:
        story = self.late()
        story.do(a_reply(seen=None, when=self.WROTE, force=True), self.WROTE)
        story.runs(self.WROTE + 72 * HOUR)
        assert story.said == []
        story.do(moved(Ladder.FAILED, self.WROTE, was=Ladder.QUEUED), self.WROTE + 4 * HOUR)
        story.runs(self.WROTE + 5 * HOUR)
        assert story.keys == ["auto.late"], "it came to nothing: then at once"

    def test_an_answer_that_fails_after_all_leaves_them_waiting_as_before(self) -> None:
        story = Story(house(whose=Whose.TEAM))
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE - 2 * HOUR)
        [(_, told)] = story.said
        story.answers(self.WROTE)
        story.do(moved(Ladder.FAILED, self.WROTE, 9_000, was=Ladder.SENT), self.WROTE + minutes(2))
        window = story.ticket.clock(ClockKind.WINDOW)
        assert window is not None
        assert window.running
        story.runs(self.WROTE + 3 * HOUR)
        assert [fact.until for fact in of_kind(story.facts, PromiseBroken)] == [told.until]
        assert story.keys == ["auto.received", "auto.broken"]

    def test_of_whom_nothing_was_promised_yet_the_answer_is_late_again(self) -> None:
        story = self.late()
        story.answers(self.WROTE + HOUR)
        story.do(moved(Ladder.FAILED, self.WROTE + HOUR, 9_000, was=Ladder.SENT), self.WROTE + HOUR + minutes(2))
        story.runs(self.WROTE + 3 * HOUR)
        assert story.keys == ["auto.late"]

    def test_what_never_reached_them_is_no_promise(self) -> None:
        story = Story(house(whose=Whose.TEAM), delivers=Ladder.FAILED)
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE + 72 * HOUR)
        assert of_kind(story.facts, PromiseBroken) == []
        assert story.keys == ["auto.received", "auto.late"], "late, but no word was broken"

    def test_what_may_have_arrived_is_a_promise(self) -> None:
        story = Story(house(whose=Whose.TEAM), delivers=Ladder.UNCERTAIN)
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE + 2 * HOUR)
        assert len(of_kind(story.facts, PromiseBroken)) == 1

    def test_what_was_taken_back_is_said_anew(self) -> None:
        story = Story(house(whose=Whose.TEAM), delivers=None)
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE - 11 * HOUR)
        story.becomes(Ladder.UNDONE, self.WROTE - 10 * HOUR)
        story.runs(self.WROTE - 9 * HOUR)
        assert story.keys == ["auto.received", "auto.received"]

    def test_nor_is_it_forgotten_by_an_answer_that_is_undone(self) -> None:
        story = Story(house(whose=Whose.TEAM), delivers=None)
        story.writes(self.WROTE - 12 * HOUR)
        story.runs(self.WROTE - 11 * HOUR)
        story.becomes(Ladder.UNDONE, self.WROTE - 10 * HOUR)
        story.do(a_reply(seen=None, when=story.now, force=True), story.now)
        story.do(UndoReply(mei, MessageId(200), withdrawn=True), story.now)
        story.runs(self.WROTE - 9 * HOUR)
        assert story.keys == ["auto.received", "auto.received"]

    def test_on_hold_we_do_not_say_when(self) -> None:
        story = self.late()
        story.runs(self.WROTE + HOUR)
        story.do(Hold(mei), self.WROTE + HOUR)
        story.runs(self.WROTE + 72 * HOUR)
        assert story.said == []

    def test_a_closed_ticket_is_silent(self) -> None:
        story = self.late()
        story.do(Close(mei), self.WROTE + HOUR)
        story.runs(self.WROTE + 72 * HOUR)
        assert story.said == []

    def test_it_stops_no_clock_and_answers_nothing(self) -> None:
        story = self.late()
        story.runs(self.WROTE + 4 * HOUR)
        assert story.said
        assert of_kind(story.facts, ClockStopped) == []
        assert (story.ticket.last_reply_at, story.ticket.assignee, story.ticket.in_flight) == (None, None, frozenset())


class TestSwitches:
    WROTE = local("Asia/Shanghai", 2026, 11, 24, 20)

    @pytest.mark.parametrize(
        ("house_says", "queue_says", "inbox_says", "keys"),
        [
            (Promises(True, True), Promises(), Promises(), ["auto.received", "auto.broken"]),
            (Promises(False, True), Promises(), Promises(), ["auto.late"]),
            (Promises(True, False), Promises(), Promises(), ["auto.received"]),
            (Promises(False, False), Promises(acknowledge=True), Promises(), ["auto.received"]),
            (Promises(True, True), Promises(False, False), Promises(soothe=True), ["auto.late"]),
            (Promises(True, True), Promises(), Promises(False, False), []),
        ],
    )
    def test_the_inbox_goes_before_the_queue_and_that_before_the_house(
        self, house_says: Promises, queue_says: Promises, inbox_says: Promises, keys: list[str]
    ) -> None:
        policy = house(whose=Whose.TEAM, promises=house_says)
        queue = replace(policy.queues[SUPPORT], promises=queue_says)
        inbox = replace(policy.inboxes[SHOP], promises=inbox_says)
        story = Story(replace(policy, queues={SUPPORT: queue}, inboxes={SHOP: inbox}))
        story.writes(self.WROTE)
        story.runs(self.WROTE + 20 * HOUR)
        assert story.keys == keys

    def test_outside_the_channels_window_nothing_is_said(self) -> None:
        """A person may still write; what is automatic may not."""
        story = Story(house(target=30 * HOUR, whose=Whose.ALWAYS))
        inbox = replace(story.policy.inboxes[SHOP], human_window=timedelta(days=7))
        story.policy = replace(story.policy, inboxes={SHOP: inbox})
        story.writes(local("Asia/Shanghai", 2026, 11, 24, 10))
        story.runs(local("Asia/Shanghai", 2026, 11, 26, 10))
        assert story.said == []

    def test_customers_to_whom_nothing_is_promised_are_told_no_time(self) -> None:
        story = Story(replace(house(), targets=()))
        story.writes(self.WROTE)
        story.runs(self.WROTE + 72 * HOUR)
        assert story.keys == ["auto.received_untimed"]


class TestStillTrue:
    """What waits to be sent, as through an outage, is looked at once more."""

    WROTE = local("Asia/Shanghai", 2026, 11, 24, 20)

    def waiting(self) -> tuple[Story, Message]:
        story = Story(house(whose=Whose.TEAM), delivers=None)
        story.writes(self.WROTE)
        story.runs(self.WROTE + minutes(1))
        clock = story.ticket.clock(ClockKind.PROMISE)
        number = promises.last_message(clock) if clock else None
        assert number is not None
        return story, Message(number, story.ticket.id, story.ticket.conversation, MessageKind.AUTO, "", self.WROTE)

    @staticmethod
    def holds(story: Story, message: Message, now: datetime) -> bool:
        return promises.holds(story.ticket, message, now, Staffing(story.policy, story.roster))

    def test_it_is_not_once_somebody_works_who_did_not_when_it_was_written(self) -> None:
        """It says that the office is closed."""
        story = Story(house(target=8 * HOUR, whose=Whose.TEAM), delivers=None)
        story.writes(self.WROTE)
        story.runs(self.WROTE + minutes(1))
        message = replace(self.waiting()[1], id=MessageId(story.number))
        opens = story.hours.next_open(self.WROTE)
        assert self.holds(story, message, opens - minutes(1))
        assert not self.holds(story, message, opens)

    def test_it_is_while_the_time_lies_ahead(self) -> None:
        story, message = self.waiting()
        assert self.holds(story, message, self.WROTE + HOUR)
        assert not self.holds(story, message, self.WROTE + 15 * HOUR)
        assert not self.holds(story, replace(message, id=MessageId(1)), self.WROTE + HOUR)

    def test_it_is_not_when_somebody_answers(self) -> None:
        story, message = self.waiting()
        story.do(a_reply(seen=None, when=self.WROTE, force=True), self.WROTE)
        assert not self.holds(story, message, self.WROTE + HOUR)

    def test_it_is_not_when_the_window_is_over(self) -> None:
        story, message = self.waiting()
        late = self.WROTE + 25 * HOUR
        clock = story.ticket.clock(ClockKind.PROMISE)
        assert clock is not None
        ticket = sla.put(story.ticket, replace(clock, due_at=None))
        story.ticket = ticket
        assert not self.holds(story, message, late)
