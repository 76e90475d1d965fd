from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import i18n
from bot.catalogue import PLURAL_FORMS, WordsError, read_catalogue
from bot.i18n import nearest_locale, render, t
from bot.moments import duration, moment, number, plural_forms
from core.ids import PersonId, TicketId
from core.say import PersonName, TicketLabel, Value, Word

ENGLISH = """
[claim]
taken = "{by} took {ticket} {ago} ago."
only_english = "Only here."
braces = "Write {{name}} for the name."

[inbox]
waiting = { one = "{n} message waits.", other = "{n} messages wait." }

[status]
open = "open"
is = "It is {status} until {until}."
"""

CHINESE = """
[claim]
taken = "{by} 在{ago}前认领了 {ticket}。"
braces = "{{name}} 表示姓名。"

[inbox]
waiting = { other = "有 {n} 条消息。" }

[status]
open = "处理中"
is = "状态：{status}，至 {until}。"
"""


@pytest.fixture(autouse=True)
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for locale, text in {"en": ENGLISH, "zh-CN": CHINESE}.items():
        (tmp_path / locale).mkdir()
        (tmp_path / locale / "words.toml").write_text(text)
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_strict", False)


def test_parameters_take_their_places() -> None:
    shown = t("en", "claim.taken", by="Li Na", ticket="T-12", ago=timedelta(minutes=2))
    assert shown == "Li Na took T-12 2 min ago."


def test_a_locale_speaks_its_own_words_and_units() -> None:
    shown = t("zh-CN", "claim.taken", by="Li Na", ticket="T-12", ago=timedelta(minutes=2))
    assert shown == "Li Na 在2分钟前认领了 T-12。"


def test_what_a_locale_lacks_is_said_in_english() -> None:
    assert t("zh-CN", "claim.only_english") == "Only here."
    assert t("tlh", "claim.only_english") == "Only here."


def test_a_locale_is_never_a_path() -> None:
    assert t("../zh-CN", "status.open") == "open"


@pytest.mark.parametrize(
    ("locale", "n", "shown"),
    [
        ("en", 1, "1 message waits."),
        ("en", 0, "0 messages wait."),
        ("en", 1200, "1,200 messages wait."),
        ("zh-CN", 1, "有 1 条消息。"),
    ],
)
def test_plurals_follow_the_language(locale: str, n: int, shown: str) -> None:
    assert t(locale, "inbox.waiting", n=n) == shown


def test_doubled_braces_are_braces() -> None:
    assert t("en", "claim.braces") == "Write {name} for the name."


def test_values_are_put_in_verbatim_even_when_they_look_like_placeholders() -> None:
    shown = t("en", "claim.taken", by="{ticket} {by.__class__}", ticket="T-1", ago=timedelta(0))
    assert shown == "{ticket} {by.__class__} took T-1 0 min ago."


def test_a_desk_escapes_values_and_marks_up_people_itself() -> None:
    li, ticket = PersonName(PersonId(3)), TicketLabel(TicketId(12))
    names = {li: "<b>Li</b>", ticket: "<a>T-12</a>"}
    params: dict[str, Value] = {"by": li, "ticket": ticket, "ago": timedelta(hours=1)}
    assert render("en", "claim.taken", params, escape=escape, resolve=names.__getitem__) == (
        "<b>Li</b> took <a>T-12</a> 1 hr ago."
    )
    params["by"] = "<script>"
    assert "&lt;script&gt; took" in render("en", "claim.taken", params, escape=escape, resolve=names.__getitem__)


def test_words_among_the_parameters_are_translated_and_times_are_local() -> None:
    until = datetime(2026, 11, 27, 2, 15, tzinfo=UTC)
    params: dict[str, Value] = {"status": Word("status.open"), "until": until}
    assert render("zh-CN", "status.is", params, zone=ZoneInfo("Asia/Shanghai")) == (
        "状态：处理中，至 11月27日周五 10:15。"
    )
    assert render("en", "status.is", params, zone=ZoneInfo("America/New_York")) == (
        "It is open until Thu, Nov 26, 21:15."
    )


def test_a_slip_in_the_code_is_an_error_in_tests() -> None:
    with pytest.raises(WordsError, match=r"no such text: claim.lost"):
        t("en", "claim.lost")
    with pytest.raises(WordsError, match=r"claim.taken lacks by"):
        t("en", "claim.taken", ticket="T-1", ago=timedelta(0))
    with pytest.raises(WordsError, match=r"claim.only_english has no who"):
        t("en", "claim.only_english", who="Li")
    with pytest.raises(WordsError, match="nobody resolves"):
        t("en", "claim.taken", by=PersonName(PersonId(3)), ticket="T-1", ago=timedelta(0))


@pytest.mark.usefixtures("in_production")
def test_and_something_readable_in_production() -> None:
    assert t("en", "claim.not_yours") == "claim not yours"
    assert t("en", "claim.taken", ticket=TicketLabel(TicketId(5))) == "? took #5 ? ago."
    assert t("en", "inbox.waiting") == "? messages wait."


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 min", "0分钟"),
        (45, "45 sec", "45秒"),
        (12 * 60 + 31, "12 min", "12分钟"),
        (125 * 60, "2 hr 5 min", "2小时5分钟"),
        (3 * 86_400 + 4 * 3_600 + 59, "3 days 4 hr", "3天4小时"),
        (3 * 86_400 + 59 * 60, "3 days", "3天"),
        (-720, "12 min", "12分钟"),
    ],
)
def test_durations_are_short(seconds: int, english: str, chinese: str) -> None:
    assert duration("en", timedelta(seconds=seconds)) == english
    assert duration("zh-CN", timedelta(seconds=seconds)) == chinese


def test_moments_and_numbers() -> None:
    at = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert moment("en", at) == "Sat, Feb 28, 19:00"
    assert number("en", -12400) == "-12,400"


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("zh_Hans_CN", "zh-CN"), ("zh-TW", "zh-CN"), ("ZH-cn", "zh-CN"), ("en_GB.UTF-8", "en"), ("fr", "en"), ("C", "en")],
)
def test_the_nearest_locale(tag: str, locale: str) -> None:
    assert nearest_locale(tag) == locale


def test_plural_forms_come_from_cldr() -> None:
    assert plural_forms("en") == {"one", "other"}
    assert plural_forms("zh-CN") == {"other"}
    assert plural_forms("ar") == PLURAL_FORMS


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a.toml": 'x.y = "1"', "b.toml": 'x.y = "2"'}, "b.toml: x.y stands in another file too"),
        ({"a.toml": "x.y = 3"}, "x.y is neither a text nor a table"),
        ({"a.toml": 'x = { one = 1, other = "2" }'}, "x is neither a text nor a table"),
    ],
)
def test_a_catalogue_in_disorder_is_refused(files: dict[str, str], complaint: str, tmp_path: Path) -> None:
    folder = tmp_path / "disorder"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(WordsError, match=complaint):
        read_catalogue(folder)
