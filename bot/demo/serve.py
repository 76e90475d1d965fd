"""Runs the demo: a simulated WhatsApp on a port of its own, the real program, and what happened before it began.

The shop that carries the site chat is served by the program's own web server, which lets no page but it show the chat.
"""

import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.app import build
from bot.clock import SystemClock
from bot.demo import house, samples, stage
from bot.demo.clock import DemoClock
from bot.demo.customer import CustomerPages
from bot.demo.graph import GraphSim, Number
from bot.demo.shop import ShopPages
from bot.process import WEB, WORKER, App, told_to_stop
from bot.web import parts
from storage import open_store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WALL = SystemClock()
YEARS = timedelta(days=3650)
"""A clock at x600 would sign its visitor out in minutes."""
SIGN_IN_LIVES = timedelta(days=1)
NO_HURRY = 1000.0
"""How much faster than the real platforms ours may be used: the demo's clock runs, and rates are counted by it."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo. `sign_in`: the address that lets the admin in, once."""

    app: App
    sim: GraphSim
    clock: DemoClock
    people: house.People
    sign_in: str

    @property
    def console(self) -> str:
        return f"{self.app.settings.dragoman.base_url}/console"

    @property
    def customer(self) -> str:
        return f"{self.app.settings.dragoman.base_url}/demo/customer"

    @property
    def shop(self) -> str:
        return f"{self.app.settings.dragoman.base_url}/demo/shop"


class AlreadyThere(Exception):
    """The folder holds a database; the demo would mix its samples into it."""


class NoPort(Exception):
    """The port is taken, or not ours to take; the reason is the system's."""


def free_port(host: str, port: int) -> int:
    """`port`, or any free one for 0. Raises NoPort."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NoPort(error.strerror or str(error)) from None
        found: int = probe.getsockname()[1]
        return found


@asynccontextmanager
async def running(
    folder: Path,
    locale: str,
    host: str = "127.0.0.1",
    port: int = 0,
    ticks: Callable[[], float] = time.monotonic,
    real: Callable[[], datetime] = WALL.now,
) -> AsyncIterator[Demo]:
    """The demo, at work until the block ends. `ticks`: see DemoClock; `real`: what time it is when it starts. Raises
    NoPort and AlreadyThere."""
    if (folder / house.DATABASE).exists():
        raise AlreadyThere(str(folder))
    address = host, free_port(host, port)
    clock = DemoClock(real() - stage.SPAN, ticks=ticks)
    sim = GraphSim(clock.now)
    lines = {line: _number(sim, locale, line) for line in house.LINES}
    pages = CustomerPages(sim, house.settle_in(sim), {it.phone: house.number_of(sim, it) for it in house.CUSTOMERS})
    async with _graph(sim) as api_base:
        settings = house.settings_of(locale, address, lines, api_base, folder, real())
        for line, number in lines.items():
            number.webhook = f"{settings.dragoman.base_url}/hooks/{line}"
        shop = ShopPages(house.shop_of(settings), settings.dragoman.organisation, house.CAMILLE)
        people = await _people(settings.database_url, locale, clock.now())
        shown = parts.Settings(
            settings.dragoman.organisation,
            settings.dragoman.base_url,
            people=tuple(person.id for person in people.everybody) if host in LOOPBACK else (),
            session_idle=YEARS,
            session_life=YEARS,
        )
        async with (
            build(
                settings,
                clock=clock,
                rate_scale=NO_HURRY,
                extras=[pages.add, shop.add],
                web_settings=shown,
                speeds=clock,
            ) as app,
            # It serves first, so that the samples take the real way in; nothing works by itself until they are made.
            app.at_work(frozenset({WEB})),
        ):
            await samples.play(app, sim, clock, people, locale, real)
            token = await app.store.new_login(people.anna.id, clock.now(), SIGN_IN_LIVES)
            sign_in = f"{settings.dragoman.base_url}/console/login?token={token}"
            async with app.at_work(frozenset({WORKER})):
                yield Demo(app, sim, clock, people, sign_in)


def _number(sim: GraphSim, locale: str, line: str) -> Number:
    """One of the house's, with secrets of its own."""
    name = stage.text(locale, "organisation")
    return sim.number(
        name=name if line == house.INBOX else f"{name} · {stage.text(locale, house.LINES[line])}",
        display=f"+1 555 010 {len(sim.numbers):04d}",
        token=secrets.token_hex(),
        app_secret=secrets.token_hex(),
        verify_token=secrets.token_hex(),
    )


async def _people(database_url: str, locale: str, at: datetime) -> house.People:
    """They are there before the app is made: it is told who may be taken on without a sign-in."""
    store = await open_store(database_url)
    try:
        return await house.hire(store, locale, at)
    finally:
        await store.close()


@asynccontextmanager
async def _graph(sim: GraphSim) -> AsyncIterator[str]:
    """The simulator on a free port of the loopback; its address."""
    runner = web.AppRunner(sim.app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def serve(folder: Path, locale: str, host: str, port: int, ready: Callable[[Demo], None]) -> None:
    """Until SIGTERM or SIGINT. `ready` is called once the demo answers."""
    told = told_to_stop()
    async with running(folder, locale, host, port) as demo:
        ready(demo)
        await told.wait()
