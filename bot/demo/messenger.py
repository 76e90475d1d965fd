"""Messenger in the Graph simulator: Pages, their chats, the 24-hour window, HUMAN_AGENT, echoes, receipts, handovers.

What people do is in messenger_person.py. Sources: "Messenger Platform: Send API", "Webhook Events Reference" and
"Common Error Codes"; (?) marks what they leave open.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from bot.demo.graph_errors import GraphError
from bot.demo.graph_hooks import Hooks
from bot.demo.graph_media import RECEIVED_LIVES, MediaStore
from bot.demo.graph_model import Change, Feed, Json, Media
from bot.demo.messenger_model import PAGE_INBOX, Page, Said
from bot.demo.messenger_person import Person
from bot.demo.messenger_send import Action, Request
from bot.demo.messenger_updates import Line, PageUpdate

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
CDN_LIVES = timedelta(hours=1)
"""How long an attachment's address can be opened; Meta says only that it expires (?)."""
P = TypeVar("P", bound=Person)


class Messenger:
    """Settings: `cdn` is the address under which the simulator is served, for attachments; `echoes` and `delivers` say
    whether what was accepted is echoed and received; `echo_first` lets the echo overtake the answer to the send."""

    def __init__(self, now: Callable[[], datetime], hooks: Hooks, files: MediaStore, feed: Feed) -> None:
        self.now = now
        self.hooks = hooks
        self.files = files
        self.feed = feed
        self.cdn = ""
        self.echoes = True
        self.delivers = True
        self.echo_first = False
        self.pages: list[Page] = []
        self.people: list[Person] = []
        self._said: dict[str, Said] = {}
        self._running: set[asyncio.Task[None]] = set()

    # --- setting the scene ----------------------------------------------------------------------------------------

    def page(self, name: str = "Dragoman Trading", **settings: Any) -> Page:
        """A Page; `settings` are the other fields of `Page` (token, app_secret, verify_token, fields ...)."""
        nth = len(self.pages) + 1
        known = {"token": f"page-token-{nth}", "app_secret": f"page-secret-{nth}", "verify_token": f"page-verify-{nth}"}
        page = Page(name=name, **{**known, **settings})
        self.pages.append(page)
        return page

    def person(self, name: str, **settings: Any) -> Person:
        return self.add(Person(self, name, **settings))

    def add(self, person: P) -> P:
        self.people.append(person)
        return person

    @property
    def default_page(self) -> Page:
        return self.pages[0]

    def said(self, mid: str) -> Said:
        """Raises KeyError."""
        return self._said[mid]

    def found(self, psid: str, page: Page) -> Person | None:
        return next((person for person in self.people if person.psid_on(page) == psid), None)

    def address(self, media: Media) -> str:
        """A fresh address of an attachment on the CDN; whoever has it may open it while it lives."""
        assert self.cdn, "say where the simulator is served"
        query = urlencode(self.files.query(media, CDN_LIVES))
        return f"{self.cdn}/cdn/{quote(media.name or 'attachment', safe='')}?{query}"

    def keep(self, data: bytes, mime: str, name: str) -> Media:
        return self.files.keep(data, mime, name, RECEIVED_LIVES)

    # --- what the API does ----------------------------------------------------------------------------------------

    async def accept(self, page: Page, request: Request) -> Json:
        """POST messages: stores and answers; echo and receipts follow. Raises GraphError."""
        person = self._reachable(page, request.psid)
        self._allow(page, person, request.tag)
        upload = request.upload
        media = self.keep(upload.data, upload.mime, upload.name) if upload else None
        said = Said(
            page=page,
            person=person,
            sender="business",
            kind=request.kind,
            text=request.text,
            at=self.now(),
            content=request.message,
            media=media,
            reply_to=request.reply_to,
            callback_data=request.metadata,
            tag=request.tag,
            app_id=page.app_id,
        )
        if media is not None:
            said.attachments = [{"type": request.kind, "payload": {"url": self.address(media)}}]
        self.remember(said)
        person.typing_seen = None
        if self.echo_first:
            await self._follow_up(said)
        else:
            self._spawn(self._follow_up(said))
        return {"recipient_id": request.psid, "message_id": said.id}

    def act(self, page: Page, action: Action) -> Json:
        """Seen marks and "typing ...", with `sender_action`. Raises GraphError."""
        person = self._reachable(page, action.psid)
        if action.name == "mark_seen":
            for said in person.messages:
                if said.sender == "customer" and said.page is page and said.advance("read", self.now()):
                    self.feed.publish(Change("status", person, said))
        else:
            person.typing_seen = self.now() if action.name == "typing_on" else None
            self.feed.publish(Change("typing", person))
        return {"recipient_id": action.psid}

    # --- what happens to messages ---------------------------------------------------------------------------------

    async def delivers_to(self, person: Person, page: Page, *, mids: bool = True) -> None:
        """Everything that waited arrives on their phone: one receipt with a watermark, usually with `mids` as well."""
        waiting = [said for said in person.messages if said.page is page and said.status in ("accepted", "sent")]
        new = [said for said in waiting if said.sender != "customer" and said.advance("delivered", self.now())]
        if not new:
            return
        for said in new:
            self.feed.publish(Change("status", person, said))
        named = {"mids": [said.id for said in new]} if mids and not person.old_client else {}
        receipt = {**named, "watermark": self.stamp()}
        await self.tell(page, "message_deliveries", {**person.side(page), "delivery": receipt})

    async def echo(self, said: Said) -> None:
        """What the Page said, by whatever app; an echo of the Page's own inbox has no `app_id`."""
        message: Json = {"mid": said.id, "is_echo": True}
        if said.app_id:
            message["app_id"] = int(said.app_id)
        if said.callback_data:
            message["metadata"] = said.callback_data
        if said.text:
            message["text"] = said.text
        if said.attachments:
            message["attachments"] = said.attachments
        if said.reply_to:
            message["reply_to"] = {"mid": said.reply_to}
        psid = said.person.psid_on(said.page)
        item = {
            "sender": {"id": said.page.id},
            "recipient": {"id": psid},
            "timestamp": self.stamp(said.at),
            "message": message,
        }
        await self.tell(said.page, "message_echoes", item, message=said)

    async def page_inbox_writes(self, person: Person, text: str, *, app_id: str = "") -> Said:
        """A colleague answers in the Page inbox; with an `app_id`: another app of the Page does."""
        page = person.page
        sender: Literal["other_app", "page_inbox"] = "other_app" if app_id else "page_inbox"
        said = Said(
            page=page, person=person, sender=sender, kind="text", text=text, at=self.now(), content={}, app_id=app_id
        )
        self.remember(said)
        await self.echo(said)
        return said

    # --- who answers, and what Meta thinks of it ------------------------------------------------------------------

    async def passes(self, person: Person, *, to: str = "", back: bool = False) -> None:
        """Hands the conversation to another app (the Page inbox), or `back` to ours; from then on ours only listens."""
        page = person.page
        old, new = (person.owner or page.app_id), (page.app_id if back else to or PAGE_INBOX)
        person.owner = "" if back else new
        names = {"previous_owner_app_id": old, "new_owner_app_id": new, "metadata": ""}
        await self.tell(page, "messaging_handovers", {**person.head(page), "pass_thread_control": names})

    async def takes(self, person: Person, *, by: str = PAGE_INBOX) -> None:
        """The primary app takes the conversation away from ours."""
        page = person.page
        person.owner = by
        names = {"previous_owner_app_id": page.app_id, "new_owner_app_id": by, "metadata": ""}
        await self.tell(page, "messaging_handovers", {**person.head(page), "take_thread_control": names})

    async def requests(self, person: Person, *, by: str = PAGE_INBOX) -> None:
        """Another app asks for the conversation."""
        names = {"requested_owner_app_id": by, "metadata": ""}
        await self.tell(
            person.page, "messaging_handovers", {**person.head(person.page), "request_thread_control": names}
        )

    async def enforces(self, page: Page, action: str = "block", reason: str = "") -> None:
        """Meta restricts the Page for breaking a policy; `action` is block or unblock. It has no sender."""
        words = {"action": action, **({"reason": reason} if reason else {})}
        item = {"recipient": {"id": page.id}, "timestamp": self.stamp(), "policy_enforcement": words}
        await self.tell(page, "messaging_policy_enforcement", item)

    async def tell(
        self, page: Page, field: str, item: Json, *, message: Said | None = None, line: Line = "messaging"
    ) -> None:
        """Any event to the Page's webhook, also of a shape nobody has seen; nothing when the app did not subscribe."""
        if field in page.fields:
            await self.hooks.send(PageUpdate(page, field, item, self.stamp(), line, message))

    def remember(self, said: Said) -> None:
        self._said[said.id] = said
        said.person.messages.append(said)
        self.feed.publish(Change("message", said.person, said))

    def stamp(self, at: datetime | None = None) -> int:
        """Milliseconds, as a number."""
        return round((at or self.now()).timestamp() * 1000)

    async def settle(self) -> None:
        """Wait until echoes and receipts of accepted messages have been posted."""
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _reachable(self, page: Page, psid: str) -> Person:
        person = self.found(psid, page)
        if person is None:
            raise GraphError(100, subcode=2018001, message="(#100) No matching user found")
        if person.blocked:
            raise GraphError(551, subcode=1545041)
        return person

    def _allow(self, page: Page, person: Person, tag: str) -> None:
        """Who has the conversation, and the window: 24 hours from the person's last act, 7 days for human agents."""
        if person.owner:
            text = "(#10) Message failed to send because another app is controlling this thread now"
            raise GraphError(10, subcode=2018300, http=400, message=text)
        if tag and not page.human_agent:
            text = "(#10) To use 'Human Agent', your use of this endpoint must be reviewed and approved by Facebook."
            raise GraphError(10, http=400, message=text)
        last = person.last_acted.get(page.id)
        if last is None or self.now() >= last + (HUMAN_WINDOW if tag else WINDOW):
            text = "(#10) This message is sent outside of allowed window."
            raise GraphError(10, subcode=2018278, http=400, message=text)

    async def _follow_up(self, said: Said) -> None:
        if said.advance("sent", self.now()):
            self.feed.publish(Change("status", said.person, said))
        if self.echoes:
            await self.echo(said)
        if self.delivers and said.person.online:
            await self.delivers_to(said.person, said.page)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
