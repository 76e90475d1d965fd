"""What the simulated Telegram remembers: people, chats, topics, messages, files, and who is what in which group.

No HTTP, no payload shapes and no rules about who may do what here.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.platforms.bell import Bell
from tests.platforms.faults import Faults

from .updates import Updates

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked", "deleted"]

BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:simulated-telegram-token"
ANONYMOUS_ID = 1087968824
"""GroupAnonymousBot, under whose name anonymous administrators write (https://core.telegram.org/bots/api#message)."""
BOT_RIGHTS = frozenset(
    ["can_manage_topics", "can_pin_messages", "can_delete_messages", "can_invite_users", "can_change_info"]
)
TOPIC_COLOURS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


class ApiError(Exception):
    """An answer with `ok: false`; `parameters` is the ResponseParameters object."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(code, description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


@dataclass(slots=True, eq=False)
class User:
    """`started`: opened the bot's private chat and pressed Start. `blocked`: blocked the bot since."""

    id: int
    name: str
    username: str = ""
    language: str = "en"
    is_bot: bool = False
    started: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    status: Status = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def present(self) -> bool:
        return self.status not in ("left", "kicked", "deleted")

    @property
    def admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass(slots=True, eq=False)
class ForumTopic:
    """`id` is the message_thread_id, which is the id of the service message that opened the topic."""

    id: int
    name: str
    colour: int
    by: int
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, eq=False)
class File:
    """`size` may be claimed larger than the content, so that tests need no 20 MB."""

    id: str
    name: str
    mime: str
    content: bytes
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Media:
    """What a message carries: `kind` is the name of its field (photo, document, video, audio, voice, sticker)."""

    kind: str
    file: File


@dataclass(slots=True, eq=False)
class Message:
    """`text` is the caption where there is media. `service` holds the fields of a service message.

    `pings`: ids of those it was addressed to by mention, reply or in private, whether silently or not.
    """

    id: int
    chat: "Chat"
    sender: User
    at: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    media: Media | None = None
    topic: int | None = None
    reply_to: "Message | None" = None
    keyboard: list[list[Json]] = field(default_factory=list)
    force_reply: Json | None = None
    album: str | None = None
    edited_at: int | None = None
    anonymous: bool = False
    silent: bool = False
    previews: bool = True
    service: Json | None = None
    reactions: dict[int, list[str]] = field(default_factory=dict)
    pings: list[int] = field(default_factory=list)
    deleted: bool = False

    @property
    def by_bot(self) -> bool:
        return self.sender.id == BOT_ID


@dataclass(frozen=True, slots=True)
class Write:
    """One thing the bot wrote to a chat, as the limits count it."""

    method: str
    at: float


@dataclass(slots=True, eq=False)
class Chat:
    """`everyone_may`: rights that plain members have (of `can_pin_messages`, `can_manage_topics`, `send`)."""

    id: int
    kind: ChatKind
    title: str
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, ForumTopic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    everyone_may: set[str] = field(default_factory=lambda: {"send"})
    migrated_to: int | None = None
    last_id: int = 0

    @property
    def private(self) -> bool:
        return self.kind == "private"

    @property
    def bot(self) -> Member:
        """What the bot is here."""
        return self.member(BOT_ID)

    def member(self, user_id: int) -> Member:
        return self.members.get(user_id, Member("left"))

    def may(self, user_id: int, right: str) -> bool:
        member = self.member(user_id)
        return member.may(right) or (member.status == "member" and right in self.everyone_may)


@dataclass(slots=True, eq=False)
class Press:
    """A press of a button: what came back. `url`: the button opened a page and the bot heard nothing."""

    id: str
    user: User
    message: Message
    data: str
    at: float
    url: str = ""
    toast: str = ""
    alert: bool = False
    answered: bool = False


@dataclass(slots=True)
class Call:
    """One call as it arrived, and how it ended (`error` is empty when it was ok)."""

    method: str
    args: Json
    at: float
    error: str = ""
    result: Any = None

    @property
    def ok(self) -> bool:
        return not self.error


class World(Bell):
    """The state behind one simulator."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.clock = clock
        self.faults = Faults()
        self.updates = Updates(self.seconds, self.faults, self.changed, self.change)
        self.base_url = ""
        self.token = TOKEN
        self.revoked = False
        self.privacy = True
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self.commands: dict[str, list[Json]] = {}
        self.calls: list[Call] = []
        self.open_calls = 0
        self.counter = itertools.count(1)
        self._small_ids = itertools.count(1)
        self.bot = self.add_user(User(BOT_ID, "Dragoman", "dragoman_bot", is_bot=True))
        self.add_user(User(ANONYMOUS_ID, "Group", "GroupAnonymousBot", is_bot=True))

    def seconds(self) -> float:
        return self.clock().timestamp()

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_chat(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def private(self, user: User) -> Chat:
        """The private chat of the bot with this person, which has the person's id; it may not have been started."""
        known = self.chats.get(user.id)
        return known or self.add_chat(Chat(user.id, "private", user.name))

    def message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; private chats and basic groups share one sequence."""
        if chat.kind == "supergroup":
            chat.last_id += 1
            return chat.last_id
        return next(self._small_ids)

    def knows(self, user_id: int) -> User | None:
        """This person, if the bot ever met them: by Start, or in a group they share."""
        user = self.users.get(user_id)
        shares = (chat.bot.present and user_id in chat.members for chat in self.chats.values())
        return user if user is not None and (user.started or any(shares)) else None

    def add_file(self, kind: str, name: str, mime: str, content: bytes, size: int | None = None) -> File:
        number = next(self.counter)
        ending = name.rpartition(".")[2] if "." in name else "bin"
        file = File(
            id=f"FILE{kind.upper()}{number:06d}",
            name=name,
            mime=mime,
            content=content,
            size=len(content) if size is None else size,
            path=f"{kind}s/file_{number}.{ending}",
        )
        self.files[file.id] = file
        return file
