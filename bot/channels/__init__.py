"""Where customers are: the channels by name. Adding one is a file, a line here, and a kit in tests/channels/kits.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.channels import whatsapp
from bot.config.settings import Inbox
from bot.http import Http
from core.ids import ChannelName
from core.ports import Channel, ChannelCaps, Clock


class Factory(Protocol):
    def __call__(self, inbox: Inbox, http: Http, clock: Clock, *, hook_url: str = "") -> Channel: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a channel before any inbox of it is built."""

    caps: ChannelCaps
    build: Factory


CHANNELS: Mapping[ChannelName, Kind] = {
    ChannelName("whatsapp"): Kind(whatsapp.CAPS, whatsapp.build),
}


def build_channel(inbox: Inbox, http: Http, clock: Clock, *, hook_url: str = "") -> Channel:
    """The channel of a configured inbox. `hook_url`: where the platform should deliver, for doctor."""
    return CHANNELS[ChannelName(inbox.channel)].build(inbox, http, clock, hook_url=hook_url)
