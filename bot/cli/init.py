"""`dragoman init`: asks what must be known, writes dragoman.toml and .env, and makes the first admin.

Every question is an option, too.
"""

import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.shared import CONFIG_FILE, LOCALE, give_up, words

if TYPE_CHECKING:
    from bot.cli.scaffold import Slack, Telegram, WhatsApp
    from bot.config.settings import Settings


def _option(name: str, env: str | None = None) -> Any:
    """An option whose help is the question itself."""
    help_text = words(f"cli.init.ask.{name.replace('-', '_')}")
    return typer.Option(f"--{name}", help=help_text, envvar=env, show_default=False)


Answer = str | None
LINK_LIVES = timedelta(days=1)
"""The program must be started before the link leads anywhere."""


def init(
    organisation: Annotated[Answer, _option("organisation")] = None,
    language: Annotated[Answer, _option("language")] = None,
    zone: Annotated[Answer, _option("zone")] = None,
    hours: Annotated[Answer, _option("hours")] = None,
    base_url: Annotated[Answer, _option("base-url")] = None,
    desk: Annotated[Answer, _option("desk")] = None,
    slack_channel: Annotated[Answer, _option("slack-channel")] = None,
    slack_bot_token: Annotated[Answer, _option("slack-bot-token", "DRAGOMAN_SLACK__BOT_TOKEN")] = None,
    slack_app_token: Annotated[Answer, _option("slack-app-token", "DRAGOMAN_SLACK__APP_TOKEN")] = None,
    telegram_group: Annotated[Answer, _option("telegram-group")] = None,
    telegram_bot_token: Annotated[Answer, _option("telegram-bot-token", "DRAGOMAN_TELEGRAM__BOT_TOKEN")] = None,
    whatsapp_number: Annotated[Answer, _option("whatsapp-number")] = None,
    whatsapp_token: Annotated[Answer, _option("whatsapp-token", "DRAGOMAN_INBOXES__WHATSAPP__ACCESS_TOKEN")] = None,
    whatsapp_secret: Annotated[Answer, _option("whatsapp-secret", "DRAGOMAN_INBOXES__WHATSAPP__APP_SECRET")] = None,
    admin: Annotated[Answer, _option("admin")] = None,
    admin_email: Annotated[Answer, _option("admin-email")] = None,
    folder: Annotated[Path, typer.Option("--folder", help=words("cli.init.folder"))] = Path(),
    no_input: Annotated[bool, typer.Option("--no-input", help=words("cli.init.no_input"))] = False,
    force: Annotated[bool, typer.Option("--force", help=words("cli.init.force"))] = False,
) -> None:
    from bot.cli.scaffold import Answers, write
    from bot.cli.telegram import show_code
    from bot.config.loading import load
    from bot.config.problems import ConfigError
    from bot.config.values import HttpUrl, Locale, Weekly, Zone

    standing = [name for name in (CONFIG_FILE.name, ".env") if (folder / name).exists()]
    if standing and not force:
        give_up(words("cli.init.exists", files=", ".join(standing)))

    ask = Interview(no_input)
    answers = Answers(
        organisation=ask("organisation", organisation),
        locale=ask("language", language, default=LOCALE, kind=Locale),
        zone=ask("zone", zone, default=_zone_here(), kind=Zone),
        hours=ask("hours", hours, default="09:00-18:00", kind=Weekly),
        base_url=ask("base_url", base_url, default="http://127.0.0.1:8080", kind=HttpUrl),
    )
    desks = listed(ask("desk", desk, default="console", choices=("console", "slack", "telegram")))
    answers = replace(
        answers,
        slack=_slack(ask, slack_channel, slack_bot_token, slack_app_token) if "slack" in desks else None,
        telegram=_telegram(ask, telegram_group, telegram_bot_token) if "telegram" in desks else None,
        whatsapp=_whatsapp(ask, whatsapp_number, whatsapp_token, whatsapp_secret),
    )
    first = ask("admin", admin, default=getpass.getuser()), ask("admin_email", admin_email, default="")
    try:
        written = write(folder, answers)
    except ConfigError as error:
        give_up(words("cli.config_refused"), (problem.words(LOCALE) for problem in error.problems))
    for file in written:
        typer.echo(words("cli.init.written", file=str(file)))
    if answers.whatsapp:
        typer.echo(words("cli.init.verify_token"))
    settings = load(folder / CONFIG_FILE.name, os.environ)
    _make_admin(settings, *first, answers.locale)
    if answers.telegram:
        show_code(settings, answers.telegram.group)


