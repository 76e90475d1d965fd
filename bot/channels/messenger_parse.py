"""A Messenger webhook as events. Pure: the same hook always gives the same events, and one bad item costs no other.

What a message holds is read in messenger_content.py. What a person did that is no message (a button, a referral, an
opt-in, a handover) becomes a message with an honest line: it reached us, and often it opens the window. Shapes:
"Webhook Events Reference" of the Messenger Platform.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channels.messenger_content import holds, referral
from bot.channels.meta import Json
from bot.channels.payload import EPOCH, Holds, Unplaced, combined, digest, list_of, moment, object_of, table_of, text_of
from core.events import (
    FOREIGN,
    ChannelEvent,
    CustomerDelete,
    CustomerEdit,
    CustomerMessage,
    CustomerReaction,
    DeliveryReport,
    ForeignEcho,
    InboxTrouble,
    Sender,
    Watermark,
)
from core.ids import InboxName
from core.messages import Ladder
from core.people import Identity
from core.ports import Hook
from core.say import Say, say

AROUND = frozenset({"sender", "recipient", "timestamp", "prior_message", "is_standby", "hop_context"})
"""Members of an event that are not what it is about."""
NOBODYS = frozenset({"app_roles"})
"""Events that concern neither a conversation nor the Page's health."""
EMOJI: Mapping[str, str] = {
    # For a reaction that names its kind alone.
    "smile": "😆",
    "angry": "😠",
    "sad": "😢",
    "wow": "😮",
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
}


@dataclass(frozen=True, slots=True)
class PageLine:
    """The inbox a hook belongs to: its Page, and the app that we are."""

    inbox: InboxName
    page_id: str
    app_id: str


def parse(line: PageLine, hook: Hook) -> Sequence[ChannelEvent]:
    """Raises Unreadable when the body is no object of JSON."""
    payload, reader = object_of(hook.body), _Reader(line, hook.at or EPOCH)
    return [event for entry in list_of(payload, "entry") for event in reader.entry(entry)]


