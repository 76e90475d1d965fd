"""The team's threads as a run reads them: which of a customer's words stand where, as they come."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.crash.people import Customer
from tests.platforms.slack import Message, SlackSim, reading
from tests.platforms.slack.state import Channel

TOKEN = re.compile(r"\b[mr]\d{5}\b")
"""Each of a plan's messages and replies begins with one of its own."""
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

    def root(self, token: str) -> Message:
        """The card of the thread in which these words stand."""
        message = self.shown[token][0]
        found = self._slack.workspace.channels[message.channel].find(message.root_ts)
        assert found is not None, "a thread has a root"
        return found

    def _new(self, messages: list[Message]) -> Iterator[Message]:
        start, self._read[id(messages)] = self._read[id(messages)], len(messages)
        yield from messages[start:]

    def _take(self, channel: Channel, message: Message) -> None:
        if message.bot_id is None:
            return
        if channel.kind == "im":
            self._note(message, self.asked)
        elif message.thread_ts is not None:
            words = self._note(message, self.shown)
            if DOUBT in words:
                self.doubts[message.thread_ts].append(message)
                if (owner := self._owners.get(message.thread_ts)) is not None:
                    owner.changed()

    def _note(self, message: Message, where: dict[str, list[Message]]) -> str:
        words = reading.plain(self._slack.workspace, message)
        for token in dict.fromkeys(TOKEN.findall(words)):
            where[token].append(message)
            if (owner := self._whose.get(token)) is not None:
                self._owners.setdefault(message.root_ts, owner)
                owner.changed()
        return words
