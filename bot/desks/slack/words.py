"""Our own words in Slack's markup: catalogue texts, names, ticket numbers and times, as one reader needs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot import i18n
from bot.desks.slack.text import escape, inline, link, value
from core.ids import PersonId, TicketId, ticket_label
from core.places import is_zone
from core.say import PersonName, Say, TicketLabel, Value

Names = Callable[[PersonId], str]
Links = Callable[[TicketId], str]


@dataclass(frozen=True, slots=True)
class Voice:
    """How the desk speaks to one reader. `names` are the team's, `links` the console's pages (empty: no link)."""

    locale: str
    zone: tzinfo
    names: Names
    links: Links

    @classmethod
    def of(cls, locale: str, zone: str, names: Names, links: Links) -> "Voice":
        return cls(locale, ZoneInfo(zone) if is_zone(zone) else ZoneInfo("UTC"), names, links)

    def say(self, it: Say) -> str:
        """A Say with its further lines, as mrkdwn."""
        first = i18n.render(self.locale, it.key, it.params, escape=value, zone=self.zone, resolve=self._resolve)
        return "\n".join([first, *(self.say(line) for line in it.lines)])

    def plain(self, it: Say) -> str:
        """A Say in one piece without any markup, unescaped."""
        names = self.names

        def resolve(wrapped: PersonName | TicketLabel) -> str:
            return names(wrapped.id) if isinstance(wrapped, PersonName) else ticket_label(wrapped.id)

        return i18n.render(self.locale, it.key, it.params, zone=self.zone, resolve=resolve)

    def text(self, key: str, **params: Value) -> str:
        """One catalogue text as mrkdwn."""
        return self.say(Say(key, params))

    def label(self, key: str) -> str:
        """A catalogue text without parameters, for places that take plain text; what is no key is its own text."""
        return i18n.t(self.locale, key) if i18n.has(self.locale, key) else key

    def ticket(self, ticket: TicketId) -> str:
        return link(self.links(ticket), ticket_label(ticket))

    def moment(self, at: datetime) -> str:
        """In the reader's own zone."""
        return escape(i18n.moment(self.locale, at, self.zone))

    def relative(self, at: datetime, now: datetime) -> str:
        """How far away an instant is. Slack's client keeps it true while the message stands (its `{ago}` date token);
        the length at the time of posting is what other readers see."""
        key = "card.ahead" if at >= now else "card.ago"
        shown = i18n.t(self.locale, key, span=abs(at - now) if abs(at - now) >= timedelta(minutes=1) else timedelta())
        return f"<!date^{int(at.timestamp())}^{{ago}}|{escape(shown)}>"

    def _resolve(self, it: PersonName | TicketLabel) -> str:
        return inline(self.names(it.id)) if isinstance(it, PersonName) else self.ticket(it.id)
