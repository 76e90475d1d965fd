"""What is noted about a ticket or its customer: notes, priority, tags, tier, zone, block."""

from core import sla
from core.commands import ChangeNote, FollowContact, Note, SetBlocked, SetPriority, SetTags, SetTier, SetZone
from core.facts import ContactBlocked, NoteChanged, Noted, PrioritySet, Tagged, TierSet, ZoneSet
from core.ids import PersonId
from core.model import Priority
from core.places import country_of_zone
from core.rules.change import Change
from core.say import Word

MAX_TAGS = 20


def note(change: Change, command: Note) -> None:
    if not command.draft.text.strip() and not command.draft.files:
        raise change.refuse("refused.note_empty")
    change.add(Noted(command.message, command.by, command.files, command.draft.desk))


def change_note(change: Change, command: ChangeNote) -> None:
    change.add(NoteChanged(command.message, "deleted" if command.text is None else "edited"))


def priority(change: Change, command: SetPriority) -> None:
    old = change.ticket.priority
    if old is command.priority:
        raise change.refuse("refused.already_priority", priority=Word(f"priority.{old}"))
    set_priority(change, command.priority, command.by)


def set_priority(change: Change, priority: Priority, by: PersonId | None) -> None:
    change.add(PrioritySet(change.ticket.priority, priority, by))
    change.set(priority=priority)
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def tags(change: Change, command: SetTags) -> None:
    before = change.ticket.tags
    after = (before | frozenset(command.add)) - frozenset(command.remove)
    if after == before:
        raise change.refuse("refused.tags_unchanged")
    if len(after) > MAX_TAGS:
        raise change.refuse("refused.too_many_tags", limit=MAX_TAGS)
    change.set(tags=after)
    change.add(Tagged(tuple(sorted(after - before)), tuple(sorted(before - after)), command.by))
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def tier(change: Change, command: SetTier) -> None:
    old = change.ticket.tier
    if old is command.tier:
        raise change.refuse("refused.already_tier", tier=Word(f"tier.{old}"))
    change.set(tier=command.tier)
    change.add(TierSet(old, command.tier, command.by))
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def zone(change: Change, command: SetZone) -> None:
    change.set(zone=command.zone, country=country_of_zone(command.zone) or change.ticket.country)
    change.add(ZoneSet(command.by, command.zone))
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def follow_contact(change: Change, command: FollowContact) -> None:
    """What was set on another ticket of this customer holds for this one, too."""
    change.set(tier=command.tier, zone=command.zone, country=command.country)
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def block(change: Change, command: SetBlocked) -> None:
    if command.blocked == command.was:
        raise change.refuse("refused.already_blocked" if command.was else "refused.not_blocked")
    change.add(ContactBlocked(command.by, command.blocked))
