"""`dragoman people`: who works here, what they may do, and how they come in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot import i18n
from bot.cli import duty
from bot.cli.database import with_store
from bot.cli.shared import LOCALE, ConfigOption, give_up, read_settings, words
from core.ids import PersonId, QueueName
from core.people import Person, Role

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from storage import SqlStore

T = TypeVar("T")
INVITE_LIVES = timedelta(days=7)
LOGIN_LIVES = timedelta(hours=1)

people = typer.Typer(help=words("cli.people.about"), no_args_is_help=True)

Who = Annotated[str, typer.Argument(help=words("cli.people.who"), metavar="PERSON")]
Queues = Annotated[list[str] | None, typer.Option("--queue", "-q", help=words("cli.people.queue"), show_default=False)]


@people.command("list", help=words("cli.people.list"))
def list_(config: ConfigOption = None) -> None:
    from bot.clock import SystemClock

    async def lines(store: "SqlStore") -> Sequence[str]:
        return await duty.lines(store, await store.list_people(), SystemClock().now())

    for line in with_store(read_settings(config), lines) or [words("cli.people.nobody")]:
        typer.echo(line)


@people.command(help=words("cli.people.add"))
def add(
    name: Annotated[str, typer.Argument(help=words("cli.people.name"))],
    role: Annotated[Role, typer.Option("--role", help=words("cli.people.role_option"))] = Role.AGENT,
    queue: Queues = None,
    email: Annotated[str, typer.Option("--email", help=words("cli.people.email"), show_default=False)] = "",
    public_name: Annotated[
        str, typer.Option("--public-name", help=words("cli.people.public_name"), show_default=False)
    ] = "",
    locale: Annotated[str, typer.Option("--language", help=words("cli.people.language"))] = LOCALE,
    zone: Annotated[str | None, typer.Option("--zone", help=words("cli.people.zone"), show_default=False)] = None,
    shift: duty.Shifts = None,
    speaks: duty.Speaks = None,
    capacity: duty.Capacity = None,
    substitute: duty.Substitute = None,
    config: ConfigOption = None,
) -> None:
    settings = read_settings(config)

    from bot.clock import SystemClock
    from core.ports import NewPerson
    from storage import EmailTaken

    if not name.strip():
        give_up(f"NAME: {words('config.empty')}")
    _check_reader(locale, zone)
    queues = frozenset(_queue(settings, one) for one in queue or ())
    new = NewPerson(name.strip(), email, role, queues, locale, zone, public_name)
    new = replace(new, shifts=duty.shifts_of(settings, shift or ()), languages=duty.languages_of(speaks or ()))
    new = replace(new, capacity=duty.capacity_of(capacity or duty.NONE))

    async def make(store: "SqlStore") -> tuple[PersonId, Sequence[str]]:
        stands_in = await substitute_named(store, substitute, queues, None)
        made = await store.create_person(replace(new, substitute=stands_in), SystemClock().now())
        return made.id, await duty.lines(store, [made], SystemClock().now())

    try:
        number, lines = with_store(settings, make)
    except EmailTaken:
        give_up(words("cli.people.email_taken", email=email))
    typer.echo("\n".join([*lines, words("cli.people.added", person=str(number))]))


@people.command(help=words("cli.people.invite"))
def invite(who: Who, config: ConfigOption = None) -> None:
    """A code with which the person tells the chat's bot who they are."""
    from bot.clock import SystemClock

    async def make(store: "SqlStore", person: Person) -> str:
        return await store.new_invite(person.id, SystemClock().now(), INVITE_LIVES)

    person, code = _with_person(config, who, make)
    typer.echo(words("cli.people.invited", name=person.name, lives=INVITE_LIVES))
    typer.echo(f"  !join {code}")
    if link := _telegram_link(read_settings(config), code):
        typer.echo(words("cli.people.invite_link"))
        typer.echo(f"  {link}")


@people.command(help=words("cli.people.login"))
def login(who: Who, config: ConfigOption = None) -> None:
    from bot.clock import SystemClock

    async def make(store: "SqlStore", person: Person) -> str:
        return await store.new_login(person.id, SystemClock().now(), LOGIN_LIVES)

    person, token = _with_person(config, who, make)
    typer.echo(words("cli.people.login_link", name=person.name, lives=LOGIN_LIVES))
    typer.echo(f"  {login_link(read_settings(config), token)}")


@people.command(help=words("cli.people.role"))
def role(
    who: Who,
    to: Annotated[Role, typer.Argument(help=words("cli.people.role_option"), metavar="ROLE")],
    config: ConfigOption = None,
) -> None:
    async def change(store: "SqlStore", person: Person) -> None:
        if to is not Role.ADMIN:
            await _keep_an_admin(store, person)
        await store.update_person(person.id, role=to)

    changed(config, who, change)


