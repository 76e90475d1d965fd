"""What `dragoman doctor` finds: is everything as it must be, and how is it mended? It looks and changes nothing.

Channels and desks examine themselves (`core.ports.Examined`); here is the house around them. Nothing here raises: what
could not be looked at is a finding too.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import product
from urllib.parse import urlsplit

from bot.blobs import DiskBlobs
from bot.channels import Around as ChannelAround
from bot.channels import build_channel
from bot.config.inbox import Inbox
from bot.config.policy import policy_of
from bot.config.settings import Queue, Settings
from bot.desks import DESKS, Around, HoldsConnections
from bot.http import Http, clock_skew
from bot.roll import Roll
from bot.ways import ways_out
from bot.workers.reconcile import DEAF
from core.covering import gap_words, look, region_words
from core.errors import SendError
from core.ids import DeskName, InboxName, QueueName
from core.people import Person, Role
from core.ports import Clock, Examined, Finding
from core.say import Say, Word, say
from storage import SchemaMismatch, SqlStore, open_store

PATIENCE = 20.0
"""Seconds one look may take."""
SKEW = timedelta(minutes=2)
SOON = timedelta(days=30)
RECENT = timedelta(days=1)
LATE = timedelta(minutes=5)
"""Work that is due and waits longer than this is done by nobody."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the house. `title`: a catalogue key."""

    title: str
    findings: tuple[Finding, ...]


async def examine(settings: Settings, clock: Clock) -> AsyncGenerator[Section, None]:
    """One part after the other, as soon as it was looked at."""
    yield Section("doctor.section.config", tuple(_config(settings)))
    async with AsyncExitStack() as stack:
        store, finding = await _open(settings.database_url)
        if store is not None:
            # Before anything is said: whoever listens may break off at any word.
            stack.push_async_callback(store.close)
        yield Section("doctor.section.database", (finding,))
        roll = Roll()
        if store is not None:
            await roll.read(store)
            yield Section("doctor.section.people", await _guarded(_people(settings, store)))
            yield Section("doctor.section.coverage", await _guarded(_coverage(settings, store, clock)))
            yield Section("doctor.section.work", await _guarded(_work(settings, store, clock)))
        for name in dict.fromkeys(name for queue in settings.queues for name in queue.places):
            desk = DESKS[name].build(settings.desk(name), _around(settings, clock, roll, store))
            if isinstance(desk, HoldsConnections):
                stack.push_async_callback(desk.aclose)
            if isinstance(desk, Examined):
                yield Section(f"doctor.section.{name}", await _guarded(desk.examine()))
        if settings.inboxes:
            yield Section("doctor.section.inboxes", await _inboxes(settings, clock))


async def _nothing_heard(desk: DeskName, prefix: str, since: datetime) -> Sequence[bytes]:
    return ()


def _around(settings: Settings, clock: Clock, roll: Roll, store: SqlStore | None) -> Around:
    return Around(
        clock=clock,
        blobs=DiskBlobs(settings.dragoman.data_dir / "files"),
        names=roll.name,
        links=lambda ticket: "",
        people=roll.identities,
        places=roll,
        heard=store.heard if store is not None else _nothing_heard,
        spend=lambda bucket: None,
    )


async def _guarded(looking: Awaitable[Sequence[Finding]]) -> tuple[Finding, ...]:
    """A look that fails or does not end says so, and the others go on."""
    try:
        async with asyncio.timeout(PATIENCE):
            return tuple(await looking)
    except Exception as error:
        return (Finding(False, say("doctor.broken", what=type(error).__name__), Say("doctor.broken_cure")),)


# --- configuration ------------------------------------------------------------------------------------------------


def _config(settings: Settings) -> Iterator[Finding]:
    queues = ", ".join(queue.name for queue in settings.queues)
    inboxes = ", ".join(inbox.name for inbox in settings.inboxes) or "-"
    yield Finding(True, say("doctor.config.read", queues=queues, inboxes=inboxes))
    if not settings.inboxes:
        yield Finding(False, Say("doctor.config.no_inbox"), Say("doctor.config.no_inbox_cure"))
    base_url = settings.dragoman.base_url
    if any(_is_public(platform) for platform in _callers(settings)) and not _is_public(base_url):
        yield Finding(False, say("doctor.config.not_public", url=base_url), Say("doctor.config.not_public_cure"))


def _callers(settings: Settings) -> Iterator[str]:
    """The platforms that call us. One in our own network may find us there."""
    for inbox in settings.inboxes:
        yield from inbox.api_bases
    for table in settings.desk_tables.values():
        yield from table.callers


