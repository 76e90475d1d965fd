"""The console's page and everything it reads: lists, a ticket's thread, commands, notices, what is stuck.

Every route knows the viewer and shows their queues only; another queue's ticket does not exist for them (404). What
the page does is in acts.py.
"""

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp_jinja2 import render_template

from bot import i18n, moments
from bot.web.auth import signed_in
from bot.web.keys import PARTS, PERSON, SESSION
from bot.web.parts import Parts
from bot.web.render import Reader, card_json, command_json, notice_json, parked_json, row_json, shown_json, trouble_json
from core.ids import CONSOLE, QueueName, TicketId, row_number
from core.model import Ticket
from core.people import Person, Role
from core.ports import COUNTED, Found

VIEWS = ("mine", "unassigned", "breaching", "open", "closed")
PAGE = 50
ENTRIES = 200
NOTICES = 30


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/", to_console)
    router.add_get("/console", page)
    router.add_get("/console/tickets/{ticket:\\d+}", page)
    router.add_get("/console/api/list", signed_in(listing))
    router.add_get("/console/api/tickets/{ticket:\\d+}", signed_in(thread))
    router.add_get("/console/api/commands", signed_in(commands))
    router.add_get("/console/api/notices", signed_in(notices))
    router.add_get("/console/api/trouble", signed_in(trouble))


