"""What a story looks at: conversations, threads and channels as a reader sees them."""

from collections.abc import Callable, Iterator

from . import chat_methods as chat
from . import events, reading, shapes
from .state import BOT_USER, Channel, Message, Workspace


class Conversation:
    """A live sequence of messages. Its repr is the conversation itself, so a failed assertion shows what was there."""

    def __init__(self, workspace: Workspace, messages: Callable[[], list[Message]]) -> None:
        self._workspace = workspace
        self._messages = messages

    @property
    def messages(self) -> list[Message]:
        return [each for each in self._messages() if not each.deleted]

    @property
    def texts(self) -> list[str]:
        """What each message shows: blocks, else text, and file names; mentions by name, entities unescaped."""
        return [reading.plain(self._workspace, each) for each in self.messages]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def shows(self, words: str) -> bool:
        """Whether any message shows these words."""
        return any(words in text for text in self.texts)

    def find(self, words: str) -> Message:
        """The newest message that shows these words."""
        for message in reversed(self.messages):
            if words in reading.plain(self._workspace, message):
                return message
        raise AssertionError(f"nothing shows {words!r} in\n{self!r}")

    def __len__(self) -> int:
        return len(self.messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    def __getitem__(self, index: int) -> Message:
        return self.messages[index]

    def __repr__(self) -> str:
        return "\n".join(self._line(each) for each in self.messages) or "(nothing)"

    def _line(self, message: Message) -> str:
        author = self._workspace.users.get(message.user)
        indent = "    " if message.root_ts != message.ts else ""
        text = reading.plain(self._workspace, message).replace("\n", f"\n{indent}      ")
        seen = "".join(f" :{name}:{len(users)}" for name, users in message.reactions.items())
        return f"{indent}{author.name if author else message.user}: {text}{seen}"


class Thread(Conversation):
    """A root message and its replies."""

    def __init__(self, workspace: Workspace, root: Message) -> None:
        self.root = root
        self.channel = workspace.channels[root.channel]
        super().__init__(workspace, lambda: [root, *self.replies])

    @property
    def ts(self) -> str:
        return self.root.ts

    @property
    def replies(self) -> list[Message]:
        return self.channel.replies(self.root.ts)


class Room(Conversation):
    """A channel, and what befalls it."""

    def __init__(self, workspace: Workspace, channel: Channel) -> None:
        super().__init__(workspace, lambda: channel.messages)
        self.channel = channel

    @property
    def id(self) -> str:
        return self.channel.id

    @property
    def threads(self) -> list[Thread]:
        """Every top-level message with what hangs under it, oldest first."""
        return [Thread(self._workspace, each) for each in self.messages if each.root_ts == each.ts]

    def thread(self, words: str) -> Thread:
        """The newest thread whose root shows these words."""
        for thread in reversed(self.threads):
            if words in reading.plain(self._workspace, thread.root):
                return thread
        raise AssertionError(f"no thread's root shows {words!r} in #{self.channel.name}\n{self!r}")

    def archives(self) -> None:
        events.channel_archived(self._workspace, self.channel, "U0OWNER")
        self.channel.archived = True
        self._workspace.changed()

    def unarchives(self) -> None:
        """Only members hear of it; whether the bot is one again is another matter."""
        self.channel.archived = False
        self._workspace.changed()

    def deletes(self) -> None:
        """The channel is gone for good, and all that stood in it."""
        events.channel_deleted(self._workspace, self.channel)
        del self._workspace.channels[self.channel.id]
        self._workspace.changed()

    def turns_private(self) -> None:
        """The id stays; reading it needs another scope."""
        self.channel.kind = "group"
        self._workspace.changed()

    def renames(self, name: str) -> None:
        self.channel.name = name
        events.channel_renamed(self._workspace, self.channel)
        self._workspace.changed()

    def loses(self, user_id: str = BOT_USER) -> None:
        """Someone, by default the bot, is taken out of the channel."""
        events.member_left(self._workspace, self.channel, user_id)
        self.channel.members.discard(user_id)
        self._workspace.changed()

    def invites(self, user_id: str = BOT_USER) -> None:
        self.channel.members.add(user_id)
        self._workspace.changed()

    def other_bot_posts(self, text: str, thread: Thread | None = None) -> Message:
        """An incoming webhook or another app writes: `message` with subtype `bot_message`."""
        message = Message(
            ts=self._workspace.stamp(),
            channel=self.channel.id,
            user="webhook",
            text=text,
            thread_ts=thread.ts if thread else None,
            bot_id="B0OTHERBOT",
            subtype="bot_message",
        )
        chat.add(self._workspace, self.channel, message)
        self._workspace.changed()
        return message

    def unfurls(self, message: Message) -> None:
        """A link in the message gets its preview: `message_changed` with the same text."""
        before = shapes.message(self._workspace, message)
        message.attachments.append({"id": 1, "fallback": "A page", "from_url": "https://example.com/"})
        events.changed(self._workspace, message, before)
        self._workspace.changed()
