"""Stories told to the real program at simulated platforms, for pictures: what the team's chat shows then, as HTML."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.platforms.telegram import Message, Topic, reading
from tests.stories.agents import Agent, Seen
from tests.stories.slack_team import SlackTicket
from tests.stories.story import DeskChoice, Story
from tests.stories.telegram_team import TelegramTicket
from tests.stories.test_at_messenger import PageStory
from tools import block_kit, telegram_chat
from tools.block_kit import Said
from tools.telegram_chat import Bubble, Line

MARK = Path("bot/web/static/console/mark.svg")
FACES = {"Mei Lin": "#7c3aed", "Li": "#c2410c"}
ICONS = ("#6fb9f0", "#cb86db", "#5fbf6a", "#e8a33d", "#e8708f")
"""The colours that a topic's icon may have, about."""
ANSWER = "Hi Emma, yes: with a US plug, 110 to 240 V, and UL listed. Which finish?"
NOTE = "She ordered 200 pieces in spring, and pays in advance."
EARLIER = (
    ("João Pereira", "5511955501420", "Bom dia! O pedido 1043 já saiu?"),
    ("Lena Vogel", "4930555501420", "One of the Halo lamps came with a cracked shade."),
    ("Amara Okafor", "2348035550142", "What is your price for 300 Luna, delivered to Lagos?"),
)


@asynccontextmanager
async def told(desk: DeskChoice) -> AsyncIterator[Story]:
    with tempfile.TemporaryDirectory() as folder:
        async with Story(f"sqlite://{folder}/house.sqlite3", Path(folder), desk) as story:
            yield story


async def slack() -> str:
    """A question, the answer, and a call for help."""
    async with told("slack") as story:
        mei, ticket = await _answered(story)
        await story.graph.customers[-1].writes("Brass. If I order today, when would forty of them be in New York?")
        await story.forward("1m")
        await mei.types("!esc Who can promise a date for forty?", ticket)
        await story.settled()
        assert isinstance(ticket, SlackTicket)
        return _slack_thread(story, ticket)


async def telegram() -> Mapping[str, str]:
    """The same question: its topic, the group, and General with the overview; each by the name of its picture."""
    async with told("telegram") as story:
        story.support.renames("Fernweh Lamps: Sales")
        for name, phone, words in EARLIER:
            await story.opened(story.customer(name, phone=phone), words)
        await story.forward("9m")
        mei, ticket = await _answered(story)
        await story.forward("2m")
        assert isinstance(ticket, TelegramTicket)
        topic = telegram_chat.chat(ticket.topic.name, story.support.title, _bubbles(ticket.topic, mei.name))
        board = story.support.pinned[-1]
        group = telegram_chat.topics(story.support.title, "6 members", _lines(story))
        general = telegram_chat.chat("General", story.support.title, [_bubble(board, mei.name)], pin=board.text)
        return {"telegram": topic, "telegram-group": group, "telegram-overview": general}


@asynccontextmanager
async def messenger() -> AsyncIterator[str]:
    """A Page's ticket beside a number's; yields a link that lets Mei into the console."""
    with tempfile.TemporaryDirectory() as folder:
        story = PageStory(f"sqlite://{folder}/house.sqlite3", Path(folder), "console")
        async with story:
            mei, mia = await story.hires("Mei Lin"), story.mia
            for name, phone, words in EARLIER:
                await story.opened(story.customer(name, phone=phone), words)
            await story.forward("9m")
            ticket = await story.asked("Hello! Do you still have the Halo pendant in smoked glass?")
            await story.forward("2m")
            await mei.types("!claim", ticket)
            await mei.types("Twelve left of the smoked ones, the next come in May.", ticket)
            await mei.types("!r Hi Mia, we do: twelve are left. How many would you like?", ticket)
            await story.forward("9s")
            await mia.reads()
            await story.settled()
            await story.forward("3m")
            await mia.writes("Four, please. Can you ship them to Basel?")
            await story.settled()
            token = await story.running.store.new_login(mei.person.id, story.clock.now(), timedelta(hours=1))
            yield f"{story.running.address}/console/login?token={token}"


async def _answered(story: Story) -> tuple[Agent, Seen]:
    """Emma asks, Mei claims, notes, answers; Emma has read it."""
    mei, emma = await story.hires("Mei Lin"), story.customer("Emma Carter", phone="12125550142")
    ticket = await story.opened(emma, "Hi there, does the Orion desk lamp come with a US plug?")
    await story.forward("2m")
    await mei.types("!claim", ticket) if story.desk == "slack" else await mei.clicks("Claim", ticket)
    await mei.types(NOTE, ticket)
    await mei.types(f"{'!' if story.desk == 'slack' else '/'}r {ANSWER}", ticket)
    await story.forward("9s")
    await emma.reads()
    await story.forward("6m")
    return mei, ticket


def _slack_thread(story: Story, ticket: SlackTicket) -> str:
    names = {user.id: user.real_name or user.name for user in story.slack.workspace.users.values()}
    said = []
    for message in (ticket.thread.root, *ticket.thread.replies):
        app = message.user == story.slack.bot_user
        author = "Dragoman" if app else names[message.user]
        at = datetime.fromtimestamp(float(message.ts), UTC)
        face = "" if app else FACES.get(author, "#475569")
        said.append(Said(author, at, face, message.text, tuple(message.blocks) if app else ()))
    return block_kit.page("sales", said, names, MARK.read_text("utf-8"))


def _bubbles(messages: Iterable[Message], mine: str) -> list[Bubble]:
    return [_bubble(each, mine) for each in messages if each.service is None]


def _bubble(message: Message, mine: str) -> Bubble:
    keys = [[key["text"] for key in row] for row in message.keyboard]
    at = datetime.fromtimestamp(message.at, UTC)
    author = message.sender.name
    role, mark = ("admin", MARK.read_text("utf-8")) if message.by_bot else ("", "")
    return Bubble(author, at, reading.as_html(message), keys, author == mine, message.edited_at is not None, role, mark)


def _lines(story: Story) -> list[Line]:
    """General first, then what was last written in."""
    topics = sorted(story.support.topics, key=lambda each: each.last.at, reverse=True)
    rows = [(story.support.general, "General"), *((each, each.name) for each in topics)]
    return [_line(topic, name, ICONS[number % len(ICONS)]) for number, (topic, name) in enumerate(rows)]


def _line(topic: Topic, name: str, colour: str) -> Line:
    last = topic.last
    words = " ".join(last.text.split())
    at = datetime.fromtimestamp(last.at, UTC)
    return Line(name, last.sender.name, words, at, colour, pinned=topic.id is None, closed=topic.closed)
