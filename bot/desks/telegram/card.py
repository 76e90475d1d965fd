"""The card of a ticket as HTML, and the name of its topic. Pure. A phone shows about 35 characters a line."""

from zoneinfo import ZoneInfo

from bot.desks import lines as shown
from bot.desks import signs
from bot.desks.telegram import html
from bot.desks.telegram.html import bold, escape, inline, link, units
from bot.desks.telegram.words import Voice
from core.ids import ticket_label
from core.model import Priority, SendMode, Status
from core.people import Tier
from core.places import is_zone
from core.say import Button, TicketLabel
from core.views import Card
from core.words import isolated, one_line

NAME = 128
"""Characters of a topic's name (https://core.telegram.org/bots/api#createforumtopic)."""


def name(voice: Voice, card: Card) -> str:
    """Status, number, customer, country: what a list of topics is read by."""
    country = card.contact.country or card.ticket.country
    before = f"{signs.STATUS[card.ticket.status]} {ticket_label(card.ticket.id)} "
    after = f" {signs.flag(country)}" if country else ""
    who = card.contact.name or voice.label("card.nameless")
    room = NAME - units(before + after)
    shown = isolated(one_line(who, room))
    while units(shown) > room:
        shown = isolated(one_line(shown, len(shown) - 4))
    return f"{before}{shown}{after}"


def text(voice: Voice, card: Card) -> str:
    """All that the card shows: where it stands and who it is first, what rarely matters last. That plain text goes to
    the customer is said at once."""
    mode = voice.text(f"card.mode.{card.ticket.mode.value}")
    live = card.ticket.mode is SendMode.LIVE
    lines = [_head(voice, card), mode if live else "", _customer(voice, card), _their_time(voice, card)]
    lines.append(_marks(voice, card))
    fields = [
        ("card.assignee", inline(card.assignee) or voice.text("card.nobody")),
        ("card.deadline", _deadline(voice, card)),
        ("card.promised", voice.moment(card.promised) if card.promised else ""),
        ("card.channel", _channel(voice, card)),
        ("card.queue", inline(card.queue_title)),
        ("card.email" if card.email else "card.email_said", inline(card.email or card.contact.email)),
        ("card.earlier", " ".join(voice.ticket(each) for each in card.earlier)),
    ]
    lines += [f"{bold(voice.text(label))} {value}" for label, value in fields if value]
    lines.append("" if live else mode)
    return html.fitted([line for line in lines if line])


def buttons(card: Card) -> tuple[Button, ...]:
    """Telegram has no menu behind a button: all stand below the card, the important ones first."""
    return (*card.buttons, *card.more)


def pointer(voice: Voice, card: Card) -> str:
    """What is left of a card whose ticket went to another queue."""
    return voice.text("card.moved", ticket=TicketLabel(card.ticket.id), queue=card.queue_title)


def status(voice: Voice, of: Status) -> str:
    """With its sign, which is the same in every language."""
    return f"{signs.STATUS[of]} {voice.text(f'status.{of.value}')}"


def _head(voice: Voice, card: Card) -> str:
    return f"{bold(link(card.link, ticket_label(card.ticket.id)))} · {status(voice, card.ticket.status)}"


def _customer(voice: Voice, card: Card) -> str:
    """The name stands out; without one the company does."""
    parts = [inline(part) for part in (card.contact.name, card.contact.company) if part]
    if not parts:
        return f"👤 {voice.text('card.nameless')}"
    return " · ".join([f"👤 {bold(parts[0])}", *parts[1:]])


def _their_time(voice: Voice, card: Card) -> str:
    """The country with its language, and the hour there when the card was last drawn."""
    contact, language = card.contact, card.ticket.language
    country = contact.country or card.ticket.country
    parts = [f"{signs.flag(country)} {escape(signs.country_name(voice.locale, country))}"] if country else []
    if language:
        parts.append(escape(signs.language_name(voice.locale, language)))
    if contact.zone is None or not is_zone(contact.zone):
        return " · ".join(parts)
    there = escape(signs.hour(voice.locale, card.now.astimezone(ZoneInfo(contact.zone))))
    guessed = f" · {voice.text('card.assumed')}" if contact.zone_assumed else ""
    return "\n".join([line for line in (" · ".join(parts), f"🕑 {there}{guessed}") if line])


def _marks(voice: Voice, card: Card) -> str:
    """What is not always so: priority, escalation, sleep, tier, tags."""
    ticket, parts = card.ticket, []
    if ticket.level:
        acked = "card.escalated" if ticket.acked_by is None else "card.acknowledged"
        parts.append(voice.text(acked, level=ticket.level))
    if ticket.priority is not Priority.NORMAL:
        parts.append(f"{signs.PRIORITY[ticket.priority]} {voice.text(f'priority.{ticket.priority.value}')}")
    if ticket.tier is not Tier.STANDARD:
        parts.append(f"⭐ {voice.text(f'tier.{ticket.tier.value}')}")
    if ticket.snoozed_until is not None and ticket.snoozed_until > card.now:
        parts.append(voice.text("card.snoozed", until=ticket.snoozed_until))
    if ticket.tags:
        parts.append(f"🏷️ {' '.join(shown.tags(inline, ticket.tags))}")
    return " · ".join(parts)


def _channel(voice: Voice, card: Card) -> str:
    """Nothing here says how long something still takes: the card stands as it was drawn, and would become untrue."""
    channel = voice.text(f"channel.{card.ticket.channel}")
    if card.window is None:
        return channel
    state, ends = card.window
    window = voice.text(f"card.window_{state}", **({"until": ends} if ends else {}))
    return f"{channel}\n{window}"


def _deadline(voice: Voice, card: Card) -> str:
    if card.deadline is None:
        return ""
    late = "🔴 " if card.deadline <= card.now else ""
    return f"{late}{voice.text(f'clock.{card.deadline_kind}')} · {voice.moment(card.deadline)}"
