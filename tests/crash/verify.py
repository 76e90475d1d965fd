"""The verdict on a run: pure, over what simulators and database hold. Each rule says what was broken, and where.

Whose words are whose is known by the words themselves: a plan says nothing twice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core import sla
from core.facts import Breached, Warned
from core.ids import TicketId, ticket_label
from core.messages import TAKEN, Ladder, Message, MessageKind, Part
from tests.crash.evidence import Evidence, Kept, Phone, Shown
from tests.crash.expected import clocks_of

SHOWN = 40
"""Characters of somebody's words in a complaint."""


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.what}"


class Case:
    """The evidence, looked up by words and by customer."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.customers: dict[str, list[tuple[Kept, Message]]] = defaultdict(list)
        self.replies: dict[str, list[tuple[Kept, Message]]] = defaultdict(list)
        self.notes: dict[str, list[tuple[Kept, Message]]] = defaultdict(list)
        self.automatic: dict[str, list[tuple[Kept, Message]]] = defaultdict(list)
        where = {
            MessageKind.CUSTOMER: self.customers,
            MessageKind.REPLY: self.replies,
            MessageKind.NOTE: self.notes,
            MessageKind.AUTO: self.automatic,
        }
        for kept in evidence.tickets:
            for message in kept.messages:
                where[message.kind][message.text].append((kept, message))

    def tickets_of(self, phone: Phone) -> Sequence[Kept]:
        found = {kept.ticket.id: kept for text in phone.said for kept, _ in self.customers.get(text, ())}
        return list(found.values())

    def replies_to(self, phone: Phone) -> Sequence[tuple[str, Message | None]]:
        """What was typed for them, in order, with the row it became."""
        mine = [typed.text for typed in self.evidence.typed if typed.customer == phone.name]
        return [(text, next((message for _, message in self.replies.get(text, ())), None)) for text in mine]

    def said_to(self, phone: Phone) -> Sequence[Message]:
        """What the house wrote to them by itself, in order."""
        found = (message for kept in self.tickets_of(phone) for message in kept.messages)
        return [message for message in found if message.kind is MessageKind.AUTO]

    def posts_of(self, kept: Kept) -> Sequence[Shown]:
        """In the ticket's own thread."""
        ref = kept.thread.ref if kept.thread else None
        return [post for post in self.evidence.posts if ref and post.root == (ref.place, ref.root)]


Rule = Callable[[Case], Iterator[tuple[str, str]]]


def verify(evidence: Evidence) -> Sequence[Violation]:
    case = Case(evidence)
    return [Violation(name, where, what) for name, rule in RULES.items() for where, what in rule(case)]


# --- the customers' messages ----------------------------------------------------------------------------------------


def one_row_each(case: Case) -> Iterator[tuple[str, str]]:
    for phone in case.evidence.phones:
        for text in phone.said:
            rows = case.customers.get(text, ())
            if len(rows) != 1:
                yield phone.name, f"{_short(text)} stands in {len(rows)} messages"
    said = {text for phone in case.evidence.phones for text in phone.said}
    for text in case.customers.keys() - said:
        yield "nobody", f"{_short(text)} was never said"


def one_ticket_each(case: Case) -> Iterator[tuple[str, str]]:
    owners: dict[TicketId, str] = {}
    for phone in case.evidence.phones:
        found = case.tickets_of(phone)
        if phone.said and len(found) != 1:
            yield phone.name, f"has {len(found)} tickets: {[ticket_label(kept.ticket.id) for kept in found]}"
        for kept in found:
            if owners.setdefault(kept.ticket.id, phone.name) != phone.name:
                yield ticket_label(kept.ticket.id), f"holds words of {owners[kept.ticket.id]} and of {phone.name}"


def in_their_thread(case: Case) -> Iterator[tuple[str, str]]:
    """At least once, every repeat marked, and in no other thread."""
    everywhere = _by_token(case.evidence.posts)
    for phone in case.evidence.phones:
        for kept in case.tickets_of(phone):
            root = (kept.thread.ref.place, kept.thread.ref.root) if kept.thread else None
            for message in _of_customer(kept):
                posts = everywhere.get(message.text[:6], ())
                here = [post for post in posts if post.root == root]
                where = ticket_label(kept.ticket.id)
                if not here:
                    yield where, f"{_short(message.text)} of {phone.name} is not in its thread"
                if len(posts) > len(here):
                    yield where, f"{_short(message.text)} of {phone.name} stands in another thread"
                if any(not post.marked for post in here[1:]):
                    yield where, f"{_short(message.text)} of {phone.name} is repeated without a mark"


