"""What the webhook of a WhatsApp number is told, and how several updates share one body."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from bot.demo.graph_model import Account, Json, Message, Number

Part = Literal["messages", "statuses", "message_echoes", "errors"]


@dataclass(frozen=True, slots=True)
class NumberUpdate:
    """One message, status, echo or error on its way to a number's webhook."""

    number: Number
    part: Part
    item: Json
    contact: Json | None = None
    message: Message | None = None

    @property
    def object(self) -> str:
        return "whatsapp_business_account"

    @property
    def account(self) -> Account:
        return self.number

    @property
    def field(self) -> str:
        return "smb_message_echoes" if self.part == "message_echoes" else "messages"

    @property
    def name(self) -> str:
        """`webhook messages.text`, `webhook statuses.delivered`, `webhook errors.131031`."""
        kind = self.item.get("status") or self.item.get("type") or self.item.get("code", "")
        return f"webhook {self.part}.{kind}"

    def entries(self, updates: "Sequence[NumberUpdate]") -> list[Json]:
        """Neighbours of the same account (WABA) share an entry, of the same number and part a change."""
        entries = []
        for waba, of_account in groupby(updates, key=lambda update: update.number.waba):
            groups = groupby(of_account, key=lambda update: (update.number, update.part))
            changes = [_change(number, part, list(group)) for (number, part), group in groups]
            entries.append({"id": waba, "changes": changes})
        return entries


def _change(number: Number, part: Part, updates: list[NumberUpdate]) -> Json:
    value: Json = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.digits, "phone_number_id": number.id},
    }
    contacts: list[Json] = []
    for update in updates:
        if update.contact is not None and update.contact not in contacts:
            contacts.append(update.contact)
    if contacts:
        value["contacts"] = contacts
    value[part] = [update.item for update in updates]
    return {"value": value, "field": updates[0].field}
