"""The routes of the page "Time": who may read what, and the moment that somebody asks about.

Whatever takes longer than a query is computed beside the loop; what every viewer shares, once a minute.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.web.auth import Route, signed_in
from bot.web.console import moment, page, queues_of, reader_of
from bot.web.keys import PARTS, PERSON
from bot.web.render import Json
from bot.web.timing.calendars import calendars_json, unconfirmed
from bot.web.timing.due import due_json
from bot.web.timing.gaps import gaps_json, gaps_of
from bot.web.timing.roster import roster_json, unstaffed
from bot.web.timing.rules import rules_json
from bot.web.timing.view import View
from core.coverage import REGIONS, Region, Report, coverage, regions
from core.ids import QueueName
from core.people import Roster
from core.places import is_zone
from core.staffing import Staffing

FAR = 3
"""Years from now that a moment may lie which is asked about."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the last look at the coverage found, and for what."""

    key: tuple[datetime, Roster, Sequence[Region]]
    report: Report


class Coverage:
    """However many ask, it is looked at once a minute, and again when the roster changed."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._last: _Looked | None = None

    async def report(self, view: View) -> Report:
        async with self._lock:
            minute = view.now.replace(second=0, microsecond=0)
            key = minute, view.staffing.roster, view.places
            if self._last is None or self._last.key != key:
                report = await asyncio.to_thread(coverage, view.policy, view.staffing.hours, view.places, minute)
                self._last = _Looked(key, report)
            return self._last.report


COVERAGE = web.AppKey("coverage", Coverage)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/console/time", page)
    app.router.add_get("/console/time/{part:[a-z]+}", page)
    app[COVERAGE] = Coverage()
    for name, made in (("rules", rules_json), ("calendars", calendars_json), ("roster", roster_json)):
        app.router.add_get(f"/console/api/time/{name}", signed_in(_part(made)))
    app.router.add_get("/console/api/time/due", signed_in(due))
    app.router.add_get("/console/api/time/coverage", signed_in(coverage_of_all))
    app.router.add_get("/console/api/time/wrong", signed_in(wrong))


def _part(made: Callable[[View], Json]) -> Route:
    async def answer(request: web.Request) -> web.Response:
        return await _answer(request, await asyncio.to_thread(made, await _view(request)))

    return answer


async def due(request: web.Request) -> web.Response:
    """`queue` (the viewer's first when absent); `at`, a local time, and `zone`, by whose clock: now when absent."""
    view = await _view(request)
    return await _answer(
        request, await asyncio.to_thread(due_json, view, _queue_of(request, view), _asked(request, view))
    )


async def coverage_of_all(request: web.Request) -> web.Response:
    view = await _view(request)
    report = await request.app[COVERAGE].report(view)
    return await _answer(request, gaps_json(report, view))


async def wrong(request: web.Request) -> web.Response:
    """How much is wrong, by part of the page."""
    view = await _view(request)
    report = await request.app[COVERAGE].report(view)
    return await _answer(request, await asyncio.to_thread(_counts, report, view))


def _counts(report: Report, view: View) -> Json:
    nobody = [name for name in report.unstaffed if name in view.queues]
    lost = len(gaps_of(report, view)) + len(nobody)
    return {"coverage": lost, "calendars": unconfirmed(view), "roster": unstaffed(view)}


async def _answer(request: web.Request, found: Json) -> web.Response:
    return web.json_response({**found, **moment(request.app[PARTS])})


async def _view(request: web.Request) -> View:
    parts = request.app[PARTS]
    roster = await parts.store.roster()
    return View(
        reader=await reader_of(request),
        staffing=Staffing(parts.policy, roster),
        now=parts.clock.now(),
        queues=queues_of(parts, request[PERSON]),
        places=regions(parts.policy, await parts.store.contact_places(REGIONS), parts.policy.regions),
        loads=await parts.store.open_counts([person.id for person in roster.people]),
    )


def _queue_of(request: web.Request, view: View) -> QueueName:
    """Answers 404 for a queue that is not the viewer's."""
    named = request.query.get("queue") or next(iter(view.queues), "")
    found = next((name for name in view.queues if name == named), None)
    if found is None:
        raise web.HTTPNotFound
    return found


def _asked(request: web.Request, view: View) -> datetime:
    """Answers 400 for what is no local time as browsers write it (`2026-12-25T17:00`), no zone, or too far away."""
    text, zone = request.query.get("at", ""), request.query.get("zone", "UTC")
    if not text:
        return view.now
    if len(text) > len("2026-12-25T17:00:00") or not is_zone(zone):
        raise web.HTTPBadRequest
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest from None
    if local.tzinfo is not None or abs(local.year - view.now.year) > FAR:
        raise web.HTTPBadRequest
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
