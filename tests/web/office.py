"""A house whose customers are all over the world: two teams, shifts, turns on call, somebody away. What it promises is
what is shipped. It is Wednesday, 25 November 2026: 17:15 in New York, before Thanksgiving, and night in Shenzhen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.config.policy import policy_of
from bot.config.settings import Settings
from core.ids import QueueName
from core.people import Role, Stand
from core.policy import Policy
from tests.web.house import HandClock, House, house

EVE = datetime(2026, 11, 25, 22, 15, tzinfo=UTC)
SALES, SERVICE = QueueName("sales"), QueueName("service")
MON_FRI = ("mon", "tue", "wed", "thu", "fri")
EMMA, LENA, YUSUF, JOAO = "12125550142", "4930555501420", "966505550142", "5511955501420"
"""Customers' phones: New York, Berlin, Riyadh, São Paulo."""


def weekly(*hours: str, days: tuple[str, ...] = MON_FRI) -> dict[str, list[str]]:
    return {day: list(hours) for day in days}


def shenzhen(*hours: str, **more: object) -> dict[str, object]:
    return {"zone": "Asia/Shanghai", "weekly": weekly(*hours), "holidays": "CN", **more}


SETTINGS: dict[str, Any] = {
    "dragoman": {"organisation": "Harbour Trading"},
    "queues": [
        {
            "name": SALES,
            "title": "Sales",
            "calendar": shenzhen("09:00-12:30", "13:30-18:00", dates={"2026-12-24": ["09:00-13:00"]}),
        },
        {
            "name": SERVICE,
            "title": "Service",
            "calendar": {"zone": "Europe/Berlin", "weekly": weekly("08:00-17:00"), "holidays": "DE-BE"},
        },
    ],
    "inboxes": [
        {
            "name": "whatsapp",
            "channel": "whatsapp",
            "queue": SALES,
            "phone_number_id": "1",
            "access_token": "t",
            "app_secret": "s",
            "verify_token": "v",
        }
    ],
    "shifts": [
        {"name": "day", "calendar": shenzhen("09:00-18:00")},
        {"name": "night", "calendar": shenzhen("21:00-06:00")},
    ],
    "oncall": [
        {
            "queue": SALES,
            "people": ["mei@example.org", "omar@example.org"],
            "start": "2026-11-16",
            "at": "09:00",
        }
    ],
}


def office_policy(**changed: object) -> Policy:
    """As dragoman.toml would say it, with these tables in place of its own."""
    return policy_of(Settings.model_validate({**SETTINGS, **changed}))


@asynccontextmanager
async def office(folder: Path, policy: Policy | None = None) -> AsyncIterator[House]:
    """Mei and Omar sell, Liu sells at night, Sara repairs; Ines supervises both, Ada is the admin."""
    async with house(folder, clock=HandClock(EVE), policy=policy or office_policy()) as made:
        mei = await made.joins("Mei", SALES)
        omar = await made.joins("Omar", SALES)
        liu = await made.joins("Liu", SALES)
        await made.joins("Sara", SERVICE)
        await made.joins("Ines", SALES, SERVICE, role=Role.SUPERVISOR)
        await made.joins("Ada", SALES, SERVICE, role=Role.ADMIN)
        store = made.store
        await store.set_duty(replace(mei, shifts=("day",), languages=frozenset({"en", "zh"}), capacity=2))
        await store.set_duty(replace(omar, shifts=("day",), substitute=mei.id))
        await store.set_duty(replace(liu, shifts=("night",), languages=frozenset({"zh"})))
        await store.set_away(omar.id, EVE - timedelta(days=1), EVE + timedelta(days=5))
        await store.put_stand(Stand(SALES, liu.id, EVE, EVE + timedelta(hours=6)))
        for name, phone in (("Emma Carter", EMMA), ("Lena Vogel", LENA), ("Yusuf", YUSUF), ("João", JOAO)):
            await made.customer_writes("Hello", name=name, phone=phone)
        yield made
