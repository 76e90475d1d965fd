"""The only place where parts are wired together: `build` makes an App of the settings. `bot.serve` runs it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from bot import i18n
from bot.blobs import DiskBlobs
from bot.channels import CHANNELS, build_channel
from bot.channels import Around as ChannelAround
from bot.clock import SystemClock
from bot.config.policy import policy_of
from bot.config.settings import Settings
from bot.customer_words import speak
from bot.desks import DESKS, Around, CalledOverHttp, HoldsConnections
from bot.handlers.dispatch import Dispatcher
from bot.handlers.registry import COMMANDS, alias_key
from bot.present import Presenter
from bot.process import App
from bot.rates import PERSON, Limit
from bot.redact import hide, secrets_of
from bot.roll import FRESH_FOR, Roll
from bot.ways import ways_out
from bot.web import app as web_app
from bot.web import hooks, parts
from bot.web.reading import bounded
from bot.web.refusals import Refusals
from bot.workers import bulletins, standins
from bot.workers.absence import Absence
from bot.workers.acts import Acts
from bot.workers.buckets import Buckets
from bot.workers.bulletins import Bulletins
from bot.workers.clocks import Clocks
from bot.workers.covering import Covering
from bot.workers.deeds import Deeds
from bot.workers.digests import Digests
from bot.workers.indexing import Indexing
from bot.workers.intake import Intake
from bot.workers.lease import our_turn
from bot.workers.loop import ALONE, IN_COMPANY, UNTOLD, Step, Worker
from bot.workers.outbox import Outbox
from bot.workers.reconcile import TURN, Reconcile
from bot.workers.standins import StandIns
from core import troubles
from core.apply import Door
from core.ids import CONSOLE, DeskName, InboxName
from core.policy import Policy
from core.ports import Channel, Clock, Desk
from core.settle import Settler
from storage import SqlChatLog, SqlStore, open_store

HEAD_START = timedelta(seconds=2)
"""How long a worker leaves a desk's event to the process that heard it."""
PRUNE_EVERY = timedelta(hours=6)
RECOUNT = timedelta(minutes=1)
"""How long a process that counts deadlines again may be silent until another does."""
LIMITS: Mapping[str, Limit] = {
    "person": PERSON,
    **{name: kind.rate for name, kind in CHANNELS.items()},
    **{name: kind.rate for name, kind in DESKS.items()},
}
"""By the first word of a bucket's name (core/owed.py)."""
Extra = Callable[[web.Application], None]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all other parts stand on."""

    settings: Settings
    clock: Clock
    store: SqlStore
    policy: Policy
    blobs: DiskBlobs
    roll: Roll
    presenter: Presenter
    buckets: Buckets


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
    hide(secrets_of(settings))
    async with AsyncExitStack() as stack:
        ground = await _ground(settings, clock or SystemClock(), rate_scale, stack)
        store, clock, base_url = ground.store, ground.clock, settings.dragoman.base_url
        channels, desks = await _channels(ground, stack), _desks(ground, stack)
        door = Door(store, clock, ground.policy, speak)
        aliases, overview = localised_aliases(), ground.presenter.overview
        dispatcher = Dispatcher(store, door, clock, ground.policy, aliases, desks, overview, base_url)
        acts = Acts(store, clock, desks, dispatcher, timedelta() if store.owns_file else HEAD_START)
        settler = Settler(door)
        outbox = Outbox(settler, Deeds(settler, channels, desks, ground.presenter, ground.blobs), ground.buckets)
        intake, turn = Intake(door, channels), partial(our_turn, store, clock)
        clocks = Clocks(door, partial(turn, "recount", RECOUNT))
        reconcile = Reconcile(door, desks, acts.found, partial(turn, "reconcile", TURN))
        web_settings = web_settings or parts.Settings(settings.dragoman.organisation, base_url)
        pages = _pages(ground, desks, acts, dispatcher, web_settings, speeds)
        site = _site(pages, channels, acts, door, extras)
        steps: dict[str, Step] = {
            "intake": intake.step,
            "acts": acts.step,
            "outbox": outbox.step,
            "clocks": clocks.step,
            "digests": Digests(door).step,
            "reconcile": reconcile.step,
            "absence": Absence(door, channels).step,
            "coverage": Covering(door).step,
            "bulletins": Bulletins(door, partial(turn, "bulletins", bulletins.TURN)).step,
            "standins": StandIns(door, partial(turn, "standins", standins.TURN)).step,
            **_upkeep(ground),
            **_own_sites(site, settings),
        }
        naps = partial(_nap, store, nap)
        workers = {name: Worker(name, clock, step, pages.workers.beat, naps) for name, step in steps.items()}
        outbox.freed, acts.left = workers["outbox"].wake.set, workers["acts"].wake.set
        yield App(settings, store, clock, door, desks, acts, intake, outbox, clocks, ground.roll, site, workers)


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


async def _ground(settings: Settings, clock: Clock, rate_scale: float, stack: AsyncExitStack) -> _Ground:
    store = await open_store(settings.database_url)
    stack.push_async_callback(store.close)
    policy = policy_of(settings)
    policy = replace(policy, settle={desk: wait / rate_scale for desk, wait in policy.settle.items()})
    blobs = DiskBlobs(settings.dragoman.data_dir / "files")
    presenter = Presenter(store, policy, clock, settings.dragoman.base_url)
    return _Ground(settings, clock, store, policy, blobs, Roll(), presenter, Buckets(LIMITS, rate_scale))


async def _channels(ground: _Ground, stack: AsyncExitStack) -> Mapping[InboxName, Channel]:
    settings, log = ground.settings, SqlChatLog(ground.store)
    ways, hooks_url = await ways_out(settings, stack), f"{settings.dragoman.base_url}/hooks"
    return {
        name: build_channel(inbox, ChannelAround(ways[name], ground.clock, f"{hooks_url}/{name}", log, ground.blobs))
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


def _desks(ground: _Ground, stack: AsyncExitStack) -> Mapping[DeskName, Desk]:
    """The console always; the others where a queue lives there."""
    around = Around(
        clock=ground.clock,
        blobs=ground.blobs,
        names=ground.roll.name,
        links=ground.presenter.link,
        people=ground.roll.identities,
        places=ground.roll,
        heard=ground.store.heard,
        spend=lambda bucket: ground.buckets.draw(bucket, ground.clock.now()),
    )
    places = {desk for queue in ground.policy.queues.values() for desk in queue.places}
    names = (CONSOLE, *sorted(places - {CONSOLE}))
    desks = {name: DESKS[name].build(ground.settings.desk(name), around) for name in names}
    for desk in desks.values():
        if isinstance(desk, HoldsConnections):
            stack.push_async_callback(desk.aclose)
    return desks


def _pages(
    ground: _Ground,
    desks: Mapping[DeskName, Desk],
    acts: Acts,
    dispatcher: Dispatcher,
    settings: parts.Settings,
    speeds: parts.Speeds | None,
) -> parts.Parts:
    return parts.Parts(
        store=ground.store,
        blobs=ground.blobs,
        policy=ground.policy,
        clock=ground.clock,
        act=acts.act,
        presenter=ground.presenter,
        book=dispatcher.book,
        desks=desks,
        settings=settings,
        speeds=speeds,
    )


def _site(
    pages: parts.Parts, channels: Mapping[InboxName, Channel], acts: Acts, door: Door, extras: Sequence[Extra]
) -> web.Application:
    refusals = Refusals(
        door.clock, partial(troubles.deliveries_refused, door), partial(troubles.deliveries_accepted, door)
    )
    add_hooks = partial(hooks.add_hooks, channels=channels, store=pages.store, clock=pages.clock, refusals=refusals)
    return web_app.build(pages, add_hooks, partial(_add_desks, desks=pages.desks, acts=acts), *extras)


def _add_desks(site: web.Application, desks: Mapping[DeskName, Desk], acts: Acts) -> None:
    """The address a chat platform calls: `/slack/events`."""
    for name, desk in desks.items():
        if isinstance(desk, CalledOverHttp):
            site.router.add_post(f"/{name}/events", bounded(desk.http_handler(partial(acts.take, name))))


def _upkeep(ground: _Ground) -> Mapping[str, Step]:
    """The workers behind whom no customer and no agent waits."""
    return {
        "indexing": Indexing(ground.store, ground.clock).step,
        "roll": partial(_read, ground),
        "prune": partial(_prune, ground),
    }


async def _read(ground: _Ground) -> datetime | None:
    await ground.roll.read(ground.store)
    return ground.clock.now() + FRESH_FOR


async def _prune(ground: _Ground) -> datetime | None:
    store, clock = ground.store, ground.clock
    if await our_turn(store, clock, "prune", PRUNE_EVERY):
        await store.prune(clock.now(), ground.settings.dragoman.raw_days)
    return clock.now() + PRUNE_EVERY


def _nap(store: SqlStore, wanted: timedelta | None) -> timedelta:
    if wanted or store.owns_file:
        return wanted or ALONE
    return IN_COMPANY if store.company.listening else UNTOLD
