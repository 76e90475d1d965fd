"""Who says hello: a visitor whom we know by their token, a user whom the shop vouches for, or somebody new."""

import secrets
from dataclasses import dataclass

from bot.channels.livechat_parse import Who
from bot.web.chat.frames import Hello
from bot.web.chat.hub import ChatHub
from bot.web.chat.signing import User
from bot.web.chat.site import Site
from core.ports import Visitor, VisitorKey


@dataclass(slots=True)
class Guest:
    """A visitor for as long as their page is open."""

    visitor: Visitor
    fresh: bool
    """Not the log that the page held."""
    user: User | None = None
    unproven: bool = False
    """The page named a user, and the signature did not hold."""
    language: str = ""
    zone: str = ""
    reachable: bool = False

    @property
    def key(self) -> VisitorKey:
        return self.visitor.key

    @property
    def known(self) -> bool:
        """We can reach them when they are gone."""
        return self.reachable or bool(self.user and self.user.email)

    @property
    def who(self) -> Who:
        """What may be told of them as true: what the shop signed, the language they chose, their clock."""
        user = self.user or User("")
        return Who(user.id, user.name, user.email, self.language, self.zone)


async def arrive(hub: ChatHub, site: Site, hello: Hello, address: str) -> Guest | None:
    """None when too many came from this address."""
    now = hub.parts.clock.now()
    user = site.signer.user(hello.user, hello.signature, now) if hello.user else None
    known = site.signer.visitor(hello.token) if hello.token else None
    if not hub.hellos.allows(address, now) or (known is None and not hub.begun.allows(address, now)):
        return None
    visitor = await hub.log.arrive(
        site.name, known, user.id if user else None, secrets.token_urlsafe(15), hello.locale or None, now
    )
    return Guest(
        visitor,
        fresh=visitor.id != known,
        user=user,
        unproven=bool(hello.user) and user is None,
        language=visitor.language or hello.locale,
        zone=hello.zone,
        reachable=visitor.reachable,
    )
