"""The keys of a WhatsApp inbox."""

from typing import ClassVar, Literal

from bot.channels.meta_inbox import MetaInbox
from bot.config.values import Secret, Text


class WhatsAppInbox(MetaInbox):
    """A number on the WhatsApp Cloud API."""

    unique: ClassVar[tuple[str, ...]] = ("phone_number_id",)

    channel: Literal["whatsapp"]
    phone_number_id: Text
    """The id that Meta gives the number, not the number."""
    access_token: Secret
    """Of a system user, with whatsapp_business_messaging."""
