"""The team at the simulated Telegram: a topic is a ticket's thread, its first message the card."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from bot.desks.telegram.settings import TELEGRAM
from bot.process import WORKER
from core.ids import TicketId, ticket_label
from core.people import Person
from tests.platforms.telegram import Call, Group, Message, TelegramSim, Topic, reading
from tests.platforms.telegram.updates import State, Update
from tests.stories.agents import Agent, House, Said, Seen, Team

Settle = Callable[[], Awaitable[None]]
INVITED = timedelta(days=1)
PUBLIC = "https://desk.example"
SECRET = "a-secret_of-the-webhook"
TABLE = """
[telegram]
mode = "{mode}"
bot_token = "{token}"
secret_token = "{secret}"
api_base = "{api}"
"""
Json = dict[str, Any]
FOR_ME = ("👉", "✍️")
"""What the desk hangs a mention on, when it asks or answers somebody in particular."""


@dataclass(frozen=True, slots=True)
class AtTelegram:
    """How the house stands at Telegram. `groups`: our names of the groups of queue sales, each in its own.

    `limits`: 1 are Telegram's own, None are none. Without `set_up` nobody has typed /setup yet.
    """

    mode: Literal["polling", "webhook"] = "polling"
    limits: float | None = 1
    groups: tuple[str, ...] = ("support",)
    set_up: bool = True


class TelegramTicket(Seen):
    def __init__(self, telegram: TelegramSim, id: TicketId) -> None:
        super().__init__(id)
        self._telegram = telegram

    @property
    def topic(self) -> Topic:
        """Where the ticket stands now: its newest topic that was not left for another."""
        fitting = [each for each in _topics(self._telegram) if _ticket_of(each) == self.id and each.first.keyboard]
        assert fitting, f"there is no topic of {ticket_label(self.id)}\n{self._telegram.dump()}"
        return max(fitting, key=lambda each: (each.first.at, each.first.id))

    async def texts(self) -> list[str]:
        """What was only for one person is left out: it is taken away again."""
        return [reading.plain(message) for message in self.topic.messages[1:] if not _for_one(message)]

    async def card(self) -> str:
        topic = self.topic
        return f"{topic.name}{' (closed)' if topic.closed else ''}\n{reading.plain(topic.first)}"


class TelegramAgent(Agent):
    def __init__(self, telegram: TelegramSim, person: Person, settle: Settle) -> None:
        super().__init__(person)
        self._telegram, self._settle = telegram, settle
        self.at_telegram = telegram.person(person.name)

    async def types(self, text: str, ticket: Seen | None = None) -> Said:
        message = await self.at_telegram.types(_topic(ticket), text)
        await self._settle()
        return Said(ticket, message)

    async def uploads(self, text: str, ticket: Seen, files: Mapping[str, bytes]) -> Said:
        """One file, or several pictures as an album."""
        (name, content), *more = files.items()
        if more:
            album = await self.at_telegram.sends_album(_topic(ticket), list(files.values()), text)
            message = album[0]
        elif name.endswith(".jpg"):
            message = await self.at_telegram.sends_photo(_topic(ticket), content, text)
        else:
            message = await self.at_telegram.sends_document(_topic(ticket), name, content, text)
        await self._settle()
        return Said(ticket, message)

    async def edits(self, said: Said, text: str) -> None:
        await self.at_telegram.edits(said.what, text)
        await self._settle()

    async def deletes(self, said: Said) -> None:
        """Which no bot hears of."""
        await self.at_telegram.deletes(said.what)
        await self._settle()

    async def clicks(self, button: str, ticket: Seen | None = None) -> None:
        topic = _topic(ticket)
        seen = [*(topic or ()), *self.at_telegram.dms]
        fitting = [message for message in seen if reading.button(message, button) is not None]
        assert fitting, f"nothing has a button {button!r}\n{self._telegram.dump()}"
        order = [_place(call) for call in self._telegram.calls()]
        newest = max(fitting, key=lambda message: _last(order, (message.chat.id, message.id)))
        press = await self.at_telegram.presses(button, newest, wait=False)
        await self._settle()
        assert press.answered or not self._listening, f"nobody answered the press of {button!r}"

    @property
    def _listening(self) -> bool:
        return self._telegram.updates.polling or bool(self._telegram.updates.webhook.url)

    async def fills_in(self, **fields: str) -> None:
        """Choose what is named, or answer what is asked in words; a reply is shown once more before it is sent."""
        [value] = fields.values()
        prompt = self.at_telegram.prompt
        if prompt is None:
            return await self._chooses(value)
        answer = await self.at_telegram.answers(value)
        await self._settle()
        drafts = [each for each in self._topic_of(answer) if each.reply_to is answer and reading.button(each, "Send")]
        for draft in drafts:
            await self.at_telegram.presses("Send", draft, wait=False)
            await self._settle()

    def _topic_of(self, message: Message) -> list[Message]:
        return [each for each in message.chat.messages.values() if each.topic == message.topic]

    async def _chooses(self, value: str) -> None:
        every = [each for chat in self._telegram.world.chats.values() for each in chat.messages.values()]
        asked = [each for each in every if _is_for(self.person_id, each) and reading.button(each, value)]
        assert asked, f"{self.name} was not asked for {value!r}\n{self._telegram.dump()}"
        await self.at_telegram.presses(value, max(asked, key=lambda each: each.at), wait=False)
        await self._settle()

    @property
    def person_id(self) -> int:
        return self.at_telegram.id

    async def heard(self) -> list[str]:
        """Also what has been taken away since."""
        return [text for call in self._telegram.calls() if call.ok and call.result for text in self._told(call)]

    def _told(self, call: Call) -> Iterator[str]:
        match call.method:
            case "answerCallbackQuery":
                press = self._telegram.world.presses.get(str(call.args.get("callback_query_id")))
                if press is not None and press.user.id == self.person_id and call.args.get("text"):
                    yield str(call.args["text"])
            case "sendMessage":
                told = call.result
                mine = told["chat"]["id"] == self.person_id or _answers(told, self.person_id)
                if mine or _mentions(told, self.person_id):
                    rows = told.get("reply_markup", {}).get("inline_keyboard", [])
                    yield "\n".join([told["text"], *(" ".join(f"[{key['text']}]" for key in row) for row in rows)])
            case _:
                return


def _place(call: Call) -> tuple[int, int]:
    """Where what was sent stands."""
    sent = call.result if isinstance(call.result, dict) else {}
    return (sent["chat"]["id"], sent["message_id"]) if "chat" in sent and "message_id" in sent else (0, 0)


def _last(order: list[tuple[int, int]], place: tuple[int, int]) -> int:
    """Messages of different chats can only be ordered by when they were sent or changed last."""
    return max((at for at, each in enumerate(order) if each == place), default=-1)


def _answers(told: Mapping[str, object], person: int) -> bool:
    replied = told.get("reply_to_message")
    return isinstance(replied, dict) and replied["from"]["id"] == person


def _mentions(told: Mapping[str, object], person: int) -> bool:
    """Whether it begins by turning to this person."""
    entities = told.get("entities")
    return isinstance(entities, list) and _turns_to(str(told.get("text")), entities) == person


def _turns_to(text: str, entities: list[Json]) -> int | None:
    """The person that a message begins by turning to."""
    first = entities[0] if entities and text.startswith(FOR_ME) else {}
    turned = first.get("type") == "text_mention" and first["offset"] == 0
    return int(first["user"]["id"]) if turned else None


def _for_one(message: Message) -> bool:
    """An answer or a question that is meant for one person, though others can see it."""
    if not message.by_bot:
        return False
    answers = message.reply_to is not None and not message.reply_to.by_bot
    return answers or message.force_reply is not None or _turns_to(message.text, message.entities) is not None


def _is_for(person: int, message: Message) -> bool:
    return _for_one(message) and person in message.pings


def _topics(telegram: TelegramSim) -> list[Topic]:
    """Every topic in which somebody said something."""
    return [topic for group in telegram.groups for topic in group.topics if len(topic)]


def _ticket_of(topic: Topic) -> TicketId | None:
    label = re.search(r"\bT-(\d+)\b", topic.name)
    return TicketId(int(label[1])) if label else None


def _topic(ticket: Seen | None) -> Topic | None:
    assert ticket is None or isinstance(ticket, TelegramTicket)
    return ticket.topic if ticket else None


class TelegramTeam(Team):
    """Queue sales is in the groups of `AtTelegram`, queue billing in the group Accounts."""

    def __init__(self, house: House, telegram: TelegramSim, way: AtTelegram) -> None:
        super().__init__(house)
        self._telegram, self._way = telegram, way
        self._listens = False

    def queue(self, name: str) -> str:
        places = self._way.groups if name == "sales" else ("accounts",)
        return f"telegram = {list(places)}"

    def table(self) -> str:
        given = {"mode": self._way.mode, "token": self._telegram.token, "api": self._telegram.api_base}
        return TABLE.format(secret=SECRET, **given)

    def group(self, place: str) -> Group:
        return self._telegram.group(place.capitalize())

    async def opens(self) -> None:
        """The owner types in each group what `dragoman telegram code` prints."""
        if not self._way.set_up:
            return
        owner = self._telegram.person("Owner")
        for place in (*self._way.groups, "accounts"):
            await owner.types(self.group(place), f"/setup {await self.code(place)}")
        await self._house.settled()
        await self._house.running.roll.read(self._house.running.store)

    async def code(self, place: str) -> str:
        return await self._house.running.store.new_group_code(TELEGRAM, place, self._house.clock.now(), INVITED)

    async def begins(self, roles: frozenset[str]) -> None:
        self._listens = WORKER in roles
        if self._way.mode == "webhook":
            self._telegram.updates.reroute[PUBLIC] = self._house.running.address
        elif self._listens:
            await self._telegram.polled()

    async def welcomes(self, person: Person) -> TelegramAgent:
        """They open the invitation's link and press Start."""
        agent = TelegramAgent(self._telegram, person, self._house.settled)
        code = await self._house.running.store.new_invite(person.id, self._house.clock.now(), INVITED)
        await agent.at_telegram.starts(code)
        await self._house.settled()
        return agent

    async def ticket(self, words: str) -> TelegramTicket:
        for topic in sorted(_topics(self._telegram), key=lambda each: (each.first.at, each.first.id), reverse=True):
            id = _ticket_of(topic)
            if id is not None and topic.shows(words):
                return TelegramTicket(self._telegram, id)
        raise AssertionError(f"no ticket shows {words!r}\n{self._telegram.dump()}")

    def unrest(self) -> list[str]:
        """Nobody waits for a poller that itself waits, by the story's clock, nor for what our webhook refused."""
        found = ["a call of the Bot API"] if self._telegram.world.open_calls else []
        updates = self._telegram.updates
        to_us = [f"to us: {each.kind}" for each in updates.pending() if not self._held_up(each)]
        if updates.webhook.url:
            return found + to_us
        if self._listens and self._house.app is not None and not self._house.clock.asleep([TELEGRAM]):
            found += to_us if updates.polling else ["the poller"]
        return found

    def _held_up(self, update: Update) -> bool:
        """Behind what the webhook refused: Telegram keeps the order of a chat."""
        pending = self._telegram.updates.pending()
        return any(each.state is State.FAILED and each.chat == update.chat for each in pending)

    async def change(self) -> None:
        await self._telegram.world.change()

    def dump(self) -> str:
        return self._telegram.dump()
