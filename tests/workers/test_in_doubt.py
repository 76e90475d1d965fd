"""What may have arrived: sent again where that does no harm, and never forgotten to have been in doubt."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from core.commands import Draft, Reply, UndoReply
from core.errors import Refused, SendError
from core.events import FileNote
from core.ids import MessageId
from core.messages import File, Ladder, Message, MessageKind
from core.model import PostRef, ThreadRef
from core.ports import Content, FoundPost, Outgoing, Sent
from core.views import Post
from tests.core.door import said
from tests.core.house import SHOP, SLACK, mei
from tests.workers.office import Chat, Office, Phone, seen

UNDO = "9s"
WORDS = "We are on it."


@dataclass
class Log(Phone):
    """A channel on which the same `ref` stands once, as the site chat's own log is. `dies`: while it takes a part."""

    dies: bool = True
    fails: SendError | None = None

    def __post_init__(self) -> None:
        self.caps = replace(self.caps, repeatable=True)

    async def send(self, out: Outgoing) -> Sent:
        self.sent.append(out)
        if self.dies:
            self.dies = False
            raise asyncio.CancelledError
        if (error := self.fails) is not None:
            self.fails = None
            raise error
        return Sent(f"log.{out.ref}")


async def given(office: Office, channel: Phone) -> None:
    """A reply that has just left."""
    office.channels = {SHOP: channel}
    await office.hears(said())
    last = (await office.ticket()).last_customer
    await office.house.do(Reply(mei, Draft(WORDS), last, office.house.clock.now()))
    await office.wait(UNDO)


async def reply(office: Office) -> Message:
    store = office.house.store
    found = await store.messages([MessageId(id) for id in range(1, 9)])
    return next(message for message in found.values() if message.kind is MessageKind.REPLY)


async def test_where_repeating_does_no_harm_a_reply_is_sent_again(office: Office) -> None:
    log = Log()
    await given(office, log)
    await office.after_a_crash()
    assert len(log.sent) == 2
    assert len({out.ref for out in log.sent}) == 1
    assert (await reply(office)).ladder is Ladder.SENT


async def test_so_is_one_of_which_the_channel_does_not_know(office: Office) -> None:
    log = Log(dies=False, fails=SendError("timeout", retry=True, certain=False))
    await given(office, log)
    assert (await reply(office)).ladder is Ladder.QUEUED
    await office.wait("5s")
    assert len({out.ref for out in log.sent}) == 1
    assert (await reply(office)).ladder is Ladder.SENT


async def test_elsewhere_it_is_shown_and_not_repeated(office: Office) -> None:
    log = Log()
    log.caps = replace(log.caps, repeatable=False)
    await given(office, log)
    await office.after_a_crash()
    assert len(log.sent) == 1
    assert (await reply(office)).ladder is Ladder.UNCERTAIN


async def test_what_may_have_arrived_cannot_be_undone(office: Office) -> None:
    await given(office, Log())
    await office.house.clock.forward("3m")
    await office.hire().recover()
    with pytest.raises(Refused):
        await office.house.do(UndoReply(mei, (await reply(office)).id))
    await office.work()
    assert (await reply(office)).ladder is Ladder.SENT


async def test_a_doubt_outlasts_a_failure_that_leaves_none(office: Office) -> None:
    """The first attempt may have been posted; that Slack refuses the second says nothing of the first."""
    office.slack.die["post"] = "after"
    await office.hears(said())
    office.slack.refuse["post"] = SendError("rate_limited", retry=True)
    await office.after_a_crash()
    del office.slack.refuse["post"]
    await office.wait("10s")
    assert office.slack.requests_of("post") == ["post t1 hi", "post t1 again: hi"]


async def test_so_does_a_wait_for_somebody_to_mend_something(office: Office) -> None:
    office.slack.die["post"] = "after"
    await office.hears(said())
    office.slack.refuse["post"] = SendError("not_in_channel")
    await office.after_a_crash()
    del office.slack.refuse["post"]
    await office.wait("15m")
    assert (await office.thread(SLACK)).posted == 1
    assert office.slack.requests_of("post") == ["post t1 hi", "post t1 again: hi"]


class Album(Phone):
    """A channel that has the customer's pictures."""

    async def fetch(self, file: File) -> Content:
        return Content(b"\x89PNG", "image/png", "lamp.png")


async def test_a_file_that_may_have_come_already_is_marked(office: Office) -> None:
    office.channels = {SHOP: Album()}
    office.slack.die["file"] = "after"
    await office.hears(replace(said(), files=(FileNote("media-1", "lamp.png", "image/png"),)))
    await office.after_a_crash()
    assert office.slack.requests_of("file") == ["file t1 lamp.png", "file t1 again: lamp.png"]


@dataclass
class Searchable(Chat):
    """A chat in which what was posted can be looked for."""

    posts: dict[int, FoundPost] = field(default_factory=dict)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        self.asked("post", thread.root, seen(post))
        ref = PostRef(self.name, thread.place, self.new("p"))
        self.posts[post.job] = FoundPost(ref, post.shown[-1].entry.seq + 1)
        self.done("post")
        return ref

    async def find(self, place: str, thread: ThreadRef | None, job: int) -> FoundPost | None:
        return self.posts.get(job)


async def test_what_came_after_a_post_in_doubt_is_a_post_of_its_own(office: Office) -> None:
    """It is found and not repeated; and nobody would be pinged for what an edit adds to it."""
    office.slack = Searchable(die={"post": "after"})
    await office.hears(said("one", "w1"))
    await office.house.hears(said("two", "w2"))
    await office.after_a_crash()
    assert office.slack.requests_of("post") == ["post t1 one", "post t1 two"]
    assert office.slack.requests_of("edit") == ["edit p2 one"]
