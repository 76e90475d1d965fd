"""What the program says to people: catalogue keys with named parameters. A desk renders and localises them.

No sentence is written here. A parameter is a plain value or one of the small wrappers below, which tell the renderer
how to show it in the reader's language and time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, assert_never

from core.ids import PersonId, TicketId


@dataclass(frozen=True, slots=True)
class PersonName:
    """A teammate, shown by name; the id is stored so that history holds no names."""

    id: PersonId


@dataclass(frozen=True, slots=True)
class TicketLabel:
    """A ticket's number; desks that can, link it to its thread."""

    id: TicketId


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is itself a catalogue key: a status, a priority, a reason."""

    key: str


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant as the clocks of a place show it, with its city; and as the reader's do, where they differ."""

    at: datetime
    zone: str
    """An IANA name."""


@dataclass(frozen=True, slots=True)
class Country:
    """By its name in the reader's language."""

    code: str


@dataclass(frozen=True, slots=True)
class City:
    """What people call a time zone."""

    zone: str


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """From one instant to another, as the clocks of a place show them. Which place, the words around it say."""

    start: datetime
    end: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class WeekTimes:
    """The same time on some days of every week. Whose clock it is, the words around it say."""

    days: tuple[int, ...]
    """As `date.weekday()`: on which it begins."""
    start: int
    end: int
    """Minutes since that day's midnight; beyond 1440 it is another day."""


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Open time, in hours and minutes: a working day has no 24 of them."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Listed:
    """Things said in one line, one after the other. What stands below one of them is left out."""

    items: tuple["Say", ...]


Value = (
    str
    | int
    | datetime
    | timedelta
    | PersonName
    | TicketLabel
    | Word
    | Country
    | City
    | LocalTime
    | LocalSpan
    | WeekTimes
    | WorkTime
    | Listed
)


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. `action` is a command word of the registry, `value` its argument text."""

    action: str
    label: str
    """Catalogue key."""
    value: str = ""
    style: str = ""
    """`primary`, `danger` or empty."""


@dataclass(frozen=True, slots=True)
class Say:
    """One thing said. `lines` are further Says shown below the first, one per line (lists, help, search results)."""

    key: str
    params: Mapping[str, Value] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    lines: tuple["Say", ...] = ()


def say(key: str, *, buttons: tuple[Button, ...] = (), lines: tuple[Say, ...] = (), **params: Value) -> Say:
    """`say("claim.taken", by=PersonName(3), ago=timedelta(minutes=2))`."""
    return Say(key, params, buttons, lines)


def to_json(it: Say) -> dict[str, Any]:
    """A Say as plain JSON values, for the entries table."""
    out: dict[str, Any] = {"key": it.key}
    if it.params:
        out["params"] = {name: _value_out(value) for name, value in it.params.items()}
    if it.buttons:
        out["buttons"] = [[b.action, b.label, b.value, b.style] for b in it.buttons]
    if it.lines:
        out["lines"] = [to_json(line) for line in it.lines]
    return out


def from_json(data: Mapping[str, Any]) -> Say:
    """The inverse of `to_json`."""
    return Say(
        data["key"],
        {name: _value_in(value) for name, value in data.get("params", {}).items()},
        tuple(Button(*row) for row in data.get("buttons", ())),
        tuple(from_json(line) for line in data.get("lines", ())),
    )


def _value_out(value: Value) -> Any:
    match value:
        case str() | int():
            return value
        case datetime():
            return {"at": value.isoformat()}
        case timedelta():
            return {"seconds": value.total_seconds()}
        case PersonName():
            return {"person": value.id}
        case TicketLabel():
            return {"ticket": value.id}
        case Word():
            return {"word": value.key}
        case Country():
            return {"country": value.code}
        case City():
            return {"city": value.zone}
        case LocalTime():
            return {"time": value.at.isoformat(), "zone": value.zone}
        case LocalSpan():
            return {"from": value.start.isoformat(), "to": value.end.isoformat(), "zone": value.zone}
        case WeekTimes():
            return {"days": list(value.days), "from": value.start, "to": value.end}
        case WorkTime():
            return {"work_seconds": value.span.total_seconds()}
        case Listed():
            return {"listed": [to_json(item) for item in value.items]}
        case _:
            assert_never(value)


def _value_in(value: Any) -> Value:
    match value:
        case str() | int():
            return value
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"seconds": seconds}:
            return timedelta(seconds=seconds)
        case {"person": person}:
            return PersonName(PersonId(person))
        case {"ticket": ticket}:
            return TicketLabel(TicketId(ticket))
        case {"word": key}:
            return Word(key)
        case {"country": code}:
            return Country(code)
        case {"city": zone}:
            return City(zone)
        case {"time": at, "zone": zone}:
            return LocalTime(datetime.fromisoformat(at), zone)
        case {"work_seconds": seconds}:
            return WorkTime(timedelta(seconds=seconds))
        case {"listed": items}:
            return Listed(tuple(from_json(item) for item in items))
        case {"days": days, "from": start, "to": end}:
            return WeekTimes(tuple(days), start, end)
        case {"from": start, "to": end, "zone": zone}:
            return LocalSpan(datetime.fromisoformat(start), datetime.fromisoformat(end), zone)
        case _:
            raise ValueError("not a Say parameter")
