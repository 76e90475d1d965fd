"""The demo's house: its settings, its people, and the customers who write to it. Nothing runs here."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import i18n
from bot.channels.livechat_inbox import LivechatInbox
from bot.config.settings import Settings
from bot.demo import hours
from bot.demo.graph import GraphSim, Number
from bot.demo.hours import BERLIN, MEXICO, SHENZHEN
from bot.demo.shop import Shopper
from core.people import Person, Role
from core.ports import NewPerson
from storage import SqlStore

SUPPORT, SALES = hours.SUPPORT, hours.SALES
INBOX, SALES_LINE, SHOP = "whatsapp", "sales_line", "shop"
LINES = {INBOX: SUPPORT, SALES_LINE: SALES}
"""The house's numbers, the first of them the one that most write to."""
DATABASE = "dragoman.sqlite3"
"""What the settings call it in their folder."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A customer. `phone`: digits; `zone`: where they are, for their page; `speaks`: what the house knows from before,
    since WhatsApp does not say it; `line`: which number they write to."""

    name: str
    phone: str
    zone: str
    speaks: str = "en"
    line: str = INBOX


EMMA = Phone("Emma Carter", "12125550142", "America/New_York")
JOAO = Phone("João Pereira", "5511955501420", "America/Sao_Paulo", "pt")
OLGA = Phone("Ольга Иванова", "74955550142", "Europe/Moscow", "ru")
AMARA = Phone("Amara Okafor", "2348035550142", "Africa/Lagos")
LENA = Phone("Lena Vogel", "4930555501420", "Europe/Berlin")
YUSUF = Phone("يوسف المنصوري", "971505550142", "Asia/Dubai", "ar")
SOFIA = Phone("Sofia Rossi", "390255501420", "Europe/Rome")
PRIYA = Phone("Priya Nair", "912255501420", "Asia/Kolkata")
NOAH = Phone("Noah Williams", "61255501420", "Australia/Sydney", line=SALES_LINE)
CAMILLE = Shopper("C-1042", "Camille Laurent", "camille@laurent.example")
"""Who is signed in at the shop."""
CUSTOMERS = (EMMA, NOAH, LENA, JOAO, OLGA, AMARA, YUSUF, PRIYA, SOFIA)


@dataclass(frozen=True, slots=True)
class People:
    """Who works here."""

    mei: Person
    liu: Person
    diego: Person
    anna: Person

    @property
    def everybody(self) -> tuple[Person, ...]:
        return self.mei, self.liu, self.diego, self.anna


def settings_of(
    locale: str, address: tuple[str, int], lines: Mapping[str, Number], api_base: str, folder: Path, now: datetime
) -> Settings:
    """As dragoman.toml would say it. `lines`: the number of each of `LINES`."""
    host, port = address
    return Settings.model_validate(
        {
            "dragoman": {
                "organisation": i18n.t(locale, "demo.organisation"),
                "base_url": url_of(host, port),
                "host": host,
                "port": port,
                "data_dir": folder,
                "locale": locale,
            },
            "queues": [
                {"name": SUPPORT, "title": i18n.t(locale, "demo.support"), "calendar": hours.ALWAYS},
                {"name": SALES, "title": i18n.t(locale, "demo.sales"), "calendar": hours.OFFICE},
            ],
            "inboxes": [*(_line(name, number, api_base) for name, number in lines.items()), _shop(url_of(host, port))],
            "sla": {"consult": "12h"},
            "targets": hours.targets(),
            "escalation": hours.escalation(),
            "shifts": hours.shifts(),
            "oncall": hours.oncall(hours.today(now)),
            "digests": hours.digests(locale),
        }
    )


def _line(name: str, number: Number, api_base: str) -> dict[str, Any]:
    return {
        "name": name,
        "channel": "whatsapp",
        "queue": LINES[name],
        "phone_number_id": number.id,
        "access_token": number.token,
        "app_secret": number.app_secret,
        "verify_token": number.verify_token,
        "api_base": api_base,
        "read_ticks": True,
    }


def _shop(origin: str) -> dict[str, Any]:
    return {
        "name": SHOP,
        "channel": "livechat",
        "queue": SUPPORT,
        "public_name": "agent",
        "origins": [origin],
        "secret": secrets.token_hex(),
        "colour": "#8a4b12",
        "read_ticks": True,
    }


def shop_of(settings: Settings) -> LivechatInbox:
    """The inbox of the shop's chat."""
    return next(inbox for inbox in settings.inboxes if isinstance(inbox, LivechatInbox))


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


async def hire(store: SqlStore, locale: str, at: datetime) -> People:
    """Three agents, and an admin whom breaches are told to."""

    async def one(name: str, zone: str, shift: str, role: Role = Role.AGENT, **given: Any) -> Person:
        known = {"queues": frozenset({SUPPORT}), "email": hours.email(name), "public_name": name.partition(" ")[0]}
        return await store.create_person(
            NewPerson(name, role=role, locale=locale, zone=zone, shifts=(shift,), **{**known, **given}), at
        )

    mei = await one("Mei Lin", SHENZHEN, "office", queues=frozenset({SUPPORT, SALES}))
    liu = await one("Liu Yang", SHENZHEN, "shenzhen", substitute=mei.id)
    return People(
        mei=mei,
        liu=liu,
        diego=await one(
            "Diego Ramos", MEXICO, "mexico", languages=frozenset({"en", "es", "pt"}), capacity=12, substitute=liu.id
        ),
        anna=await one("Anna Weber", BERLIN, "berlin", Role.ADMIN),
    )


def settle_in(sim: GraphSim) -> dict[str, str]:
    """Gives everybody a phone; the zones by phone number."""
    for one in CUSTOMERS:
        sim.customer(one.name, one.phone)
    return {one.phone: one.zone for one in CUSTOMERS}


def number_of(sim: GraphSim, one: Phone) -> Number:
    """Which of the house's numbers they write to."""
    return sim.numbers[list(LINES).index(one.line)]