async def to_console(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/console")


async def page(request: web.Request) -> web.StreamResponse:
    """The one page; which ticket is open stands in the address and is read by the script."""
    try:
        return await signed_in(_signed_in_page)(request)
    except web.HTTPUnauthorized:
        raise web.HTTPFound("/console/login") from None


def _presence(parts: Parts, person: Person, reader: Reader) -> dict[str, Any]:
    """`away_until`: in words; empty where they are here, or away until they say so."""
    away, until = person.is_away(parts.clock.now()), person.away_until
    return {
        "away": away,
        "away_until": moments.moment(reader.locale, until, ZoneInfo(reader.zone)) if away and until else "",
    }


async def _signed_in_page(request: web.Request) -> web.StreamResponse:
    parts, person = request.app[PARTS], request[PERSON]
    reader = await reader_of(request)
    boot = {
        "me": {"id": person.id, "name": person.name, "role": person.role, **_presence(parts, person, reader)},
        "locale": reader.locale,
        "locales": list(i18n.locales()),
        "zone": reader.zone,
        "queues": [{"name": name, "title": parts.policy.queues[name].title} for name in queues_of(parts, person)],
        "views": VIEWS,
        "counted": COUNTED,
        "words": page_words(reader.locale),
        "csrf": request[SESSION].csrf,
        "upload_limit": parts.settings.upload_limit,
        "demo": await _demo_people(parts),
        **moment(parts),
    }
    context = {
        "locale": reader.locale,
        "t": lambda key, **params: i18n.t(reader.locale, key, **params),
        "organisation": parts.settings.organisation,
        # Inside a script element, where only "<" could end it early.
        "boot": json.dumps(boot, ensure_ascii=False).replace("<", "\\u003c"),
        "theme": request.cookies.get("theme", ""),
    }
    return render_template("console.html", request, context)


async def listing(request: web.Request) -> web.Response:
    """`view`, `queue` (all of the viewer's when absent), `q` (searches instead), `offset`."""
    parts, person, query = request.app[PARTS], request[PERSON], request.query
    mine = queues_of(parts, person)
    chosen = [name for name in mine if name == query["queue"]] if query.get("queue") else mine
    view = query.get("view", "open")
    if view not in VIEWS:
        raise web.HTTPBadRequest
    if words := query.get("q", "").strip():
        found = await _search(parts, words, chosen)
    else:
        offset = row_number(query.get("offset", "")) or 0
        found = await parts.store.listed(chosen, view, person.id, limit=PAGE, offset=offset)
    reader = await reader_of(request)
    rows = [row_json(row, reader) for row in await parts.presenter.rows(found)]
    counts = await _counts(parts, person, mine)
    return web.json_response({"rows": rows, "total": found.total, **counts, **moment(parts)})


async def thread(request: web.Request) -> web.Response:
    """The card, and the entries that changed after the version `above_rev`; `next`: ask on from that seq."""
    parts = request.app[PARTS]
    ticket = await ticket_of(request)
    reader = await reader_of(request)
    above, start = _number(request, "above_rev", -1), _number(request, "from_seq", 0)
    entries = await parts.store.entries(ticket.id, above_rev=above, from_seq=start, limit=ENTRIES)
    shown = await parts.presenter.shown(ticket, entries, CONSOLE)
    card = await parts.presenter.card(ticket, reader.locale, reader.zone)
    return web.json_response(
        {
            "card": card_json(card, reader),
            "entries": [shown_json(it, reader) for it in shown],
            "next": entries[-1].seq + 1 if len(entries) == ENTRIES else None,
            **moment(parts),
        }
    )


async def commands(request: web.Request) -> web.Response:
    """What can be done here and now, for completion and help."""
    parts = request.app[PARTS]
    reader = await reader_of(request)
    ticket = await ticket_of(request) if "ticket" in request.query else None
    offered = parts.book.offered(request[PERSON], ticket)
    return web.json_response({"commands": [command_json(command, parts.book, reader) for command in offered]})


async def notices(request: web.Request) -> web.Response:
    """What the viewer was told in private, newest first."""
    parts = request.app[PARTS]
    reader = await reader_of(request)
    told = await parts.store.notices(request[PERSON].id, NOTICES)
    return web.json_response({"notices": [notice_json(notice, reader) for notice in told], **moment(parts)})


async def trouble(request: web.Request) -> web.Response:
    """What stands still, and the deliveries and jobs that failed for good; for admins."""
    must_be_admin(request)
    parts, reader = request.app[PARTS], await reader_of(request)
    rows = [trouble_json(it, reader) for it in await parts.store.troubles()]
    rows += [parked_json(it, reader) for it in await parts.store.parked(100)]
    return web.json_response({"rows": rows, **moment(parts)})


def must_be_admin(request: web.Request) -> None:
    if request[PERSON].role is not Role.ADMIN:
        raise web.HTTPForbidden


def queues_of(parts: Parts, person: Person) -> list[QueueName]:
    return [name for name in parts.policy.queues if person.sees(name)]


async def ticket_of(request: web.Request) -> Ticket:
    """The ticket that the address (or `ticket=`) names. Answers 404 when the viewer has no business with it."""
    named = request.match_info.get("ticket") or request.query.get("ticket", "")
    number = row_number(named)
    ticket = await request.app[PARTS].store.ticket(TicketId(number)) if number is not None else None
    if ticket is None or not request[PERSON].sees(ticket.queue):
        raise web.HTTPNotFound
    return ticket


async def reader_of(request: web.Request) -> Reader:
    parts, person = request.app[PARTS], request[PERSON]
    roster = await parts.store.roster()
    return Reader.of(person, roster.people, parts.presenter.zone_of(person))


def page_words(locale: str) -> dict[str, Any]:
    """The part of the catalogue that the script shows."""
    shown = (i18n.DEFAULT, locale)
    return {key: text for name in shown for key, text in i18n.catalogue(name).items() if key.startswith("console.")}


def moment(parts: Parts) -> dict[str, Any]:
    """The time, and how fast it goes: the page's clocks follow ours."""
    speed = parts.speeds.speed if parts.speeds else 1
    return {"now": parts.clock.now().isoformat(), "speed": speed}


async def _search(parts: Parts, words: str, queues: Sequence[QueueName]) -> Found:
    ids = await parts.store.search(words, queues, PAGE)
    tickets = await parts.store.tickets(ids)
    found = tuple(tickets[id] for id in ids if id in tickets)
    return Found(found, len(found))


async def _counts(parts: Parts, person: Person, queues: Sequence[QueueName]) -> dict[str, Any]:
    views = {view: (await parts.store.listed(queues, view, person.id, limit=1)).total for view in VIEWS[:-1]}
    by_queue = {name: (await parts.store.listed([name], "open", person.id, limit=1)).total for name in queues}
    unread = [notice for notice in await parts.store.notices(person.id, NOTICES) if notice.seen_at is None]
    return {"views": views, "queues": by_queue, "unread": len(unread)}


async def _demo_people(parts: Parts) -> list[dict[str, Any]] | None:
    if parts.speeds is None:
        return None
    people = (await parts.store.roster()).people
    return [{"id": it.id, "name": it.name, "role": it.role} for it in people if it.id in parts.settings.people]


def _number(request: web.Request, name: str, default: int) -> int:
    given = request.query.get(name, "")
    number = row_number(given.removeprefix("-"))
    return default if number is None else -number if given.startswith("-") else number
