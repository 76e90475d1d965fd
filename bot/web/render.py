"""Views as JSON for the page, in the reader's language and time zone. Everything is plain text; the page builds nodes.

Words are put together here, so that the page only shows them. Instants are sent as instants: the page counts down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import i18n
from bot.handlers.registry import Book, Command
from core.ids import CONSOLE, PersonId, TicketId, ticket_label
from core.messages import File, Message, MessageKind
from core.model import EntryKind, Ticket
from core.people import Person
from core.ports import Notice, Trouble
from core.say import Button, PersonName, Say, TicketLabel, say
from core.views import Card, Dialog, Row, Shown
from core.words import isolated, one_line, visible
from storage import Parked

Json = dict[str, Any]
NAME, REACTION = 120, 16
"""Characters of what is shown of them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom it is rendered. `names`: everybody who may be named, by id."""

    id: PersonId
    locale: str
    zone: str
    names: Mapping[PersonId, str]

    @classmethod
    def of(cls, person: Person, people: Iterable[Person], zone: str) -> "Reader":
        names = {other.id: other.name for other in people}
        return cls(person.id, i18n.nearest_locale(person.locale), person.zone or zone, names)

    def resolve(self, it: PersonName | TicketLabel) -> str:
        match it:
            case PersonName(id):
                return self.names.get(id, f"#{id}")
            case TicketLabel(id):
                return ticket_label(id)

    def words(self, key: str) -> str:
        return i18n.render(self.locale, key, {})

    def text(self, it: Say) -> str:
        zone = ZoneInfo(self.zone)
        return i18n.render(self.locale, it.key, it.params, escape=value, zone=zone, resolve=self.resolve)


def value(text: str) -> str:
    """A parameter of a sentence of ours: on one line, or it could pretend to be more; its direction stays its own."""
    return isolated(one_line(text, 1000))


def at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def say_json(it: Say, reader: Reader) -> Json:
    return {
        "text": reader.text(it),
        "buttons": [button_json(button, reader) for button in it.buttons],
        "lines": [say_json(line, reader) for line in it.lines],
    }


def button_json(button: Button, reader: Reader) -> Json:
    label = reader.words(button.label)
    return {"action": button.action, "label": label, "value": button.value, "style": button.style}


def card_json(card: Card, reader: Reader) -> Json:
    contact = card.contact
    return {
        **ticket_json(card.ticket),
        "name": one_line(contact.name, NAME) or reader.words("card.nameless"),
        "channel_name": reader.words(f"channel.{card.ticket.channel}"),
        "company": one_line(contact.company, NAME),
        "email": one_line(card.email or contact.email, NAME),
        "email_said": not card.email,
        "country": card.ticket.country or contact.country,
        "language": card.ticket.language or contact.language,
        "zone": contact.zone,
        "zone_assumed": contact.zone_assumed,
        "blocked": contact.blocked,
        "queue_title": card.queue_title,
        "assignee": card.assignee,
        "mine": card.ticket.assignee == reader.id,
        "deadline": at(card.deadline),
        "deadline_kind": card.deadline_kind,
        "promised": at(card.promised),
        "window_ends": at(card.window_ends),
        "human_until": at(card.human_until),
        "earlier": list(card.earlier),
        "buttons": [button_json(button, reader) for button in card.buttons],
        "more": [button_json(button, reader) for button in card.more],
    }


def ticket_json(ticket: Ticket) -> Json:
    return {
        "id": ticket.id,
        "label": ticket_label(ticket.id),
        "version": ticket.version,
        "status": ticket.status,
        "priority": ticket.priority,
        "tier": ticket.tier,
        "mode": ticket.mode,
        "level": ticket.level,
        "acked": ticket.acked_by is not None,
        "tags": sorted(ticket.tags),
        "queue": ticket.queue,
        "channel": ticket.channel,
        "opened_at": at(ticket.opened_at),
        "snoozed_until": at(ticket.snoozed_until),
        "last_customer_at": at(ticket.last_customer_at),
    }


def row_json(row: Row, reader: Reader) -> Json:
    return {
        **ticket_json(row.ticket),
        "name": one_line(row.contact, NAME) or reader.words("card.nameless"),
        "assignee": row.assignee,
        "mine": row.ticket.assignee == reader.id,
        "deadline": at(row.deadline),
        "excerpt": row.excerpt,
    }


def shown_json(it: Shown, reader: Reader) -> Json:
    entry, message = it.entry, it.message
    own = message is not None and message.person == reader.id
    nameless = reader.words("card.nameless") if entry.kind is EntryKind.CUSTOMER else ""
    typed_here = entry.origin is not None and entry.origin.desk == CONSOLE
    return {
        "seq": entry.seq,
        "rev": entry.rev,
        "kind": entry.kind,
        "at": at(entry.at),
        "author": reader.words("desk.automatic_plain") if it.is_automatic else one_line(it.author, NAME) or nameless,
        "mine": own or entry.by == reader.id,
        "say": None if entry.say is None else say_json(entry.say, reader),
        "message": None if message is None else _message_json(message, reader),
        "automatic": it.is_automatic,
        "quoted": reader.text(say("desk.quotes", text=it.quoted)) if it.quoted else "",
        "files": [file_json(file, reader) for file in it.files],
        "confirmation": None if it.confirmation is None else say_json(it.confirmation, reader),
        "until": _until(it.confirmation),
        # What the browser names when its author edits or deletes it; a message typed elsewhere is changed there.
        "post": entry.origin.post if own and typed_here and entry.origin else None,
    }


def _until(confirmation: Say | None) -> str | None:
    """When a held reply leaves: the page counts down to it."""
    until = confirmation.params.get("until") if confirmation else None
    return at(until) if isinstance(until, datetime) else None


def _message_json(message: Message, reader: Reader) -> Json:
    return {
        "id": message.id,
        "text": "" if message.deleted_at else visible(message.text),
        "about": None if message.about is None else reader.text(message.about),
        "edited": message.edited_at is not None,
        "deleted": message.deleted_at is not None,
        "reaction": one_line(message.reaction, REACTION),
        "state": message.ladder if message.kind in (MessageKind.REPLY, MessageKind.AUTO) and message.parts else None,
    }


def file_json(file: File, reader: Reader) -> Json:
    return {
        "id": file.id,
        "name": one_line(file.name, NAME),
        "mime": one_line(file.mime, NAME),
        "size": file.size,
        "state": file.state,
        "reason": reader.words(f"send_error.{file.reason}") if file.reason else "",
    }


def dialog_json(form: Dialog, reader: Reader, ticket: TicketId | None) -> Json:
    return {
        "action": form.action,
        "value": form.value,
        "ticket": ticket,
        "title": reader.words(form.title),
        "submit": reader.words(form.submit),
        "fields": [
            {
                "name": field.name,
                "label": reader.words(field.label),
                "multiline": field.multiline,
                "value": field.value,
                "required": field.required,
                "limit": field.limit,
                "choices": [[value, _choice(label, reader)] for value, label in field.choices],
            }
            for field in form.fields
        ],
    }


def notice_json(notice: Notice, reader: Reader) -> Json:
    return {
        "id": notice.id,
        "at": at(notice.at),
        "ticket": notice.ticket,
        "seen": notice.seen_at is not None,
        "say": say_json(notice.say, reader),
    }


def command_json(command: Command, book: Book, reader: Reader) -> Json:
    names = book.names(command)
    return {"word": names[0], "aliases": names[1:], "line": reader.words(f"help.{command.name}.line")}


def parked_json(it: Parked, reader: Reader) -> Json:
    """What a row holds is not shown: only what it is, and why it failed."""
    known = i18n.has(reader.locale, f"send_error.{it.code}")
    return {
        "kind": it.kind,
        "id": it.id,
        "what": it.what,
        "why": reader.words(f"send_error.{it.code}") if known else it.code,
        "attempts": it.attempts,
        "at": at(it.at),
        "ticket": it.ticket,
        "uncertain": it.uncertain,
    }


def trouble_json(it: Trouble, reader: Reader) -> Json:
    return {"kind": "trouble", "what": it.where, "why": reader.words(f"send_error.{it.code}"), "at": at(it.since)}


def _choice(label: str, reader: Reader) -> str:
    """A choice's label is a catalogue key or a plain text."""
    return reader.words(label) if i18n.has(reader.locale, label) else label
