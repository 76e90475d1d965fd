"""A customer's phone in the Graph simulator: what they write, send, press and read, and what they see.

Every act becomes a real webhook. Shapes follow "Webhooks: messages" of the Cloud API documentation.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.demo.graph_errors import in_webhook as error_in_webhook
from bot.demo.graph_media import RECEIVED_LIVES, kind_of
from bot.demo.graph_media import in_webhook as media_in_webhook
from bot.demo.graph_model import Change, Json, Media, Message, Number, Status, new_wamid

if TYPE_CHECKING:
    from bot.demo.graph import GraphSim


class Customer:
    """Somebody with WhatsApp. `phone`: digits, or None when Meta does not share it; `user_id`: the BSUID, or None.

    `online=False`: messages stay at `sent`. `fails_with`: code with which every message to them fails afterwards.
    `user_id_as_from`: webhooks carry the BSUID in `from` and `wa_id`, as some do, when there is no phone.
    """

    def __init__(
        self, sim: "GraphSim", name: str, phone: str | None, user_id: str | None, username: str | None = None
    ) -> None:
        self.sim = sim
        self.name = name
        self.phone = phone
        self.user_id = user_id
        self.username = username
        self.online = True
        self.fails_with = 0
        self.user_id_as_from = False
        self.messages: list[Message] = []
        self.last_wrote: dict[str, datetime] = {}
        self.typing_seen: datetime | None = None

    def __repr__(self) -> str:
        return f"<Customer {self.name} {self.phone or self.user_id}>"

    @property
    def wa_id(self) -> str | None:
        return self.phone or (self.user_id if self.user_id_as_from else None)

    def contact(self) -> Json:
        """The entry in `contacts[]`; identifiers Meta does not share are absent."""
        profile = {"name": self.name, **({"username": self.username} if self.username else {})}
        return {"profile": profile, **_present(wa_id=self.wa_id, user_id=self.user_id)}

    # --- what they write ------------------------------------------------------------------------------------------

    async def writes(
        self, text: str, *, reply_to: Message | None = None, to: Number | None = None, group: str = ""
    ) -> Message:
        return await self.sends("text", {"body": text}, text=text, reply_to=reply_to, to=to, group=group)

    async def sends_file(
        self,
        name: str,
        data: bytes,
        mime: str,
        *,
        caption: str = "",
        reply_to: Message | None = None,
        to: Number | None = None,
    ) -> Message:
        """An image, audio file, video or document, by its MIME type. WhatsApp keeps names of documents only."""
        kind = kind_of(mime)
        named = {"filename": name} if kind == "document" else {}
        extra = {**named, **({"caption": caption} if caption else {}), **({"voice": False} if kind == "audio" else {})}
        return await self._sends_media(kind, name, data, mime, extra, caption, reply_to, to)

    async def sends_voice(self, data: bytes, mime: str = "audio/ogg; codecs=opus") -> Message:
        return await self._sends_media("audio", "", data, mime, {"voice": True})

    async def sends_sticker(self, data: bytes, *, animated: bool = False) -> Message:
        return await self._sends_media("sticker", "", data, "image/webp", {"animated": animated})

    async def sends_location(
        self, latitude: float, longitude: float, *, name: str | None = None, address: str | None = None
    ) -> Message:
        content = {"latitude": latitude, "longitude": longitude, **_present(name=name, address=address)}
        return await self.sends("location", content, text=name or f"{latitude}, {longitude}")

    async def shares_contact(self, name: str, phone: str) -> Message:
        card = {
            "name": {"formatted_name": name, "first_name": name.partition(" ")[0]},
            "phones": [{"phone": phone, "wa_id": "".join(filter(str.isdigit, phone)), "type": "CELL"}],
        }
        return await self.sends("contacts", [card], text=name)

    async def presses(self, message: Message, button: str) -> Message:
        """A reply button, list row or template quick reply of a business message, by its id (template: its text)."""
        if message.kind == "template":
            return await self.sends("button", {"payload": button, "text": button}, text=button, reply_to=message)
        action = message.content["action"]
        for entry in action.get("buttons", []):
            if entry["reply"]["id"] == button:
                return await self._answers(message, "button_reply", entry["reply"])
        for section in action.get("sections", []):
            for row in section["rows"]:
                if row["id"] == button:
                    return await self._answers(message, "list_reply", row)
        raise LookupError(f"{button!r} is not on {message.content['action']!r}")

    async def completes_flow(self, response_json: str, *, reply_to: Message | None = None) -> Message:
        """A finished Flow; `response_json` is the JSON text of its fields."""
        reply = {"name": "flow", "body": "Sent", "response_json": response_json}
        return await self.sends(
            "interactive", {"type": "nfm_reply", "nfm_reply": reply}, text="Sent", reply_to=reply_to
        )

    async def orders(self, *items: Mapping[str, object], catalog: str = "194836987003835", text: str = "") -> Message:
        """Items: product_retailer_id, quantity, item_price, currency."""
        content = {"catalog_id": catalog, "text": text, "product_items": [dict(item) for item in items]}
        return await self.sends("order", content, text=text)

    async def sends_unsupported(self, kind: str = "poll_creation", code: int = 131051) -> Message:
        """Something the Cloud API cannot deliver (poll, view-once): `errors[]` says so."""
        extra = {"errors": [error_in_webhook(code)]}
        return await self.sends("unsupported", {"type": kind}, text="", extra=extra)

    async def sends(
        self,
        kind: str,
        content: Any,
        *,
        text: str = "",
        reply_to: Message | None = None,
        to: Number | None = None,
        group: str = "",
        media: Media | None = None,
        extra: Json | None = None,
    ) -> Message:
        """Any message, also of a type nobody knows yet; `extra` are further members of the webhook's message."""
        number = to or self.sim.default_number
        message = Message(
            number=number,
            customer=self,
            sender="customer",
            kind=kind,
            text=text,
            at=self.sim.now(),
            content=content,
            media=media,
            group=group,
            reply_to=reply_to.id if reply_to else "",
        )
        message.advance("sent", message.at)
        self.messages.append(message)
        self.last_wrote[number.id] = message.at
        self.sim.remember(message)
        context = {"context": {"from": number.digits, "id": message.reply_to}} if reply_to else {}
        await self._tell(message, {**context, **(extra or {}), "type": kind, kind: content})
        return message

    # --- what they do to messages ---------------------------------------------------------------------------------

    async def reacts(self, message: Message, emoji: str) -> None:
        """An empty emoji takes the reaction back."""
        message.reactions["customer"] = emoji
        if not emoji:
            del message.reactions["customer"]
        self.sim.feed.publish(Change("reaction", self, message))
        await self._acts(message.number, "reaction", {"message_id": message.id, "emoji": emoji})

    async def edits(self, message: Message, text: str) -> None:
        """Replaces the text of an own message."""
        message.text, message.edited = text, True
        self.sim.feed.publish(Change("edit", self, message))
        edited = {"type": "text", "text": {"body": text}}
        await self._acts(message.number, "edit", {"original_message_id": message.id, "message": edited})

    async def revokes(self, message: Message) -> None:
        """Deletes an own message for everyone."""
        message.deleted = True
        self.sim.feed.publish(Change("edit", self, message))
        await self._acts(message.number, "revoke", {"original_message_id": message.id})

    async def comes_online(self) -> None:
        """The phone fetches what waited for it: `sent` becomes `delivered`."""
        self.online = True
        await self._climbs("delivered", self.messages)

    async def reads(self, message: Message | None = None) -> None:
        """Blue ticks for every unread business message, or for this one only."""
        await self._climbs("read", [message] if message else self.messages)

    async def changes_number(self, phone: str) -> None:
        """Moves the account to another phone number: `system` message, no `contacts[]`."""
        old, self.phone = self.phone, phone
        body = f"User {self.name} changed from {old} to {phone}"
        content = {"body": body, "wa_id": phone, "type": "user_changed_number"}
        await self._system(content, {"from": old} if old else {})

    async def changes_user_id(self, user_id: str) -> None:
        """Gets another BSUID: `system` message with the previous one, no `contacts[]`."""
        old, self.user_id = self.user_id, user_id
        body = f"User {self.name} changed from {old} to {user_id}"
        content = {"body": body, "user_id": user_id, "previous_user_id": old, "type": "user_changed_user_id"}
        await self._system(content, _present(**{"from": self.phone}))

    # --- what they see --------------------------------------------------------------------------------------------

    @property
    def received(self) -> list[str]:
        """The business's words in the order they came; a file without words is its name in brackets."""
        return [
            message.text or f"[{message.media.name if message.media else message.kind}]"
            for message in self.messages
            if message.sender != "customer" and message.status != "failed"
        ]

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _sends_media(
        self,
        kind: str,
        name: str,
        data: bytes,
        mime: str,
        extra: Json,
        text: str = "",
        reply_to: Message | None = None,
        to: Number | None = None,
    ) -> Message:
        media = self.sim.files.keep(data, mime, name, RECEIVED_LIVES)
        content = {**media_in_webhook(media), **extra}
        return await self.sends(kind, content, text=text, reply_to=reply_to, media=media, to=to)

    async def _answers(self, message: Message, kind: str, chosen: Json) -> Message:
        content = {"type": kind, kind: chosen}
        return await self.sends("interactive", content, text=str(chosen["title"]), reply_to=message)

    async def _climbs(self, status: Status, messages: Sequence[Message]) -> None:
        await self.sim.settle()
        for message in list(messages):
            if message.sender == "business":
                await self.sim.status(message, status)

    async def _acts(self, number: Number, kind: str, content: Json) -> None:
        """A webhook message that is no bubble of its own; it opens the window like any other."""
        self.last_wrote[number.id] = self.sim.now()
        item = {**self._head(new_wamid()), "type": kind, kind: content}
        await self.sim.tell(number, "messages", item, contact=self.contact())

    async def _tell(self, message: Message, body: Json) -> None:
        group = {"group_id": message.group} if message.group else {}
        item = {**self._head(message.id), **group, **body}
        await self.sim.tell(message.number, "messages", item, contact=self.contact(), message=message)

    async def _system(self, content: Json, sender: Json) -> None:
        for number in self.sim.numbers_of(self):
            stamp = self.sim.stamp(self.sim.now())
            item = {**sender, "id": new_wamid(), "timestamp": stamp, "type": "system", "system": content}
            await self.sim.tell(number, "messages", item)

    def _head(self, wamid: str) -> Json:
        who = {**_present(**{"from": self.wa_id}), **_present(from_user_id=self.user_id)}
        return {**who, "id": wamid, "timestamp": self.sim.stamp(self.sim.now())}


def _present(**fields: str | None) -> Json:
    """Only the members that have a value: Meta leaves the others out."""
    return {name: value for name, value in fields.items() if value is not None}