class _Reader:
    """Reads the entries of one hook. `at`: when it came in, for items without a time of their own."""

    def __init__(self, line: PageLine, at: datetime) -> None:
        self._line = line
        self._inbox = line.inbox
        self._at = at
        self._readers: Mapping[str, Callable[[Json, Json], Iterator[ChannelEvent]]] = {
            "message": self._message,
            "postback": self._postback,
            "reaction": self._reaction,
            "message_edit": self._edit,
            "delivery": self._delivery,
            "read": self._read,
            "policy_enforcement": self._policy,
        }

    def entry(self, entry: Json) -> Iterator[ChannelEvent]:
        """`standby` is what a conversation says while another app has it; `changes` are the Page's feed."""
        page = text_of(entry, "id", 60)
        if page and page != self._line.page_id:
            yield self._trouble(FOREIGN, page)
            return
        for name in ("messaging", "standby"):
            items = entry.get(name)
            for item in items if isinstance(items, list) else []:
                yield from self._guarded(item, standby=name == "standby")

    def _guarded(self, item: Any, *, standby: bool) -> Iterator[ChannelEvent]:
        """One bad item is reported and the others go on."""
        try:
            if not isinstance(item, dict):
                raise Unplaced
            for event in list(self._item(item)):
                yield _overheard(event) if standby else event
        except Unplaced:
            yield self._trouble("unreadable_item", digest(item))

    def _item(self, item: Json) -> Iterator[ChannelEvent]:
        for kind, read in self._readers.items():
            if isinstance(item.get(kind), dict):
                return read(item, item[kind])
        kind = next((name for name in item if name not in AROUND), "")
        if kind in NOBODYS or self._by_page(item):
            return iter(())
        return self._deed(item, kind or "event", _said_of(kind, table_of(item, kind), self._line.app_id))

    # --- what people do -------------------------------------------------------------------------------------------

    def _message(self, item: Json, message: Json) -> Iterator[ChannelEvent]:
        external, at = _mid(message), self._time(item)
        if message.get("is_echo") is True or self._by_page(item):
            yield from self._echo(item, message, external, at)
        elif message.get("is_deleted") is True:
            yield CustomerDelete(self._inbox, f"{external}.deleted", external, at, self._sender(item))
        else:
            found = holds(message)
            reply_to = text_of(table_of(message, "reply_to"), "mid", 500) or None
            yield self._written(item, external, found, reply_to)

    def _postback(self, item: Json, postback: Json) -> Iterator[ChannelEvent]:
        """Buttons, the menu, ice breakers, Get Started. The payload is the app's own and says nothing to people, but
        where there is no title it is all there is."""
        external = text_of(postback, "mid", 500) or self._name("postback", item)
        text = text_of(postback, "title") or text_of(postback, "payload", 1000)
        about = combined(say("about.button"), referral(table_of(postback, "referral")))
        yield self._written(item, external, Holds(text, about))

    def _deed(self, item: Json, kind: str, about: Say) -> Iterator[ChannelEvent]:
        yield self._written(item, self._name(kind, item), Holds(about=about))

    def _reaction(self, item: Json, reaction: Json) -> Iterator[ChannelEvent]:
        target = _mid(reaction)
        gone = text_of(reaction, "action", 20) == "unreact"
        emoji = text_of(reaction, "emoji", 64) or EMOJI.get(text_of(reaction, "reaction", 20), "❔")
        name = f"{target}.{self._name('reaction', item)}"
        sender = self._sender(item)
        yield CustomerReaction(self._inbox, name, target, self._time(item), sender, "" if gone else emoji)

    def _edit(self, item: Json, edit: Json) -> Iterator[ChannelEvent]:
        """A message can be edited five times; `num_edit` counts them."""
        target = _mid(edit)
        name = f"{target}.edit.{text_of(edit, 'num_edit', 10) or digest(item)}"
        yield CustomerEdit(self._inbox, name, target, self._time(item), self._sender(item), text_of(edit, "text"))

    def _written(self, item: Json, external: str, found: Holds, reply_to: str | None = None) -> CustomerMessage:
        sender, at = self._sender(item), self._time(item)
        return CustomerMessage(self._inbox, external, at, sender, found.text, found.about, found.files, reply_to)

    # --- what the Page says, and how far it comes -----------------------------------------------------------------

    def _echo(self, item: Json, message: Json, external: str, at: datetime) -> Iterator[ChannelEvent]:
        """Ours settles the send that it echoes; anybody else's is an answer given elsewhere. The Page inbox names no
        app, or its own."""
        if text_of(message, "app_id", 60) == self._line.app_id:
            if ref := text_of(message, "metadata", 1000):
                yield DeliveryReport(self._inbox, external, Ladder.SENT, at, ref=ref)
            return
        if message.get("is_deleted") is True:
            return
        found = holds(message)
        yield ForeignEcho(self._inbox, external, at, self._recipient(item), found.text, found.about, found.files)

    def _delivery(self, item: Json, delivery: Json) -> Iterator[ChannelEvent]:
        """`mids` come from newer phones only; the watermark always."""
        mids = delivery.get("mids")
        named = [text_of({"mid": mid}, "mid", 500) for mid in mids] if isinstance(mids, list) else []
        for mid in filter(None, named):
            yield DeliveryReport(self._inbox, mid, Ladder.DELIVERED, self._time(item, delivery))
        if not any(named):
            yield self._watermark(item, delivery, Ladder.DELIVERED)

    def _read(self, item: Json, read: Json) -> Iterator[ChannelEvent]:
        yield self._watermark(item, read, Ladder.READ)

    def _watermark(self, item: Json, mark: Json, state: Ladder) -> Watermark:
        upto = moment(text_of(mark, "watermark", 20), EPOCH)
        if upto == EPOCH:
            raise Unplaced
        key = self._sender(item).key
        return Watermark(self._inbox, f"{key}.{text_of(mark, 'watermark', 20)}", key, state, upto)

    # --- the Page itself ------------------------------------------------------------------------------------------

    def _policy(self, _item: Json, policy: Json) -> Iterator[ChannelEvent]:
        """`block` takes the Page's right to send, `unblock` gives it back."""
        if text_of(policy, "action", 20) != "unblock":
            yield self._trouble("policy_blocked", text_of(policy, "action", 20))

    def _trouble(self, code: str, what: str) -> InboxTrouble:
        """It has no id of its own: one a code and day."""
        return InboxTrouble(self._inbox, f"{code}.{what}.{self._at:%Y-%m-%d}", self._at, code)

    # --- who and when ---------------------------------------------------------------------------------------------

    def _sender(self, item: Json) -> Sender:
        return self._person(text_of(table_of(item, "sender"), "id", 200))

    def _recipient(self, item: Json) -> Sender:
        return self._person(text_of(table_of(item, "recipient"), "id", 200))

    def _person(self, psid: str) -> Sender:
        """Webhooks bear no name: `KnowsNames` asks for it. Raises Unplaced."""
        if not psid or psid == self._line.page_id:
            raise Unplaced
        return Sender((Identity("psid", self._line.page_id, psid),), psid, psid)

    def _by_page(self, item: Json) -> bool:
        return text_of(table_of(item, "sender"), "id", 200) == self._line.page_id

    def _time(self, item: Json, part: Json | None = None) -> datetime:
        """Milliseconds, in postbacks sometimes seconds as text; receipts may have the watermark alone."""
        return moment(text_of(item, "timestamp", 20) or text_of(part, "watermark", 20), self._at)

    def _name(self, kind: str, item: Json) -> str:
        """For what has no id: the same in every redelivery."""
        return f"{kind}.{text_of(item, 'timestamp', 20)}.{digest(item)}"


def _said_of(kind: str, part: Json, app_id: str) -> Say:
    """An honest line for an event that is no message."""
    match kind:
        case "referral":
            return referral(part) or say("about.event", kind=kind)
        case "optin":
            title = text_of(part, "title", 200) or text_of(part, "ref", 200) or text_of(part, "payload", 200) or "?"
            stopped = text_of(part, "notification_messages_status", 60).upper().startswith("STOP")
            return say("about.opted_out" if stopped else "about.opted_in", what=title)
        case "pass_thread_control" if text_of(part, "new_owner_app_id", 60) == app_id:
            return say("about.handed_over")
        case "pass_thread_control" | "take_thread_control":
            return say("about.handed_away")
        case "request_thread_control":
            return say("about.asked_for")
        case _:
            return say("about.event", kind=kind[:60] or "?")


def _overheard(event: ChannelEvent) -> ChannelEvent:
    """Said while another app had the conversation: whoever wants to answer should know."""
    if isinstance(event, CustomerMessage):
        return replace(event, about=combined(event.about, say("about.standby")))
    return event


def _mid(part: Json) -> str:
    mid = text_of(part, "mid", 500)
    if not mid:
        raise Unplaced
    return mid
