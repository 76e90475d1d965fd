"""How a chat desk speaks to one reader: catalogue texts, names and times. The markup is each desk's own affair."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from bot import i18n
from core.ids import PersonId, TicketId, ticket_label
from core.places import is_zone
from core.say import PersonName, Say, TicketLabel, Value

Names = Callable[[PersonId], str]
Links = Callable[[TicketId], str]


@dataclass(frozen=True, slots=True)
class Voice(ABC):
    """`names` are the team's, `links` the console's pages (empty: no link)."""

    locale: str
    zone: tzinfo
    names: Names
    links: Links

    @classmethod
    def of(cls, locale: str, zone: str, names: Names, links: Links) -> Self:
        return cls(locale, ZoneInfo(zone) if is_zone(zone) else ZoneInfo("UTC"), names, links)

    @abstractmethod
    def say(self, it: Say) -> str:
        """A Say with its further lines, in the desk's markup."""

    def text(self, key: str, **params: Value) -> str:
        """One catalogue text in the desk's markup."""
        return self.say(Say(key, params))

    def plain(self, it: Say) -> str:
        """A Say in one piece without any markup, unescaped."""
        names = self.names

        def resolve(wrapped: PersonName | TicketLabel) -> str:
            return names(wrapped.id) if isinstance(wrapped, PersonName) else ticket_label(wrapped.id)

        return i18n.render(self.locale, it.key, it.params, zone=self.zone, resolve=resolve)

    def label(self, key: str) -> str:
        """A catalogue text without parameters, for places that take plain text; what is no key is its own text."""
        return i18n.t(self.locale, key) if i18n.has(self.locale, key) else key

    def span(self, at: datetime, now: datetime) -> str:
        """How far away an instant is, without any markup: "in 4 hr"."""
        key = "card.ahead" if at >= now else "card.ago"
        return i18n.t(self.locale, key, span=abs(at - now) if abs(at - now) >= timedelta(minutes=1) else timedelta())
