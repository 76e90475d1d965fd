"""The shape of the settings. A default stands here when most houses want it; the meaning of a key is its docstring."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field, create_model

from bot.channels import CHANNELS
from bot.config.coverage import Coverage
from bot.config.desk import Configured, DeskTable
from bot.config.digests import Digest
from bot.config.escalation import ESCALATION, Escalation
from bot.config.holidays import KnowsHolidays
from bot.config.hours import Hours, Offices
from bot.config.inbox import Inbox
from bot.config.promises import Promises
from bot.config.quiet import QuietHours
from bot.config.roster import Oncall, Roster, Shift
from bot.config.table import OneOf, Table
from bot.config.targets import TARGETS, Sla, Target
from bot.config.triggers import TriggerWords
from bot.config.values import (
    DatabaseUrl,
    HttpUrl,
    Locale,
    Name,
    Secret,
    Text,
)
from bot.desks import DESKS
from core.countries import CountryHours, shipped
from core.ids import DeskName

OfItsChannel = OneOf("channel", {name: kind.settings for name, kind in CHANNELS.items()})

DESK_TABLES: Mapping[str, type[DeskTable]] = {name: kind.settings for name, kind in DESKS.items() if kind.settings}
DESK_KEYS = {name: kind.queue for name, kind in DESKS.items() if kind.queue}

# What the desks bring, each under its name, and the channels' proxies. To the type checker there are no such fields:
# nobody may ask for them by an attribute, but by a name (`Queue.places`, `Settings.desk`, `Settings.proxy`).
if TYPE_CHECKING:
    DeskTables = Table
    ProxyKeys = Table
    DeskKeys = Table
else:
    tables = {name: (table | None, None) for name, table in DESK_TABLES.items()}
    proxied = [name for name, table in DESK_TABLES.items() if table.proxied]
    proxied += [kind.proxy for kind in CHANNELS.values() if kind.proxy]
    proxies = dict.fromkeys(sorted(set(proxied)), (Secret | None, None))
    DeskTables = create_model("DeskTables", __base__=Table, **tables)
    ProxyKeys = create_model("ProxyKeys", __base__=Table, **proxies)
    # Pydantic takes the fields of the last base first.
    DeskKeys = create_model("DeskKeys", __base__=(*reversed(DESK_KEYS.values()), Table))


class General(Table):
    """The house itself."""

    organisation: Text
    """Shown to customers and on the console."""
    base_url: HttpUrl = "http://127.0.0.1:8080"
    """The address under which platforms and browsers reach us."""
    host: Text = "127.0.0.1"
    """Where the web server listens; `0.0.0.0` for every network of this machine."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Where `dragoman worker` answers `/health` and `/metrics`, on the same host; 0: nowhere. `web` and `run` have both
    at `port`."""
    holidays_file: Path | None = None
    """What the house knows better of public holidays; relative to dragoman.toml. [Its form](#holidays_file)."""
    data_dir: Path = Path("var")
    """Files and the SQLite database; relative to dragoman.toml."""
    database_url: DatabaseUrl | None = None
    """`postgres://user:password@host/name` or `sqlite:///absolute/path`; else a SQLite file in data_dir."""
    locale: Locale = "en"
    """Language of the team where nothing else is said: `en` or `zh-CN`."""
    raw_days: Annotated[int, Field(ge=1)] = 30
    """How long raw payloads of the platforms are kept."""
    reopen_days: Annotated[int, Field(ge=0)] = 7
    """A customer's message reopens a ticket closed within this time."""
    undo_seconds: Annotated[int, Field(ge=0, le=600)] = 8
    """A reply is held this long before it leaves."""
    live_idle_minutes: Annotated[int, Field(ge=1)] = 30
    """Live mode ends when the agent writes nothing for this long."""
    burst_seconds: Annotated[int, Field(ge=0, le=60)] = 3
    """What a customer writes within this time becomes one post."""
    log_format: Literal["console", "json"] = "console"
    """For people or for a log collector."""


class Queue(DeskKeys):
    """A team, where it works, and its hours. The console is always one of its desks."""

    name: Name
    """Small letters, digits, - and _. Tickets remember it: rename nothing that has tickets."""
    title: str = ""
    """Empty: the name."""
    locale: Locale | None = None
    """Of its thread lines; else that of [dragoman]."""
    send: Literal["explicit", "live"] = "explicit"
    """`live`: the assignee's plain text goes to the customer; else only what is sent by command or button."""
    acknowledge: bool | None = None
    """Whether who writes out of hours is told when a person answers; else as [promises] says."""
    soothe: bool | None = None
    """Whether who waits too long is told so, with a new time; else as [promises] says."""
    calendar: Hours
    """When the team works; its clocks run only then."""

    @property
    def places(self) -> Mapping[DeskName, tuple[str, ...]]:
        """Where its threads stand, by desk; the console needs no place."""
        said = {name: getattr(self, name) for name in DESK_KEYS}
        return {name: (place,) if isinstance(place, str) else place for name, place in said.items() if place}


class Proxies(ProxyKeys):
    """Through what we reach a platform: `http://user:password@host:port`."""


class Settings(KnowsHolidays, DeskTables):
    """All of it."""

    dragoman: General
    inboxes: tuple[Annotated[Inbox, OfItsChannel], ...] = ()
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    targets: tuple[Target, ...] = TARGETS
    sla: Sla = Sla()
    promises: Promises = Promises()
    coverage: Coverage = Coverage()
    escalation: tuple[Escalation, ...] = ESCALATION
    triggers: tuple[TriggerWords, ...] = ()
    quiet: QuietHours = QuietHours()
    shifts: tuple[Shift, ...] = ()
    oncall: tuple[Oncall, ...] = ()
    roster: Roster = Roster()
    digests: tuple[Digest, ...] | None = None
    countries: tuple[Offices, ...] = ()
    proxies: Proxies = Proxies()

    @property
    def country_hours(self) -> Mapping[str, CountryHours]:
        """Of the countries whose shipped hours are not what holds here."""
        rows = {row.country: row.calendar for row in self.countries}
        named = sorted({*rows, *self._holidays.countries})
        return {name: self._holidays.known_better(rows.get(name) or shipped(name)) for name in named}

    @property
    def desk_tables(self) -> Mapping[str, DeskTable]:
        """Those of the desks that have one here."""
        found = {name: getattr(self, name) for name in DESK_TABLES}
        return {name: table for name, table in found.items() if table is not None}

    def desk(self, name: DeskName) -> Configured[Any]:
        """Raises ValueError when the desk's table is missing; the configuration's own checks say so first."""
        table = self.desk_tables.get(name)
        if table is None and name in DESK_TABLES:
            raise ValueError(f"there is no [{name}]")
        return Configured(
            table,
            places=tuple(dict.fromkeys(place for queue in self.queues for place in queue.places.get(name, ()))),
            proxy=self.proxy(name),
            hook_url=f"{self.dragoman.base_url}/{name}/events",
        )

    def proxy(self, name: str) -> str | None:
        """That of [proxies]; None when there is none of the name."""
        proxy: Secret | None = getattr(self.proxies, name, None) if name else None
        return proxy.get_secret_value() if proxy else None

    @property
    def database_url(self) -> str:
        """For the driver; it may hold a password, so it is never shown."""
        if self.dragoman.database_url:
            return self.dragoman.database_url.get_secret_value()
        return f"sqlite://{quote(str(self.dragoman.data_dir / 'dragoman.sqlite3'))}"
