"""What a customer reads from the house itself: ten languages, the time on their own wall, plurals, and directions."""

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import i18n
from bot.customer_words import speak
from core.say import Say, Value, say

THANKSGIVING_FRIDAY = datetime(2026, 11, 27, 15, 15, tzinfo=UTC)
NEW_YORK = "America/New_York"
A_DAY = timedelta(hours=20)
TEN = ("ar", "de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN", "zh-TW")


def received(tag: str, zone: str = NEW_YORK, span: timedelta = A_DAY) -> str:
    return speak([tag], say("auto.received", until=THANKSGIVING_FRIDAY, span=span), zone)


def test_customers_are_written_to_in_ten_languages_and_the_team_works_in_two() -> None:
    assert i18n.customer_locales() == TEN
    assert i18n.locales() == ("en", "zh-CN")


@pytest.mark.parametrize(
    ("tag", "when"),
    [
        ("en", "by Friday, 27 November, 10:15 (New York time)"),
        ("zh-CN", "在11月27日星期五 10:15（纽约时间）前"),
        ("zh-TW", "於11月27日星期五 10:15（紐約時間）前"),
        ("es", "a más tardar el viernes 27 de noviembre, 10:15 h (hora de Nueva York)"),
        ("pt-BR", "até sexta-feira, 27 de novembro, 10:15 (horário de Nova York)"),
        ("fr", "au plus tard le vendredi 27 novembre à 10\u00a0h\u00a015 (heure locale\u00a0: New York)"),
        ("de", "bis Freitag, 27. November, 10:15 Uhr (Ortszeit New York)"),
        ("ru", "не позднее 27 ноября (пятница), 10:15, часовой пояс: Нью-Йорк"),
        ("ar", "في موعد أقصاه يوم الجمعة 27 نوفمبر، الساعة 10:15 (بتوقيت نيويورك)"),
        ("ja", "11月27日（金）10:15（ニューヨーク時間）までに"),
    ],
)
def test_when_an_answer_comes_is_said_by_the_customers_own_clock(tag: str, when: str) -> None:
    assert when in received(tag)


@pytest.mark.parametrize(
    ("span", "when"),
    [
        (timedelta(minutes=2), "within 5 minutes, by Friday"),
        (timedelta(minutes=33), "within 35 minutes, by Friday"),
        (timedelta(minutes=90), "within 90 minutes, by Friday"),
        (timedelta(minutes=91), "within 2 hours, by Friday"),
        (timedelta(hours=6), "within 6 hours, by Friday"),
        (timedelta(hours=6, seconds=1), "will reply by Friday"),
        (timedelta(days=7) - timedelta(seconds=1), "will reply by Friday"),
        (timedelta(days=7), "within 7 days, by Friday"),
        (timedelta(days=7, seconds=1), "within 8 days, by Friday"),
    ],
)
def test_how_long_it_takes_is_said_where_that_reads_better_and_never_too_short(span: timedelta, when: str) -> None:
    assert when in received("en", span=span)


@pytest.mark.parametrize(
    ("tag", "hours", "when"),
    [
        ("ru", 2, "в течение 2 часов"),
        ("ru", 5, "в течение 5 часов"),
        ("ar", 2, "خلال ساعتين"),
        ("ar", 3, "خلال 3 ساعات"),
        ("pt-BR", 3, "em até 3 horas"),
        ("de", 2, "innerhalb von 2 Stunden, also bis Freitag"),
        ("ja", 4, "4時間以内"),
    ],
)
def test_numbers_have_the_form_that_the_language_gives_them(tag: str, hours: int, when: str) -> None:
    assert when in received(tag, span=timedelta(hours=hours))


def test_twenty_one_minutes_are_singular_in_russian() -> None:
    assert i18n.t("ru", "when.minutes", n=21, at="…") == "в течение 21 минуты, не позднее …"
    assert i18n.t("ar", "when.days", n=11, at="…") == "خلال 11 يومًا، وفي موعد أقصاه يوم …"