@people.command(help=words("cli.people.queues"))
def queue(
    who: Who,
    add: Annotated[list[str] | None, typer.Option("--add", help=words("cli.people.queue"), show_default=False)] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help=words("cli.people.queue_remove"), show_default=False)
    ] = None,
    config: ConfigOption = None,
) -> None:
    settings = read_settings(config)
    more = {_queue(settings, one) for one in add or ()}
    # What left the configuration may be left, too.
    less = {QueueName(one) for one in remove or ()}

    async def change(store: "SqlStore", person: Person) -> None:
        await store.update_person(person.id, queues=frozenset((person.queues | more) - less))

    changed(config, who, change)


@people.command(help=words("cli.people.deactivate"))
def deactivate(who: Who, config: ConfigOption = None) -> None:
    async def change(store: "SqlStore", person: Person) -> None:
        await _keep_an_admin(store, person)
        await store.update_person(person.id, active=False)

    changed(config, who, change)


@people.command(help=words("cli.people.activate"))
def activate(who: Who, config: ConfigOption = None) -> None:
    async def change(store: "SqlStore", person: Person) -> None:
        await store.update_person(person.id, active=True)

    changed(config, who, change)


def _telegram_link(settings: "Settings", code: str) -> str:
    """Empty where there is no bot, or it cannot be asked now."""
    from bot.desks.telegram.account import account_of
    from bot.desks.telegram.settings import TELEGRAM

    if TELEGRAM not in settings.desk_tables:
        return ""
    from bot.desks.telegram.joining import invitation

    return asyncio.run(invitation(account_of(settings.desk(TELEGRAM)), code))


def login_link(settings: "Settings", token: str) -> str:
    """Where a one-time token lets somebody in."""
    return f"{settings.dragoman.base_url}/console/login?token={token}"


def _with_person(
    config: ConfigOption, who: str, work: "Callable[[SqlStore, Person], Awaitable[T]]"
) -> tuple[Person, T]:
    """The person whom `who` names, and what `work` makes of them."""

    async def visit(store: "SqlStore") -> tuple[Person, T]:
        person = _named(who, await store.list_people())
        return person, await work(store, person)

    return with_store(read_settings(config), visit)


def changed(config: ConfigOption, who: str, work: "Callable[[SqlStore, Person], Awaitable[None]]") -> None:
    """Changes somebody and shows how they stand now."""
    from bot.clock import SystemClock

    async def change(store: "SqlStore", person: Person) -> Sequence[str]:
        await work(store, person)
        after = await store.person(person.id)
        return await duty.lines(store, [after or person], SystemClock().now())

    _, lines = _with_person(config, who, change)
    typer.echo("\n".join(lines))


async def substitute_named(
    store: "SqlStore", who: str | None, queues: frozenset[QueueName], person: PersonId | None
) -> PersonId | None:
    """None when nobody is named, or `none` is."""
    if who is None or who == duty.NONE:
        return None
    found = _named(who, await store.list_people())
    duty.check_substitute(found, queues, person)
    return found.id


def _named(who: str, everybody: Sequence[Person]) -> Person:
    """By number, name or e-mail address. Ends the program unless it is exactly one."""
    wanted = who.casefold().strip()
    found = [person for person in everybody if wanted in (str(person.id), person.name.casefold(), person.email or None)]
    if not found:
        give_up(words("cli.people.unknown", who=who), map(duty.line, everybody))
    if len(found) > 1:
        give_up(words("cli.people.several", who=who), map(duty.line, found))
    return found[0]


async def _keep_an_admin(store: "SqlStore", person: Person) -> None:
    """Without any admin nobody could be told what is stuck, or mend it."""
    admins = (await store.roster()).admins()
    if [admin.id for admin in admins] == [person.id]:
        give_up(words("cli.people.last_admin", name=person.name))


def _queue(settings: "Settings", name: str) -> QueueName:
    known = [queue.name for queue in settings.queues]
    if name not in known:
        give_up(words("config.unknown_queue", given=name), [words("config.not_one_of", allowed=", ".join(known))])
    return QueueName(name)


def _check_reader(locale: str, zone: str | None) -> None:
    from core.places import is_zone

    if locale not in i18n.locales():
        give_up(words("config.bad_locale", given=locale, allowed=", ".join(i18n.locales())))
    if zone is not None and not is_zone(zone):
        give_up(words("config.unknown_zone", given=zone))
