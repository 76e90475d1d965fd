"""The card of a ticket as Block Kit: one message, edited in place. Pure; limits are `blocks`' affair."""

from zoneinfo import ZoneInfo

from bot.desks import lines, signs
from bot.desks.slack import blocks as kit
from bot.desks.slack.blocks import Block
from bot.desks.slack.text import escape, inline
from bot.desks.slack.words import Voice
from core.ids import ticket_label
from core.model import Priority, Status
from core.people import Contact, Tier
from core.places import is_zone
from core.say import TicketLabel
from core.views import Card


def blocks(voice: Voice, card: Card) -> list[Block]:
    """All that the card shows, and what can be pressed on it."""
    return [
        kit.section(_head(voice, card)),
        *kit.fields(_fields(voice, card)),
        *kit.actions(voice, card.buttons, card.more),
    ]


def fallback(voice: Voice, card: Card) -> str:
    """The card in one line, as notifications and screen readers have it."""
    who = _customer(card.contact, " · ") or voice.text("card.nameless")
    return f"{ticket_label(card.ticket.id)} {who} · {status(voice, card.ticket.status)}"


def pointer(voice: Voice, card: Card) -> str:
    """What is left of a card whose ticket went to another queue."""
    return voice.text("card.moved", ticket=TicketLabel(card.ticket.id), queue=card.queue_title)


def _head(voice: Voice, card: Card) -> str:
    ticket = card.ticket
    parts = [
        f"*{voice.ticket(ticket.id)}*",
        status(voice, ticket.status),
        voice.text(f"card.mode.{ticket.mode.value}"),
    ]
    if ticket.priority is not Priority.NORMAL:
        parts.append(f"{signs.PRIORITY[ticket.priority]} {voice.text(f'priority.{ticket.priority.value}')}")
    if ticket.level:
        acked = "card.escalated" if ticket.acked_by is None else "card.acknowledged"
        parts.append(voice.text(acked, level=ticket.level))
    if ticket.snoozed_until is not None and ticket.snoozed_until > card.now:
        parts.append(voice.text("card.snoozed", until=ticket.snoozed_until))
    parts += lines.tags(lambda tag: f"#{inline(tag)}", ticket.tags)
    return " · ".join(parts)


def status(voice: Voice, of: Status) -> str:
    """With its sign, which is the same in every language."""
    return f"{signs.STATUS[of]} {voice.text(f'status.{of.value}')}"


def _fields(voice: Voice, card: Card) -> list[str]:
    ticket = card.ticket
    shown = [
        ("card.customer", _customer(card.contact, "\n") or voice.text("card.nameless")),
        ("card.email" if card.email else "card.email_said", inline(card.email or card.contact.email)),
        ("card.their_time", _their_time(voice, card)),
        ("card.channel", _channel(voice, card)),
        ("card.assignee", inline(card.assignee) or voice.text("card.nobody")),
        ("card.deadline", _deadline(voice, card)),
        ("card.promised", voice.moment(card.promised) if card.promised else ""),
        ("card.queue", inline(card.queue_title)),
        ("card.language", _language(voice, ticket.language)),
        ("card.tier", "" if ticket.tier is Tier.STANDARD else voice.text(f"tier.{ticket.tier.value}")),
        ("card.earlier", " ".join(voice.ticket(each) for each in card.earlier)),
    ]
    return [f"*{voice.text(label)}*\n{value}" for label, value in shown if value]


def _customer(contact: Contact, between: str) -> str:
    return between.join(inline(part) for part in (contact.name, contact.company) if part)


def _their_time(voice: Voice, card: Card) -> str:
    """The country, and the hour there when the card was last drawn."""
    contact = card.contact
    country = contact.country or card.ticket.country
    parts = [_country(voice, country)] if country else []
    if contact.zone is not None and is_zone(contact.zone):
        parts.append(escape(signs.hour(voice.locale, card.now.astimezone(ZoneInfo(contact.zone)))))
        if contact.zone_assumed:
            parts.append(voice.text("card.assumed"))
    return " · ".join(parts)


def _country(voice: Voice, code: str) -> str:
    return f"{signs.flag(code)} {escape(signs.country_name(voice.locale, code))}"


def _language(voice: Voice, tag: str | None) -> str:
    return escape(signs.language_name(voice.locale, tag)) if tag else ""


def _channel(voice: Voice, card: Card) -> str:
    name = voice.text(f"channel.{card.ticket.channel}")
    if card.window is None:
        return name
    state, ends = card.window
    if ends is None:
        return f"{name}\n{voice.text(f'card.window_{state}')}"
    return f"{name}\n{voice.text(f'card.window_{state}', until=ends)} ({voice.relative(ends, card.now)})"


def _deadline(voice: Voice, card: Card) -> str:
    if card.deadline is None:
        return ""
    kind = voice.text(f"clock.{card.deadline_kind}")
    late = "🔴 " if card.deadline <= card.now else ""
    return f"{late}{kind}\n{voice.moment(card.deadline)} ({voice.relative(card.deadline, card.now)})"
