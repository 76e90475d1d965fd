"""What no single table can know: names that must be unique, names that must exist, tables that need each other.

The checks read what is not validated yet, so that their findings come together with those of the shapes; what has the
wrong shape is left alone here, for it is told there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.channels import CHANNELS
from bot.config import digests, escalation, quiet, targets
from bot.config.problems import Problem, near
from bot.desks import DESKS, Kind

Rows = list[dict[str, Any]]


def check(data: Mapping[str, Any]) -> list[Problem]:
    queues, inboxes = rows(data, "queues"), rows(data, "inboxes")
    names = [queue["name"] for queue in queues if isinstance(queue.get("name"), str)]
    return [
        *_unique("queues", queues, "name"),
        *_unique("inboxes", inboxes, "name"),
        *_unique_accounts(inboxes),
        *_known_queue("inboxes", inboxes, names),
        *_known_queue("targets", rows(data, "targets"), names),
        *targets.check(rows(data, "targets")),
        *(problem for name, kind in DESKS.items() for problem in _desk(name, kind, data, queues)),
        *_known_queue("escalation", rows(data, "escalation"), names),
        *escalation.check(rows(data, "escalation"), rows(data, "targets")),
        *_unique("triggers", rows(data, "triggers"), "kind"),
        *quiet.check(data.get("quiet")),
        *_unique("countries", rows(data, "countries"), "country"),
        *_unique("digests", rows(data, "digests"), "region"),
        *digests.check(rows(data, "digests"), names),
        *_unique("shifts", rows(data, "shifts"), "name"),
        *_known_queue("oncall", rows(data, "oncall"), names),
        *_on_call(rows(data, "oncall")),
    ]


def check_days(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Of the holidays file: a day of a region is told once."""
    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(rows(data, "days")):
        key = (str(row.get("region")), str(row.get("date")))
        if first.setdefault(key, index) != index:
            yield Problem(f"days[{index}].date", "config.taken", {"given": key[1], "other": f"days[{first[key]}]"})


def rows(data: Mapping[str, Any], name: str) -> Rows:
    """The rows of a repeated table; none when it is something else."""
    found = data.get(name)
    return found if isinstance(found, list) and all(isinstance(row, dict) for row in found) else []


def _base_url(general: object) -> object:
    return general.get("base_url") if isinstance(general, dict) else None


def _unique(table: str, found: Rows, key: str) -> Iterator[Problem]:
    yield from _repeated(table, enumerate(found), key)


def _unique_accounts(inboxes: Rows) -> Iterator[Problem]:
    """Two inboxes on one account would take each other's messages."""
    for name, kind in CHANNELS.items():
        rows = [(index, inbox) for index, inbox in enumerate(inboxes) if inbox.get("channel") == name]
        for key in kind.settings.unique:
            yield from _repeated("inboxes", rows, key)


def _repeated(table: str, found: Iterable[tuple[int, dict[str, Any]]], key: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, row in found:
        value = row.get(key)
        if isinstance(value, str) and first.setdefault(value, index) != index:
            other = f"{table}[{first[value]}]"
            yield Problem(f"{table}[{index}].{key}", "config.taken", {"given": value, "other": other})


def _known_queue(table: str, found: Rows, names: list[str]) -> Iterator[Problem]:
    for index, row in enumerate(found):
        queue = row.get("queue")
        if isinstance(queue, str) and queue not in names:
            yield near(f"{table}[{index}].queue", "config.unknown_queue", queue, names, given=queue)


def _desk(desk: str, kind: Kind[Any], data: Mapping[str, Any], queues: Rows) -> Iterator[Problem]:
    table = data.get(desk)
    there = [queue for queue in queues if queue.get(desk)]
    if there and table is None and kind.settings:
        yield Problem(desk, f"config.{desk}_needed", {"queue": str(there[0].get("name", ""))})
    if isinstance(table, dict) and kind.settings:
        yield from kind.settings.check(table, _base_url(data.get("dragoman")))
    if kind.queue and not kind.queue.shared:
        yield from _unique_places(desk, queues)


def _unique_places(desk: str, queues: Rows) -> Iterator[Problem]:
    """A place is one queue's, once."""
    first: dict[str, int] = {}
    for index, queue in enumerate(queues):
        for path, place in _places(f"queues[{index}].{desk}", queue.get(desk)):
            if place in first:
                yield Problem(path, "config.taken", {"given": place, "other": f"queues[{first[place]}]"})
            first.setdefault(place, index)


def _places(path: str, given: object) -> Iterator[tuple[str, str]]:
    """Each with where it stands."""
    if isinstance(given, str) and given:
        yield path, given
    for nth, place in enumerate(given if isinstance(given, list) else []):
        if isinstance(place, str):
            yield f"{path}[{nth}]", place


def _on_call(found: Rows) -> Iterator[Problem]:
    """Who is named twice would have two turns, and for the same hours a queue has one rotation."""
    for index, row in enumerate(found):
        people = row.get("people")
        yield from _twice(f"oncall[{index}].people", people if isinstance(people, list) else [])
        for before, other in enumerate(found[:index]):
            same_hours = not (row.get("calendar") and other.get("calendar")) or row["calendar"] == other["calendar"]
            if row.get("queue") == other.get("queue") is not None and same_hours:
                params = {"queue": str(row["queue"]), "other": f"oncall[{before}]"}
                yield Problem(f"oncall[{index}].queue", "config.oncall_twice", params)
                break


def _twice(path: str, people: list[Any]) -> Iterator[Problem]:
    emails = [email.strip().lower() if isinstance(email, str) else None for email in people]
    for nth, email in enumerate(emails):
        if email is not None and email in emails[:nth]:
            params = {"given": people[nth], "other": f"{path}[{emails.index(email)}]"}
            yield Problem(f"{path}[{nth}]", "config.taken", params)
