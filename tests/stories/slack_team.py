"""The team at the simulated Slack."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from bot.process import WORKER
from core.ids import TicketId, ticket_label
from core.people import Identity, Person
from tests.platforms.slack import SlackSim, Thread
from tests.platforms.slack.state import TEAM_ID
from tests.stories.agents import Agent, House, Said, Seen, Team

Settle = Callable[[], Awaitable[None]]
Mode = Literal["socket", "http"]
TABLE = """
[slack]
mode = "{mode}"
bot_token = "{bot}"
app_token = "{app}"
signing_secret = "{secret}"
api_base = "{api}"
"""


class SlackTicket(Seen):
    def __init__(self, slack: SlackSim, id: TicketId) -> None:
        super().__init__(id)
        self._slack = slack

    @property
    def thread(self) -> Thread:
        """Where the ticket stands now: its newest card that is no pointer."""
        for thread in sorted(threads(self._slack), key=lambda each: float(each.ts), reverse=True):
            if _ticket_of(self._slack, thread) == self.id:
                return thread
        raise AssertionError(f"there is no thread of {ticket_label(self.id)}\n{self._slack.dump()}")

    async def texts(self) -> list[str]:
        return [self._slack.read(message) for message in self.thread.replies]

    async def card(self) -> str:
        return self._slack.read(self.thread.root)


class SlackAgent(Agent):
    def __init__(self, slack: SlackSim, person: Person, settle: Settle) -> None:
        super().__init__(person)
        self._slack, self._settle = slack, settle
        self.at_slack = slack.person(person.name)

    async def types(self, text: str, ticket: Seen | None = None) -> Said:
        message = await self.at_slack.types(text, _thread(ticket))
        await self._settle()
        return Said(ticket, message)

    async def uploads(self, text: str, ticket: Seen, files: Mapping[str, bytes]) -> Said:
        (name, content), *more = files.items()
        message = await self.at_slack.uploads(name, content, text, _thread(ticket), also=dict(more))
        await self._settle()
        return Said(ticket, message)

    async def edits(self, said: Said, text: str) -> None:
        await self.at_slack.edits(said.what, text)
        await self._settle()

    async def deletes(self, said: Said) -> None:
        await self.at_slack.deletes(said.what)
        await self._settle()

    async def clicks(self, button: str, ticket: Seen | None = None) -> None:
        thread = _thread(ticket)
        seen = [*(thread or ()), *self.at_slack.ephemerals, *self.at_slack.dms]
        fitting = [message for message in seen if f"[{button}]" in self._slack.read(message)]
        assert fitting, f"nothing has a button {button!r}\n{self._slack.dump()}"
        await self.at_slack.clicks(button, max(fitting, key=lambda message: float(message.ts)))
        await self._settle()

    async def fills_in(self, **fields: str) -> None:
        await self.at_slack.submits(values=fields)
        await self._settle()

    async def heard(self) -> list[str]:
        mine = [*self.at_slack.ephemerals, *(m for m in self.at_slack.dms if m.user == self._slack.bot_user)]
        return [self._slack.read(message) for message in sorted(mine, key=lambda each: float(each.ts))]


def threads(slack: SlackSim) -> list[Thread]:
    """Every thread of every channel."""
    rooms = [slack.channel(id) for id, channel in slack.workspace.channels.items() if channel.kind != "im"]
    return [thread for room in rooms for thread in room.threads]


def _ticket_of(slack: SlackSim, thread: Thread) -> TicketId | None:
    """By the first number on the card; earlier tickets stand below it."""
    label = re.search(r"\bT-(\d+)\b", slack.read(thread.root)) if thread.root.user == slack.bot_user else None
    return TicketId(int(label[1])) if label else None


def _thread(ticket: Seen | None) -> Thread | None:
    assert ticket is None or isinstance(ticket, SlackTicket)
    return ticket.thread if ticket else None


class SlackTeam(Team):
    def __init__(self, house: House, slack: SlackSim, mode: Mode) -> None:
        super().__init__(house)
        self._slack, self._mode = slack, mode
        self.channels = {queue: _channel(queue) for queue in ("sales", "billing")}
        """Where the queues stand when the program starts next."""
        for queue in ("sales", "billing"):
            slack.channel(_channel(queue))

    def queue(self, name: str) -> str:
        return f'slack = "{self.channels[name]}"'

    def table(self) -> str:
        slack = self._slack
        return TABLE.format(
            mode=self._mode,
            bot=slack.bot_token,
            app=slack.app_token,
            secret=slack.signing_secret,
            api=slack.api_url.rstrip("/"),
        )

    async def begins(self, roles: frozenset[str]) -> None:
        if self._mode == "http":
            self._slack.outbox.request_url = f"{self._house.running.address}/slack/events"
            self._slack.outbox.stamp = time.time  # Bolt judges signatures by the machine's own clock
        elif WORKER in roles:
            await self._slack.connected()

    async def welcomes(self, person: Person) -> SlackAgent:
        known = Identity("slack", TEAM_ID, self._slack.person(person.name).id)
        await self._house.running.store.add_identity(person.id, known)
        return SlackAgent(self._slack, person, self._house.settled)

    async def ticket(self, words: str) -> SlackTicket:
        for thread in sorted(threads(self._slack), key=lambda each: float(each.ts), reverse=True):
            id = _ticket_of(self._slack, thread)
            if id is not None and thread.shows(words):
                return SlackTicket(self._slack, id)
        raise AssertionError(f"no ticket shows {words!r}\n{self._slack.dump()}")

    def unrest(self) -> list[str]:
        found = [f"to us: {delivery.name}" for delivery in self._slack.outbox.pending()]
        return [*found, *(["a call of Slack's API"] if self._slack.workspace.open_calls else [])]

    async def change(self) -> None:
        await self._slack.workspace.change()

    def dump(self) -> str:
        return self._slack.dump()


def _channel(queue: str) -> str:
    return f"C_{queue.upper()}"
