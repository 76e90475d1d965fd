"""Where customers are: the channels by name. Adding one is its files, a line here, and a kit in tests/channels/."""

from collections.abc import Mapping
from typing import Any

from bot.channels import livechat, messenger, whatsapp
from bot.channels.kind import Around, Kind
from bot.channels.livechat_inbox import LivechatInbox
from bot.channels.messenger_inbox import MessengerInbox
from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.config.inbox import Inbox
from core.ids import ChannelName
from core.ports import Channel

CHANNELS: Mapping[ChannelName, Kind[Any]] = {
    ChannelName("whatsapp"): Kind(WhatsAppInbox, whatsapp.CAPS, whatsapp.RATE, whatsapp.build, proxy="meta"),
    ChannelName("messenger"): Kind(
        MessengerInbox, messenger.CAPS, messenger.RATE, messenger.build, looks_up_names=True, proxy="meta"
    ),
    ChannelName("livechat"): Kind(LivechatInbox, livechat.CAPS, livechat.RATE, livechat.build, site=livechat.site),
}

__all__ = ["CHANNELS", "Around", "Kind", "build_channel"]


def build_channel(inbox: Inbox, around: Around) -> Channel:
    """The channel of a configured inbox."""
    return CHANNELS[ChannelName(inbox.channel)].build(inbox, around)
