"""A request that takes longer than its job's lease, in the hands of whoever lives: it is waited for, not repeated."""

import asyncio
from dataclasses import dataclass, field

from bot.workers.outbox import LEASE
from core.model import PostRef, ThreadRef
from core.views import Post
from tests.core.door import said
from tests.workers.office import Chat, Office


@dataclass
class Slow(Chat):
    asked_to_post: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        ref = await super().post(thread, post)
        self.asked_to_post.set()
        await self.may_answer.wait()
        return ref


async def test_what_is_being_posted_is_not_posted_beside_it(office: Office) -> None:
    slack = office.slack = Slow()
    outbox = office.hire()
    await office.house.hears(said())
    while not slack.asked_to_post.is_set():
        await outbox.step()
        await asyncio.sleep(0)
    await office.house.clock.forward(LEASE)
    await outbox.step()
    await outbox.step()
    slack.may_answer.set()
    await office.work()
    assert slack.requests_of("post") == ["post t1 hi"]
    assert (await office.thread(slack.name)).posted == 1
