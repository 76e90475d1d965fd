"""Rows to the core's dataclasses. Tickets and their clocks are in `storage.ticket_rows`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.facts import Fact
from core.ids import (
    AccountId,
    ContactId,
    ConversationId,
    DeskName,
    FileId,
    InboxName,
    JobId,
    MessageId,
    PersonId,
    QueueName,
    ThreadId,
    TicketId,
)
from core.jobs import Job
from core.messages import File, FileState, Ladder, Message, MessageKind, Part
from core.model import Conversation, Entry, EntryKind, PostRef, Thread, ThreadRef
from core.people import Contact, Person, Role, Stand, Tier
from core.ports import Group, Notice, Raw, SavedDraft, SavedFact
from core.say import Say, from_json, to_json
from storage import models
from storage.codec import FACTS, WORK
from storage.fields import instant

Row = Mapping[str, Any]


def moment(value: Any) -> datetime | None:
    return None if value is None else instant(value)


def dump_say(it: Say | None) -> str | None:
    return None if it is None else json.dumps(to_json(it), separators=(",", ":"))


def load_say(text: str | None) -> Say | None:
    return None if text is None else from_json(json.loads(text))


def contact(row: Row) -> Contact:
    account = row["account_id"]
    return Contact(
        id=ContactId(row["id"]),
        name=row["name"],
        company=row["company"],
        account=None if account is None else AccountId(account),
        tier=Tier(row["tier"]),
        language=row["language"],
        country=row["country"],
        zone=row["zone"],
        zone_assumed=bool(row["zone_assumed"]),
        blocked=bool(row["blocked"]),
        email=row["email"],
    )


def group(row: Row) -> Group:
    return Group(DeskName(row["desk"]), row["place"], row["chat"], row["title"], row["board"])


def conversation(row: Row) -> Conversation:
    return Conversation(
        id=ConversationId(row["id"]),
        inbox=InboxName(row["inbox"]),
        key=row["key"],
        contact=ContactId(row["contact_id"]),
        ticket=row["ticket_id"],
        address=row["address"],
    )


def file(row: Row) -> File:
    return File(
        id=FileId(row["id"]),
        message=MessageId(row["message_id"]),
        name=row["name"],
        mime=row["mime"],
        size=row["size"],
        state=FileState(row["state"]),
        source=row["source"],
        blob=row["blob"],
        reason=row["reason"],
    )


def part(row: Row) -> Part:
    return Part(
        seq=row["seq"],
        text=row["text"],
        file=row["file_id"],
        state=Ladder(row["state"]),
        external=row["external"],
        code=row["code"],
        sent_at=instant(row["sent_at"]) if row["sent_at"] else None,
    )


def message(row: Row, files: Sequence[Row], parts: Sequence[Row]) -> Message:
    return Message(
        id=MessageId(row["id"]),
        ticket=TicketId(row["ticket_id"]),
        conversation=ConversationId(row["conversation_id"]),
        kind=MessageKind(row["kind"]),
        text=row["text"],
        at=instant(row["at"]),
        person=row["person_id"],
        external=row["external"],
        about=load_say(row["about"]),
        edited_at=moment(row["edited_at"]),
        deleted_at=moment(row["deleted_at"]),
        reaction=row["reaction"],
        files=tuple(file(one) for one in files),
        parts=tuple(part(one) for one in parts),
        reply_to=row["reply_to"],
    )


def person(row: models.Person, queues: Sequence[str]) -> Person:
    return Person(
        id=PersonId(row.id),
        name=row.name,
        public_name=row.public_name,
        email=row.email,
        role=Role(row.role),
        queues=frozenset(QueueName(queue) for queue in queues),
        locale=row.locale,
        zone=row.zone,
        away=row.away,
        active=row.active,
        shifts=tuple(json.loads(row.shifts)),
        languages=frozenset(json.loads(row.languages)),
        capacity=row.capacity,
        substitute=None if row.substitute_id is None else PersonId(row.substitute_id),
        away_since=row.away_since,
        away_until=row.away_until,
    )


def stand(row: Row) -> Stand:
    return Stand(QueueName(row["queue"]), PersonId(row["person_id"]), instant(row["since"]), instant(row["until"]))


def thread(row: Row) -> Thread:
    return Thread(
        id=ThreadId(row["id"]),
        ticket=TicketId(row["ticket_id"]),
        ref=ThreadRef(DeskName(row["desk"]), row["place"], row["root"], row["card"]),
        current=bool(row["current"]),
        posted=row["posted"],
    )


def post_ref(row: Row) -> PostRef | None:
    """From columns desk, place, post; None where nothing was typed on a desk."""
    return None if row["post"] is None else PostRef(DeskName(row["desk"]), row["place"], row["post"])


def entry(row: Row) -> Entry:
    return Entry(
        ticket=TicketId(row["ticket_id"]),
        seq=row["seq"],
        rev=row["rev"],
        kind=EntryKind(row["kind"]),
        at=instant(row["at"]),
        message=row["message_id"],
        say=load_say(row["say"]),
        by=row["by_id"],
        mention=row["mention_id"],
        origin=post_ref(row),
    )


def saved_fact(row: Row) -> SavedFact:
    fact: Fact = FACTS.unpack(row["kind"], row["data"])
    return SavedFact(TicketId(row["ticket_id"]), row["version"], instant(row["at"]), fact)


def notice(row: models.Notice) -> Notice:
    return Notice(
        id=row.id,
        person=PersonId(row.person_id),
        say=from_json(json.loads(row.say)),
        at=row.at,
        ticket=None if row.ticket_id is None else TicketId(row.ticket_id),
        seen_at=row.seen_at,
    )


def waiting(person: PersonId, row: Row) -> Notice:
    """From columns id, ticket_id, say, at."""
    ticket = None if row["ticket_id"] is None else TicketId(row["ticket_id"])
    return Notice(row["id"], person, from_json(json.loads(row["say"])), instant(row["at"]), ticket)


def draft(row: Row) -> SavedDraft:
    return SavedDraft(
        id=row["id"],
        ticket=TicketId(row["ticket_id"]),
        person=PersonId(row["person_id"]),
        text=row["text"],
        files=row["files"],
        origin=post_ref(row),
        at=instant(row["at"]),
    )


def raw(row: Row) -> Raw:
    return Raw(
        id=row["id"],
        source=row["source"],
        key=row["key"],
        body=bytes(row["body"]),
        headers=json.loads(row["headers"]),
        at=instant(row["at"]),
        attempts=row["attempts"],
    )


def job(row: Row) -> Job:
    return Job(
        id=JobId(row["id"]),
        work=WORK.unpack(row["kind"], row["payload"]),
        lane=row["lane"],
        bucket=row["bucket"],
        attempt=row["attempt"],
        failures=row["failures"],
        uncertain=bool(row["uncertain"]),
        code=row["code"],
    )
