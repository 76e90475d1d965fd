"""The built-in web console as a desk. It has no posts to make: the console shows the entries of a ticket themselves.

What a person does in the browser becomes a raw event (made by `raw_event`, read by `ConsoleDesk.parse`) that takes the
same way through the inbox as an event of any chat. Pages, sessions and sockets are bot/web's.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.config.desk import Configured
from bot.desks.kind import Around
from core.errors import SendError, Unreadable
from core.events import Deleted, DeskEvent, Edited, FileNote, Origin, Pressed, Submitted, Typed
from core.ids import CONSOLE, DeskName, PersonId, TicketId
from core.messages import File
from core.model import PostRef, ThreadRef
from core.people import Identity
from core.ports import Blob, Content, Sink
from core.say import Say
from core.views import Card, Post

PLACE = "console"
"""There is one place: every ticket is a thread of it, and its root is the ticket's number."""
BLOB = "blob:"


def build(configured: Configured[None], around: Around) -> "ConsoleDesk":
    return ConsoleDesk(around.blobs)


def identity(person: PersonId) -> Identity:
    """How the console knows a person."""
    return Identity(CONSOLE, "", str(person))


def thread_of(ticket: TicketId) -> ThreadRef:
    """Where a ticket stands on the console."""
    return ThreadRef(CONSOLE, PLACE, str(ticket))


def raw_event(
    kind: str, person: PersonId, ticket: TicketId | None, key: str, at: datetime, **fields: object
) -> tuple[str, bytes]:
    """The inbox key and body of something done in the browser. `key`: the client's own, unique for the person."""
    unique = f"{person}:{kind}:{key}"
    event = {"kind": kind, "person": person, "ticket": ticket, "key": unique, "at": at.isoformat(), **fields}
    return unique, json.dumps(event, ensure_ascii=False).encode()


def file_json(note: FileNote) -> dict[str, Any]:
    """A file as a raw event carries it."""
    return {"source": note.source, "name": note.name, "mime": note.mime, "size": note.size}


class ConsoleDesk:
    """Implements core.ports.Desk and FetchesFiles."""

    def __init__(self, blobs: Blob) -> None:
        self._blobs = blobs

    @property
    def name(self) -> DeskName:
        return CONSOLE

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        return thread_of(card.ticket.id)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        return None

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        """Nothing to edit: the page reads the entry."""

    async def post_file(
        self, thread: ThreadRef, file: File, content: bytes, job: int, repeated: str = ""
    ) -> PostRef | None:
        return None

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        """Nothing to edit: the page reads the card."""
        return False

    async def close(self, thread: ThreadRef, card: Card) -> None:
        """Nothing to leave behind: the thread is the ticket, wherever it went."""

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        """Nothing to send: the bell shows the person's notices."""

    async def fetch(self, file: File) -> Content:
        """What was uploaded with the event. Raises SendError("media_gone")."""
        try:
            body = await self._blobs.get(file.source.removeprefix(BLOB))
        except KeyError:
            raise SendError("media_gone") from None
        return Content(body, file.mime, file.name)

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        try:
            data = json.loads(raw)
            return [_event(data)]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("not an event of the console") from error

    async def run(self, sink: Sink) -> None:
        """The web server listens; here is nothing to do until cancelled."""
        await asyncio.Event().wait()


def _event(data: Mapping[str, Any]) -> DeskEvent:
    match data["kind"]:
        case "typed":
            return Typed(_origin(data, str(data["key"])), data["text"], _files(data))
        case "edited":
            return Edited(_changing(data), data["text"])
        case "deleted":
            return Deleted(_changing(data))
        case "pressed":
            return Pressed(_origin(data, None), data["action"], data["value"])
        case "submitted":
            return Submitted(_origin(data, None), data["action"], data["value"], dict(data["fields"]))
        case other:
            raise ValueError(f"no such kind: {other}")


def _origin(data: Mapping[str, Any], post: str | None) -> Origin:
    ticket = data["ticket"]
    return Origin(
        desk=CONSOLE,
        key=f"console:{data['key']}",
        who=identity(PersonId(int(data["person"]))),
        place=PLACE,
        at=datetime.fromisoformat(data["at"]),
        root=None if ticket is None else str(ticket),
        post=None if post is None else PostRef(CONSOLE, PLACE, post),
        trigger=str(data["key"]),
        direct=ticket is None,
    )


def _changing(data: Mapping[str, Any]) -> Origin:
    return replace(_origin(data, data["post"]), words=f"console:{data['post']}")


def _files(data: Mapping[str, Any]) -> tuple[FileNote, ...]:
    return tuple(FileNote(file["source"], file["name"], file["mime"], file["size"]) for file in data["files"])
