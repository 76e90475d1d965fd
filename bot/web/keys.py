"""Under which keys the application and a request hold what is ours."""

from aiohttp import web

from bot.web.parts import Parts, Session
from core.model import Person

PARTS = web.AppKey("parts", Parts)
SESSION = web.RequestKey("session", Session)
PERSON = web.RequestKey("person", Person)
