"""The two files that `dragoman init` writes: dragoman.toml, to be read and edited by people, and .env for secrets."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.cli.shared import CONFIG_FILE, words
from bot.config.escalation import ESCALATION
from bot.config.loading import load
from bot.config.locations import variable_for
from bot.config.targets import TARGETS, Target
from bot.config.values import Share
from core.countries import shipped
from core.hours import DAYS
from core.places import country_of_zone
from core.targets import WorkDays

INBOX = "whatsapp"
SHIFTS = {"early": "07:00-15:00", "late": "14:30-22:30"}


@dataclass(frozen=True, slots=True)
class Slack:
    channel: str
    bot_token: str
    app_token: str


@dataclass(frozen=True, slots=True)
class Telegram:
    group: str
    """Our own name of it."""
    bot_token: str


@dataclass(frozen=True, slots=True)
class WhatsApp:
    number: str
    """The phone number id, not the number."""
    access_token: str
    app_secret: str


@dataclass(frozen=True, slots=True)
class Answers:
    organisation: str
    locale: str
    zone: str
    hours: str
    """One interval for every working day."""
    base_url: str
    slack: Slack | None = None
    telegram: Telegram | None = None
    whatsapp: WhatsApp | None = None


def write(folder: Path, answers: Answers) -> list[Path]:
    """Writes both files, or none: raises ConfigError when what would be written is refused by the configuration."""
    texts = {
        CONFIG_FILE.name: toml_text(answers),
        ".env": env_text(answers),
    }
    with tempfile.TemporaryDirectory() as rehearsal:
        _put(Path(rehearsal), texts)
        load(Path(rehearsal) / CONFIG_FILE.name, {})
    folder.mkdir(parents=True, exist_ok=True)
    return _put(folder, texts)


def _put(folder: Path, texts: dict[str, str]) -> list[Path]:
    for name, text in texts.items():
        mode = 0o600 if name == ".env" else 0o644
        # Made with its mode, so that there is no moment at which others may read the secrets.
        with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
    return [folder / name for name in texts]


def toml_text(answers: Answers) -> str:
    """dragoman.toml, with a comment over what is not plain."""
    lines = [
        _comment("file"),
        "[dragoman]",
        f"organisation = {_quoted(answers.organisation)}",
        _comment("base_url"),
        f"base_url = {_quoted(answers.base_url)}",
        f"locale = {_quoted(answers.locale)}",
        "",
        _comment("queue"),
        "[[queues]]",
        'name = "support"',
        f"title = {_quoted(words('cli.scaffold.queue_title'))}",
        *([f"slack = {_quoted(answers.slack.channel)}"] if answers.slack else []),
        *([f"telegram = [{_quoted(answers.telegram.group)}]"] if answers.telegram else []),
        "[queues.calendar]",
        f"zone = {_quoted(answers.zone)}",
        *_working_days(answers),
    ]
    if answers.whatsapp:
        lines += [
            "",
            _comment("inbox"),
            "[[inboxes]]",
            f"name = {_quoted(INBOX)}",
            'channel = "whatsapp"',
            'queue = "support"',
            f"phone_number_id = {_quoted(answers.whatsapp.number)}",
        ]
    if answers.slack:
        lines += ["", _comment("slack"), "[slack]", 'mode = "socket"']
    if answers.telegram:
        lines += ["", _comment("telegram"), "[telegram]", 'mode = "polling"']
    lines += ["", _comment("shifts"), *_shifts(answers)]
    lines += ["", _comment("targets"), *_shipped()]
    return "\n".join(lines) + "\n"


def _working_days(answers: Answers) -> list[str]:
    """On which days of the week, and with whose public holidays, by the country that the zone lies in."""
    usual = shipped(country_of_zone(answers.zone) or "", answers.zone)
    return [
        _comment("holidays"),
        f"holidays = {_quoted(usual.holidays)}" if usual.holidays else '# holidays = "US"',
        '# dates = { 2027-12-24 = ["09:00-13:00"], 2027-12-27 = "closed", 2027-12-18 = "workday" }',
        "[queues.calendar.weekly]",
        *(f"{day} = [{_quoted(answers.hours)}]" for day, hours in zip(DAYS, usual.week, strict=True) if hours),
    ]


def _shifts(answers: Answers) -> list[str]:
    """Two that divide the working days, and whose turn it is otherwise, as comments."""
    usual = shipped(country_of_zone(answers.zone) or "", answers.zone)
    days = [day for day, hours in zip(DAYS, usual.week, strict=True) if hours]
    lines: list[str] = []
    for name, hours in SHIFTS.items():
        weekly = ", ".join(f'{day} = ["{hours}"]' for day in days)
        calendar = [f"zone = {_quoted(answers.zone)}", f"weekly = {{ {weekly} }}"]
        if usual.holidays:
            calendar.insert(1, f"holidays = {_quoted(usual.holidays)}")
        lines += ["[[shifts]]", f'name = "{name}"', f"calendar = {{ {', '.join(calendar)} }}", ""]
    people = ["ann@example.com", "bob@example.com"]
    lines += ["[[oncall]]", 'queue = "support"', f"people = {json.dumps(people)}", "start = 2027-01-04", 'every = "1w"']
    return _commented(lines)


def _shipped() -> list[str]:
    """The shipped targets and steps as comments, to be made one's own."""
    lines: list[str] = []
    for target in TARGETS:
        lines += ["", "[[targets]]"]
        lines += [f"{key} = {_written(value)}" for key, value in target if value != Target.model_fields[key].default]
    for step in ESCALATION:
        at = f"{step.at.percent}%" if isinstance(step.at, Share) else f"+{_short(step.at)}"
        lines += ["", "[[escalation]]", f'at = "{at}"', f"tell = {json.dumps(step.tell)}"]
    return _commented(lines)


def _commented(lines: Iterable[str]) -> list[str]:
    return [f"# {line}".rstrip() for line in lines]


def _written(value: object) -> str:
    match value:
        case timedelta():
            return f'"{_short(value)}"'
        case WorkDays(days):
            return f'"{days}d"'
        case _:
            return json.dumps(value)


def _short(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def env_text(answers: Answers) -> str:
    """.env. The verify token is ours to choose: Meta must only be told the same."""
    values: dict[str, str] = {}
    if slack := answers.slack:
        values[variable_for("slack", "bot_token")] = slack.bot_token
        values[variable_for("slack", "app_token")] = slack.app_token
    if telegram := answers.telegram:
        values[variable_for("telegram", "bot_token")] = telegram.bot_token
    if whatsapp := answers.whatsapp:
        values[variable_for("inboxes", "access_token", INBOX)] = whatsapp.access_token
        values[variable_for("inboxes", "app_secret", INBOX)] = whatsapp.app_secret
        values[variable_for("inboxes", "verify_token", INBOX)] = secrets.token_urlsafe(24)
    return "\n".join([_comment("env"), *(f"{name}={_single_quoted(value)}" for name, value in values.items())]) + "\n"


def _comment(name: str) -> str:
    return "\n".join(f"# {line}" for line in words(f"cli.scaffold.{name}").splitlines())


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _single_quoted(text: str) -> str:
    """As python-dotenv and shells' `set -a` read it back."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
