"""Our own words as Telegram's HTML: catalogue texts, names, ticket numbers and times, as one reader needs them."""

import re
from datetime import datetime

from bot import i18n, moments
from bot.desks import voice
from bot.desks.telegram.html import escape, inline, link, value
from core.ids import TicketId, ticket_label
from core.say import PersonName, Say, TicketLabel

_STRONG = re.compile(r"\*([^*\n]+)\*")
_KEPT = re.compile("\ue000(\\d+)\ue001")


class Voice(voice.Voice):
    """HTML."""

    __slots__ = ()

    def say(self, it: Say) -> str:
        """The catalogue's own text is escaped too, and what stands between asterisks in it is bold."""
        kept: list[str] = []

        def keep(markup: str) -> str:
            kept.append(markup)
            return f"\ue000{len(kept) - 1}\ue001"

        text = i18n.render(
            self.locale,
            it.key,
            it.params,
            escape=lambda words: keep(value(words)),
            zone=self.zone,
            resolve=lambda wrapped: keep(self._resolve(wrapped)),
        )
        first = _KEPT.sub(lambda found: kept[int(found[1])], _STRONG.sub(r"<b>\1</b>", escape(text)))
        return "\n".join([first, *(self.say(line) for line in it.lines)])

    def words(self, it: Say) -> str:
        """A Say with its further lines as plain text, for where no markup is read."""
        return "\n".join([self.plain(it), *(self.words(line) for line in it.lines)])

    def ticket(self, ticket: TicketId) -> str:
        return link(self.links(ticket), ticket_label(ticket))

    def moment(self, at: datetime) -> str:
        """In the reader's own zone."""
        return escape(moments.moment(self.locale, at, self.zone))

    def _resolve(self, it: PersonName | TicketLabel) -> str:
        return inline(self.names(it.id)) if isinstance(it, PersonName) else self.ticket(it.id)
