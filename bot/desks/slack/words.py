"""Our own words in Slack's markup: catalogue texts, names, ticket numbers and times, as one reader needs them."""

from datetime import datetime

from bot import i18n, moments
from bot.desks import voice
from bot.desks.slack.text import escape, inline, link, value
from core.ids import TicketId, ticket_label
from core.say import PersonName, Say, TicketLabel


class Voice(voice.Voice):
    """mrkdwn."""

    __slots__ = ()

    def say(self, it: Say) -> str:
        first = i18n.render(self.locale, it.key, it.params, escape=value, zone=self.zone, resolve=self._resolve)
        return "\n".join([first, *(self.say(line) for line in it.lines)])

    def ticket(self, ticket: TicketId) -> str:
        return link(self.links(ticket), ticket_label(ticket))

    def moment(self, at: datetime) -> str:
        """In the reader's own zone."""
        return escape(moments.moment(self.locale, at, self.zone))

    def relative(self, at: datetime, now: datetime) -> str:
        """How far away an instant is. Slack's client keeps it true while the message stands (its `{ago}` date token);
        the length at the time of posting is what other readers see."""
        return f"<!date^{int(at.timestamp())}^{{ago}}|{escape(self.span(at, now))}>"

    def _resolve(self, it: PersonName | TicketLabel) -> str:
        return inline(self.names(it.id)) if isinstance(it, PersonName) else self.ticket(it.id)
