"""When the demo's house works, and what it promises: as dragoman.toml would say it. Nothing runs here.

Support follows the sun, so that a sample is as old as it looks whatever the hour; Sales sleeps in Shenzhen.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import i18n
from core.hours import DAYS, Calendar
from core.ids import QueueName

SUPPORT, SALES = QueueName("support"), QueueName("sales")
SHENZHEN, BERLIN, MEXICO = "Asia/Shanghai", "Europe/Berlin", "America/Mexico_City"
OFFICE = {
    "zone": SHENZHEN,
    "holidays": "CN",
    "weekly": {day: ["09:00-12:30", "13:30-18:00"] for day in DAYS[:5]},
}
"""Of the sales team: closed at night, at weekends and at Chinese New Year."""
ALWAYS = {"zone": SHENZHEN, "weekly": "always"}
REGIONS = {
    "asia": (SHENZHEN, ("AE", "AU", "IN", "JP", "SA", "SG")),
    "europe": (BERLIN, ("DE", "FR", "GB", "IT", "NG", "RU")),
    "americas": (MEXICO, ("BR", "CA", "MX", "US")),
}
MORNING, BREAK = timedelta(hours=3), timedelta(hours=2)
_ASLEEP = timedelta(minutes=20)
_STEP = timedelta(minutes=10)


def shifts() -> list[dict[str, Any]]:
    """Three that follow each other round the world, each half an hour into the next, and the office of Sales."""
    every_day = {
        "shenzhen": (SHENZHEN, "07:00-16:00"),
        "berlin": (BERLIN, "08:00-17:00"),
        "mexico": (MEXICO, "08:30-17:30"),
    }
    follow = [
        {"name": name, "calendar": {"zone": zone, "weekly": {day: [hours] for day in DAYS}}}
        for name, (zone, hours) in every_day.items()
    ]
    return [*follow, {"name": "office", "calendar": OFFICE}]


def oncall(today: date) -> list[dict[str, Any]]:
    """Anna since yesterday, so that a breach finds her at any hour; Diego from next week on."""
    people = [email(name) for name in ("Anna Weber", "Diego Ramos")]
    return [{"queue": SUPPORT, "people": people, "start": today - timedelta(days=1), "every": "1w"}]


def email(name: str) -> str:
    return f"{name.partition(' ')[0].lower()}@lantern.example"


def targets() -> list[dict[str, Any]]:
    """An American VIP in their own hours, a first enquiry at once or early in the next shift, and everybody else."""
    return [
        {
            "tier": "vip",
            "country": "US",
            "first_reply": "2h",
            "next_reply": "2h",
            "resolve": "3d",
            "calendar": "customer",
            "chain": "vip",
        },
        {
            "queue": SALES,
            "newcomer": True,
            "first_reply": "30m",
            "first_reply_closed": "1h",
            "next_reply": "2h",
            "resolve": "5d",
        },
        {"first_reply": "1h", "next_reply": "2h", "resolve": "12h"},
    ]


def escalation() -> list[dict[str, Any]]:
    """The VIPs' chain. Everybody else's is the shipped one."""
    return [
        {"chain": "vip", "at": "50%", "tell": ["assignee"]},
        {"chain": "vip", "at": "75%", "tell": ["assignee", "backup"], "priority": "urgent"},
        {"chain": "vip", "at": "100%", "tell": ["oncall", "supervisors"], "until_ack": True},
        {"chain": "vip", "at": "+30m", "tell": ["admins"], "assign": "backup"},
    ]


def digests(locale: str) -> list[dict[str, Any]]:
    return [
        {"region": i18n.t(locale, f"demo.region_{name}"), "zone": zone, "countries": countries}
        for name, (zone, countries) in REGIONS.items()
    ]


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(SHENZHEN)).date()


def night(office: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """An instant at which they slept, not long before `now`, and when they wake, which may be to come."""
    at = now - 3 * _STEP
    while True:
        slept, wakes = office.last_open(at), office.next_open(at)
        if slept is not None and wakes - slept >= BREAK and at - slept >= _ASLEEP:
            return max(slept + _ASLEEP, min(at, wakes - MORNING)), wakes
        at -= _STEP
