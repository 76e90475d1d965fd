from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError
from bot.desks.slack.settings import SLACK, SlackApp
from core.chains import EarlyWarning, Level
from core.hours import Calendar
from core.model import Priority, SendMode
from core.people import Tier
from core.policy import Promises
from core.targets import DEFAULT_CHAIN, WorkDays

FULL = """
[dragoman]
organisation = "Fernweh Lamps"
base_url = "https://help.example.org/"
data_dir = "state"

[[queues]]
name = "support"
title = "Support"
slack = "C0SUPPORT"
telegram = ["lamps", "lamps-2"]
send = "live"
calendar = { zone = "Asia/Shanghai", weekly = { mon = ["09:00-12:00", "13:00-18:00"] } }

[[queues]]
name = "sales"
locale = "zh-CN"
calendar = { zone = "UTC", weekly = "always" }

[[inboxes]]
name = "wa-eu"
channel = "whatsapp"
queue = "support"
phone_number_id = "1063"

[telegram]

[slack]
"""

SECRETS = {
    "DRAGOMAN_TELEGRAM__BOT_TOKEN": "123:tg",
    "DRAGOMAN_SLACK__BOT_TOKEN": "xoxb-1",
    "DRAGOMAN_SLACK__APP_TOKEN": "xapp-1",
    "DRAGOMAN_INBOXES__WA_EU__ACCESS_TOKEN": "EAAG",
    "DRAGOMAN_INBOXES__WA_EU__APP_SECRET": "s3cret",
    "DRAGOMAN_INBOXES__WA_EU__VERIFY_TOKEN": "v3rify",
}

SMALL = """
[dragoman]
organisation = "Fernweh Lamps"
[[queues]]
name = "support"
calendar = { zone = "UTC", weekly = "always" }
"""

WA = '\n[[inboxes]]\nchannel = "whatsapp"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dragoman.toml"
    path.write_text(FULL)
    return path


def refused(file: Path, text: str, env: dict[str, str] | None = None) -> str:
    """What is said about a configuration that cannot be used: one line for each problem."""
    file.write_text(dedent(text))
    with pytest.raises(ConfigError) as error:
        load(file, env or {})
    return str(error.value)


def test_a_whole_house(file: Path) -> None:
    settings = load(file, SECRETS)
    assert settings.dragoman.base_url == "https://help.example.org"
    assert settings.dragoman.undo_seconds == 8
    assert [queue.name for queue in settings.queues] == ["support", "sales"]
    [inbox] = settings.inboxes
    assert isinstance(inbox, WhatsAppInbox)
    assert (inbox.api_base, inbox.api_version) == ("https://graph.facebook.com", "v26.0")
    assert inbox.app_secret.get_secret_value() == "s3cret"
    slack = settings.desk(SLACK).table
    assert isinstance(slack, SlackApp)
    assert slack.mode == "socket"


def test_data_and_its_database_stand_beside_the_file(file: Path, tmp_path: Path) -> None:
    settings = load(file, SECRETS)
    assert settings.dragoman.data_dir == tmp_path / "state"
    assert settings.database_url == f"sqlite://{tmp_path}/state/dragoman.sqlite3"


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_file(file: Path) -> None:
    file.write_text(SMALL.replace("[[queues]]", "port = 1\nraw_days = 1\nreopen_days = 1\n[[queues]]"))
    file.with_name(".env").write_text("DRAGOMAN_RAW_DAYS=2\nDRAGOMAN_REOPEN_DAYS='2'\nOTHER=x\n")
    general = load(file, {"DRAGOMAN_REOPEN_DAYS": "3"}).dragoman
    assert (general.port, general.raw_days, general.reopen_days) == (1, 2, 3)


def test_a_secret_may_stand_in_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    password = tmp_path / "url"
    password.write_text("postgres://d:pw@db/dragoman\n")
    settings = load(file, {**SECRETS, "DRAGOMAN_DATABASE_URL_FILE": str(password)})
    assert settings.database_url == "postgres://d:pw@db/dragoman"


def test_everything_may_come_from_the_environment_but_the_queues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^queues: must be set$"):
        load(None, {"DRAGOMAN_ORGANISATION": "Fernweh Lamps"})


def test_secrets_are_not_shown(file: Path) -> None:
    shown = repr(load(file, {**SECRETS, "DRAGOMAN_DATABASE_URL": "postgres://d:hunter2@db/x"}))
    for secret in (*SECRETS.values(), "hunter2"):
        assert secret not in shown


