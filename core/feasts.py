"""Holidays as people name them: `cny`, `xmas`, `国庆`. Which days they are, and what the state calls them, is told by
whoever asks; what stands around the name in a command is read in `core.durations`."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

from core import holidays
from core.durations import BadTime, Feast
from core.hours import Calendar
from core.wall import wall_instant

Days = Callable[[int], Mapping[date, Sequence[str]]]
"""The holidays of a year, each with its names."""

ONE_HOLIDAY = timedelta(days=3)
"""Days of one name that lie no farther apart are one holiday: a weekend may lie between."""
BACK = timedelta(days=21)
"""How long ago a holiday may have begun that is still being kept."""
OFFERED = 4
"""How many holidays a refusal names."""

_GENERIC = (
    "holiday|holidays|bank holiday|public holiday|节|假|放假|节假日|假期|长假|節|假日|節日|连假|feiertag|feiertage"
    "|feiertagen|jour ferie|jours feries|ferie|festivo|festivos|feriado|feriados|festivita|праздник|праздники|休日|祝日"
)
"""The next one, whatever it is called."""

_COMMON = "day|days|eve|festival|observed|estimated|national|first|second|birthday|year|new|work|month"
"""Words of many names, and the name of none."""
_ARTICLE = re.compile(r"(?:the|our|der|den|dem|die|das|le|la|les|el|los|las|il|i|o|os|a|as)\s+|l'")

_NAMES: Mapping[str, str] = {
    "spring": "chinese new year|cny|lny|lunar new year|spring festival|korean new year|vietnamese new year|tet|seollal"
    "|chinesisches neujahr|mondneujahr|nouvel an chinois|nouvel an lunaire|ano nuevo chino|ano nuevo lunar"
    "|ano novo chines|capodanno cinese|китаискии новыи год"
    "|春节|春節|过年|過年|新春|农历新年|農曆新年|除夕|大年|旧正月|설날",
    "new year": "new year|new years|nye|neujahr|silvester|nouvel an|jour de l'an|ano nuevo|ano novo|capodanno"
    "|nieuwjaar|nowy rok|новыи год|元旦|跨年|新年|正月|元日|신정|새해",
    "other new years": "islamic new year|hijri new year|jewish new year|rosh hashanah|persian new year|nowruz|norouz"
    "|tamil new year|sinhala and tamil new year|ethiopian new year|orthodox new year",
    "christmas": "christmas|xmas|x-mas|weihnachten|weihnachtstag|heiligabend|noel|navidad|natal|natale|kerst|kerstmis"
    "|boze narodzenie|рождество|圣诞|聖誕|クリスマス|크리스마스|성탄",
    "easter": "easter|ostern|ostermontag|ostersonntag|paques|pascua|pascoa|pasqua|pasquetta|pasen|wielkanoc|пасха"
    "|复活节|復活節|イースター|부활절",
    "thanksgiving": "thanksgiving|感恩节|感恩節",
    "qingming": "qingming|ching ming|tomb-sweeping|tomb sweeping|清明",
    "labour": "labor day|labour day|may day|workers' day|international workers' day|tag der arbeit|fete du travail"
    "|dia del trabajo|dia do trabalho|festa del lavoro|праздник труда|五一|劳动节|勞動節",
    "dragon boat": "dragon boat|duanwu|端午",
    "mid-autumn": "mid-autumn|mid autumn|moon festival|mooncake festival|zhongqiu|chuseok|中秋|추석",
    "national day": "national day|国庆|國慶|十一|双十|nationalfeiertag|fete nationale",
    "eid al-fitr": "eid al-fitr|eid ul-fitr|end of ramadan|ramadan bayram|lebaran|hari raya puasa"
    "|hari raya aidilfitri|idul fitri|开斋节|開齋節|عيد الفطر",
    "eid al-adha": "eid al-adha|eid ul-adha|bakrid|feast of sacrifice|sacrifice feast|kurban bayram|idul adha"
    "|hari raya haji|宰牲节|宰牲節|古尔邦|عيد الاضحى",
    "diwali": "diwali|deepavali|दिवाली|दीपावली|排灯节|排燈節",
    "songkran": "songkran|thai new year|สงกรานต|宋干|泼水节|潑水節",
    "independence": "independence day|fourth of july|4th of july|july 4th|july 4|dia de la independencia|独立日|獨立日",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Where holidays are kept: by the team, or in the customer's country. `days`: which, and what they are called."""

    calendar: Calendar
    days: Days


