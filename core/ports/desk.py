"""Where the team is: what a desk is, and what some desks can do besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from core.events import DeskEvent
from core.ids import DeskName
from core.messages import File
from core.model import PostRef, ThreadRef
from core.people import Identity
from core.ports.house import Content
from core.say import Say
from core.views import Board, Card, Dialog, Overview, Post


@dataclass(frozen=True, slots=True)
class Profile:
    """What the desk knows of a teammate; `email` only when the platform verified it."""

    email: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """A place as the platform shows it. `missing`: what somebody has to mend before it can be used, with the cure."""

    title: str
    missing: tuple[Say, ...] = ()


class Places(Protocol):
    """Where our places are on the platform: a copy in memory, a few seconds old at most."""

    def chat(self, desk: DeskName, place: str) -> str | None:
        """The platform's address of a place; None while nobody has set it up."""
        ...

    def place(self, desk: DeskName, chat: str) -> str | None: ...


class Sink(Protocol):
    """Where a desk puts what it hears. Returns once the raw payload is durable; only then may the desk ack."""

    async def __call__(self, key: str, raw: bytes) -> None:
        """`key` dedupes deliveries (Slack's `event_id`); raises when the payload could not be stored."""
        ...


class Desk(Protocol):
    """Where the team is. It renders what it is given and reports what it hears; it decides, retries and stores nothing.

    All methods but `run` and `parse` are called by the outbox alone, one request a call, and raise `SendError`
    (`thread_gone` when the thread no longer exists).
    """

    @property
    def name(self) -> DeskName: ...

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        """Put the card into `place`; its message is the thread's root."""
        ...

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        """Post below the card. None when there is nothing to show on this desk."""
        ...

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        """Change a post made earlier. May be repeated."""
        ...

    async def post_file(
        self, thread: ThreadRef, file: File, content: bytes, job: int, repeated: str = ""
    ) -> PostRef | None:
        """Put a stored file into the thread. `repeated`: the locale in which it says that it may appear twice."""
        ...

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        """Edit the card in place. May be repeated. True: there is more to do, and it is asked for again."""
        ...

    async def close(self, thread: ThreadRef, card: Card) -> None:
        """The ticket went elsewhere: leave a pointer in the old thread."""
        ...

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        """Write to a person in private. Raises `SendError("unreachable")` when the platform does not let us."""
        ...

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        """Called by dispatch on a stored payload, any number of times: pure. Raises `Unreadable`."""
        ...

    async def run(self, sink: Sink) -> None:
        """Called once by the app: listen until cancelled, putting every raw payload into `sink` before the ack."""
        ...


@dataclass(frozen=True, slots=True)
class FoundPost:
    """What an attempt in doubt left. Entries below `upto` stand in it, where the desk has noted that."""

    ref: PostRef
    upto: int | None = None


@runtime_checkable
class FindsPosts(Protocol):
    """A desk that can look for an uncertain post by the job that made it."""

    async def find(self, place: str, thread: ThreadRef | None, job: int) -> FoundPost | None:
        """Called by the outbox before it repeats an uncertain post. For an opening `thread` is None."""
        ...


@runtime_checkable
class ListensAlone(Protocol):
    """A desk whose platform talks to one listener at a time."""

    @property
    def alone(self) -> bool:
        """Whether that is so as it is configured. Then the app calls `run` in one process only, and in another one when
        that dies."""
        ...


@dataclass(frozen=True, slots=True)
class Hearing:
    """How a desk listens, as far as it knows. `since`: without a break since then, None while it does not; `at`: the
    last moment at which it surely did, None when it never has. `why`: the code of a `SendError`, when it tried and
    failed, or refuses what comes."""

    since: datetime | None = None
    at: datetime | None = None
    why: str = ""


@runtime_checkable
class SaysHowItHears(Protocol):
    """A desk that knows whether its platform reaches it."""

    @property
    def hearing(self) -> Hearing:
        """Asked by the reconciler once a minute. Of this process; over HTTP it is as long as the process runs."""
        ...

    @property
    def kept(self) -> timedelta:
        """How long what was said meanwhile can still be had, be it delivered late or found by looking."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What one request told of the threads that were asked about: those in which something was said, and those that it
    did not reach."""

    stirred: tuple[ThreadRef, ...]
    left: tuple[ThreadRef, ...]


