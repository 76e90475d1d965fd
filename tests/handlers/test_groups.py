"""A desk whose places are groups: set up by a code from within, moved, and heard by cards that are no thread's root."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.handlers.asking import Answer
from bot.handlers.places import KNOWN_EVERYWHERE
from bot.handlers.strangers import REFUSALS
from core import owed
from core.errors import SendError
from core.events import Origin, PlaceMoved, Pressed, Reacted, Typed
from core.ids import DeskName, TicketId
from core.jobs import EditBoard, SyncThread, Urgency
from core.model import PostRef, Status, ThreadRef, Ticket
from core.people import Identity
from core.ports import Inspection, NewPerson, Profile, Tx
from core.say import Say, TicketLabel, say
from storage import open_store
from tests.handlers.world import BILLING, POLICY, SLACK, SUPPORT, World, keys

TELEGRAM = DeskName("telegram")
GROUP = "-1001"
ANONYMOUS = "1087968824"
BOTH = replace(
    POLICY,
    slash=frozenset({TELEGRAM}),
    queues={
        SUPPORT: replace(POLICY.queue(SUPPORT), places={SLACK: ("C1",), TELEGRAM: ("east", "west")}),
        BILLING: replace(POLICY.queue(BILLING), places={TELEGRAM: ("money",)}),
    },
)


@dataclass
class Groups:
    """Of a desk, what setting up uses. `lacks`: what the group is short of."""

    lacks: tuple[Say, ...] = ()
    broken: bool = False
    inspected: list[str] = field(default_factory=list)
    asked: int = 0

    async def inspect(self, chat: str) -> Inspection:
        self.inspected.append(chat)
        if self.broken:
            raise SendError("no_connection", retry=True)
        return Inspection("The sales team", self.lacks)

    async def profile(self, who: Identity) -> Profile | None:
        self.asked += 1
        return None


@dataclass
class Overheard(Groups):
    """Where others can see what somebody is answered."""

    async def withdraw(self, post: PostRef) -> None: ...


@pytest.fixture
def desk() -> Groups:
    return Groups()


@pytest.fixture
async def world(tmp_path: Path, desk: Groups) -> AsyncIterator[World]:
    async with peopled(tmp_path, desk) as world:
        yield world


@asynccontextmanager
async def peopled(folder: Path, desk: Groups) -> AsyncIterator[World]:
    store = await open_store(f"sqlite:///{folder / 'house.sqlite3'}")
    try:
        world = await World.peopled(store, BOTH, {TELEGRAM: desk})
        for name in world.people:
            await store.add_identity(world.id(name), Identity(TELEGRAM, "", name))
        yield world
    finally:
        await store.close()


def origin(world: World, who: str, **more: object) -> Origin:
    """In the group, outside any topic."""
    known = world.origin(who, None)
    here = replace(known, desk=TELEGRAM, who=Identity(TELEGRAM, "", who), place=GROUP)
    post = PostRef(TELEGRAM, GROUP, f"m{known.key}")
    return replace(here, **{"post": post, **more})  # type: ignore[arg-type]


async def types(world: World, text: str, who: str = "sam", **more: object) -> Answer:
    return await world.dispatcher.handle(Typed(origin(world, who, **more), text))


async def code(world: World, place: str = "east", lives: timedelta = timedelta(hours=1)) -> str:
    return await world.store.new_group_code(TELEGRAM, place, world.clock.now(), lives)


# --- /setup ---


@pytest.mark.parametrize("who", ["sam", "ana", "a stranger"])
async def test_whoever_has_the_code_makes_the_group_a_place(world: World, desk: Groups, who: str) -> None:
    answer = await types(world, f"/setup {await code(world)}", who)
    assert keys(answer) == ["setup.done"]
    assert answer.whispers[0].params == {"place": "east", "queue": "Support"}
    group = await world.store.group(TELEGRAM, "east")
    assert group is not None
    assert (group.chat, group.title, desk.inspected) == (GROUP, "The sales team", [GROUP])


async def test_an_anonymous_admin_sets_up_and_does_nothing_else(world: World, desk: Groups) -> None:
    ticket = await world.customer_writes()
    anonymous = {"anonymous": True}
    answer = await types(world, f"/setup {await code(world)}", ANONYMOUS, **anonymous)
    assert keys(answer) == ["setup.done"]
    for text in (f"/claim T-{ticket.id}", f"/r T-{ticket.id} hello", "/queue", "/clam"):
        assert keys(await types(world, text, ANONYMOUS, **anonymous)) == ["refused.anonymous"]
    assert desk.asked == 0
    assert (await world.ticket(ticket.id)).assignee is None


async def test_strangers_do_not_use_up_a_group_s_writes(tmp_path: Path) -> None:
    """Every answer in a group is one of about 20 writes a minute."""
    async with peopled(tmp_path, Overheard()) as world:
        await topic(world)
        here = {"place": "east", "root": "5"}
        heard = [keys(await types(world, "/claim", who, **here)) for who in ("trudy", "mallory") * 4]
        assert heard == [["refused.not_joined"]] * REFUSALS + [[]] * 3
        assert keys(await types(world, "/clam", **here)) == ["refused.unknown_near"]
        world.wait(minutes=5)
        assert keys(await types(world, "/claim", "trudy", **here)) == ["refused.not_joined"]


async def test_an_anonymous_admin_in_a_ticket_s_topic_is_told_why(world: World) -> None:
    ticket = await topic(world)
    here = {"anonymous": True, "place": "east", "root": "5"}
    for text in ("/claim", "/r hello", "/close"):
        assert keys(await types(world, text, ANONYMOUS, **here)) == ["refused.anonymous"]
    assert keys(await types(world, "just talking", ANONYMOUS, **here)) == []
    assert await world.notes(ticket) == []


async def test_what_is_missing_is_named_and_the_code_stays_good(world: World, desk: Groups) -> None:
    word = await code(world)
    desk.lacks = (say("setup.lacks_forum"), say("setup.lacks_pin"))
    answer = await types(world, f"/setup {word}")
    assert keys(answer) == ["setup.missing"]
    assert answer.whispers[0].lines == desk.lacks
    assert await world.store.groups() == []
    desk.lacks = ()
    assert keys(await types(world, f"/setup {word}")) == ["setup.done"]


async def test_whoever_reads_the_code_meanwhile_cannot_take_it_elsewhere(world: World, desk: Groups) -> None:
    word = await code(world)
    desk.lacks = (say("setup.lacks_forum"),)
    await types(world, f"/setup {word}")
    desk.lacks = ()
    assert keys(await types(world, f"/setup {word}", "eve", place="-666")) == ["refused.setup_code"]
    assert keys(await types(world, f"/setup {word}")) == ["setup.done"]


async def test_telegram_out_of_reach_changes_nothing(world: World, desk: Groups) -> None:
    word, desk.broken = await code(world), True
    assert keys(await types(world, f"/setup {word}")) == ["refused.setup_not_now"]
    desk.broken = False
    assert keys(await types(world, f"/setup {word}")) == ["setup.done"]


@pytest.mark.parametrize("text", ["/setup", "/setup  ", "/setup nonsense", f"/setup {'x' * 4000}"])
async def test_a_wrong_code_is_refused_before_anybody_is_asked(world: World, desk: Groups, text: str) -> None:
    assert keys(await types(world, text)) == ["refused.setup_code"]
    assert desk.inspected == []


async def test_a_code_that_is_used_expired_or_replaced_is_refused(world: World) -> None:
    used, late, old = await code(world), await code(world, "west", timedelta(minutes=1)), await code(world, "money")
    await code(world, "money")
    await types(world, f"/setup {used}")
    world.wait(minutes=1)
    for word in (used, late, old):
        assert keys(await types(world, f"/setup {word}")) == ["refused.setup_code"]


async def test_it_is_typed_in_the_group_and_nowhere_else(world: World) -> None:
    word = await code(world)
    assert keys(await types(world, f"/setup {word}", direct=True)) == ["refused.setup_in_group"]
    assert keys(await world.types("sam", None, f"!setup {word}")) == ["refused.setup_in_group"]
    assert keys(await types(world, f"/setup {word}")) == ["setup.done"]


async def test_a_place_of_no_queue_is_kept_and_said_to_be_of_none(world: World) -> None:
    answer = await types(world, f"/setup {await code(world, 'south')}")
    assert keys(answer) == ["setup.no_queue"]
    assert [group.place for group in await world.store.groups()] == ["south"]


async def test_a_group_that_is_set_up_again_is_asked_about_by_its_chat(world: World, desk: Groups) -> None:
    await types(world, f"/setup {await code(world)}")
    await types(world, f"/setup {await code(world, 'west')}", place="east")
    assert desk.inspected == [GROUP, GROUP]
    assert [(group.place, group.chat) for group in await world.store.groups()] == [("west", GROUP)]


async def waiting_for(world: World, place: str) -> None:
    """A thread that could not be opened while the place was not set up, and looks again in ten minutes."""
    ticket, now = await topic(world), world.clock.now()
    await world.leaving()
    sync = owed.sync_thread(ticket, TELEGRAM, place, Urgency.THREAD, now + timedelta(minutes=10))
    await world.store.atomic(lambda tx: tx.enqueue([sync], now))


async def due(world: World, kind: type[object]) -> bool:
    jobs = await world.store.take_jobs(100, world.clock.now(), timedelta(minutes=1), [])
    return any(isinstance(job.work, kind) and getattr(job.work, "desk", None) == TELEGRAM for job in jobs)


async def test_what_waited_for_the_place_goes_there_soon_and_a_board_follows(world: World) -> None:
    await waiting_for(world, "east")
    await types(world, f"/setup {await code(world)}")
    assert not await due(world, SyncThread)  # not before every process knows the group
    world.clock.at += KNOWN_EVERYWHERE
    assert await due(world, SyncThread)
    world.clock.at += owed.BOARD_PACE
    assert await due(world, EditBoard)


async def test_help_does_not_offer_it(world: World) -> None:
    lines = str((await types(world, "/help", direct=True)).whispers)
    assert "'setup'" not in lines


# --- a group gets another id ---


async def test_a_group_that_moves_keeps_its_place(world: World) -> None:
    await types(world, f"/setup {await code(world)}")
    await waiting_for(world, "east")
    moved = PlaceMoved(origin(world, "", place="east"), "-1002")
    for _ in range(2):
        assert await world.dispatcher.handle(moved) == Answer()
    group = await world.store.group(TELEGRAM, "east")
    assert group is not None
    assert group.chat == "-1002"
    world.clock.at += KNOWN_EVERYWHERE
    assert await due(world, SyncThread)


async def test_a_group_that_is_none_of_ours_may_move_as_it_likes(world: World) -> None:
    await world.dispatcher.handle(PlaceMoved(origin(world, ""), "-1002"))
    assert await world.store.groups() == []


# --- cards that are no root ---


async def topic(world: World) -> Ticket:
    """A ticket's topic 5 in east, with its card 6."""
    ticket = await world.customer_writes()
    await stand(world, ticket.id, ThreadRef(TELEGRAM, "east", "5", "6"))
    return ticket