def test_the_first_language_that_we_have_is_spoken_and_english_when_we_have_none() -> None:
    words = say("auto.late_untimed")
    assert speak(["tlh", "pt_PT", "de"], words, NEW_YORK).startswith("Pedimos desculpas pela espera.")
    assert speak(["tlh", ""], words, NEW_YORK).startswith("We are sorry")
    assert speak([], words, NEW_YORK).startswith("We are sorry")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Shanghai", "23:15 (Shanghai time)"),
        ("Asia/Kolkata", "20:45 (Kolkata time)"),
        ("America/Argentina/Buenos_Aires", "12:15 (Buenos Aires time)"),
        ("America/Indiana/Knox", "09:15 (Knox, Indiana time)"),
        ("Etc/GMT+5", "15:15 (UTC)"),
        ("EST", "15:15 (UTC)"),
        ("UTC", "15:15 (UTC)"),
        ("Nowhere/Atlantis", "15:15 (UTC)"),
    ],
)
def test_a_zone_is_called_by_its_city_and_one_without_a_city_is_not_guessed(zone: str, shown: str) -> None:
    assert shown in received("en", zone)


def test_a_city_is_named_in_the_customers_language_even_if_cldr_keeps_its_former_name() -> None:
    assert "Калькутта" in received("ru", "Asia/Kolkata")
    assert "胡志明市" in received("zh-CN", "Asia/Ho_Chi_Minh")


def test_arabic_stays_in_order_wherever_it_is_shown() -> None:
    text = received("ar", span=timedelta(minutes=40))
    mark = "\N{RIGHT-TO-LEFT MARK}"
    assert text.startswith(mark)
    assert text.endswith(f".{mark}"), "the full stop belongs at the end of the line, on its left"
    assert not any(unicodedata.bidirectional(char) == "L" for char in text)


def test_a_latin_name_within_arabic_is_kept_apart() -> None:
    """Coyhaique is too young a zone for CLDR to have an Arabic name."""
    assert "\N{FIRST STRONG ISOLATE}Coyhaique\N{POP DIRECTIONAL ISOLATE}" in received("ar", "America/Coyhaique")


@pytest.mark.parametrize("tag", [tag for tag in TEN if tag != "ar"])
def test_no_other_language_has_invisible_marks(tag: str) -> None:
    assert not any(unicodedata.category(char) == "Cf" for char in received(tag))


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("pt", "pt-BR"),
        ("pt_PT", "pt-BR"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh_HK", "zh-TW"),
        ("zh-MO", "zh-TW"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("yue", "zh-TW"),
        ("yue-Hans", "zh-CN"),
        ("en-GB", "en"),
        ("en_US.UTF-8", "en"),
        ("es_MX", "es"),
        ("AR-eg", "ar"),
        ("fr-CA", "fr"),
        ("de_AT", "de"),
        ("ja-JP", "ja"),
        ("it", None),
        ("C", None),
        ("", None),
        ("../en", None),
    ],
)
def test_what_platforms_call_a_language_is_understood(tag: str, locale: str | None) -> None:
    assert i18n.customer_locale(tag) == locale


def test_a_house_may_have_fewer_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for locale in ("en", "zh-CN"):
        (tmp_path / locale).mkdir()
        (tmp_path / locale / "words.toml").write_text('a = "x"')
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    assert i18n.customer_locale("zh-TW") == "zh-CN"
    assert i18n.customer_locale("fr") is None


@pytest.mark.parametrize("tag", TEN)
def test_nobody_is_named_and_nothing_is_left_open(tag: str) -> None:
    for key in [key for key in i18n.catalogue("en") if key.startswith("auto.")]:
        params: dict[str, Value] = {} if key.endswith("_untimed") else {"until": THANKSGIVING_FRIDAY, "span": A_DAY}
        text = speak([tag], Say(key, params), NEW_YORK)
        assert "{" not in text
        assert len(text) < 400, "short enough for every channel"
