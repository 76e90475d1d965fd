"""Puts the web server together: the console, its live socket, health, and whatever else adds routes (hooks, demo)."""

from collections.abc import Callable
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web import acts, auth, console, files, live
from bot.web.health import add_health
from bot.web.hub import HUB, Hub
from bot.web.keys import PARTS
from bot.web.outage import in_words
from bot.web.parts import MB, Parts
from bot.web.security import closed_mouth, secure_headers, unpacked
from bot.web.timing import pages as timing

HERE = Path(__file__).parent
ROOM = MB
"""What a multipart body may have around the file."""


def build(parts: Parts, *more: Callable[[web.Application], object]) -> web.Application:
    """The application. Each of `more` adds its own routes: the channels' hooks, the demo's customer page."""
    app = web.Application(
        middlewares=[secure_headers, closed_mouth, in_words, unpacked],
        client_max_size=parts.settings.upload_limit + ROOM,
    )
    app[PARTS] = parts
    app[HUB] = Hub(parts)
    aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    for room in (auth, console, acts, files, live):
        room.add_routes(app.router)
    timing.add_routes(app)
    add_health(app)
    app.router.add_static("/static/", HERE / "static")
    for add in more:
        add(app)
    app.on_startup.append(live.start)
    app.on_shutdown.append(live.close_sockets)
    app.on_cleanup.append(live.stop)
    return app
