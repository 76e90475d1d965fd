"""The verdict itself: a run in which all is well has none, and each thing that may go wrong is found by its rule."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core import sla
from core.clocks import ClockKind
from core.facts import Breached
from core.ids import TicketId
from core.messages import Ladder, MessageKind, Part
from core.ports import SavedFact
from tests.crash.book import ANSWERED, ASKED, ONE, PICTURE, POLICY, REPLY, ROOT, TWO, Book, kept, message
from tests.crash.evidence import Left, Phone, Shown, TypedWords
from tests.crash.verify import verify


def found(book: Book) -> set[str]:
    """The rules that were broken."""
    return {violation.rule for violation in verify(book.evidence())}


def test_all_is_well() -> None:
    assert verify(Book().evidence()) == []


def test_a_reply_in_doubt_may_have_arrived_or_not() -> None:
    for received in ([], [REPLY]):
        book = Book(
            phone=Phone("Ana", [ONE, TWO], received, [PICTURE]),
            left=[Left("job send_reply 1", "uncertain", "uncertain")],
        )
        book.reply(Ladder.UNCERTAIN)
        assert found(book) == set()


def test_a_marked_repeat_is_no_violation() -> None:
    assert found(Book(posts=[*Book().posts, Shown(ROOT, TWO, marked=True)])) == set()


def lost(book: Book) -> None:
    book.kept = [replace(book.kept[0], messages=book.kept[0].messages[1:])]


def taken_twice(book: Book) -> None:
    again = message(9, MessageKind.CUSTOMER, ONE, ASKED)
    book.kept = [replace(book.kept[0], messages=[*book.kept[0].messages, again])]


def never_said(book: Book) -> None:
    book.phone = replace(book.phone, said=[ONE])


def two_tickets(book: Book) -> None:
    other = kept(2)
    book.kept = [replace(book.kept[0], messages=[book.kept[0].messages[0], book.kept[0].messages[2]]), other]
    book.kept[1] = replace(other, messages=[other.messages[1]])


def not_in_the_thread(book: Book) -> None:
    book.posts = [Shown(ROOT, ONE)]


def in_another_thread(book: Book) -> None:
    book.posts.append(Shown(("C_SALES", "2.0"), TWO, marked=True))


def repeated_unmarked(book: Book) -> None:
    book.posts.append(Shown(ROOT, TWO))


def picture_not_shown(book: Book) -> None:
    book.posts = [post for post in book.posts if not post.files]


def picture_in_another_thread(book: Book) -> None:
    book.posts.append(Shown(("C_SALES", "2.0"), "lamp.png", marked=True, files=[PICTURE]))


def picture_repeated_unmarked(book: Book) -> None:
    book.posts.append(Shown(ROOT, "lamp.png", files=[PICTURE]))


def log_in_another_order(book: Book) -> None:
    first, second, *rest = book.kept[0].entries
    swapped = [replace(first, message=second.message), replace(second, message=first.message), *rest]
    book.kept = [replace(book.kept[0], entries=swapped)]


def thread_in_another_order(book: Book) -> None:
    book.posts = [Shown(ROOT, TWO), Shown(ROOT, ONE)]


def sent_twice(book: Book) -> None:
    book.phone = replace(book.phone, received=[REPLY, REPLY])


def never_sent(book: Book) -> None:
    book.phone = replace(book.phone, received=[])


def never_became_a_reply(book: Book) -> None:
    book.typed.append(TypedWords("r00002 once more", "Ana"))


def became_two_replies(book: Book) -> None:
    again = message(9, MessageKind.REPLY, REPLY, ANSWERED, Part(0, REPLY, state=Ladder.SENT))
    book.kept = [replace(book.kept[0], messages=[*book.kept[0].messages, again])]


def in_doubt_and_repeated(book: Book) -> None:
    book.reply(Ladder.UNCERTAIN)
    book.left = [Left("job send_reply 1", "uncertain", "uncertain")]
    book.phone = replace(book.phone, received=[REPLY, REPLY])


def still_held(book: Book) -> None:
    book.reply(Ladder.QUEUED)


def failed(book: Book) -> None:
    book.reply(Ladder.FAILED)


def a_note_was_lost(book: Book) -> None:
    book.noted.append(TypedWords("n00001 internal: ask Li", "Ana"))


def a_note_came_twice(book: Book) -> None:
    note = "n00001 internal: ask Li"
    twice = [message(id, MessageKind.NOTE, note, ANSWERED) for id in (8, 9)]
    book.noted.append(TypedWords(note, "Ana"))
    book.kept = [replace(book.kept[0], messages=[*book.kept[0].messages, *twice])]


def replies_in_another_order(book: Book) -> None:
    first, second = "r00000 wait", REPLY
    answer = message(4, MessageKind.REPLY, first, ANSWERED, Part(0, first, state=Ladder.SENT))
    book.kept = [replace(book.kept[0], messages=[*book.kept[0].messages, answer])]
    book.typed.insert(0, TypedWords(first, "Ana"))
    book.phone = replace(book.phone, received=[second, first])


def _said_by_itself(book: Book, state: Ladder, times: int) -> None:
    late = "We are sorry to keep you waiting."
    auto = message(9, MessageKind.AUTO, late, ANSWERED, Part(0, late, state=state))
    book.kept = [replace(book.kept[0], messages=[*book.kept[0].messages, auto])]
    book.phone = replace(book.phone, received=[REPLY, *[late] * times])


def an_automatic_message_came_twice(book: Book) -> None:
    _said_by_itself(book, Ladder.SENT, 2)


def an_automatic_message_was_taken_back_and_came(book: Book) -> None:
    _said_by_itself(book, Ladder.UNDONE, 1)


def an_automatic_message_never_came(book: Book) -> None:
    _said_by_itself(book, Ladder.DELIVERED, 0)


def test_what_the_house_says_by_itself_may_arrive_once() -> None:
    book = Book()
    _said_by_itself(book, Ladder.SENT, 1)
    assert found(book) == set()


def a_note_got_out(book: Book) -> None:
    book.phone = replace(book.phone, received=[REPLY, "n00001 internal: a difficult one"])


def forgotten_by_the_site(book: Book) -> None:
    book.phone = replace(book.phone, faults=["the visitor was forgotten"])


def a_delivery_waits(book: Book) -> None:
    book.left.append(Left("inbox channel:wa 1", "leased", ""))


def a_delivery_is_parked(book: Book) -> None:
    book.left.append(Left("inbox channel:wa 1", "parked", "KeyError"))


def a_job_waits(book: Book) -> None:
    book.left.append(Left("job sync_thread 1", "sending", ""))


def parked_without_a_reason(book: Book) -> None:
    book.left.append(Left("job sync_thread 1", "parked", ""))


def a_doubt_that_nobody_sees(book: Book) -> None:
    book.left.append(Left("job send_reply 1", "uncertain", "uncertain"))


def a_gap_in_the_log(book: Book) -> None:
    book.kept = [replace(book.kept[0], entries=book.kept[0].entries[1:])]


def a_gap_in_the_history(book: Book) -> None:
    book.tickets(version=4)


def two_cards(book: Book) -> None:
    book.cards[TicketId(1)].append(("C_SALES", "2.0"))


def the_thread_lags(book: Book) -> None:
    thread = book.kept[0].thread
    assert thread is not None
    book.kept = [replace(book.kept[0], thread=replace(thread, posted=2))]


def a_clock_still_runs(book: Book) -> None:
    ticket, _ = sla.start(replace(book.kept[0].ticket, clocks=()), ClockKind.FIRST_REPLY, ASKED, POLICY)
    book.tickets(clocks=ticket.clocks)


def a_clock_was_stopped_late(book: Book) -> None:
    ticket, _ = sla.start(replace(book.kept[0].ticket, clocks=()), ClockKind.FIRST_REPLY, ASKED, POLICY)
    late, _ = sla.stop(ticket, [ClockKind.FIRST_REPLY], ANSWERED + timedelta(seconds=8), POLICY)
    book.tickets(clocks=late.clocks)


def a_clock_too_many(book: Book) -> None:
    ticket, _ = sla.start(book.kept[0].ticket, ClockKind.NEXT_REPLY, ANSWERED, POLICY)
    book.tickets(clocks=ticket.clocks)


def a_breach_that_came_twice(book: Book) -> None:
    breach = Breached(ClockKind.FIRST_REPLY, 1, ANSWERED)
    again = [SavedFact(TicketId(1), version, ANSWERED, breach) for version in (2, 3)]
    book.kept = [replace(book.kept[0], history=[*book.kept[0].history[:-1], *again, book.kept[0].history[-1]])]


def a_breach_that_never_came(book: Book) -> None:
    long_ago = ASKED - timedelta(days=1)
    ticket, _ = sla.start(replace(book.kept[0].ticket, clocks=()), ClockKind.NEXT_REPLY, long_ago, POLICY)
    book.tickets(clocks=ticket.clocks)


SPOILT: Mapping[str, tuple[Callable[[Book], None], ...]] = {
    "one message row each": (lost, taken_twice, never_said),
    "one ticket each": (two_tickets,),
    "in the thread": (not_in_the_thread, in_another_thread, repeated_unmarked),
    "pictures": (picture_not_shown, picture_in_another_thread, picture_repeated_unmarked),
    "order of the customers' words": (log_in_another_order, thread_in_another_order),
    "every reply once": (
        *(sent_twice, never_sent, never_became_a_reply, became_two_replies),
        *(in_doubt_and_repeated, still_held, failed),
    ),
    "every automatic message once": (
        *(an_automatic_message_came_twice, an_automatic_message_never_came),
        an_automatic_message_was_taken_back_and_came,
    ),
    "every note once": (a_note_was_lost, a_note_came_twice),
    "order of the replies": (replies_in_another_order,),
    "nothing internal": (a_note_got_out, forgotten_by_the_site),
    "nothing left": (
        *(a_delivery_waits, a_delivery_is_parked, a_job_waits),
        *(parked_without_a_reason, a_doubt_that_nobody_sees),
    ),
    "books": (a_gap_in_the_log, a_gap_in_the_history, two_cards, the_thread_lags),
    "clocks": (a_clock_still_runs, a_clock_was_stopped_late, a_clock_too_many),
    "steps": (a_breach_that_came_twice, a_breach_that_never_came),
}
CASES = [(rule, spoil) for rule, ways in SPOILT.items() for spoil in ways]


@pytest.mark.parametrize(("rule", "spoil"), CASES, ids=[spoil.__name__ for _, spoil in CASES])
def test_it_is_found(rule: str, spoil: Callable[[Book], None]) -> None:
    book = Book()
    spoil(book)
    assert rule in found(book)
