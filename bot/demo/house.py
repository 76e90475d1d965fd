"""The demo's house: its settings, its people, and the customers who write to it. Nothing runs here."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import i18n
from bot.channels.livechat_inbox import LivechatInbox
from bot.config.settings import Settings
from bot.demo.graph import GraphSim, Number
from bot.demo.shop import Shopper
from core.ids import QueueName
from core.people import Person, Role
from core.ports import NewPerson
from storage import SqlStore

INBOX, SHOP = "whatsapp", "shop"
SUPPORT, SALES = QueueName("support"), QueueName("sales")
ZONE = "Asia/Shanghai"
DATABASE = "dragoman.sqlite3"
"""What the settings call it in their folder."""
FIRST_REPLY = {"vip": "30m", "": "1h"}
NEXT_REPLY = {"vip": "1h", "": "2h"}


@dataclass(frozen=True, slots=True)
class Phone:
    """A customer. `phone`: digits; `zone`: where they are, for their page."""

    name: str
    phone: str
    zone: str


EMMA = Phone("Emma Carter", "12125550142", "America/New_York")
JOAO = Phone("João Pereira", "5511955501420", "America/Sao_Paulo")
OLGA = Phone("Ольга Иванова", "74955550142", "Europe/Moscow")
AMARA = Phone("Amara Okafor", "2348035550142", "Africa/Lagos")
LENA = Phone("Lena Vogel", "4930555501420", "Europe/Berlin")
YUSUF = Phone("يوسف المنصوري", "971505550142", "Asia/Dubai")
SOFIA = Phone("Sofia Rossi", "390255501420", "Europe/Rome")
CAMILLE = Shopper("C-1042", "Camille Laurent", "camille@laurent.example")
"""Who is signed in at the shop."""
CUSTOMERS = (EMMA, JOAO, OLGA, AMARA, LENA, YUSUF, SOFIA)


@dataclass(frozen=True, slots=True)
class People:
    """Who works here."""

    mei: Person
    liu: Person
    anna: Person

    @property
    def everybody(self) -> tuple[Person, ...]:
        return self.mei, self.liu, self.anna


def settings_of(locale: str, address: tuple[str, int], number: Number, api_base: str, folder: Path) -> Settings:
    """As dragoman.toml would say it. The support queue never sleeps, so that a sample is as old as it looks."""
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
                _queue(SUPPORT, i18n.t(locale, "demo.support"), "always"),
                _queue(SALES, i18n.t(locale, "demo.sales"), dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _DAY)),
            ],
            "inboxes": [
                {
                    "name": INBOX,
                    "channel": "whatsapp",
                    "queue": SUPPORT,
                    "phone_number_id": number.id,
                    "access_token": number.token,
                    "app_secret": number.app_secret,
                    "verify_token": number.verify_token,
                    "api_base": api_base,
                    "read_ticks": True,
                },
                {
                    "name": SHOP,
                    "channel": "livechat",
                    "queue": SUPPORT,
                    "public_name": "agent",
                    "origins": [url_of(host, port)],
                    "secret": secrets.token_hex(),
                    "colour": "#8a4b12",
                    "read_ticks": True,
                },
            ],
            "targets": [
                {"first_reply": first, "next_reply": NEXT_REPLY[tier], **({"tier": tier} if tier else {})}
                for tier, first in FIRST_REPLY.items()
            ],
        }
    )


def shop_of(settings: Settings) -> LivechatInbox:
    """The inbox of the shop's chat."""
    return next(inbox for inbox in settings.inboxes if isinstance(inbox, LivechatInbox))


_DAY = ["09:00-12:30", "13:30-18:00"]


def _queue(name: str, title: str, weekly: object) -> dict[str, object]:
    return {"name": name, "title": title, "calendar": {"zone": ZONE, "weekly": weekly}}


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


async def hire(store: SqlStore, locale: str, at: datetime) -> People:
    """Two agents, and an admin whom breaches are told to."""

    async def one(name: str, role: Role, queues: Sequence[QueueName], zone: str) -> Person:
        new = NewPerson(name, "", role, frozenset(queues), locale, zone, name.partition(" ")[0])
        return await store.create_person(new, at)

    return People(
        mei=await one("Mei Lin", Role.AGENT, (SUPPORT, SALES), ZONE),
        liu=await one("Liu Yang", Role.AGENT, (SUPPORT,), ZONE),
        anna=await one("Anna Weber", Role.ADMIN, (SUPPORT, SALES), "Europe/Berlin"),
    )


def settle_in(sim: GraphSim) -> dict[str, str]:
    """Gives everybody a phone; the zones by phone number."""
    for one in CUSTOMERS:
        sim.customer(one.name, one.phone)
    return {one.phone: one.zone for one in CUSTOMERS}
