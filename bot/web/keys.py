"""Under which keys the application and a request hold what is ours."""

from dataclasses import dataclass

from aiohttp import web

from bot.web.parts import Parts
from core.people import Person


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `token` is what its cookie holds."""

    token: str
    csrf: str


PARTS = web.AppKey("parts", Parts)
SESSION = web.RequestKey("session", Session)
PERSON = web.RequestKey("person", Person)