async def stand(world: World, ticket: TicketId, ref: ThreadRef) -> None:
    async def work(tx: Tx) -> None:
        await tx.save_thread(ticket, ref, 0)

    await world.store.atomic(work)


async def reacts(world: World, emoji: str, post: str = "6", who: str = "ana", place: str = "east") -> Answer:
    """Telegram does not say in which topic."""
    where = origin(world, who, place=place, post=PostRef(TELEGRAM, place, post))
    return await world.dispatcher.handle(Reacted(where, emoji))


async def test_eyes_on_the_card_claim_and_a_tick_closes(world: World) -> None:
    ticket = await topic(world)
    await reacts(world, "eyes")
    assert (await world.ticket(ticket.id)).assignee == world.id("ana")
    await reacts(world, "white_check_mark")
    assert (await world.ticket(ticket.id)).status is Status.CLOSED


@pytest.mark.parametrize(
    ("post", "who", "place", "emoji"),
    [
        ("7", "ana", "east", "eyes"),
        ("5", "ana", "east", "eyes"),
        ("6", "ana", "west", "eyes"),
        ("6", "a stranger", "east", "eyes"),
        ("6", "eve", "east", "eyes"),
        ("6", "ana", "east", "heart"),
    ],
)
async def test_any_other_emoji_is_just_an_emoji(world: World, post: str, who: str, place: str, emoji: str) -> None:
    ticket = await topic(world)
    assert keys(await reacts(world, emoji, post, who, place)) == []
    assert (await world.ticket(ticket.id)).assignee is None


