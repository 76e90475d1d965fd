"""What a story looks at: groups, topics and conversations as a reader sees them, and what befalls groups."""

from collections.abc import Callable, Iterator

from . import posting, reading, shapes
from .state import (
    BOT_RIGHTS,
    TOPIC_COLOURS,
    Chat,
    ForumTopic,
    Json,
    Member,
    Message,
    User,
    World,
    Write,
)

SUPERGROUPS_FROM = -1_002_000_000_000


class Conversation:
    """A live sequence of messages. Its repr is the conversation itself, so a failed assertion shows what was there."""

    def __init__(self, messages: Callable[[], list[Message]]) -> None:
        self._messages = messages

    @property
    def messages(self) -> list[Message]:
        """What people and bots said; service messages are left out."""
        return [each for each in self._messages() if not each.deleted and each.service is None]

    @property
    def texts(self) -> list[str]:
        """What each message shows: words, `[photo name]`, and its buttons in brackets, a row a line."""
        return [reading.plain(each) for each in self.messages]

    @property
    def html(self) -> list[str]:
        """The words of each message as HTML: bold, links, mentions."""
        return [reading.as_html(each) for each in self.messages]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    @property
    def services(self) -> list[Json]:
        """What the service messages say, oldest first."""
        return [each.service for each in self._messages() if each.service is not None]

    def shows(self, words: str) -> bool:
        """Whether any message shows these words."""
        return any(words in text for text in self.texts)

    def find(self, words: str) -> Message:
        """The newest message that shows these words."""
        for message in reversed(self.messages):
            if words in reading.plain(message):
                return message
        raise AssertionError(f"nothing shows {words!r} in\n{self!r}")

    def __len__(self) -> int:
        return len(self.messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    def __getitem__(self, index: int) -> Message:
        return self.messages[index]

    def __repr__(self) -> str:
        return "\n".join(_line(each) for each in self.messages) or "(nothing)"


def _line(message: Message) -> str:
    name = f"{message.chat.title} (anonymous)" if message.anonymous else message.sender.name
    text = reading.plain(message).replace("\n", "\n      ")
    reply = f" (to {message.reply_to.id})" if message.reply_to else ""
    seen = "".join(f" {emoji}" for each in message.reactions.values() for emoji in each)
    return f"{message.id} {name}{reply}: {text}{seen}"


class Topic(Conversation):
    """A topic of a forum; General has `id` None."""

    def __init__(self, world: World, chat: Chat, topic: ForumTopic | None) -> None:
        self._world, self.chat, self.topic = world, chat, topic
        super().__init__(lambda: [each for each in chat.messages.values() if each.topic == self.id])

    @property
    def id(self) -> int | None:
        return self.topic.id if self.topic else None

    @property
    def name(self) -> str:
        return self.topic.name if self.topic else "General"

    @property
    def closed(self) -> bool:
        return self.topic is not None and self.topic.closed

    @property
    def deleted(self) -> bool:
        return self.topic is not None and self.topic.deleted

    @property
    def first(self) -> Message:
        """The oldest message: in a ticket's topic, its card."""
        return self.messages[0]


class Group(Conversation):
    """A group, and what befalls it. After a migration the same object is the new group."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world, self.chat = world, chat
        super().__init__(lambda: list(self.chat.messages.values()))

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def title(self) -> str:
        return self.chat.title

    # What it shows

    @property
    def topics(self) -> list[Topic]:
        """Every topic but General that nobody deleted, oldest first."""
        return [Topic(self._world, self.chat, each) for each in self.chat.topics.values() if not each.deleted]

    @property
    def general(self) -> Topic:
        return Topic(self._world, self.chat, None)

    def topic(self, words: str) -> Topic:
        """The newest topic with these words in its name."""
        for topic in reversed(self.topics):
            if words in topic.name:
                return topic
        names = [each.name for each in self.topics]
        raise AssertionError(f"no topic's name has {words!r}: {names}")

    @property
    def pinned(self) -> list[Message]:
        """Pinned messages, the newest pin last."""
        return [self.chat.messages[each] for each in self.chat.pinned if each in self.chat.messages]

    @property
    def writes(self) -> list[Write]:
        """All that the bot wrote here as the limits count it, oldest first: `.method`, `.at`."""
        return list(self.chat.writes)

    def writes_in(self, minutes: float) -> int:
        """How many of them in the last so many minutes."""
        since = self._world.seconds() - 60 * minutes
        return sum(each.at > since for each in self.chat.writes)

    # What its owner does

    @property
    def owner(self) -> User:
        """Who made the group; by default nobody that a story knows."""
        held = self.chat.members.items()
        return next(self._world.users[id] for id, member in held if member.status == "creator")

    def promotes(self, user_id: int, *rights: str, anonymous: bool = False) -> None:
        """Make somebody an administrator with exactly these rights."""
        self._become(user_id, Member("administrator", frozenset(rights), anonymous))

    def demotes(self, user_id: int) -> None:
        self._become(user_id, Member("member"))

    def promotes_bot(self, *rights: str) -> None:
        """With exactly these rights; without any named: with all it ever needs."""
        self._become(self._world.bot.id, Member("administrator", frozenset(rights) or BOT_RIGHTS))

    def demotes_bot(self) -> None:
        """A plain member from now on."""
        self._become(self._world.bot.id, Member("member"))

    def mutes_bot(self) -> None:
        """Restricted: it may not write."""
        self._become(self._world.bot.id, Member("restricted"))

    def kicks_bot(self) -> None:
        self._become(self._world.bot.id, Member("kicked"))

    def deletes(self) -> None:
        """The owner deletes the group, for everybody. Bots are not told."""
        self.chat.members[self._world.bot.id] = Member("deleted")
        self._world.changed()

    def adds_bot(self) -> None:
        """As a plain member."""
        self._become(self._world.bot.id, Member("member"))
        posting.service(self._world, self.chat, self.owner, new_chat_members=[shapes.user(self._world.bot)])

    def _become(self, user_id: int, member: Member) -> None:
        posting.become(self._world, self.chat, self._world.users[user_id], member, self.owner)

    def renames(self, title: str) -> None:
        self.chat.title = title
        posting.service(self._world, self.chat, self.owner, new_chat_title=title)

    def turns_topics_on(self) -> None:
        """A basic group becomes a supergroup by it."""
        if self.chat.kind == "group":
            self.migrates()
        self.chat.forum = True
        self._world.changed()

    def turns_topics_off(self) -> None:
        self.chat.forum = False
        self._world.changed()

    def opens_topic(self, name: str) -> Topic:
        """The owner makes a topic of their own."""
        topic = posting.open_topic(self._world, self.chat, self.owner, name, TOPIC_COLOURS[0])
        return Topic(self._world, self.chat, topic)

    def migrates(self) -> None:
        """The group becomes a new supergroup with another id; both tell the bot.

        Telegram does so to basic groups. A supergroup given here moves with topics and messages, which Telegram never
        does, so that a bound group can be seen to move.
        """
        old = self.chat
        new = Chat(SUPERGROUPS_FROM - next(self._world.counter), "supergroup", old.title, old.forum, dict(old.members))
        new.everyone_may = set(old.everyone_may)
        if old.kind == "supergroup":
            new.topics, new.messages, new.pinned, new.last_id = old.topics, old.messages, old.pinned, old.last_id
            for message in new.messages.values():
                message.chat = new
            old.messages = {}
        self._world.add_chat(new)
        posting.service(self._world, old, self.owner, migrate_to_chat_id=new.id)
        posting.service(self._world, new, self.owner, migrate_from_chat_id=old.id)
        old.migrated_to, self.chat = new.id, new
        self._world.changed()
