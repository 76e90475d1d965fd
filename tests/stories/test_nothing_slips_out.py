"""The rule that protects the customer: sending is explicit."""

from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

NO_REPLIES = (
    "!relpy It left yesterday.",
    "!xyzzy It left yesterday.",
    "！relpy It left yesterday.",
    "!!r It left yesterday.",
    "! r It left yesterday.",
    "It left yesterday, I think.",
    "@Li can you look?",
    "!n It left yesterday.",
)
CLAIMS = ("！claim", "!认领", "！认领", "*!claim*", "\u200b!claim", "!CLAIM", "!take")


async def test_what_is_no_reply_never_reaches_the_customer(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!claim", ticket)
    for typed in NO_REPLIES:
        await story.mei.types(typed, ticket)
        await story.forward("1m")
        assert ana.received == [], typed


async def test_a_misspelt_command_names_the_nearest(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!clam", ticket)
    await mei.was_told("There is no command !clam.", "Did you mean !claim?")
    await ticket.lacks("took the ticket")


async def test_every_way_to_write_a_command(story: Story) -> None:
    ticket = await story.opened(story.customer(), "Hello?")
    for times, typed in enumerate(CLAIMS, 1):
        await story.mei.types(typed, ticket)
        assert "\n".join(await ticket.texts()).count("Mei took the ticket.") == times, typed
        await story.mei.types("!release", ticket)


async def test_the_consoles_slash_and_its_full_width_form(tell: Tell) -> None:
    story = await tell(desk="console")
    ana = story.customer()
    ticket = await story.opened(ana, "Hello?")
    await story.mei.types("/claim", ticket)
    await story.mei.types("／r On its way.", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["On its way."])


async def test_a_reply_in_chinese_by_its_chinese_name(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    ticket = await story.opened(ana, "订单在哪里？")
    await story.mei.types("！回复 昨天已发货。", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["昨天已发货。"])


async def test_someone_who_has_not_joined_can_talk_but_change_nothing(story: Story) -> None:
    ana, guest = story.customer(), story.slack.person("Guest")
    ticket = await story.opened(ana, "Where is my order?")
    thread = story.sales.thread("T-1")
    await guest.types("I think it left yesterday.", thread)
    await guest.types("!r It left yesterday.", thread)
    await guest.clicks("Claim", thread)
    await story.forward("1m")
    assert ana.received == []
    assert guest.ephemerals.shows("I do not know you yet, so nothing was done.")
    await ticket.card_shows("nobody yet")


async def test_a_member_of_another_queue_is_refused(story: Story) -> None:
    ana, bo = story.customer(), await story.hires("Bo", queues=["billing"])
    ticket = await story.opened(ana, "Where is my order?")
    await bo.types("!r It left.", ticket)
    await story.forward("1m")
    await bo.was_told("This ticket is in Sales, and you are not a member")
    assert ana.received == []