async def test_the_card_of_a_topic_that_was_left_says_nothing_any_more(world: World) -> None:
    ticket = await topic(world)
    await stand(world, ticket.id, ThreadRef(TELEGRAM, "east", "8", "9"))
    await reacts(world, "eyes", "6")
    assert (await world.ticket(ticket.id)).assignee is None
    await reacts(world, "eyes", "9")
    assert (await world.ticket(ticket.id)).assignee == world.id("ana")


async def test_a_button_on_the_card_is_about_its_ticket(world: World) -> None:
    ticket = await topic(world)
    where = origin(world, "ana", place="east", root="5", post=PostRef(TELEGRAM, "east", "6"))
    await world.dispatcher.handle(Pressed(where, "claim"))
    assert (await world.ticket(ticket.id)).assignee == world.id("ana")


# --- what others can read ---


async def test_a_list_shows_in_a_group_only_what_its_members_may_read(tmp_path: Path) -> None:
    async with peopled(tmp_path, Overheard()) as world:
        here = await world.customer_writes("Where is my lamp?")
        other = await world.customer_writes("Where is my invoice?", who="34600111333")
        await world.types("sam", other, "!assign billing")
        kim = await world.store.create_person(NewPerson("Kim", queues=frozenset({SUPPORT, BILLING})), world.clock.now())
        await world.store.add_identity(kim.id, Identity(TELEGRAM, "", "kim"))

        async def shown(text: str, **more: object) -> list[object]:
            answer = await types(world, text, "kim", **more)
            return [line.params["ticket"] for whisper in answer.whispers for line in whisper.lines]

        both = {TicketLabel(here.id), TicketLabel(other.id)}
        for text in ("/queue", "/find where is my"):
            assert set(await shown(text, direct=True)) == both
            assert await shown(text, place="east") == [TicketLabel(here.id)]
            assert await shown(text, place="money") == [TicketLabel(other.id)]
            assert keys(await types(world, text, "eve", place="east")) == ["refused.list_in_private"]
        assert keys(await types(world, "/queue billing", "kim", place="east")) == ["refused.queue_unknown"]
