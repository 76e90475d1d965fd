"""The only place where parts are wired together: `build` makes an App of the settings, `serve` runs it until told to
stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from aiohttp import web

from bot import i18n
from bot.blobs import DiskBlobs
from bot.channels import CHANNELS, build_channel
from bot.channels import Around as ChannelAround
from bot.clock import SystemClock
from bot.config.policy import policy_of
from bot.config.settings import Settings
from bot.desks import DESKS, Around, CalledOverHttp, HoldsConnections
from bot.handlers.dispatch import Dispatcher
from bot.handlers.registry import COMMANDS, alias_key
from bot.present import Presenter
from bot.process import ROLES, App, told_to_stop
from bot.rates import PERSON, Limit
from bot.redact import hide, secrets_of
from bot.roll import FRESH_FOR, Roll
from bot.ways import ways_out
from bot.web import app as web_app
from bot.web import hooks, parts
from bot.web.reading import bounded
from bot.web.refusals import Refusals
from bot.workers.acts import Acts
from bot.workers.buckets import Buckets
from bot.workers.clocks import Clocks
from bot.workers.deeds import Deeds
from bot.workers.indexing import Indexing
from bot.workers.intake import Intake
from bot.workers.lease import our_turn
from bot.workers.loop import AFTER_FAULT, ALONE, IN_COMPANY, UNTOLD, Step, Worker
from bot.workers.outbox import Outbox
from bot.workers.reconcile import TURN, Reconcile
from core import troubles
from core.apply import Door
from core.errors import Unavailable
from core.ids import CONSOLE, DeskName, InboxName
from core.policy import Policy
from core.ports import Blob, Channel, ChatLog, Clock, Desk
from core.settle import Settler
from storage import SqlChatLog, SqlStore, open_store

HEAD_START = timedelta(seconds=2)
"""How long a worker leaves a desk's event to the process that heard it."""
PRUNE_EVERY = timedelta(hours=6)
RECOUNT = timedelta(minutes=1)
"""How long a process that counts deadlines again may be silent until another does."""
WAITED_FOR = frozenset({"away", "slow"})
"""What a database may lack when we start."""
LET_GO = 5.0
"""Seconds in which what was begun is to be let go when we are told to stop before we have started."""
LIMITS: Mapping[str, Limit] = {
    "person": PERSON,
    **{name: kind.rate for name, kind in CHANNELS.items()},
    **{name: kind.rate for name, kind in DESKS.items()},
}
"""By the first word of a bucket's name (core/owed.py)."""
Extra = Callable[[web.Application], None]
T = TypeVar("T")

_log = structlog.get_logger()


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rate_scale: float = 1.0,
    nap: timedelta | None = None,
    extras: Sequence[Extra] = (),
    web_settings: parts.Settings | None = None,
    speeds: parts.Speeds | None = None,
) -> AsyncIterator[App]:
    """The parts, wired; closed at the end. `rate_scale` stretches the outbox's own rate limits, and shortens what waits
    for their sake; `nap`: how long a worker sleeps when nothing is due and nobody wakes it; `extras` add routes."""
    clock = clock or SystemClock()
    hide(secrets_of(settings))
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database_url)
        stack.push_async_callback(store.close)
        policy = policy_of(settings)
        policy = replace(policy, settle={desk: wait / rate_scale for desk, wait in policy.settle.items()})
        base_url = settings.dragoman.base_url
        blobs = DiskBlobs(settings.dragoman.data_dir / "files")
        roll = Roll()
        presenter = Presenter(store, policy, clock, base_url)
        log = SqlChatLog(store)
        channels = await _channels(settings, clock, log, blobs, stack)
        buckets = Buckets(LIMITS, rate_scale)
        around = Around(
            clock=clock,
            blobs=blobs,
            names=roll.name,
            links=presenter.link,
            people=roll.identities,
            places=roll,
            heard=store.heard,
            spend=lambda bucket: buckets.draw(bucket, clock.now()),
        )
        desks = _desks(settings, policy, around, stack)
        door = Door(store, clock, policy)
        settler = Settler(door)
        dispatcher = Dispatcher(store, door, clock, policy, localised_aliases(), desks, presenter.overview, base_url)
        acts = Acts(store, clock, desks, dispatcher, timedelta() if store.owns_file else HEAD_START)
        outbox = Outbox(settler, Deeds(settler, channels, desks, presenter, blobs), buckets)
        turn = partial(our_turn, store, clock)
        intake, clocks, alive = Intake(door, channels), Clocks(door, partial(turn, "recount", RECOUNT)), parts.Workers()
        pages = parts.Parts(
            store=store,
            blobs=blobs,
            policy=policy,
            clock=clock,
            act=acts.act,
            presenter=presenter,
            book=dispatcher.book,
            workers=alive,
            desks=desks,
            settings=web_settings or parts.Settings(settings.dragoman.organisation, base_url),
            speeds=speeds,
        )
        site = _site(pages, channels, desks, acts, door, extras)
        steps: dict[str, Step] = {
            "intake": intake.step,
            "acts": acts.step,
            "outbox": outbox.step,
            "clocks": clocks.step,
            "reconcile": Reconcile(door, desks, acts.found, partial(turn, "reconcile", TURN)).step,
            "indexing": Indexing(store, clock).step,
            "roll": partial(_read, roll, store, clock),
            "prune": partial(_prune, store, clock, settings.dragoman.raw_days),
            **_own_sites(site, settings),
        }
        naps = partial(_nap, store, nap)
        workers = {name: Worker(name, clock, step, alive.beat, naps) for name, step in steps.items()}
        outbox.freed, acts.left = workers["outbox"].wake.set, workers["acts"].wake.set
        yield App(settings, store, clock, door, desks, acts, intake, outbox, clocks, roll, site, workers)


