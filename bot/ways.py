"""The ways out to the channels' platforms. What a channel says there is in its own files (bot/channels/)."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.channels import CHANNELS
from bot.config.settings import Settings
from bot.http import Http
from core.ids import ChannelName, InboxName


async def ways_out(settings: Settings, stack: AsyncExitStack) -> Mapping[InboxName, Http]:
    """Each inbox's, closed with the stack. Inboxes behind the same proxy share one."""
    proxies = {InboxName(inbox.name): CHANNELS[ChannelName(inbox.channel)].proxy for inbox in settings.inboxes}
    bases: defaultdict[str, set[str]] = defaultdict(set)
    for inbox in settings.inboxes:
        bases[proxies[InboxName(inbox.name)]].update(inbox.api_bases)
    ways = {
        name: await stack.enter_async_context(Http(trusted, proxy=settings.proxy(name)))
        for name, trusted in bases.items()
    }
    return {inbox: ways[proxy] for inbox, proxy in proxies.items()}