def kept(calendar: Calendar) -> Kept:
    """Those of the calendar's region, and the days that the house itself has off and has named."""
    return Kept(calendar, partial(_kept, calendar))


def after(places: Sequence[Kept], name: str, now: datetime) -> Feast:
    """When work goes on after the holiday of that name: the one that is being kept now, else the next. The first of
    `places` that keeps it counts. Raises BadTime (`no_holiday`)."""
    folded = _folded(name)
    article = _ARTICLE.match(folded)
    wanted = folded[article.end() :] if article else folded
    for place in places:
        last = _last_day(place, wanted, now)
        if last is not None:
            day, called = last
            ends = wall_instant(day + timedelta(days=1), time(), place.calendar.zone)
            return Feast(called, place.calendar.next_open(max(ends, now)))
    raise BadTime("no_holiday")


def coming(places: Sequence[Kept], now: datetime) -> tuple[str, ...]:
    """What the next holidays there are called."""
    names: dict[str, None] = {}
    for place in places:
        today = place.calendar.date_at(now)
        ahead = sorted((day, called) for day, called in _days(place, today).items() if day >= today)
        names |= {_called(called): None for _, called in ahead[:OFFERED]}
    return tuple(names)[:OFFERED]


def _kept(calendar: Calendar, year: int) -> Mapping[date, Sequence[str]]:
    known = holidays.year_of(calendar.holidays, year).days if calendar.holidays else {}
    own = {dated.day: dated.name for dated in calendar.dates if dated.name and not dated.hours}
    days = {date.fromordinal(day): name.split("; ") for day, name in (*known.items(), *own.items())}
    return {day: names for day, names in days.items() if day.year == year}


def _last_day(place: Kept, wanted: str, now: datetime) -> tuple[date, str] | None:
    """The last day of the first such holiday that is not over, and what it is called."""
    today = place.calendar.date_at(now)
    found = {day: names for day, names in _days(place, today).items() if any(_is(wanted, name) for name in names)}
    ends = [(one, two) for one, two in pairwise([*sorted(found), date.max]) if two - one > ONE_HOLIDAY]
    last = next((day for day, _ in ends if day >= today), None)
    return None if last is None else (last, _called([n for n in found[last] if _is(wanted, n)]))


def _days(place: Kept, today: date) -> dict[date, Sequence[str]]:
    near = {**place.days(today.year - 1), **place.days(today.year), **place.days(today.year + 1)}
    return {day: names for day, names in near.items() if day >= today - BACK}


def _is(wanted: str, name: str) -> bool:
    """Whether a holiday goes by the name that somebody typed."""
    if wanted in _ANY or wanted in _NO_NAME:
        return wanted in _ANY
    folded = _folded(name)
    feast = _feast(wanted)
    return _feast(folded) == feast if feast else _holds(folded, wanted)


def _feast(folded: str) -> str:
    """Which of the known ones a name is of; of several the one of which it holds the longest name."""
    held = [(len(name), feast) for feast, names in _ALIASES.items() for name in names if _holds(folded, name)]
    return max(held, default=(0, ""))[1]


def _holds(folded: str, name: str) -> bool:
    """Whole words where words are parted; never by one letter."""
    if name.isascii():
        return len(name) > 2 and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?:'?s)?(?![a-z0-9])", folded) is not None
    return len(name) > 1 and name in folded


def _called(names: Sequence[str]) -> str:
    """Without what tells one of its days from another."""
    return re.sub(r"\s*\((?:observed|estimated|in lieu)[^)]*\)", "", names[0])


def _folded(text: str) -> str:
    """Without case and accents, and with one kind of apostrophe."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'"))
    return " ".join("".join(char for char in letters if unicodedata.category(char) != "Mn").split())


_ALIASES = {feast: tuple(_folded(name) for name in names.split("|")) for feast, names in _NAMES.items()}
_ANY, _NO_NAME = frozenset(_GENERIC.split("|")), frozenset(_COMMON.split("|"))