def pictures_in_their_thread(case: Case) -> Iterator[tuple[str, str]]:
    """As the words are."""
    for phone in case.evidence.phones:
        roots = {(it.thread.ref.place, it.thread.ref.root) for it in case.tickets_of(phone) if it.thread is not None}
        for picture in phone.pictures:
            posts = [post for post in case.evidence.posts if picture in post.files]
            if not any(post.root in roots for post in posts):
                yield phone.name, f"{picture!r} is not in the thread"
            if any(post.root not in roots for post in posts):
                yield phone.name, f"{picture!r} stands in another thread"
            if any(not post.marked for post in posts[1:]):
                yield phone.name, f"{picture!r} is repeated without a mark"


def in_order(case: Case) -> Iterator[tuple[str, str]]:
    """As they were said, so in the log, so in the thread."""
    for phone in case.evidence.phones:
        for kept in case.tickets_of(phone):
            seqs = {entry.message: entry.seq for entry in kept.entries if entry.message is not None}
            log = [m.text for m in sorted(_of_customer(kept), key=lambda m: seqs.get(m.id, -1))]
            if log != [text for text in phone.said if text in log]:
                yield ticket_label(kept.ticket.id), f"the log has {phone.name}'s words in another order"
            places = [_first(case.posts_of(kept), text[:6]) for text in log]
            if any(one > other for one, other in pairwise(place for place in places if place is not None)):
                yield ticket_label(kept.ticket.id), f"the thread shows {phone.name}'s words in another order"


# --- the replies ----------------------------------------------------------------------------------------------------


def sent_once_or_in_doubt(case: Case) -> Iterator[tuple[str, str]]:
    for typed in case.evidence.typed:
        rows = case.replies.get(typed.text, ())
        if len(rows) > 1:
            yield typed.customer, f"{_short(typed.text)} became {len(rows)} replies"
        if not rows and not typed.given_up:
            yield typed.customer, f"{_short(typed.text)} never became a reply"
    for phone in case.evidence.phones:
        got = Counter(phone.received)
        for text, message in case.replies_to(phone):
            for part in message.parts if message else ():
                if (complaint := _ended(part, got[part.text], message)) is not None:
                    yield phone.name, f"{_short(text)}, part {part.seq}: {complaint}"


def _ended(part: Part, times: int, message: Message | None) -> str | None:
    """What is wrong with how a part ended, given how often the customer has it."""
    stopped = message is not None and message.ladder is Ladder.UNCERTAIN
    if part.state in TAKEN:
        return None if times == 1 else f"{part.state}, and the customer has it {times} times"
    if part.state is Ladder.UNCERTAIN:
        return None if times <= 1 else f"in doubt, and the customer has it {times} times"
    if stopped and part.state in (Ladder.HELD, Ladder.QUEUED):
        return None if times == 0 else f"held back, and the customer has it {times} times"
    return f"ended {part.state} ({part.code})"


def automatic_once_or_never(case: Case) -> Iterator[tuple[str, str]]:
    """What the house says by itself arrives once; in doubt at most once, and taken back never."""
    for phone in case.evidence.phones:
        got = Counter(phone.received)
        for message in case.said_to(phone):
            times, most = got[message.text], 0 if message.ladder in (Ladder.UNDONE, Ladder.FAILED) else 1
            if times > most or (message.ladder in TAKEN and times != 1):
                yield phone.name, f"{_short(message.text)} is {message.ladder}, and the customer has it {times} times"


def notes_once(case: Case) -> Iterator[tuple[str, str]]:
    """In their own ticket."""
    for noted in case.evidence.noted:
        rows = case.notes.get(noted.text, ())
        if len(rows) > 1 or not (rows or noted.given_up):
            yield noted.customer, f"{_short(noted.text)} became {len(rows)} notes"


def received_in_order(case: Case) -> Iterator[tuple[str, str]]:
    for phone in case.evidence.phones:
        typed = [part.text for _, message in case.replies_to(phone) if message for part in message.parts]
        got = [text for text in phone.received if text not in case.automatic]
        if list(dict.fromkeys(got)) != [text for text in typed if text in set(got)]:
            yield phone.name, "has the team's words in another order than they were typed"


def nothing_else_received(case: Case) -> Iterator[tuple[str, str]]:
    """Notes, cards, lines of the log and other customers' replies stay where they are."""
    for phone in case.evidence.phones:
        meant = {part.text for _, message in case.replies_to(phone) if message for part in message.parts}
        meant |= {message.text for message in case.said_to(phone)}
        for text in phone.received:
            if text not in meant:
                yield phone.name, f"got {_short(text)}, which was not meant for them"
        yield from ((phone.name, fault) for fault in phone.faults)


# --- what is left, and the books ------------------------------------------------------------------------------------