def test_what_is_shipped_when_nothing_is_said(file: Path) -> None:
    file.write_text(SMALL)
    policy = policy_of(load(file, {}))
    chain = policy.chains[DEFAULT_CHAIN]
    assert chain.warnings == (EarlyWarning(0.75, ("assignee",)), EarlyWarning(0.9, ("assignee",)))
    half_an_hour = timedelta(minutes=30)
    assert chain.levels == (Level(("supervisors",), half_an_hour), Level(("admins",), half_an_hour))
    last = policy.targets[-1]
    assert (last.tier, last.priority, last.queue) == (None, None, None)


def test_what_customers_are_told_by_themselves_is_switched_for_the_house_a_queue_and_an_inbox(file: Path) -> None:
    file.write_text(SMALL)
    assert policy_of(load(file, {})).promises == Promises(acknowledge=True, soothe=True)
    file.write_text(SMALL.replace("calendar =", "acknowledge = true\ncalendar =") + "[promises]\nsoothe = false\n")
    policy = policy_of(load(file, {}))
    (queue,) = policy.queues.values()
    assert (policy.promises, queue.promises) == (Promises(True, False), Promises(True, None))
    assert queue.promises.over(policy.promises) == Promises(True, False)


def test_the_policy_is_what_the_settings_say(file: Path) -> None:
    file.write_text(
        FULL
        + dedent("""
        [[targets]]
        tier = "vip"
        priority = "high"
        queue = "sales"
        first_reply = "1h30m"
        next_reply = "2d"
        [[escalation]]
        at = "+2h"
        tell = ["admins"]
        [[escalation]]
        at = "100 %"
        tell = ["assignee", "supervisors"]
        [[escalation]]
        at = "+30m"
        tell = ["queue"]
        """)
    )
    policy = policy_of(load(file, SECRETS))
    support, sales = policy.queues.values()
    assert support.places == {"slack": ("C0SUPPORT",), "telegram": ("lamps", "lamps-2")}
    assert sales.places == {}
    assert (support.mode, support.locale, support.title) == (SendMode.LIVE, "en", "Support")
    assert support.calendar == Calendar.parse("Asia/Shanghai", {"mon": ["09:00-12:00", "13:00-18:00"]})
    assert (sales.mode, sales.locale, sales.title) == (SendMode.EXPLICIT, "zh-CN", "sales")
    [inbox] = policy.inboxes.values()
    assert (inbox.text_limit, inbox.window, inbox.shows_agent) == (4096, timedelta(hours=24), False)
    [target] = policy.targets
    assert (target.tier, target.priority, target.queue) == (Tier.VIP, Priority.HIGH, "sales")
    assert (target.first_reply, target.next_reply) == (timedelta(hours=1, minutes=30), WorkDays(2))
    chain = policy.chains[DEFAULT_CHAIN]
    assert chain.warnings == ()
    assert chain.levels == (
        Level(("assignee", "supervisors"), timedelta(minutes=30)),
        Level(("queue",), timedelta(minutes=90)),
        Level(("admins",), timedelta(minutes=90)),
    )


def test_tags_are_spelt_as_those_of_tickets(file: Path) -> None:
    more = '[sla]\none_tier_up = ["#Complaint"]\n[[triggers]]\nkind = "recall"\ntags = ["Rückruf"]\n[[targets]]\n'
    file.write_text(SMALL + more + 'tag = "VIP-Fair"\nfirst_reply = "1h"\nnext_reply = "1h"')
    policy = policy_of(load(file, {}))
    assert (policy.raising_tags, policy.targets[0].tag) == (("complaint",), "vip-fair")
    assert policy.triggers.in_tags(["rückruf"]) == {"recall"}


def test_everything_wrong_is_said_at_once(file: Path) -> None:
    text = """
    [dragoman]
    organisaton = "Fernweh Lamps"
    port = 99999
    [slack]
    bot_token = ""
    [[queues]]
    name = "support"
    slak = "C1"
    telegram = ["Sales!"]
    calendar = { zone = "Asia/Shangai", weekly = { mon = ["09:00-09:00"] } }
    """
    assert refused(file, text, {"DRAGOMAN_RAW_DAYS": "many"}).splitlines() == [
        "DRAGOMAN_RAW_DAYS: must be a whole number",
        "dragoman.organisation: must be set",
        "dragoman.organisaton: there is no such key; did you mean organisation?",
        "dragoman.port: must be at most 65535",
        "queues[0].calendar.weekly: “09:00-09:00” ends where it starts",
        "queues[0].calendar.zone: there is no time zone “Asia/Shangai”; did you mean Asia/Shanghai?",
        "queues[0].slak: there is no such key; did you mean slack?",
        "queues[0].telegram[0]: is not written as it must be; see the configuration reference",
        "slack.app_token: must be set for mode socket, best in .env as DRAGOMAN_SLACK__APP_TOKEN",
        "slack.bot_token: must not be empty",
        "telegram: the queue “support” is on Telegram, so this table is needed",
    ]