async def serve(
    settings: Settings, roles: frozenset[str] = ROLES, *, clock: Clock | None = None, rate_scale: float = 1.0
) -> None:
    """Run until SIGTERM or SIGINT; what is in hand is finished, the rest handed back. What is given: see `build`."""
    told = told_to_stop()
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        app = await as_soon_as_there(stack, partial(build, settings, clock=clock, rate_scale=rate_scale), clock, told)
        if app is None:
            return
        running = asyncio.create_task(app.run(roles))
        stopped = asyncio.create_task(told.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def as_soon_as_there(
    stack: AsyncExitStack, built: Callable[[], AbstractAsyncContextManager[App]], clock: Clock, told: asyncio.Event
) -> App | None:
    """A machine begins its services in any order: a database that does not answer yet is waited for. None when told to
    stop meanwhile. Raises `Unavailable` when waiting does not help."""
    while not told.is_set():
        try:
            return await _unless(told, stack.enter_async_context(built()))
        except Unavailable as fault:
            if fault.reason not in WAITED_FOR:
                raise
            _log.error("app.waiting_for_database", reason=fault.reason, detail=fault.detail)
        await clock.wait(told.wait(), clock.now() + AFTER_FAULT)
    return None


async def _unless(told: asyncio.Event, opening: Coroutine[Any, Any, T]) -> T | None:
    """None when told to stop before it was done: it may wait for long, as for another that migrates or a server that
    hangs."""
    task, stop = asyncio.create_task(opening, name="opening"), asyncio.create_task(told.wait(), name="told")
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=LET_GO)
    return task.result() if task.done() and not task.cancelled() else None


def localised_aliases() -> Mapping[str, tuple[str, ...]]:
    """The commands' further names in every locale."""
    return {
        name: tuple(
            word
            for locale in i18n.locales()
            if i18n.has(locale, alias_key(name))
            for word in i18n.t(locale, alias_key(name)).split()
        )
        for name in COMMANDS
    }


async def _channels(
    settings: Settings, clock: Clock, log: ChatLog, blobs: Blob, stack: AsyncExitStack
) -> Mapping[InboxName, Channel]:
    ways, hooks_url = await ways_out(settings, stack), f"{settings.dragoman.base_url}/hooks"
    return {
        name: build_channel(inbox, ChannelAround(ways[name], clock, f"{hooks_url}/{name}", log, blobs))
        for inbox in settings.inboxes
        for name in [InboxName(inbox.name)]
    }


def _own_sites(site: web.Application, settings: Settings) -> Mapping[str, Step]:
    """Of the channels that are their own platform. They have their pages whether or not there is an inbox yet."""
    return {
        name: kind.site(site, [inbox for inbox in settings.inboxes if inbox.channel == name])
        for name, kind in CHANNELS.items()
        if kind.site is not None
    }


def _desks(settings: Settings, policy: Policy, around: Around, stack: AsyncExitStack) -> Mapping[DeskName, Desk]:
    """The console always; the others where a queue lives there."""
    places = {desk for queue in policy.queues.values() for desk in queue.places}
    desks = {name: DESKS[name].build(settings.desk(name), around) for name in (CONSOLE, *sorted(places - {CONSOLE}))}
    for desk in desks.values():
        if isinstance(desk, HoldsConnections):
            stack.push_async_callback(desk.aclose)
    return desks


def _site(
    pages: parts.Parts,
    channels: Mapping[InboxName, Channel],
    desks: Mapping[DeskName, Desk],
    acts: Acts,
    door: Door,
    extras: Sequence[Extra],
) -> web.Application:
    refusals = Refusals(
        door.clock, partial(troubles.deliveries_refused, door), partial(troubles.deliveries_accepted, door)
    )
    add_hooks = partial(hooks.add_hooks, channels=channels, store=pages.store, clock=pages.clock, refusals=refusals)
    return web_app.build(pages, add_hooks, partial(_add_desks, desks=desks, acts=acts), *extras)


def _add_desks(site: web.Application, desks: Mapping[DeskName, Desk], acts: Acts) -> None:
    """The address a chat platform calls: `/slack/events`."""
    for name, desk in desks.items():
        if isinstance(desk, CalledOverHttp):
            site.router.add_post(f"/{name}/events", bounded(desk.http_handler(partial(acts.take, name))))


async def _read(roll: Roll, store: SqlStore, clock: Clock) -> datetime | None:
    await roll.read(store)
    return clock.now() + FRESH_FOR


def _nap(store: SqlStore, wanted: timedelta | None) -> timedelta:
    if wanted or store.owns_file:
        return wanted or ALONE
    return IN_COMPANY if store.company.listening else UNTOLD


async def _prune(store: SqlStore, clock: Clock, raw_days: int) -> datetime | None:
    if await our_turn(store, clock, "prune", PRUNE_EVERY):
        await store.prune(clock.now(), raw_days)
    return clock.now() + PRUNE_EVERY
