"""`dragoman people email`, `duty`, `away` and `back`: how the roster knows somebody, and when they work."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import duty
from bot.cli.people import Who, changed, substitute_named
from bot.cli.shared import ConfigOption, give_up, read_settings, words
from core.people import Person

if TYPE_CHECKING:
    from storage import SqlStore


def add_to(people: typer.Typer) -> None:
    people.command("email", help=words("cli.people.set_email"))(email)
    people.command("duty", help=words("cli.people.duty"))(duty_)
    people.command("away", help=words("cli.people.go_away"))(away)
    people.command("back", help=words("cli.people.come_back"))(back)


def email(
    who: Who,
    address: Annotated[str, typer.Argument(help=words("cli.people.email"), metavar="ADDRESS")],
    config: ConfigOption = None,
) -> None:
    """Rotations and escalation know people by it."""
    from storage import EmailTaken

    async def change(store: "SqlStore", person: Person) -> None:
        await store.set_email(person.id, duty.email_of(address))

    try:
        changed(config, who, change)
    except EmailTaken:
        give_up(words("cli.people.email_taken", email=address))


def duty_(
    who: Who,
    shift: duty.Shifts = None,
    speaks: duty.Speaks = None,
    capacity: duty.Capacity = None,
    substitute: duty.Substitute = None,
    config: ConfigOption = None,
) -> None:
    """What is not given stays; `none` takes away what was said before."""
    said: dict[str, Any] = {}
    if shift:
        said["shifts"] = duty.shifts_of(read_settings(config), shift)
    if speaks:
        said["languages"] = duty.languages_of(speaks)
    if capacity is not None:
        said["capacity"] = duty.capacity_of(capacity)

    async def change(store: "SqlStore", person: Person) -> None:
        changed = replace(person, **said)
        if substitute is not None:
            stands_in = await substitute_named(store, substitute, person.queues, person.id)
            changed = replace(changed, substitute=stands_in)
        await store.set_duty(changed)

    changed(config, who, change)


def away(
    who: Who,
    until: Annotated[str | None, typer.Option("--until", help=words("cli.people.until"), show_default=False)] = None,
    substitute: duty.Substitute = None,
    config: ConfigOption = None,
) -> None:
    """For whoever cannot say it themselves."""
    from bot.clock import SystemClock

    now = SystemClock().now()

    async def change(store: "SqlStore", person: Person) -> None:
        back_at = duty.moment_of(until, now, person.zone or "UTC") if until is not None else None
        stands_in = await substitute_named(store, substitute, person.queues, person.id)
        await store.set_away(person.id, now, back_at, stands_in)

    changed(config, who, change)


def back(who: Who, config: ConfigOption = None) -> None:
    async def change(store: "SqlStore", person: Person) -> None:
        await store.set_back(person.id)

    changed(config, who, change)