def test_a_problem_is_said_in_chinese_too(file: Path) -> None:
    file.write_text(SMALL.replace("organisation", "organisaton"))
    with pytest.raises(ConfigError) as error:
        load(file, {})
    assert [problem.words("zh-CN") for problem in error.value.problems] == [
        "dragoman.organisation: 必须设置",
        "dragoman.organisaton: 没有这个配置项，是否想写 organisation？",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('calendar = { zone = "UTC", weekly = {} }', "queues[0].calendar.weekly: has no open time at all"),
        ('calendar = { zone = "UTC", weekly = { mno = ["09:00-10:00"] } }', "there is no day “mno”"),
        ('calendar = { zone = "UTC", weekly = { mon = ["9-10"] } }', "“9-10” is no interval"),
        ('calendar = { zone = "UTC", weekly = { mon = "9-10" } }', "queues[0].calendar.weekly.mon: must be a list"),
        ('calendar = "always"', "queues[0].calendar: must be a table"),
        ('calendar = { zon = "UTC", weekly = "always" }', "there is no such key; did you mean zone?"),
        ('calendar = { zone = "Mars/Olympus", weekly = "always" }', "there is no time zone “Mars/Olympus”"),
    ],
)
def test_impossible_calendars_are_refused(file: Path, line: str, said: str) -> None:
    text = SMALL.replace('calendar = { zone = "UTC", weekly = "always" }', line)
    assert said in refused(file, text)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('[[queues]]\nname = "support"', "queues[1].name: “support” stands in queues[0]"),
        ('[[queues]]\nname = "Sup port"', "queues[1].name: is not written as"),
        ('[[queues]]\nname = "s2"\ndesk = "slack"', "queues[1].desk: there is no such key"),
        ('[[queues]]\nname = "s2"\nslack = "C"', "slack: the queue “s2” is on Slack"),
        ('[[queues]]\nname = "s2"\ntelegram = ["s"]', "telegram: the queue “s2” is on Telegram"),
        ('[[queues]]\ntelegram = ["a"]\n[[queues]]\ntelegram = ["b", "a"]', "[2].telegram[1]: “a” stands in queues[1]"),
        ('[[queues]]\ntelegram = "sales"', "queues[1].telegram: must be a list"),
        ('[[inboxes]]\nname = "wa"', "inboxes[0].channel: must be set"),
        ('[[inboxes]]\nchannel = "whatsap"', "; did you mean whatsapp?"),
        ("[[inboxes]]\nchannel = 3", "inboxes[0].channel: must be one of: whatsapp"),
        (WA + 'phone_number = "1"', "inboxes[0].phone_number: there is no such key; did you mean phone_number_id?"),
        ('[[inboxes]]\nname = "wa"\nqueue = "suport"', "there is no queue “suport”; did you mean support?"),
        (
            WA + 'name = "wa"',
            "app_secret: must be set, best in .env as DRAGOMAN_INBOXES__WA__APP_SECRET",
        ),
        (WA + "phone_number_id = 1", "inboxes[0].phone_number_id: must be text, in quotes"),
        (WA + 'verify_token = ""', "inboxes[0].verify_token: must not be empty"),
        (
            WA + 'phone_number_id = "1"' + WA + 'phone_number_id = "1"',
            "[1].phone_number_id: “1” stands in inboxes[0]",
        ),
        ('[[targets]]\nqueue = "nobody"', "targets[0].queue: there is no queue “nobody”"),
        ('[[targets]]\nchannel = "watsapp"', "targets[0].channel: must be one of: whatsapp, messenger, livechat; did"),
        ('[[targets]]\ncountry = "UK"', "targets[0].country: there is no country “UK”"),
        ('[[targets]]\nresolve = "1d4h"', "targets[0].resolve: “1d4h” mixes days with other units"),
        ('[[targets]]\nresolve = "0d"', "targets[0].resolve: “0d” is not between 1d and 250d"),
        ('[[targets]]\n[[targets]]\ntier = "vip"', "targets[1]: never counts: targets[0] matches everything"),
        ('[[targets]]\ncalendar = "ours"', "targets[0].calendar: must be one of: customer, team, always"),
        ('[[targets]]\ntier = "gold"', "targets[0].tier: must be one of: vip, a, standard"),
        ('[[targets]]\npriority = "hihg"', "must be one of: low, normal, high, urgent; did you mean high?"),
        ('[[targets]]\nfirst_reply = "2 moons"', "targets[0].first_reply: “2 moons” is no length of time"),
        ("[[targets]]\nfirst_reply = 2", "targets[0].first_reply: “2” is no length of time"),
        ('[[targets]]\nfirst_reply = "0m"', "targets[0].first_reply: “0m” must be longer than nothing"),
        ('[[targets]]\nfirst_reply = "9999d"', "targets[0].first_reply: “9999d” is not between 1d and 250d"),
        ('[[targets]]\nlanguage = "pt_BR"', "targets[0].language: “pt_BR” is no language; write its code"),
        ('[[targets]]\ntag = "very angry"', "targets[0].tag: “very angry” is no tag"),
        ('[[escalation]]\nat = "175%"', "escalation[0].at: “175%” is not between 1% and 100%"),
        ('[[escalation]]\nat = "soon"', "escalation[0].at: “soon” is no step"),
        ('[[escalation]]\nat = "100%"\ntell = []', "escalation[0].tell: must not be empty"),
        ('[[escalation]]\nat = "100%"\ntell = ["asignee"]', "escalation[0].tell[0]: must be one of: assignee, backup,"),
        ('[[escalation]]\nat = "+30m"', "escalation[0].at: a time after the target needs a step at 100%"),
        ('[[escalation]]\nat = "75%"\n[[escalation]]\nat = "75 %"', "escalation[1].at: “75 %” stands in escalation[0]"),
        ('[[escalation]]\nat = "+1h"\n[[escalation]]\nat = "+60m"', "escalation[1].at: “+60m” stands in escalation[0]"),
        ('[slack]\nbot_token = "x"\nmode = "http"', "slack.signing_secret: must be set for mode http"),
        ('[telegram]\nmode = "webhook"', "telegram.secret_token: must be set for mode webhook, best in .env as"),
        ('[telegram]\nmode = "webhook"', "dragoman.base_url: must begin with https://"),
        ('[telegram]\nsecret_token = "not safe!"', "telegram.secret_token: is not written as it must be"),
        ('[slack]\napi_base = "slack.com"', "slack.api_base: must be an address"),
        ("[slac]\n", "slac: there is no such key; did you mean slack?"),
        ("slack = 3", "queues[0].slack: must be text, in quotes"),
    ],
)
def test_what_does_not_fit_is_refused(file: Path, rows: str, said: str) -> None:
    assert said in refused(file, SMALL + rows)