@runtime_checkable
class Reconciles(Protocol):
    """A desk whose platform keeps what people type, and tells it again to whoever asks: so that what it never
    delivered is found (docs/adr/0022).

    Called by the reconciler alone (`bot.workers.reconcile`): after a start, after the connection was lost, and every
    ten minutes. One request a call; both raise `SendError`, repeat nothing and never sleep.
    """

    async def stirred(self, threads: Sequence[ThreadRef], since: datetime) -> Looked:
        """In which of these threads of one place something was said since then, newest threads first."""
        ...

    @property
    def clock_off(self) -> timedelta:
        """By how much the platform's clock was ahead of ours when it last answered."""
        ...

    async def catch_up(self, thread: ThreadRef, since: datetime, sink: Sink, page: str = "") -> str:
        """Put into `sink` what people typed there since then, in its order, under the keys by which the desk puts the
        same words when it hears them: what came anyway is not there twice. Not what is a minute old and may be on its
        way, nor what bots wrote. Returns the next page to ask for; empty when that was all, also of a thread that is
        gone. Must not put anything but people's own words: buttons and reactions are not kept by platforms."""
        ...


@runtime_checkable
class Whispers(Protocol):
    """A desk that can answer only the one who asked."""

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> PostRef | None:
        """Called by dispatch right after a command, at least once. Raises `SendError`.

        Returns what others can see of it as well, and what is therefore taken away after a while.
        """
        ...


@runtime_checkable
class Withdraws(Protocol):
    """A desk whose answers to one person can be seen by others."""

    async def withdraw(self, post: PostRef) -> None:
        """Called by the outbox. May be repeated; what is gone already is no error. Raises `SendError`."""
        ...


@runtime_checkable
class Acknowledges(Protocol):
    """A desk where whatever was pressed or filled in must be answered, with words or without."""

    async def acknowledge(self, event: DeskEvent) -> None:
        """Called by dispatch when it had its effect and there was nothing to say. Raises `SendError`."""
        ...


@runtime_checkable
class CardInThread(Protocol):
    """A desk whose threads are no messages: `open` makes the thread alone, and the card is put into it."""

    async def put_card(self, thread: ThreadRef, card: Card, job: int) -> str:
        """Called by the outbox after `open`. Returns the card's message, for `ThreadRef.card`. Raises `SendError`."""
        ...


@runtime_checkable
class ShowsBoards(Protocol):
    """A desk that keeps an overview in the place itself, for everybody there."""

    async def board(self, place: str, board: Board, post: str) -> str:
        """Called by the outbox: edit `post`, or put up a new one when it is empty or gone. Returns where it stands.
        May be repeated. Raises `SendError`."""
        ...


@runtime_checkable
class SetUp(Protocol):
    """A desk whose places are made known from within, by a command."""

    async def inspect(self, chat: str) -> Inspection:
        """Called by dispatch: what the place lacks to be one of ours. `chat` is the platform's own address. Raises
        `SendError`."""
        ...


@runtime_checkable
class Dialogs(Protocol):
    """A desk that can open a form while the event's trigger lives."""

    async def dialog(self, event: DeskEvent, form: Dialog, locale: str) -> None:
        """Called by dispatch. Raises `SendError`."""
        ...


@runtime_checkable
class Homes(Protocol):
    """A desk where a person has an overview of their own."""

    async def home(self, who: Identity, overview: Overview) -> None:
        """Called by dispatch when it is opened. Raises `SendError`."""
        ...


@runtime_checkable
class Profiles(Protocol):
    """A desk that knows its users."""

    async def profile(self, who: Identity) -> Profile | None:
        """Called by dispatch for a person it does not know yet. Raises `SendError`."""
        ...


@runtime_checkable
class FetchesFiles(Protocol):
    """A desk whose users can attach files."""

    async def fetch(self, file: File) -> Content:
        """Called by the outbox for a file an agent attached. Raises `SendError`."""
        ...