def _slack(ask: "Interview", channel: Answer, bot_token: Answer, app_token: Answer) -> "Slack":
    from bot.cli.scaffold import Slack

    return Slack(
        channel=ask("slack_channel", channel),
        bot_token=ask("slack_bot_token", bot_token, secret=True),
        app_token=ask("slack_app_token", app_token, secret=True),
    )


def _telegram(ask: "Interview", group: Answer, bot_token: Answer) -> "Telegram":
    from bot.cli.scaffold import Telegram
    from bot.config.values import Name

    return Telegram(
        group=ask("telegram_group", group, default="support", kind=Name),
        bot_token=ask("telegram_bot_token", bot_token, secret=True),
    )


def _whatsapp(ask: "Interview", number: Answer, token: Answer, secret: Answer) -> "WhatsApp | None":
    from bot.cli.scaffold import WhatsApp

    if not (number := ask("whatsapp_number", number, default="")):
        return None
    return WhatsApp(
        number=number,
        access_token=ask("whatsapp_token", token, secret=True),
        app_secret=ask("whatsapp_secret", secret, secret=True),
    )


def _make_admin(settings: "Settings", name: str, email: str, locale: str) -> None:
    """Whoever sets the house up comes in first. Where there is an admin already, they stay the only one."""
    from bot.cli.database import with_store
    from bot.cli.people import login_link
    from bot.clock import SystemClock
    from core.ids import QueueName
    from core.people import Person, Role
    from core.ports import NewPerson
    from storage import SqlStore

    async def make(store: SqlStore) -> tuple[Person, str]:
        now = SystemClock().now()
        admins = (await store.roster()).admins()
        queues = frozenset(QueueName(queue.name) for queue in settings.queues)
        new = NewPerson(name, email, Role.ADMIN, queues, locale, public_name=name)
        person = admins[0] if admins else await store.create_person(new, now)
        return person, await store.new_login(person.id, now, LINK_LIVES)

    person, token = with_store(settings, make)
    typer.echo(words("cli.init.admin", name=person.name, lives=LINK_LIVES))
    typer.echo(f"  {login_link(settings, token)}")


@dataclass(frozen=True, slots=True)
class Interview:
    """Asks one question: takes the option when it was given, else the default or the keyboard."""

    no_input: bool

    def __call__(
        self,
        name: str,
        given: Answer,
        *,
        default: Answer = None,
        kind: Any = None,
        choices: Sequence[str] = (),
        secret: bool = False,
    ) -> str:
        """`kind`: the setting's type, which refuses what the configuration would; `choices`: one or several of them.
        Ends the program on a bad option."""
        option = f"--{name.replace('_', '-')}"
        answer = given if given is not None or not self.no_input else default
        if answer is not None:
            if wrong := _complaint(answer, kind, choices):
                give_up(f"{option}: {wrong}")
            return answer
        if self.no_input:
            give_up(words("cli.init.needed", option=option))
        while True:
            typed: str = typer.prompt(words(f"cli.init.ask.{name}"), default=default, hide_input=secret).strip()
            wrong = _complaint(typed, kind, choices) if typed or default is None else None
            if not wrong:
                return typed
            typer.echo(wrong)


def listed(answer: str) -> set[str]:
    """Of `slack, telegram` both."""
    return {one.strip() for one in answer.split(",")}


def _complaint(answer: str, kind: Any, choices: Sequence[str]) -> str | None:
    from bot.config.problems import complaint_about
    from bot.config.values import Weekly

    if choices and not listed(answer) <= set(choices):
        return words("config.not_one_of", allowed=", ".join(choices))
    if kind is None:
        return None
    problem = complaint_about(kind, {"mon": [answer]} if kind is Weekly else answer)
    return words(problem.key, **problem.params) if problem else None


def _zone_here() -> str:
    """This machine's zone, when its clock is set by a link into the zone table; else UTC."""
    from core.places import is_zone

    _, found, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if found and is_zone(name) else "UTC"
