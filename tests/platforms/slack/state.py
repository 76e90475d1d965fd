"""What the simulated workspace remembers: people, channels, messages, files, views, and who may do what.

No HTTP and no payload shapes of events here.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.platforms.bell import Bell
from tests.platforms.faults import Faults

from .delivery import Dispatcher, Json

TEAM_ID, APP_ID, BOT_ID, BOT_USER = "T0DRAGOMAN", "A0DRAGOMAN", "B0DRAGOMAN", "U0DRAGOMAN"
SCOPES = frozenset(
    [
        "chat:write",
        "channels:history",
        "groups:history",
        "channels:read",
        "groups:read",
        "app_mentions:read",
        "users:read",
        "users:read.email",
        "files:read",
        "files:write",
        "reactions:read",
        "reactions:write",
        "im:history",
        "im:read",
        "im:write",
        "commands",
        "team:read",
        "channels:join",
    ]
)
TRIGGER_LIVES = 3.0


class SlackError(Exception):
    """A named platform error; `fields` join the answer's body."""

    def __init__(self, code: str, *messages: str, status: int = 200, **fields: object) -> None:
        super().__init__(code, *messages)
        self.code, self.status, self.fields = code, status, fields
        if messages:
            self.fields["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in messages]}


@dataclass(slots=True)
class User:
    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Asia/Shanghai"
    tz_offset: int = 28800
    locale: str = "en-US"
    is_bot: bool = False
    deleted: bool = False
    email_confirmed: bool = True
    team: str = TEAM_ID
    """Somebody else's in a channel that two companies share."""


@dataclass(slots=True)
class File:
    id: str
    name: str
    user: str
    length: int
    content: bytes = b""
    title: str = ""
    mimetype: str = "application/octet-stream"
    uploaded: bool = False
    shared: bool = False
    created: int = 0


@dataclass(slots=True, eq=False)
class Message:
    """One message. `pings` are the ids of the people its posting notified."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    files: list[File] = field(default_factory=list)
    metadata: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    ephemeral_to: str | None = None
    deleted: bool = False

    @property
    def root_ts(self) -> str:
        return self.thread_ts or self.ts


@dataclass(slots=True)
class Channel:
    """A conversation; `kind` is Slack's `channel_type`: channel, group (private) or im (then `user` is the peer)."""

    id: str
    name: str
    kind: str = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    user: str | None = None

    def find(self, ts: str) -> Message | None:
        return next((each for each in self.messages if each.ts == ts and not each.deleted), None)

    def replies(self, root_ts: str) -> list[Message]:
        return [each for each in self.messages if each.thread_ts == root_ts and each.ts != root_ts and not each.deleted]


@dataclass(slots=True)
class Trigger:
    user: str
    expires: float
    used: bool = False


@dataclass(slots=True, eq=False)
class View:
    """A modal or an App Home; `body` is the view object as the API returns it."""

    id: str
    user: str
    body: Json
    values: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One Web API call as it arrived, and how it ended (`error` is empty when it was ok)."""

    method: str
    args: Json
    at: float
    error: str = ""
    response: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.error


class Workspace(Bell):
    """The state behind one simulator."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.clock = clock
        self.faults = Faults()
        self.outbox = Dispatcher(self.seconds, self.faults, self.changed)
        self.base_url = ""
        self.bot_token, self.app_token = "xoxb-simulated-bot", "xapp-1-simulated-app"
        self.dead_token: str | None = None
        self.scopes = set(SCOPES)
        self.subscriptions: set[str] | None = None
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.response_urls: dict[str, tuple[Message, str]] = {}
        self.ephemerals: list[Message] = []
        self.calls: list[Call] = []
        self.open_calls = 0
        self._last_micros = 0
        self._ids = itertools.count(1)
        self.add_user(User(BOT_USER, "dragoman", "Dragoman", is_bot=True))

    def seconds(self) -> float:
        return self.clock().timestamp()

    def stamp(self) -> str:
        """A message timestamp: unique and rising in the workspace."""
        self._last_micros = max(int(self.seconds() * 1_000_000), self._last_micros + 100)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08d}"

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        return channel

    def dm(self, user_id: str) -> Channel:
        """The direct conversation between the bot and this person, opened when there is none."""
        for channel in self.channels.values():
            if channel.user == user_id:
                return channel
        return self.add_channel(
            Channel(self.new_id("D"), "", "im", members={BOT_USER, user_id}, user=user_id),
        )

    def channel(self, given: Any) -> Channel:
        """The conversation of this id, if the bot can see it."""
        channel = self.channels.get(str(given or ""))
        if channel is None or (channel.kind != "channel" and BOT_USER not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def addressee(self, given: Any) -> Channel:
        """Where chat.postMessage goes: it alone also takes `#name` and, for a direct message, a person's id."""
        key = str(given or "")
        if key in self.users and key != BOT_USER:
            return self.dm(key)
        by_name = (each.id for each in self.channels.values() if each.name and key.lstrip("#") == each.name)
        return self.channel(next(by_name, key))

    def user(self, given: Any) -> User:
        user = self.users.get(str(given or ""))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def trigger(self, user_id: str) -> str:
        trigger_id = f"{self.new_id('')}.{TEAM_ID}.{user_id}"
        self.triggers[trigger_id] = Trigger(user_id, self.seconds() + TRIGGER_LIVES)
        return trigger_id

    def use_trigger(self, trigger_id: Any) -> str:
        """The person behind a trigger, which dies by this use."""
        trigger = self.triggers.get(str(trigger_id or ""))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.seconds() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def need(self, *scopes: str) -> None:
        """Refuse as Slack does when the token lacks a scope."""
        missing = [scope for scope in scopes if scope not in self.scopes]
        if missing:
            raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(sorted(self.scopes)))
