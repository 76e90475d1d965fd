"""The rule that protects the customer, against everything that may be typed, edited, deleted or pressed.

A state machine lets people of every kind do anything in any order. Beside it stands the shortest model of what was
explicitly sent: whatever leaves the house must be in it, word for word.
"""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from core.model import SendMode, Ticket
from core.words import visible
from storage import open_store
from tests.handlers.world import World

T = TypeVar("T")

PEOPLE = st.sampled_from(["ana", "bo", "sam", "eve", "stranger"])
MEMBERS = frozenset({"ana", "bo", "sam"})
STARTS = ("", "!", "！", "/", "! ", "*!", "\u200b!", "@bo ", "<@U7> ", "!!", "_!r_ ", "\u202e!")
WORDS = (
    "r",
    "R",
    "reply",
    "回复",
    "rr",
    "n",
    "note",
    "relpy",
    "claim",
    "live",
    "live off",
    "hold",
    "esc",
    "close",
    "hello",
)
SENTENCES = st.sampled_from(["hello", "secret margin 40%", "r hello", "@ana look", "!r inner", "谢谢", " ", ""])


@st.composite
def texts(draw: st.DrawFn) -> str:
    start, word = draw(st.sampled_from(STARTS)), draw(st.sampled_from(("", *WORDS)))
    return f"{start}{word} {draw(SENTENCES)}"


def explicit(text: str) -> str | None:
    """The words of an unmistakable reply command, by a reading of its own: None when it may be anything else."""
    plain = text.translate({ord(c): None for c in "\u200b\u202e"}).lstrip()
    plain = plain.lstrip("*_")
    for word in ("!r", "！r", "!reply", "！reply", "!回复", "！回复"):
        head, _, rest = plain.partition(" ")
        if head.rstrip("*_").casefold() == word:
            return visible(rest).strip()
    return None


class Anything(RuleBasedStateMachine):
    """One ticket, five people, any order of deeds."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.posts: list[str] = []
        self.deeds = 0
        self.sent: set[str] = set()
        """Words that somebody explicitly sent, at any time."""

    @initialize()
    def a_customer_writes_first(self) -> None:
        async def begin() -> tuple[World, Ticket]:
            store = await open_store(f"sqlite:///{Path(self.folder.name) / 'house.sqlite3'}")
            world = await World.peopled(store)
            ticket = await world.customer_writes()
            world.wait(minutes=1)
            return world, ticket

        self.world, self.ticket = self.loop.run_until_complete(begin())

    @rule(who=PEOPLE, text=texts(), mentions_first=st.booleans())
    def type(self, who: str, text: str, mentions_first: bool) -> None:
        before, text = self._now(), self._unique(text)
        post = f"p{len(self.posts)}"
        self.posts.append(post)
        if who in MEMBERS:
            self._allow(before, who, text, mentions_first)
        self._run(self.world.types(who, self.ticket, text, post=post, mentions_first=mentions_first))

    @rule(who=PEOPLE, text=texts(), which=st.integers(0, 30))
    def edit(self, who: str, text: str, which: int) -> None:
        """Allowed to change what is held, and only by a reply command."""
        if self.posts:
            text = self._unique(text)
            words = explicit(text)
            post = self.posts[which % len(self.posts)]
            held = self._run(self._held_at(post)) if words else False
            if words and held and who in MEMBERS:
                self.sent.add(words)
            self._run(self.world.edits(who, self.ticket, post, text))

    @rule(who=PEOPLE, which=st.integers(0, 30))
    def delete(self, who: str, which: int) -> None:
        if self.posts:
            self._run(self.world.deletes(who, self.ticket, self.posts[which % len(self.posts)]))

    @rule(who=PEOPLE)
    def go_live(self, who: str) -> None:
        self._run(self.world.types(who, self.ticket, "!claim over"))
        self._run(self.world.types(who, self.ticket, "!live"))

    @rule(who=PEOPLE)
    def reply(self, who: str) -> None:
        self.type(who, "!r a reply", mentions_first=False)

    @rule()
    def the_customer_writes(self) -> None:
        self._run(self.world.customer_writes("and another thing"))

    @rule(seconds=st.sampled_from([1, 9, 60, 1900]))
    def time_passes(self, seconds: int) -> None:
        self.world.wait(seconds=seconds)
        self._run(self.world.door.tick([self.ticket.id]))
        left = self._run(self.world.leaving())
        assert set(left) <= self.sent, f"left the house: {set(left) - self.sent}"

    def _unique(self, text: str) -> str:
        """So that what leaves can be told from everything else that was written."""
        self.deeds += 1
        return f"{text} {self.deeds}"

    def _allow(self, before: Ticket, who: str, text: str, mentions_first: bool) -> None:
        words = explicit(text)
        if words:
            self.sent.add(words)
        live = before.mode is SendMode.LIVE and before.assignee == self.world.id(who)
        plain = visible(text).strip()
        if live and not mentions_first and plain and plain[0].isalpha():
            self.sent.add(plain)

    async def _held_at(self, post: str) -> bool:
        found = await self.world.thread(self.ticket)
        at = [m for e, m in found if e.origin is not None and e.origin.post == post and m is not None]
        return bool(at) and bool(at[-1].parts)

    def _now(self) -> Ticket:
        return self._run(self.world.ticket(self.ticket.id))

    def _run(self, doing: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.wait(minutes=1)
            assert set(self._run(self.world.leaving())) <= self.sent
            self._run(self.world.store.close())
        self.loop.close()
        self.folder.cleanup()


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