def _is_public(url: str) -> bool:
    """Whether it is reached from everywhere: https, and no address of this machine or network."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname in (None, "localhost"):
        return False
    try:
        return ip_address(str(parts.hostname)).is_global
    except ValueError:
        return True


# --- database and what is in it -------------------------------------------------------------------------------------


async def _open(url: str) -> tuple[SqlStore | None, Finding]:
    kind = "SQLite" if urlsplit(url).scheme == "sqlite" else "PostgreSQL"
    try:
        async with asyncio.timeout(PATIENCE):
            return await open_store(url, guest=True), Finding(True, say("doctor.database.ready", kind=kind))
    except SchemaMismatch as error:
        cure = Say("doctor.database.migrate_cure")
        return None, Finding(False, say("doctor.database.unprepared", kind=kind, reason=str(error)), cure)
    except Exception as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        cure = Say("doctor.database.sqlite_cure" if kind == "SQLite" else "doctor.database.postgres_cure")
        return None, Finding(False, say("doctor.database.unusable", kind=kind, reason=reason), cure)


async def _people(settings: Settings, store: SqlStore) -> Sequence[Finding]:
    everybody = (await store.roster()).people
    findings = []
    if not any(person.role is Role.ADMIN for person in everybody):
        findings.append(Finding(False, Say("doctor.people.no_admin"), Say("doctor.people.no_admin_cure")))
    for queue in settings.queues:
        findings += [finding async for finding in _queue(queue, everybody, store)]
    findings += [*_nobody(settings, everybody), *_off_duty(settings, everybody)]
    if all(finding.ok for finding in findings):
        findings.append(Finding(True, say("doctor.people.well", n=len(everybody), count=len(everybody))))
    return findings


async def _queue(queue: Queue, everybody: Sequence[Person], store: SqlStore) -> AsyncIterator[Finding]:
    members = [person for person in everybody if queue.name in person.queues]
    if not members:
        cure = say("doctor.people.no_members_cure", queue=queue.name)
        yield Finding(False, say("doctor.people.no_members", queue=queue.name), cure)
    # An admin is everywhere; a supervisor where they are a member.
    if not any(person.role is Role.ADMIN for person in everybody) and all(p.role is Role.AGENT for p in members):
        cure = say("doctor.people.no_supervisor_cure", queue=queue.name)
        yield Finding(False, say("doctor.people.no_supervisor", queue=queue.name), cure)
    # On the console everybody is known from the first day.
    for desk, person in product(queue.places, members):
        if await store.identity_of(person.id, desk) is None:
            where = Word(f"doctor.section.{desk}")
            what = say("doctor.people.unreachable", name=person.name, queue=queue.name, desk=where)
            yield Finding(False, what, say("doctor.people.unreachable_cure", person=str(person.id), desk=where))


def _nobody(settings: Settings, everybody: Sequence[Person]) -> Iterator[Finding]:
    """Addresses in the configuration that belong to nobody who works here, each where it first stands."""
    told = [(f"escalation[{n}].tell", word) for n, step in enumerate(settings.escalation) for word in step.tell]
    told += [(f"oncall[{n}].people", email) for n, row in enumerate(settings.oncall) for email in row.people]
    known = {person.email for person in everybody}
    where = {email: path for path, email in reversed(told) if "@" in email and email not in known}
    for email, path in sorted(where.items(), key=lambda one: one[1]):
        what = say("doctor.people.nobody", email=email, where=path)
        yield Finding(False, what, say("doctor.people.nobody_cure", email=email))


def _off_duty(settings: Settings, everybody: Sequence[Person]) -> Iterator[Finding]:
    """What people and configuration say of each other's shifts and turns, and is not so."""
    shifts = {shift.name for shift in settings.shifts}
    for person in everybody:
        if gone := [name for name in person.shifts if name not in shifts]:
            what = say("doctor.people.no_shift", name=person.name, shifts=", ".join(gone))
            yield Finding(False, what, say("doctor.people.no_shift_cure", person=str(person.id)))
    for row, person in product(settings.oncall, everybody):
        if person.email in row.people and not person.sees(QueueName(row.queue)):
            what = say("doctor.people.oncall_elsewhere", name=person.name, queue=row.queue)
            cure = say("doctor.people.oncall_elsewhere_cure", person=str(person.id), queue=row.queue)
            yield Finding(False, what, cure)


async def _coverage(settings: Settings, store: SqlStore, clock: Clock) -> Sequence[Finding]:
    """Which promises nobody keeps, the worst of each row. A queue without people is a finding of its own."""
    policy = policy_of(settings)
    report = await look(store, policy, clock.now())
    worst = {gap.row: gap for gap in reversed(report.gaps) if gap.queue not in report.unstaffed}
    cure = Say("doctor.coverage.cure")
    findings = [Finding(False, gap_words(worst[row], policy), cure) for row in sorted(worst)]
    kept = say("coverage.kept", n=report.checked, regions=region_words(*report.regions))
    return [*(findings or [Finding(True, kept)]), *_holidays(settings, clock.now())]