def nothing_left(case: Case) -> Iterator[tuple[str, str]]:
    """The inbox is done; a job is done, cancelled, in doubt where its reply is, or parked for a reason."""
    doubts = sum(m.ladder is Ladder.UNCERTAIN for kept in case.evidence.tickets for m in kept.messages)
    uncertain = [left for left in case.evidence.left if left.state == "uncertain"]
    for left in case.evidence.left:
        if left.state == "uncertain" or (left.state == "parked" and left.reason and not left.what.startswith("inbox")):
            continue
        yield left.what, f"{left.state} ({left.reason})"
    if len(uncertain) != doubts:
        yield "jobs", f"{len(uncertain)} are in doubt, of replies {doubts}"


def books_in_order(case: Case) -> Iterator[tuple[str, str]]:
    """Entries and versions without gaps, one card a ticket, and the thread brought up to its ticket."""
    for kept in case.evidence.tickets:
        where, ticket = ticket_label(kept.ticket.id), kept.ticket
        if [entry.seq for entry in kept.entries] != list(range(ticket.entries)):
            yield where, f"entries {[entry.seq for entry in kept.entries]} of {ticket.entries}"
        versions, files = [fact.version for fact in kept.history], sum(len(m.files) for m in kept.messages)
        # That a file has come is a version without a fact.
        without = set(range(1, ticket.version + 1)) - set(versions)
        if versions != sorted(versions) or len(without) != files or max(versions, default=0) > ticket.version:
            yield where, f"facts of the versions {sorted(set(versions))}, the ticket stands at {ticket.version}"
        if (cards := case.evidence.cards.get(ticket.id, ())) and len(cards) > 1:
            yield where, f"has {len(cards)} cards"
        due = sum(entry.at <= case.evidence.ended_at for entry in kept.entries)
        if kept.thread is None or kept.thread.posted < due:
            yield where, f"its thread has {kept.thread.posted if kept.thread else 'not begun'} of {due}"


def clocks_right(case: Case) -> Iterator[tuple[str, str]]:
    """State, stretches and deadline of each reply clock, counted again from the ticket's own history."""
    for kept in case.evidence.tickets:
        expected = clocks_of(kept, case.evidence.policy)
        for kind, clock in expected.items():
            found = kept.ticket.clock(kind)
            have = (found.state, found.cycle, found.spans, found.due_at) if found else None
            want = (clock.state, clock.cycle, clock.spans, clock.due_at) if clock else None
            if have != want:
                yield ticket_label(kept.ticket.id), f"{kind} is {have}, should be {want}"


def steps_fired_once(case: Case) -> Iterator[tuple[str, str]]:
    """Each warning and the breach once a cycle, and none is missing that is over."""
    for kept in case.evidence.tickets:
        where, fired = ticket_label(kept.ticket.id), Counter(_steps(kept))
        yield from ((where, f"{step} fired {times} times") for step, times in fired.items() if times > 1)
        clock = kept.ticket.deadline
        if clock is not None and not kept.ticket.in_flight:
            missing = sla.passed(kept.ticket, clock, case.evidence.ended_at, case.evidence.policy)
            yield from ((where, f"{clock.kind} {step} is over and did not fire") for step in missing)


def _steps(kept: Kept) -> Iterator[tuple[str, int, str]]:
    for saved in kept.history:
        match saved.fact:
            case Warned(kind, cycle, steps):
                yield from ((kind, cycle, step) for step in steps)
            case Breached(kind, cycle):
                yield kind, cycle, sla.BREACH
            case _:
                pass


RULES: Mapping[str, Rule] = {
    "one message row each": one_row_each,
    "one ticket each": one_ticket_each,
    "in the thread": in_their_thread,
    "pictures": pictures_in_their_thread,
    "order of the customers' words": in_order,
    "every reply once": sent_once_or_in_doubt,
    "every automatic message once": automatic_once_or_never,
    "every note once": notes_once,
    "order of the replies": received_in_order,
    "nothing internal": nothing_else_received,
    "nothing left": nothing_left,
    "books": books_in_order,
    "clocks": clocks_right,
    "steps": steps_fired_once,
}


def _of_customer(kept: Kept) -> Sequence[Message]:
    return [message for message in kept.messages if message.kind is MessageKind.CUSTOMER]


def _by_token(posts: Sequence[Shown]) -> Mapping[str, Sequence[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for post in posts:
        for token in {word for word in post.text.split() if len(word) == 6}:
            found[token].append(post)
    return found


def _first(posts: Sequence[Shown], token: str) -> tuple[int, int] | None:
    """Where the words stand for the first time: which post, and where in it."""
    return next(((nth, at) for nth, post in enumerate(posts) if (at := post.text.find(token)) >= 0), None)


def _short(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")
