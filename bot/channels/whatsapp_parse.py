"""A WhatsApp webhook as events. Pure: the same hook always gives the same events, and one bad item costs no other.

What a message holds is read in whatsapp_content.py. Unknown fields, changes and members are passed over; unknown types
become an honest line.

Who a customer is. The conversation's key is the BSUID where Meta names one, since phone numbers vanish once a customer
has a username and BSUIDs come with every message; else the number. The key only counts for a first contact:
`identities` carry all that is known, so one who was known by phone keeps their conversation when the BSUID appears, and
one whose number vanishes keeps it too. An answer goes to the phone number where there is one: it may carry every type
of message, a BSUID may not (131062). A group is a contact of its own, whoever wrote in it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.meta import OF_THE_ACCOUNT, Json, rule_for
from bot.channels.payload import EPOCH, Unplaced, combined, digest, list_of, moment, object_of, table_of, text_of
from bot.channels.whatsapp_content import holds
from core.events import (
    FOREIGN,
    ChannelEvent,
    CustomerDelete,
    CustomerEdit,
    CustomerMessage,
    CustomerReaction,
    DeliveryReport,
    ForeignEcho,
    IdentityChanged,
    InboxTrouble,
    Sender,
)
from core.ids import InboxName
from core.messages import Ladder
from core.people import Identity
from core.ports import Hook
from core.say import say

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
PHONE = re.compile(r"\+?\d{5,20}")
GROUP = "group:"
"""Begins the address and key of a group."""

STATUSES: Mapping[str, Ladder] = {
    "sent": Ladder.SENT,
    "delivered": Ladder.DELIVERED,
    "read": Ladder.READ,
    "played": Ladder.READ,
    "failed": Ladder.FAILED,
}

ACCOUNT: Mapping[str, str] = {
    # Events of "account_update" after which less can be sent, as our own codes.
    "ACCOUNT_DELETED": "not_found",
    "ACCOUNT_OFFBOARDED": "not_registered",
    "ACCOUNT_RESTRICTION": "policy_blocked",
    "ACCOUNT_VIOLATION": "policy_blocked",
    "DISABLED_UPDATE": "locked",
    "PARTNER_APP_UNINSTALLED": "permission",
    "PARTNER_REMOVED": "permission",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The inbox a hook belongs to: its number, and the portfolio within which a BSUID is unique."""

    inbox: InboxName
    phone_number_id: str
    portfolio: str = ""


def parse(line: Line, hook: Hook) -> Sequence[ChannelEvent]:
    """Raises Unreadable when the body is no object of JSON."""
    payload, reader = object_of(hook.body), _Reader(line, hook.at or EPOCH)
    return [
        event
        for entry in list_of(payload, "entry")
        for change in list_of(entry, "changes")
        for event in reader.change(change)
    ]


class Contacts:
    """`contacts[]` of a change, by the names they go by: a batch may hold a thousand."""

    def __init__(self, contacts: Sequence[Json]) -> None:
        self._only = contacts[0] if len(contacts) == 1 else {}
        self._known: dict[str, Json] = {}
        for contact in contacts:
            for name in (text_of(contact, "wa_id"), text_of(contact, "user_id")):
                self._known.setdefault(name, contact)
        self._known.pop("", None)

    def of(self, phone: str, user: str) -> Json:
        """Who an item is from; an item that names nobody is from the only one there is."""
        found = self._known.get(phone) or self._known.get(user)
        return found or (self._only if not phone and not user else {})


