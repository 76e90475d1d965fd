"""A person at a Telegram client: what a story lets people do, and what they see."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from . import posting, reading, shapes
from .rooms import Conversation, Group, Topic
from .state import Chat, File, Media, Message, Press, User, World

PATIENCE = 5.0
"""Real seconds to wait for an answer: a safety net, never a measured time."""
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24

Where: TypeAlias = Group | Topic | Message | None
"""A topic; a group, meaning General; a message, meaning wherever that is; None: the private chat with the bot."""


class Person:
    """Everything a teammate can do. Presses return once the bot answered them."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user
        self.presses_made: list[Press] = []

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    # What they see

    @property
    def dms(self) -> Conversation:
        """The private chat with the bot, both sides of it."""
        return Conversation(lambda: list(self._world.private(self.user).messages.values()))

    @property
    def toasts(self) -> list[str]:
        """What their presses were answered with; presses answered without words are left out."""
        return [each.toast for each in self.presses_made if each.toast]

    @property
    def pings(self) -> Conversation:
        """Messages that mention them, reply to them or came in private: those that were not sent silently."""
        return Conversation(
            lambda: [
                each
                for chat in self._world.chats.values()
                for each in chat.messages.values()
                if self.id in each.pings and not each.silent
            ]
        )

    @property
    def prompt(self) -> Message | None:
        """The newest ForceReply that is for them: their client has the reply to it open."""
        every = [each for chat in self._world.chats.values() for each in chat.messages.values()]
        return max(filter(self._asks_me, every), key=lambda each: (each.at, each.id), default=None)

    def _asks_me(self, message: Message) -> bool:
        asked = message.force_reply
        return asked is not None and (not asked.get("selective") or self.id in message.pings) and self._open(message)

    def _open(self, prompt: Message) -> bool:
        mine = (each for each in prompt.chat.messages.values() if each.sender.id == self.id)
        return not any(each.reply_to is prompt for each in mine)

    # What they write

    async def types(self, where: Where, text: str, reply_to: Message | None = None) -> Message:
        """Send a message. `@Name` becomes a mention; commands, links and @usernames are marked as the client does."""
        chat, topic = self._place(where)
        words, entities = reading.typed(self._world, text)
        return posting.add(self._world, chat, self.user, text=words, entities=entities, topic=topic, reply_to=reply_to)

    async def types_to_bot(self, text: str, reply_to: Message | None = None) -> Message:
        return await self.types(None, text, reply_to)

    async def answers(self, text: str) -> Message:
        """Answer the ForceReply which their client shows."""
        prompt = self.prompt
        assert prompt is not None, f"{self.name} was not asked for anything"
        return await self.types(prompt, text, reply_to=prompt)

    async def edits(self, message: Message, text: str) -> None:
        """Change their own message, or its caption."""
        assert message.sender.id == self.id, "people can only edit their own messages"
        assert not message.deleted, "the message is gone"
        was = message.text
        message.text, message.entities = reading.typed(self._world, text)
        if message.text != was:
            posting.edit(self._world, message)

    async def deletes(self, message: Message) -> None:
        """Delete a message, their own or as an administrator; the bot never hears of it."""
        posting.remove(self._world, message)

    async def reacts(self, message: Message, *emoji: str) -> None:
        """Set what they react with; without emoji: take it back."""
        posting.react(self._world, message, self.user, list(emoji))

    # What they send

    async def sends_photo(
        self, where: Where, content: bytes = PNG, caption: str = "", *, reply_to: Message | None = None
    ) -> Message:
        return self._send(where, Media("photo", self._file("photo", "photo.jpg", content)), caption, reply_to)

    async def sends_document(
        self,
        where: Where,
        name: str,
        content: bytes,
        caption: str = "",
        *,
        mime: str = "application/pdf",
        size: int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """`size`: claim to be this many bytes, to meet the limits of Telegram without having them."""
        file = self._world.add_file("document", name, mime, content, size)
        return self._send(where, Media("document", file), caption, reply_to)

    async def sends_voice(self, where: Where, content: bytes = b"OggS") -> Message:
        return self._send(where, Media("voice", self._file("voice", "voice.oga", content)), "", None)

    async def sends_sticker(self, where: Where) -> Message:
        return self._send(where, Media("sticker", self._file("sticker", "sticker.webp", b"RIFF")), "", None)

    async def sends_video(self, where: Where, content: bytes = b"ftyp", caption: str = "") -> Message:
        return self._send(where, Media("video", self._file("video", "video.mp4", content)), caption, None)

    async def sends_album(self, where: Where, photos: Sequence[bytes] = (PNG, PNG), caption: str = "") -> list[Message]:
        """Several photos at once: as many messages with one media_group_id, the words at the first."""
        album = str(next(self._world.counter) + 13_000_000_000_000)
        files = [self._file("photo", f"photo{number}.jpg", each) for number, each in enumerate(photos, 1)]
        return [
            self._send(where, Media("photo", file), caption if number == 0 else "", None, album)
            for number, file in enumerate(files)
        ]

    def _file(self, kind: str, name: str, content: bytes) -> File:
        mimes = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4", "sticker": "image/webp"}
        return self._world.add_file(kind, name, mimes[kind], content)

    def _send(
        self, where: Where, media: Media, caption: str, reply_to: Message | None, album: str | None = None
    ) -> Message:
        chat, topic = self._place(where)
        words, entities = reading.typed(self._world, caption)
        content = {"text": words, "entities": entities, "media": media, "album": album}
        return posting.add(self._world, chat, self.user, topic=topic, reply_to=reply_to, **content)

    # What they press

    async def presses(self, what: str, on: Conversation | Message | None = None, *, wait: bool = True) -> Press:
        """Press a button by its words or callback data, of a message or of the newest that has it.

        Without `on`: in the private chat. Returns the `Press` once the bot answered (`.toast`, `.alert`); with
        `wait=False` at once. A button with an address only returns it as `.url`.
        """
        message = self._with_button(what, self.dms if on is None else on)
        assert not message.deleted, "the message is gone, and its buttons with it"
        found = reading.button(message, what)
        assert found is not None, f"no button {what!r} on\n{reading.plain(message)}"
        number = str(4_382_000_000_000_000_000 + next(self._world.counter))
        press = Press(number, self.user, message, found.get("callback_data", ""), self._world.seconds())
        self.presses_made.append(press)
        if "callback_data" not in found:
            press.url = str(found.get("url", ""))
            return press
        self._world.presses[number] = press
        body = {
            "id": number,
            "from": shapes.user(self.user),
            "message": shapes.message(self._world, message),
            "chat_instance": str(message.chat.id),
            "data": press.data,
        }
        self._world.updates.add("callback_query", body, message.chat.id)
        if wait:
            await self._until(lambda: press.answered, f"an answer to {what!r}")
        return press

    def _with_button(self, what: str, on: Conversation | Message) -> Message:
        if isinstance(on, Message):
            return on
        for message in reversed(on.messages):
            if reading.button(message, what) is not None:
                return message
        raise AssertionError(f"no button {what!r} in\n{on!r}")

    # The private chat

    async def starts(self, code: str = "") -> Message:
        """Press Start, by the deep link `t.me/<bot>?start=CODE` if there is a code. Unblocks the bot."""
        if self.user.blocked:
            posting.block(self._world, self.user, blocked=False)
        self.user.started = True
        return await self.types_to_bot(f"/start {code}".strip())

    async def blocks_bot(self) -> None:
        posting.block(self._world, self.user, blocked=True)

    async def unblocks_bot(self) -> None:
        posting.block(self._world, self.user, blocked=False)

    # What they may do as an administrator

    async def deletes_topic(self, topic: Topic) -> None:
        """With everything in it. The bot never hears of it."""
        assert topic.topic is not None, "General cannot be deleted"
        posting.delete_topic(self._world, topic.chat, topic.topic)

    async def closes_topic(self, topic: Topic) -> None:
        assert topic.topic is not None, "a story closes only topics with a name"
        posting.close_topic(self._world, topic.chat, topic.topic, self.user, closed=True)

    async def reopens_topic(self, topic: Topic) -> None:
        assert topic.topic is not None, "a story opens only topics with a name"
        posting.close_topic(self._world, topic.chat, topic.topic, self.user, closed=False)

    async def renames_topic(self, topic: Topic, name: str) -> None:
        assert topic.topic is not None, "a story renames only topics with a name"
        posting.rename_topic(self._world, topic.chat, topic.topic, self.user, name)

    async def unpins(self, message: Message) -> None:
        """Bots are not told."""
        posting.unpin(self._world, message)

    async def leaves(self, group: Group) -> None:
        group.chat.members.pop(self.id, None)
        posting.service(self._world, group.chat, self.user, left_chat_member=shapes.user(self.user))

    def _place(self, where: Where) -> tuple[Chat, int | None]:
        if where is None:
            assert self.user.started, f"{self.name} has not pressed Start: there is no private chat to write in"
            assert not self.user.blocked, f"{self.name} blocked the bot and cannot write to it"
            return self._world.private(self.user), None
        match where:
            case Group():
                topic = None
            case Topic():
                topic = where.id
            case Message():
                topic = where.topic
        self._check_place(where.chat, topic)
        return where.chat, topic

    def _check_place(self, chat: Chat, number: int | None) -> None:
        if chat.private:
            return
        member = chat.member(self.id)
        assert member.present, f"{self.name} is not in {chat.title}"
        topic = chat.topics.get(number or 0)
        if topic is not None:
            assert not topic.deleted, f"the topic {topic.name!r} is deleted"
            assert not topic.closed or member.may("can_manage_topics"), f"the topic {topic.name!r} is closed"

    async def _until(self, condition: Callable[[], bool], why: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await self._world.change()
        except TimeoutError:
            raise AssertionError(f"{self.name} waited in vain for {why}") from None
