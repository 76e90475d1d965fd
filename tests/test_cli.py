import os
import re
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest
import typer
from typer.testing import CliRunner

from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.cli.app import app
from bot.cli.shared import locale_of, read_settings
from bot.config.loading import load
from core.ids import DeskName

ROOT = Path(__file__).parent.parent
ORGANISATION = ["--organisation", 'Fernweh \\ "Lamps" 灯']
SLACK = ["--desk", "slack", "--slack-channel", "C0SUPPORT", "--slack-app-token", "xapp-1"]
WHATSAPP = ["--whatsapp-number", "1063", "--whatsapp-token", "EAAG", "--whatsapp-secret", "it's \\ secret"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str, typed: str = "", env: dict[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["init", *arguments], input=typed, env=env)
    return result.exit_code, result.output


def test_help_answers_without_the_heavy_libraries() -> None:
    heavy = ["aiohttp", "asyncpg", "babel", "pydantic", "slack_bolt", "telegram", "tortoise"]
    script = f"""
import sys
sys.argv = ["dragoman", "--help"]
from bot.__main__ import main
try:
    main()
except SystemExit as end:
    assert end.code == 0
print("loaded:", [name for name in {heavy} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "init" in done.stdout
    assert "loaded: []" in done.stdout


def test_help_speaks_the_callers_language() -> None:
    environment = {**os.environ, "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("LC_")}
    command = [sys.executable, "-m", "bot", "init", "--help"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert "客户看到的公司名称" in done.stdout


@pytest.mark.parametrize(
    ("env", "locale"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "DRAGOMAN_LOCALE": "zh-CN"}, "zh-CN"),
    ],
)
def test_the_callers_language(env: dict[str, str], locale: str) -> None:
    assert locale_of(env) == locale


def test_init_writes_what_can_be_loaded(here: Path) -> None:
    options = [*ORGANISATION, *SLACK, *WHATSAPP, "--zone", "Asia/Shanghai", "--language", "zh-CN"]
    code, said = init("--no-input", *options, env={"DRAGOMAN_SLACK__BOT_TOKEN": "xoxb-1"})
    assert code == 0, said
    settings = load(here / "dragoman.toml", {})
    [queue], [inbox] = settings.queues, settings.inboxes
    assert settings.dragoman.organisation == 'Fernweh \\ "Lamps" 灯'
    assert (settings.dragoman.locale, queue.places) == ("zh-CN", {"slack": ("C0SUPPORT",)})
    assert (queue.calendar.zone, queue.calendar.holidays) == ("Asia/Shanghai", "CN")
    assert settings.desk(DeskName("slack")).table.bot_token.get_secret_value() == "xoxb-1"
    assert isinstance(inbox, WhatsAppInbox)
    assert inbox.app_secret.get_secret_value() == "it's \\ secret"
    assert len(inbox.verify_token.get_secret_value()) >= 32


@pytest.mark.parametrize(
    ("zone", "days", "holidays"),
    [
        ("Asia/Riyadh", "mon tue wed thu sun", "SA"),
        ("America/Vancouver", "mon tue wed thu fri", "CA-BC"),
        ("Atlantic/Bermuda", "mon tue wed thu fri", "BM"),
        ("Etc/GMT+5", "mon tue wed thu fri", ""),  # of no country
    ],
)
def test_init_proposes_the_week_and_the_holidays_of_the_country(
    here: Path, zone: str, days: str, holidays: str
) -> None:
    code, said = init("--no-input", *ORGANISATION, "--desk", "console", "--zone", zone)
    assert code == 0, said
    [queue] = load(here / "dragoman.toml", {}).queues
    assert (" ".join(queue.calendar.weekly), queue.calendar.holidays) == (days, holidays)


def test_a_team_may_be_on_two_desks_at_once(here: Path) -> None:
    telegram = ["--telegram-group", "sales", "--telegram-bot-token", "123:tg"]
    code, said = init(
        "--no-input", *ORGANISATION, *SLACK, "--slack-bot-token", "xoxb-1", *telegram, "--desk", "slack, telegram"
    )
    assert code == 0, said
    settings = load(here / "dragoman.toml", {})
    assert settings.queues[0].places == {"slack": ("C0SUPPORT",), "telegram": ("sales",)}
    bot = settings.desk(DeskName("telegram")).table
    assert (bot.mode, bot.bot_token.get_secret_value()) == ("polling", "123:tg")
    assert "Telegram group that is to be sales" in said
    assert "\n  /setup " in said


def test_init_puts_secrets_into_dotenv_only_and_closes_it(here: Path) -> None:
    (here / ".env").write_text("OLD=1")
    (here / ".env").chmod(0o644)
    init("--no-input", "--force", *ORGANISATION, *SLACK, "--slack-bot-token", "xoxb-1", *WHATSAPP)
    assert S_IMODE((here / ".env").stat().st_mode) == 0o600
    written = (here / "dragoman.toml").read_text()
    assert not [secret for secret in ("xoxb-1", "xapp-1", "EAAG", "secret'") if secret in written]


COMMENTED = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)
"""What stands in the file as an example, not as an explanation."""


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Riyadh", "Etc/UTC"])
def test_what_the_file_shows_as_comments_works_when_it_is_none(here: Path, zone: str) -> None:
    init("--no-input", *ORGANISATION, "--zone", zone)
    file = here / "dragoman.toml"
    shipped = load(file, {})
    file.write_text(COMMENTED.sub("", file.read_text()))
    uncommented = load(file, {})
    assert "[[targets]]\ntier" in file.read_text()
    assert "[[escalation]]\nat" in file.read_text()
    assert (uncommented.targets, uncommented.escalation) == (shipped.targets, shipped.escalation)
    [calendar], [oncall] = [queue.calendar for queue in uncommented.queues], uncommented.oncall
    assert (calendar.holidays, len(calendar.dates)) == ({"Asia/Riyadh": "SA", "Asia/Shanghai": "CN"}.get(zone, "US"), 3)
    assert [shift.name for shift in uncommented.shifts] == ["early", "late"]
    assert {shift.calendar.zone for shift in uncommented.shifts} == {zone}
    assert (oncall.queue, len(oncall.people)) == ("support", 2)


def test_init_asks_and_asks_again(here: Path) -> None:
    answers = [
        "Fernweh Lamps",
        "de",
        "en",
        "Asia/Shangai",
        "Asia/Shanghai",
        "9-18",
        "09:00-18:00",
        "",
        "irc",
        "",
        "",
        "Anna",
        "",
    ]
    code, said = init(typed="\n".join(answers) + "\n")
    assert code == 0, said
    assert "there are no texts for “de”; there are: en, zh-CN" in said
    assert "did you mean Asia/Shanghai?" in said
    assert "“9-18” is no interval" in said
    assert "must be one of: console, slack, telegram" in said
    settings = load(here / "dragoman.toml", {})
    assert (settings.queues[0].places, settings.inboxes) == ({}, ())


def test_init_makes_the_first_admin_and_no_second(here: Path, database_url: str) -> None:
    env = {"DRAGOMAN_DATABASE_URL": database_url}
    code, said = init(
        "--no-input", *ORGANISATION, "--admin", "Anna Weber", "--admin-email", "anna@example.com", env=env
    )
    assert code == 0, said
    assert "Anna Weber is the admin." in said
    assert "http://127.0.0.1:8080/console/login?token=" in said
    _, again = init("--no-input", "--force", *ORGANISATION, "--admin", "Mallory", env=env)
    assert "Anna Weber is the admin." in again
    listed = CliRunner().invoke(app, ["people", "list"], env=env).output
    assert listed == "1  Anna Weber  Admin  [support]\n"


def test_init_replaces_nothing_unless_told_to(here: Path) -> None:
    (here / ".env").write_text("PRECIOUS=1")
    code, said = init("--no-input", *ORGANISATION)
    assert (code, said) == (2, ".env is here already. --force replaces it.\n")
    assert (here / ".env").read_text() == "PRECIOUS=1"
    assert init("--no-input", "--force", *ORGANISATION)[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--organisation is needed.\n"),
        ([*ORGANISATION, "--zone", "Mars"], "--zone: there is no time zone “Mars”"),
        ([*ORGANISATION, *SLACK], "--slack-bot-token is needed.\n"),
        (["--organisation", ""], "The configuration cannot be used:\n  dragoman.organisation: must not be empty\n"),
    ],
)
def test_init_without_questions_says_what_it_needs_and_writes_nothing(
    options: list[str], said: str, here: Path
) -> None:
    code, output = init("--no-input", *options)
    assert code == 2
    assert output.startswith(said)
    assert list(here.iterdir()) == []


def test_a_refused_configuration_ends_the_program_without_a_traceback(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "dragoman.toml").write_text("[dragoman]\norganisaton = 'x'\n")
    with pytest.raises(typer.Exit) as end:
        read_settings(None)
    assert end.value.exit_code == 2
    assert capsys.readouterr().err.splitlines() == [
        "The configuration cannot be used:",
        "  dragoman.organisation: must be set",
        "  dragoman.organisaton: there is no such key; did you mean organisation?",
        "  queues: must be set",
    ]


def test_migrate_makes_the_database_and_says_where_it_stands(here: Path, database_url: str) -> None:
    init("--no-input", *ORGANISATION)
    for _ in range(2):
        result = CliRunner().invoke(app, ["migrate"], env={"DRAGOMAN_DATABASE_URL": database_url})
        assert result.exit_code == 0, result.output
        assert result.output.startswith("The database is at version ")


def test_migrate_says_why_it_cannot(here: Path) -> None:
    init("--no-input", *ORGANISATION)
    (here / "blocked").write_text("a file where the folder should be")
    result = CliRunner().invoke(app, ["migrate"], env={"DRAGOMAN_DATA_DIR": "blocked"})
    assert result.exit_code == 2
    assert result.output.startswith("The database cannot be used:\n")
