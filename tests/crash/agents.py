"""Agents as a run has them: they read what stands in the thread, wait until they have read it, and answer there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.demo.clock import DemoClock
from bot.handlers.asking import FRESH
from tests.crash.people import Customer
from tests.crash.plan import Reply
from tests.crash.threads import Threads
from tests.platforms.slack import Message, Person, SlackSim

READING = FRESH + timedelta(seconds=6)
"""What an agent needs to have read the customer's words; the program asks who was faster."""
ANYWAY = "Send anyway"
TRY_AGAIN = 0.5
"""Seconds until a button that did nothing is pressed again."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply or a note as an agent typed it, and where."""

    text: str
    customer: str
    post: Message


@dataclass(slots=True)
class Agents:
    slack: SlackSim
    threads: Threads
    clock: DemoClock
    people: Sequence[Person]
    typed: list[Typed] = field(default_factory=list)
    noted: list[Typed] = field(default_factory=list)
    asked: int = 0
    """How often somebody was asked "send anyway?"."""

    async def answer(self, customer: Customer, said: Sequence[str], reply: Reply) -> None:
        """Type it when all that was `said` stands in the thread, and see to it that it goes. Returns when the customer
        has it, or when the thread says that nobody knows."""
        tokens = [text[:6] for text in said]
        while not all(self.threads.shown.get(token) for token in tokens):
            await customer.change()
        await self.clock.wait(asyncio.Event().wait(), self.clock.now() + READING)
        agent, root = self.people[reply.agent], self.threads.root(tokens[-1])
        if reply.note:
            self.noted.append(Typed(reply.note, customer.name, await agent.types(reply.note, root)))
        post = await agent.types(f"!r {reply.text}", root)
        self.typed.append(Typed(reply.text, customer.name, post))
        pressed = 0
        while not self._arrived(customer, reply) and not self._in_doubt(post):
            questions = self.threads.asked.get(reply.text[:6], [])
            if len(questions) > pressed:
                pressed = len(questions)
                await self._insists(agent, questions[-1])
            else:
                await customer.change()

    def _arrived(self, customer: Customer, reply: Reply) -> bool:
        end = reply.text[-16:]
        return any(text.endswith(end) for text in customer.received)

    def _in_doubt(self, post: Message) -> bool:
        return any(float(doubt.ts) > float(post.ts) for doubt in self.threads.doubts.get(post.root_ts, ()))

    async def _insists(self, agent: Person, question: Message) -> None:
        """Press the button until Slack has handed the press over."""
        if not any(ANYWAY in str(block) for block in question.blocks):
            return
        self.asked += 1
        while True:
            try:
                if (await agent.clicks(ANYWAY, question)).acked:
                    return
            except AssertionError:  # neither acked nor refused: the process died, or is slow
                pass
            await asyncio.sleep(TRY_AGAIN)