def test_unknown_variables_are_refused_with_the_nearest_name(file: Path) -> None:
    said = refused(file, SMALL, {"DRAGOMAN_LOCAL": "en", "DRAGOMAN_CONFIG": "x", "DRAGOMAN_PORT": ""})
    assert said == "DRAGOMAN_LOCAL: there is no such setting; did you mean DRAGOMAN_LOCALE?"


def test_a_secret_is_never_told_back(file: Path) -> None:
    env = {**SECRETS, "DRAGOMAN_DATABASE_URL": "mysql://d:leak@db", "DRAGOMAN_SLAK__BOT_TOKEN": "xoxb-leak"}
    env["DRAGOMAN_LOCALE_FILE"] = "/no/such/s3cret"
    said = refused(file, FULL + "mode = 'htp'\nsigning_secret = ['leak-too']", env)
    assert len(said.splitlines()) == 5
    assert not [secret for secret in (*SECRETS.values(), "leak", "s3cret") if secret in said]


def test_a_file_that_is_no_toml_names_the_line(file: Path) -> None:
    assert refused(file, "[dragoman]\norganisation = Fernweh") == (
        f"{file}: is not TOML: Invalid value (at line 2, column 16)"
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.toml: cannot be read; `dragoman init` makes one"):
        load(tmp_path / "nowhere.toml", {})


def test_settings_cannot_be_changed(file: Path) -> None:
    settings = load(file, SECRETS)
    with pytest.raises(ValueError, match="frozen"):
        settings.dragoman.port = 1  # type: ignore[misc] # that is the point


def test_the_example_of_the_secrets_names_real_settings(file: Path) -> None:
    example = Path(__file__).parent.parent / ".env.example"
    names = [line.strip("# ").partition("=")[0] for line in example.read_text().splitlines() if "=" in line]
    file.write_text(FULL.replace("wa-eu", "support"))
    assert "DRAGOMAN_INBOXES__SUPPORT__VERIFY_TOKEN" in names
    values = dict.fromkeys(names, "s3cret") | {"DRAGOMAN_DATABASE_URL": "postgres://x"}
    [inbox] = load(file, values).inboxes
    assert isinstance(inbox, WhatsAppInbox)
    assert inbox.verify_token.get_secret_value() == "s3cret"