def _holidays(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Years that are almost here, whose public holidays nobody has announced."""
    hours = [queue.calendar.calendar for queue in settings.queues] + [
        shift.calendar.calendar for shift in settings.shifts
    ]
    for region, calendar in sorted({calendar.holidays: calendar for calendar in hours if calendar.holidays}.items()):
        today = calendar.date_at(now)
        for year in sorted({today.year, (today + SOON).year}):
            if calendar.unconfirmed(year):
                what = say("due.unconfirmed", region=region, years=str(year))
                yield Finding(False, what, Say("doctor.coverage.holidays_cure"))


async def _undelivered(settings: Settings, store: SqlStore, now: datetime) -> AsyncIterator[Finding]:
    """What only the running program could notice (`bot.workers.reconcile`)."""
    for desk in dict.fromkeys(name for queue in settings.queues for name in queue.places):
        value = await store.setting(f"{DEAF}{desk}")
        if value and now - datetime.fromisoformat(value) < RECENT:
            age, where = now - datetime.fromisoformat(value), Word(f"doctor.section.{desk}")
            yield Finding(False, say("doctor.undelivered", desk=where, age=age), Say("doctor.undelivered_cure"))


async def _work(settings: Settings, store: SqlStore, clock: Clock) -> Sequence[Finding]:
    now = clock.now()
    backlog = await store.backlog(now)
    findings = [finding async for finding in _undelivered(settings, store, now)]
    if backlog.parked:
        what = say("doctor.work.parked", n=backlog.parked, count=backlog.parked)
        findings.append(Finding(False, what, Say("doctor.work.parked_cure")))
    oldest = min((at for at in (backlog.raw_oldest, backlog.jobs_oldest) if at is not None), default=now)
    if now - oldest > LATE:
        findings.append(Finding(False, say("doctor.work.waits", age=now - oldest), Say("doctor.work.waits_cure")))
    for trouble in await store.troubles():
        reason = Word(f"send_error.{trouble.code}")
        what = say("doctor.work.trouble", where=trouble.where, since=trouble.since, reason=reason)
        findings.append(Finding(False, what, Say("doctor.work.trouble_cure")))
    findings = findings or [Finding(True, Say("doctor.work.flows"))]
    return [*findings, *[finding async for finding in _failures(store, now)]]


async def _failures(store: SqlStore, now: datetime) -> AsyncIterator[Finding]:
    """What concerned one customer or one file: its agent was told, and nothing of the house is wrong."""
    for kind, code, n in await store.failures(now - RECENT):
        reason = Word(f"send_error.{code or 'platform_error'}")
        yield Finding(True, say(f"doctor.work.failed_{kind}", n=n, count=n, reason=reason))


# --- inboxes --------------------------------------------------------------------------------------------------------


async def _inboxes(settings: Settings, clock: Clock) -> tuple[Finding, ...]:
    base_url = settings.dragoman.base_url
    findings: list[Finding] = []
    # What we ask of ourselves takes no proxy.
    async with AsyncExitStack() as stack, Http({base_url}) as home:
        ways = await ways_out(settings, stack)
        for inbox in settings.inboxes:
            hook_url = f"{base_url}/hooks/{inbox.name}"
            channel = build_channel(inbox, ChannelAround(ways[InboxName(inbox.name)], clock, hook_url, home=home))
            if isinstance(channel, Examined):
                findings += await _guarded(channel.examine())
            findings += await _guarded(_hook(home, inbox, hook_url, clock))
    return tuple(findings)


async def _hook(http: Http, inbox: Inbox, url: str, clock: Clock) -> Sequence[Finding]:
    """Shake hands with our own webhook as the platform does. It must be reached the way the platform reaches it."""
    challenge = secrets.token_hex(8)
    params = inbox.handshake(challenge)
    if params is None:
        return []
    cure = say("doctor.hook.cure", url=url)
    try:
        reply = await http.call("GET", url, params=params)
    except SendError:
        return [Finding(False, say("doctor.hook.unreachable", inbox=inbox.name, url=url), cure)]
    if reply.status != 200 or reply.body.decode(errors="replace") != challenge:
        return [Finding(False, say("doctor.hook.wrong", inbox=inbox.name, url=url, status=str(reply.status)), cure)]
    skew = clock_skew(reply.headers, clock.now())
    if skew is not None and abs(skew) > SKEW:
        return [Finding(False, say("doctor.hook.clock", url=url, skew=abs(skew)), Say("doctor.hook.clock_cure"))]
    return [Finding(True, say("doctor.hook.answers", inbox=inbox.name, url=url))]
