"""The demo's shop: a page of lamps that carries the site chat, as a stranger's shop would. Nothing is sold.

What a shop does for the chat is here in full: one script tag, and, for who is signed in, the signed text beside it.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

import jinja2
from aiohttp import web
from babel import Locale

from bot import i18n
from bot.channels.livechat_inbox import LivechatInbox
from bot.web.auth import browser_locale

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who has an account at the shop. `id`: the shop's own."""

    id: str
    name: str
    email: str

    @property
    def user(self) -> str:
        """The text that the shop signs."""
        return json.dumps({"id": self.id, "name": self.name, "email": self.email}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Lamp:
    """`price`: US dollars for one, free on board; `least`: pieces in an order."""

    name: str
    price: int
    least: int


LAMPS = (
    Lamp("orion", 38, 50),
    Lamp("halo", 54, 20),
    Lamp("vega", 320, 6),
    Lamp("lyra", 86, 20),
    Lamp("luna", 29, 100),
    Lamp("nova", 47, 40),
)


def signature(user: str, inbox: LivechatInbox) -> str:
    """What proves to the chat that the shop itself says who this is: hex HMAC-SHA256 with the inbox's secret."""
    return hmac.new(inbox.secret.get_secret_value().encode(), user.encode(), hashlib.sha256).hexdigest()


class ShopPages:
    """`shopper`: as whom one may sign in, by a link."""

    def __init__(self, inbox: LivechatInbox, house: str, shopper: Shopper) -> None:
        self._inbox = inbox
        self._house = house
        self._shopper = shopper
        self._pages = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)

    def add(self, app: web.Application) -> None:
        """Adds the route; its stylesheet and script lie with those of the customer's page."""
        app.router.add_get("/demo/shop", self.page)

    async def page(self, request: web.Request) -> web.Response:
        locale = browser_locale(request)
        page = self._pages.get_template("shop.html").render(
            locale=locale,
            dir=Locale.parse(locale, sep="-").text_direction,
            t=lambda key, **params: i18n.t(locale, key, **params),
            house=self._house,
            lamps=LAMPS,
            widget=f"/chat/{self._inbox.name}/widget.js",
            name=self._shopper.name,
            customer=self._customer() if "as" in request.query else None,
        )
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    def _customer(self) -> dict[str, str]:
        user = self._shopper.user
        return {"name": self._shopper.name, "user": user, "signature": signature(user, self._inbox)}
