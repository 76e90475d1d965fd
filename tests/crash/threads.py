"""The team's threads as a run reads them: which of a customer's words stand where, as they come."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from tests.crash.people import Customer
from tests.platforms.slack import Call, Message, SlackSim, reading
from tests.platforms.slack.state import Channel

TOKEN = re.compile(r"\b[mr]\d{5}\b")
"""Each of a plan's messages and replies begins with one of its own."""
T = TypeVar("T")
DOUBT = "It is not certain that a reply reached the customer."


class Threads:
    """`whose`: the customer of a message's or reply's token, who is rung when something of theirs comes."""

    def __init__(self, slack: SlackSim, whose: Mapping[str, Customer]) -> None:
        self._slack, self._whose = slack, whose
        self._read: dict[int, int] = defaultdict(int)
        self._owners: dict[str, Customer] = {}
        self.shown: dict[str, list[Message]] = defaultdict(list)
        """By token: the bot's posts in which the words stand, in the order they came."""
        self.asked: dict[str, list[Message]] = defaultdict(list)
        """By token: what the agent alone was asked or told about their words."""
        self.doubts: dict[str, list[Message]] = defaultdict(list)
        """By a thread's root."""
        self._edits: list[Call] = []

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await self._slack.workspace.change()
            self.refresh()

    def refresh(self) -> None:
        workspace = self._slack.workspace
        for channel in list(workspace.channels.values()):
            for message in self._new(channel.messages):
                self._take(channel, message)
        for message in self._new(workspace.ephemerals):
            self._note(message, self.asked)
        for message in self._edited():
            self._show(message)

    def root(self, token: str) -> Message:
        """The card of the thread in which these words stand."""
        message = self.shown[token][0]
        found = self._slack.workspace.channels[message.channel].find(message.root_ts)
        assert found is not None, "a thread has a root"
        return found

    def _new(self, kept: list[T]) -> Iterator[T]:
        start, self._read[id(kept)] = self._read[id(kept)], len(kept)
        yield from kept[start:]

    def _edited(self) -> Iterator[Message]:
        """What a dead process left of a burst is brought up to date by its successor, with all that came since."""
        workspace = self._slack.workspace
        self._edits += [call for call in self._new(workspace.calls) if call.method == "chat.update"]
        done = [call for call in self._edits if call.response]
        self._edits = [call for call in self._edits if not call.response]
        for call in done:
            message = workspace.channels[call.args["channel"]].find(call.args["ts"])
            if call.ok and message is not None and message.thread_ts is not None:
                yield message

    def _take(self, channel: Channel, message: Message) -> None:
        if message.bot_id is None:
            return
        if channel.kind == "im":
            self._note(message, self.asked)
        elif message.thread_ts is not None:
            self._show(message)

    def _show(self, message: Message) -> None:
        if DOUBT in self._note(message, self.shown) and message not in self.doubts[message.root_ts]:
            self.doubts[message.root_ts].append(message)
            if (owner := self._owners.get(message.root_ts)) is not None:
                owner.changed()

    def _note(self, message: Message, where: dict[str, list[Message]]) -> str:
        words = reading.plain(self._slack.workspace, message)
        for token in dict.fromkeys(TOKEN.findall(words)):
            if message not in where[token]:
                where[token].append(message)
            if (owner := self._whose.get(token)) is not None:
                self._owners.setdefault(message.root_ts, owner)
                owner.changed()
        return words
