"""What no single table can know: names that must be unique, names that must exist, tables that need each other.

The checks read what is not validated yet, so that their findings come together with those of the shapes; what has the
wrong shape is left alone here, for it is told there.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from pydantic_core import PydanticCustomError

from bot.channels import CHANNELS
from bot.config.problems import Problem, near
from bot.config.sources import variable_for
from bot.config.values import Share, Step, parse_step

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
        *_unique_places(queues),
        *_slack(data.get("slack"), queues),
        *_telegram(data.get("telegram"), queues, _base_url(data.get("dragoman"))),
        *_steps(rows(data, "escalation")),
    ]


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


def _unique_places(queues: Rows) -> Iterator[Problem]:
    """A group is one queue's, once: by it a thread and its topic find each other."""
    first: dict[str, int] = {}
    for index, queue in enumerate(queues):
        groups = queue.get("telegram")
        for nth, group in enumerate(groups if isinstance(groups, list) else []):
            if isinstance(group, str) and group in first:
                params = {"given": group, "other": f"queues[{first[group]}]"}
                yield Problem(f"queues[{index}].telegram[{nth}]", "config.taken", params)
            elif isinstance(group, str):
                first[group] = index


def _slack(app: object, queues: Rows) -> Iterator[Problem]:
    yield from _needed("slack", app, queues)
    if isinstance(app, dict):
        needed = "signing_secret" if app.get("mode") == "http" else "app_token"
        yield from _needed_in_mode("slack", app, str(app.get("mode", "socket")), needed)


def _telegram(app: object, queues: Rows, base_url: object) -> Iterator[Problem]:
    yield from _needed("telegram", app, queues)
    if isinstance(app, dict) and app.get("mode") == "webhook":
        yield from _needed_in_mode("telegram", app, "webhook", "secret_token")
        # Source: setWebhook, Telegram Bot API.
        if not (isinstance(base_url, str) and base_url.startswith("https://")):
            yield Problem("dragoman.base_url", "config.telegram_needs_https")


def _needed(desk: str, app: object, queues: Rows) -> Iterator[Problem]:
    there = [queue for queue in queues if queue.get(desk)]
    if there and app is None:
        yield Problem(desk, f"config.{desk}_needed", {"queue": str(there[0].get("name", ""))})


def _needed_in_mode(table: str, app: Mapping[str, Any], mode: str, key: str) -> Iterator[Problem]:
    if not app.get(key):
        params = {"mode": mode, "variable": variable_for(table, key)}
        yield Problem(f"{table}.{key}", "config.needed_in_mode", params)


def _steps(found: Rows) -> Iterator[Problem]:
    """Times must differ, and a time after the target needs a first level, at 100 %, to come after."""
    times = [_step(row) for row in found]
    for index, time in enumerate(times):
        if time is not None and time in times[:index]:
            params = {"given": str(found[index]["at"]), "other": f"escalation[{times.index(time)}]"}
            yield Problem(f"escalation[{index}].at", "config.taken", params)
        if isinstance(time, timedelta) and Share(100) not in times:
            yield Problem(f"escalation[{index}].at", "config.no_first_level")


def _step(row: Mapping[str, Any]) -> Step | None:
    try:
        return parse_step(row.get("at"))
    except PydanticCustomError:
        return None
