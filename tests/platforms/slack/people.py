"""A person at a Slack client: what a story lets people do, and what they see."""

import asyncio
from collections.abc import Mapping
from typing import Any

from . import chat_methods as chat
from . import events, forms, reading, shapes
from . import file_methods as files
from . import view_methods as views
from .delivery import Delivery, State
from .rooms import Conversation, Room, Thread
from .state import Channel, Message, User, View, Workspace

PATIENCE = 5.0
"""Real seconds to wait for an ack: a safety net, never a measured time."""


class Person:
    """Everything a teammate can do. Interactions return the `Delivery` once it was acked (`.acked`) or failed."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self._workspace = workspace
        self.user = user
        self.errors: dict[str, str] = {}

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    # What they see

    @property
    def dms(self) -> Conversation:
        """The direct conversation with the bot."""
        return Conversation(self._workspace, lambda: self._workspace.dm(self.id).messages)

    @property
    def ephemerals(self) -> Conversation:
        """Messages only they can see, in whatever channel."""
        every = self._workspace.ephemerals
        return Conversation(self._workspace, lambda: [each for each in every if each.ephemeral_to == self.id])

    @property
    def pings(self) -> Conversation:
        """Messages that notified them when they were posted; direct messages included."""
        rooms = self._workspace.channels.values()
        return Conversation(
            self._workspace, lambda: [each for room in rooms for each in room.messages if self.id in each.pings]
        )

    @property
    def modal(self) -> View | None:
        """The view on top of their modal."""
        stack = self._workspace.modals.get(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        return self._workspace.homes.get(self.id)

    def reads(self, view: View | None) -> str:
        """The visible text of a view."""
        if view is None:
            return ""
        title = (view.body.get("title") or {}).get("text", "")
        lines = [line for block in view.body["blocks"] for line in reading.block_lines(self._workspace, block)]
        return "\n".join(line for line in [title, *lines] if line)

    # What they write

    async def types(
        self,
        text: str,
        thread: Thread | Message | None = None,
        channel: Room | None = None,
        *,
        broadcast: bool = False,
        raw: bool = False,
    ) -> Message:
        """Send a message: into a thread, a channel, or else directly to the bot.

        The text is what they type; `@Name` becomes a mention, links and `& < >` are marked up as the client does it,
        unless `raw`. `broadcast`: also send the reply to the channel.
        """
        assert not text.startswith("/"), "Slack's client swallows what begins with a slash: it never becomes a message"
        room, root = self._place(thread, channel)
        message = Message(
            ts=self._workspace.stamp(),
            channel=room.id,
            user=self.id,
            text=text if raw else reading.typed(self._workspace, text),
            blocks=shapes.rich_text(text),
            thread_ts=root,
            subtype="thread_broadcast" if broadcast else None,
        )
        return self._done(chat.add(self._workspace, room, message))

    async def uploads(
        self,
        name: str,
        content: bytes,
        text: str = "",
        thread: Thread | Message | None = None,
        channel: Room | None = None,
        *,
        also: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Share a file, or with `also` several in one message: subtype `file_share`."""
        room, root = self._place(thread, channel)
        kept = []
        for each, data in {name: content, **(also or {})}.items():
            one = files.new_file(self._workspace, each, len(data), self.id)
            one.content, one.uploaded = data, True
            kept.append(one)
        words = reading.typed(self._workspace, text)
        return self._done(files.share(self._workspace, room, kept, self.id, words, root))

    async def edits(self, message: Message, text: str) -> None:
        """Change their own message."""
        assert message.user == self.id, "people can only edit their own messages"
        before = shapes.message(self._workspace, message)
        message.text, message.blocks = reading.typed(self._workspace, text), shapes.rich_text(text)
        message.edited = {"user": self.id, "ts": self._workspace.stamp()}
        events.changed(self._workspace, message, before)
        self._workspace.changed()

    async def deletes(self, message: Message) -> None:
        """Delete their own message."""
        assert message.user == self.id, "people can only delete their own messages"
        chat.remove(self._workspace, message)
        self._workspace.changed()

    async def reacts(self, message: Message, name: str) -> None:
        chat.react(self._workspace, self._workspace.channels[message.channel], message, self.id, name)
        self._workspace.changed()

    async def unreacts(self, message: Message, name: str) -> None:
        chat.unreact(self._workspace, self._workspace.channels[message.channel], message, self.id, name)
        self._workspace.changed()

    # What they press

    async def clicks(self, what: str, on: Message | Thread | View | None = None) -> Delivery:
        """Press a button by its words or action_id; without `on`: in their open modal."""
        target = self._target(on)
        block, button = forms.find(target, what)
        return await self._answered(
            events.clicked(self._workspace, self.user, forms.press(block, button), target),
        )

    async def chooses(self, menu: str, choice: str, on: Message | Thread | View | None = None) -> Delivery:
        """Pick an entry of a select or overflow menu; people by name, options by their words or value."""
        target = self._target(on)
        block, element = forms.find(target, menu)
        action = forms.choose(self._workspace, block, element, choice)
        return await self._answered(events.clicked(self._workspace, self.user, action, target))

    async def uses_shortcut(self, callback_id: str, on: Message) -> Delivery:
        """A message shortcut from the message's menu."""
        return await self._answered(events.shortcut_used(self._workspace, self.user, callback_id, on))

    async def opens_home(self, tab: str = "home") -> None:
        """Open the app's Home (or `messages`) tab."""
        events.home_opened(self._workspace, self.user, tab)
        self._workspace.changed()

    async def submits(self, view: View | None = None, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fill inputs (by label, block_id or action_id) and submit; by default their open modal.

        Afterwards `modal` is what is open now and `errors` are the words shown under inputs, by block_id.
        """
        view = view or self.modal
        assert view is not None, f"{self.user.name} has no modal open"
        view.values = forms.fill(self._workspace, view, values or {})
        delivery = await self._answered(events.submitted(self._workspace, self.user, view))
        if delivery.acked:
            self.errors = views.after_submission(self._workspace, view, delivery.response)
        else:
            self.errors = {"": "We had some trouble connecting. Try again?"}
        self._workspace.changed()
        return delivery

    async def closes(self) -> None:
        """Dismiss their modal; the app hears of it when the view asked to."""
        stack = self._workspace.modals.get(self.id, [])
        assert stack, f"{self.user.name} has no modal open"
        view = stack.pop()
        if view.body["notify_on_close"]:
            await self._answered(events.closed(self._workspace, self.user, view, cleared=False))
        self._workspace.changed()

    def _place(self, thread: Thread | Message | None, channel: Room | None) -> tuple[Channel, str | None]:
        if isinstance(thread, Thread):
            thread = thread.root
        if thread is not None:
            room = self._workspace.channels[thread.channel]
        else:
            room = channel.channel if channel is not None else self._workspace.dm(self.id)
        assert self.id in room.members, f"{self.user.name} is not in #{room.name}"
        assert not room.archived, f"#{room.name} is archived: nobody can write there"
        return room, thread.root_ts if thread is not None else None

    def _target(self, on: Message | Thread | View | None) -> Message | View:
        target = on.root if isinstance(on, Thread) else on or self.modal
        assert target is not None, f"{self.user.name} has no modal open"
        return target

    def _done(self, message: Message) -> Message:
        self._workspace.changed()
        return message

    async def _answered(self, delivery: Delivery) -> Delivery:
        self._workspace.changed()
        if delivery.state is State.QUEUED:
            return delivery
        try:
            await asyncio.wait_for(delivery.answered.wait(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"the app neither acked nor refused {delivery.name}: {delivery.payload}") from None
        return delivery
