"""What is known of a channel before any inbox of it is built, and what an inbox's channel is given of the house."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiohttp import web

from bot.config.inbox import Inbox
from bot.http import Http
from bot.rates import Limit
from bot.workers.loop import Step
from core.ports import Blob, Channel, ChannelCaps, ChatLog, Clock

Settings = TypeVar("Settings", bound=Inbox)


@dataclass(frozen=True, slots=True)
class Around:
    """What a channel is given besides its inbox's settings."""

    http: Http
    """The way out, to the `api_bases` of all inboxes."""
    clock: Clock
    hook_url: str = ""
    """Where the platform should deliver, for doctor; empty: not known."""
    log: ChatLog | None = None
    """For a channel that is its own platform: what its visitors see. None where nothing is sent (doctor)."""
    blobs: Blob | None = None
    """And the files that they sent."""
    home: Http | None = None
    """The way to our own address as others take it, for doctor. None: nothing is asked there."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Settings]):
    """A row of the registry."""

    settings: type[Settings]
    caps: ChannelCaps
    rate: Limit
    """Of requests, each inbox by itself."""
    build: Callable[[Settings, Around], Channel]
    looks_up_names: bool = False
    """Its messages bear no name; the channel is `core.ports.KnowsNames`."""
    proxy: str = ""
    """The key of [proxies] through which its platform is reached; several may share one. Empty: none."""
    site: Callable[[web.Application, Sequence[Settings]], Step] | None = None
    """For a channel that is its own platform: adds the pages of its inboxes, and returns what is to be done beside
    them by a worker, woken whenever a visitor's log changes."""
