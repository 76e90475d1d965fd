"""A person's Messenger in the Graph simulator: what they write, send, press and read, and what they see.

Every act becomes a real webhook. Shapes follow the "Webhook Events Reference" of the Messenger Platform.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.demo.graph_errors import GraphError
from bot.demo.graph_model import Change, Json, Media, new_id
from bot.demo.messenger_model import Page, Said

if TYPE_CHECKING:
    from bot.demo.messenger import Messenger

REACTIONS = {"❤️": "love", "😆": "smile", "😮": "wow", "😢": "sad", "😠": "angry", "👍": "like", "👎": "dislike"}
LIKE = 369239263222822
"""The thumb of Messenger's own button is a sticker."""
PROFILE = ("first_name", "last_name", "profile_pic")
"""What a profile shows when no fields are named."""
Shape = Literal["image", "sticker", "both"]


class Person:
    """Somebody on Messenger. Their id (PSID) is another one on every Page.

    `online=False`: messages stay at `sent`. `blocked`: they blocked the Page or are gone. `old_client`: receipts
    without `mids`. `hidden`: Meta shows no profile, as of people who signed up by phone. `owner`: the app that has the
    conversation, when it is not ours.
    """

    def __init__(self, sim: "Messenger", name: str, *, locale: str = "en_US", timezone: int = 0) -> None:
        self.sim = sim
        self.name = name
        self.locale = locale
        self.timezone = timezone
        self.online = True
        self.blocked = False
        self.old_client = False
        self.hidden = False
        self.owner = ""
        self.messages: list[Said] = []
        self.last_acted: dict[str, datetime] = {}
        self.typing_seen: datetime | None = None
        self._psids: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Person {self.name}>"

    @property
    def page(self) -> Page:
        """The Page they write to."""
        return self.sim.default_page

    @property
    def psid(self) -> str:
        return self.psid_on(self.page)

    def psid_on(self, page: Page) -> str:
        return self._psids.setdefault(page.id, new_id(16))

    def side(self, page: Page) -> Json:
        return {"sender": {"id": self.psid_on(page)}, "recipient": {"id": page.id}}

    def head(self, page: Page) -> Json:
        return {**self.side(page), "timestamp": self.sim.stamp()}

    # --- what they write ------------------------------------------------------------------------------------------

    async def writes(self, text: str, *, reply_to: Said | None = None, to: Page | None = None) -> Said:
        return await self.sends({"text": text}, text=text, reply_to=reply_to, to=to)

    async def sends_file(self, name: str, data: bytes, mime: str, *, text: str = "") -> Said:
        """An image, audio file, video or any other file, by its MIME type; only its address tells its name."""
        media = self.sim.keep(data, mime, name)
        kind = mime.partition("/")[0]
        kind = kind if kind in ("image", "audio", "video") else "file"
        attachments = [{"type": kind, "payload": {"url": self.sim.address(media)}}]
        return await self._attaches(attachments, kind=kind, text=text, media=media)

    async def sends_sticker(self, data: bytes, *, shape: Shape = "sticker", sticker: int = LIKE) -> Said:
        """`image`: as until June 2026, an image with `sticker_id`; `both`: as in the transition until 2026-08-30, the
        same sticker twice; `sticker`: as since then, an attachment of its own type."""
        media = self.sim.keep(data, "image/png", "sticker.png")
        payload = {"url": self.sim.address(media), "sticker_id": sticker}
        types = ("image", "sticker") if shape == "both" else (shape,)
        return await self._attaches([{"type": one, "payload": payload} for one in types], kind="sticker", media=media)

    async def sends_location(self, latitude: float, longitude: float, *, title: str = "Pinned location") -> Said:
        payload = {"coordinates": {"lat": latitude, "long": longitude}}
        return await self._attaches([{"type": "location", "title": title, "payload": payload}], kind="location")

    async def shares_link(self, url: str, title: str, *, text: str = "") -> Said:
        """A `fallback` attachment; the address is anybody's."""
        attachment = {"type": "fallback", "payload": {"url": url, "title": title}}
        return await self._attaches([attachment], kind="fallback", text=text)

    async def shares_what_nobody_supports(self) -> Said:
        """A `fallback` without a payload."""
        return await self._attaches([{"type": "fallback"}], kind="fallback")

    async def shares_product(self, title: str, product: str) -> Said:
        """A product of the Page's catalogue: a template attachment."""
        elements = [{"id": product, "retailer_id": product, "image_url": "", "title": title, "subtitle": ""}]
        attachment = {"type": "template", "payload": {"product": {"elements": elements}}}
        return await self._attaches([attachment], kind="template")

    async def sends_unsupported(self) -> Said:
        return await self.sends({"is_unsupported": True}, kind="unsupported")

    async def taps(self, title: str, payload: str) -> Said:
        """A quick reply: a message like any other, with the payload beside it."""
        return await self.sends({"text": title, "quick_reply": {"payload": payload}}, text=title)

    async def sends(
        self,
        message: Json,
        *,
        kind: str = "text",
        text: str = "",
        reply_to: Said | None = None,
        to: Page | None = None,
        media: Media | None = None,
    ) -> Said:
        """Any message, also of a shape nobody knows yet."""
        page = to or self.page
        said = Said(
            page=page,
            person=self,
            sender="customer",
            kind=kind,
            text=text,
            at=self.sim.now(),
            content=message,
            media=media,
            reply_to=reply_to.id if reply_to else "",
        )
        said.advance("sent", said.at)
        self.last_acted[page.id] = said.at
        self.sim.remember(said)
        quoted = {"reply_to": {"mid": said.reply_to, "is_self_reply": False}} if reply_to else {}
        await self.tells("messages", {"message": {"mid": said.id, **message, **quoted}}, page=page, said=said)
        return said

    # --- what they press and where they come from -----------------------------------------------------------------

    async def presses(self, title: str, payload: str | None = None, *, mid: bool = True, **referral: str) -> None:
        """A button, menu entry, ice breaker or Get Started. Without `payload`: another app's button, or on standby."""
        postback: Json = {"title": title}
        if mid:
            postback["mid"] = f"m_{new_id(20)}"
        if payload is not None and not self.owner:
            postback["payload"] = payload
        if referral:
            postback["referral"] = referral
        await self._acts("messaging_postbacks", {"postback": postback})

    async def comes_by_link(self, ref: str) -> None:
        """An m.me link into a conversation that is already there."""
        referral = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        await self._acts("messaging_referrals", {"referral": referral})

    async def comes_by_ad(self, title: str, ad_id: str = "6045246247433") -> None:
        about = {"ad_title": title, "post_id": "1"}
        referral = {"ad_id": ad_id, "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": about}
        await self._acts("messaging_referrals", {"referral": referral})

    async def opts_in(self, title: str, *, status: str = "") -> None:
        """To marketing messages; `status` is set when they stop or resume them."""
        optin = {"type": "notification_messages", "payload": "news", "title": title}
        if status:
            optin["notification_messages_status"] = status
        await self._acts("messaging_optins", {"optin": optin})

    # --- what they do to messages ---------------------------------------------------------------------------------

    async def reacts(self, said: Said, emoji: str) -> None:
        said.reactions["customer"] = emoji
        await self._reaction(said, {"reaction": REACTIONS.get(emoji, "other"), "emoji": emoji, "action": "react"})

    async def unreacts(self, said: Said) -> None:
        """The webhook then names no emoji."""
        said.reactions.pop("customer", None)
        await self._reaction(said, {"action": "unreact"})

    async def edits(self, said: Said, text: str) -> None:
        said.text, said.edited, said.edits = text, True, said.edits + 1
        self.sim.feed.publish(Change("edit", self, said))
        await self._acts("message_edits", {"message_edit": {"mid": said.id, "text": text, "num_edit": said.edits}})

    async def unsends(self, said: Said) -> None:
        """Only the mid is left of the message."""
        said.deleted = True
        self.sim.feed.publish(Change("edit", self, said))
        await self.tells("messages", {"message": {"mid": said.id, "is_deleted": True}})

    async def comes_online(self) -> None:
        """The phone fetches what waited for it."""
        self.online = True
        await self.sim.settle()
        await self.sim.delivers_to(self, self.page)

    async def reads(self) -> None:
        """Everything so far: the receipt has a watermark and nothing else."""
        await self.sim.settle()
        seen = [said for said in self.messages if said.sender != "customer" and said.page is self.page]
        changed = [said for said in seen if said.advance("read", self.sim.now())]
        for said in changed:
            self.sim.feed.publish(Change("status", self, said))
        if changed:
            await self.tells("message_reads", {"read": {"watermark": self.sim.stamp()}})

    # --- what they see, and what Meta shows of them ---------------------------------------------------------------

    @property
    def received(self) -> list[str]:
        """The Page's words in the order they came; a file is its name in brackets."""
        return [
            said.text or f"[{said.media.name if said.media else said.kind}]"
            for said in self.messages
            if said.sender != "customer"
        ]

    def profile(self, page: Page, wanted: str) -> Json:
        """GET /{psid}. Raises GraphError: 100/33 of a hidden profile, 100 for an unknown field."""
        if self.hidden:
            raise GraphError(100, subcode=33, message="Unsupported get request.")
        first, _, last = self.name.partition(" ")
        known: Json = {
            "first_name": first,
            "last_name": last,
            "name": self.name,
            "profile_pic": "https://platform-lookaside.example/pic.jpg",
            "locale": self.locale,
            "timezone": self.timezone,
            "id": self.psid_on(page),
        }
        names = [name for name in wanted.split(",") if name] or list(PROFILE)
        for name in names:
            if name not in known:
                raise GraphError(100, message=f"(#100) Tried accessing nonexisting field ({name})")
        return {**{name: known[name] for name in names}, "id": known["id"]}

    # --- inside ---------------------------------------------------------------------------------------------------

    async def tells(self, field: str, event: Json, *, page: Page | None = None, said: Said | None = None) -> None:
        """To the app: as its own conversation, or on standby while another app has it."""
        page = page or self.page
        item = {**self.head(page), **event}
        await self.sim.tell(page, field, item, message=said, line="standby" if self.owner else "messaging")

    async def _attaches(
        self, attachments: list[Json], *, kind: str, text: str = "", media: Media | None = None
    ) -> Said:
        worded = {"text": text} if text else {}
        return await self.sends({**worded, "attachments": attachments}, kind=kind, text=text, media=media)

    async def _reaction(self, said: Said, reaction: Json) -> None:
        self.sim.feed.publish(Change("reaction", self, said))
        await self._acts("message_reactions", {"reaction": {**reaction, "mid": said.id}})

    async def _acts(self, field: str, event: Json) -> None:
        """No message of its own, but it opens the window like one."""
        self.last_acted[self.page.id] = self.sim.now()
        await self.tells(field, event)