class _Reader:
    """Reads the changes of one hook. `at`: when it came in, for items without a time of their own."""

    def __init__(self, line: Line, at: datetime) -> None:
        self._line = line
        self._inbox = line.inbox
        self._at = at

    def change(self, change: Json) -> Iterator[ChannelEvent]:
        field, value = text_of(change, "field"), table_of(change, "value")
        if field == "account_update":
            yield from self._account(value)
        if field not in ("messages", "smb_message_echoes"):
            return
        number = text_of(table_of(value, "metadata"), "phone_number_id")
        if number and number != self._line.phone_number_id:
            yield self._trouble(FOREIGN, number)
            return
        contacts = Contacts(list_of(value, "contacts"))
        for part, read in self._parts(contacts).items():
            items = value.get(part)
            for item in items if isinstance(items, list) else []:
                yield from self._guarded(read, item)

    def _parts(self, contacts: Contacts) -> dict[str, Callable[[Json], Iterator[ChannelEvent]]]:
        return {
            "messages": lambda item: self._message(item, contacts),
            "message_echoes": lambda item: self._echo(item, contacts),
            "statuses": self._status,
            "errors": self._error,
        }

    def _guarded(self, read: Callable[[Json], Iterator[ChannelEvent]], item: Any) -> Iterator[ChannelEvent]:
        """One bad item is reported and the others go on."""
        try:
            if not isinstance(item, dict):
                raise Unplaced
            yield from list(read(item))
        except Unplaced:
            yield self._trouble("unreadable_item", digest(item))

    # --- messages -------------------------------------------------------------------------------------------------

    def _message(self, item: Json, contacts: Contacts) -> Iterator[ChannelEvent]:
        external, at = _id(item), self._time(item)
        system = table_of(item, "system")
        if text_of(system, "type") in ("user_changed_number", "user_changed_user_id"):
            yield self._moved(item, system, external, at)
            return
        sender, member = self._sender(item, contacts)
        kind = text_of(item, "type")
        content = table_of(item, kind)
        target = text_of(content, "original_message_id") or text_of(content, "message_id")
        match kind:
            case "reaction" if target:
                emoji = text_of(content, "emoji")
                yield CustomerReaction(self._inbox, external, target, at, sender, emoji)
            case "edit" if target:
                # The new words: a text's body or a file's caption.
                text = holds(table_of(content, "message")).text
                yield CustomerEdit(self._inbox, external, target, at, sender, text)
            case "revoke" if target:
                yield CustomerDelete(self._inbox, external, target, at, sender)
            case _:
                found = holds(item)
                about = combined(say("about.group_member", name=member), found.about) if member else found.about
                reply_to = text_of(table_of(item, "context"), "id") or None
                yield CustomerMessage(
                    self._inbox, external, at, sender, found.text, about, found.files, reply_to=reply_to
                )

    def _moved(self, item: Json, system: Json, external: str, at: datetime) -> IdentityChanged:
        """A changed number brings a new BSUID with it; the item's own `from` is still the old number."""
        user = text_of(system, "user_id") or text_of(item, "from_user_id")
        before = text_of(item, "from")
        kept = before if text_of(system, "type") == "user_changed_user_id" else ""
        old = self._identities(before, text_of(system, "previous_user_id"))
        new = self._identities(text_of(system, "wa_id") or kept, user)
        gone = tuple(one for one in old if one not in new)
        return IdentityChanged(self._inbox, external, at, gone or old, _sender_of(new, ""))

    def _echo(self, item: Json, contacts: Contacts) -> Iterator[ChannelEvent]:
        """What a colleague wrote in the phone app; their edits, reactions and deletions there answer nobody."""
        if text_of(item, "type") in ("edit", "revoke", "reaction", "system"):
            return
        to = {"from": item.get("to"), "from_user_id": item.get("to_user_id"), "group_id": item.get("group_id")}
        sender, _ = self._sender(to, contacts)
        found = holds(item)
        external, at = _id(item), self._time(item)
        yield ForeignEcho(self._inbox, external, at, sender, found.text, found.about, found.files)

    # --- statuses and errors --------------------------------------------------------------------------------------

    def _status(self, item: Json) -> Iterator[ChannelEvent]:
        external, at = _id(item), self._time(item)
        status = text_of(item, "status")
        if status == "deleted":
            # The customer deleted a message of theirs; `recipient_id` is the customer here too.
            to = {"from": item.get("recipient_id"), "from_user_id": item.get("recipient_user_id")}
            sender, _ = self._sender(to, Contacts([]))
            yield CustomerDelete(self._inbox, f"{external}.deleted", external, at, sender)
        elif status in STATUSES:
            state = STATUSES[status]
            code = self._code(item) if state is Ladder.FAILED else ""
            ref = text_of(item, "biz_opaque_callback_data", 512)
            yield DeliveryReport(self._inbox, external, state, at, code, ref)
            if code in OF_THE_ACCOUNT:
                yield self._trouble(code, "status")

    def _code(self, item: Json) -> str:
        errors = list_of(item, "errors")
        return rule_for(errors[0].get("code")).code if errors else "platform_error"

    def _error(self, item: Json) -> Iterator[ChannelEvent]:
        yield self._trouble(rule_for(item.get("code")).code, text_of(item, "code"))

    def _account(self, value: Json) -> Iterator[ChannelEvent]:
        """Told of the whole account, where the app is subscribed to it."""
        code = ACCOUNT.get(text_of(value, "event", 60))
        if code is not None and "REINSTATE" not in str(table_of(value, "ban_info").get("waba_ban_state")):
            yield self._trouble(code, "account")

    def _trouble(self, code: str, what: str) -> InboxTrouble:
        """Errors have no id of their own: one a code and day."""
        return InboxTrouble(self._inbox, f"{code}.{what}.{self._at:%Y-%m-%d}", self._at, code)

    # --- who ------------------------------------------------------------------------------------------------------

    def _sender(self, item: Mapping[str, Any], contacts: Contacts) -> tuple[Sender, str]:
        """The conversation's other side, and in a group the name of who wrote. Raises Unplaced."""
        phone, user = text_of(item, "from"), text_of(item, "from_user_id")
        contact = contacts.of(phone, user)
        identities = self._identities(
            phone or text_of(contact, "wa_id"), user or text_of(contact, "user_id"), text_of(contact, "wa_id")
        )
        name = text_of(table_of(contact, "profile"), "name", 200)
        if group := text_of(item, "group_id"):
            member = name or (identities[0].value if identities else "?")
            return Sender((Identity("group", "", group),), GROUP + group, GROUP + group), member
        return _sender_of(identities, name), ""

    def _identities(self, *names: str) -> tuple[Identity, ...]:
        """Phone first. A BSUID may stand where a number is expected."""
        found: list[Identity] = []
        for name in filter(None, names):
            if BSUID.fullmatch(name):
                found.append(Identity("bsuid", self._line.portfolio, name))
            elif PHONE.fullmatch(name):
                found.append(Identity("phone", "", f"+{name.lstrip('+')}"))
            else:
                found.append(Identity("wa_id", "", name[:200]))
        return tuple(sorted(dict.fromkeys(found), key=lambda one: one.kind != "phone"))

    def _time(self, item: Json) -> datetime:
        return moment(text_of(item, "timestamp", 20), self._at)


def _sender_of(identities: tuple[Identity, ...], name: str) -> Sender:
    if not identities:
        raise Unplaced
    by_kind = {one.kind: one.value for one in reversed(identities)}
    key = by_kind.get("bsuid") or identities[0].value
    return Sender(identities, key, identities[0].value, name)


def _id(item: Json) -> str:
    external = text_of(item, "id", 500)
    if not external:
        raise Unplaced
    return external
