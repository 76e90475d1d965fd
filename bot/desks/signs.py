"""What every chat desk shows alike: the signs of states, and names of countries, languages, hours. Plain text."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot import moments
from core.messages import Ladder
from core.model import Priority, Status

STATUS: Mapping[Status, str] = {
    Status.NEW: "🆕",
    Status.OPEN: "📬",
    Status.PENDING: "⏳",
    Status.HOLD: "⏸️",
    Status.CLOSED: "✅",
}
PRIORITY: Mapping[Priority, str] = {Priority.LOW: "🔽", Priority.HIGH: "🔼", Priority.URGENT: "🔥"}
LADDER: Mapping[Ladder, str] = {
    Ladder.HELD: "🕗",
    Ladder.ASKED: "✋",
    Ladder.QUEUED: "🕗",
    Ladder.SENT: "✓",
    Ladder.DELIVERED: "✓✓",
    Ladder.READ: "✓✓",
    Ladder.UNDONE: "↩️",
    Ladder.FAILED: "❌",
    Ladder.UNCERTAIN: "❓",
}
"""Before the line that says where a reply stands."""


def flag(country: str) -> str:
    """Two regional indicators; what is no ISO code gets none."""
    letters = country.upper()
    if len(letters) != 2 or not (letters.isascii() and letters.isalpha()):
        return "🏳️"
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in letters)


def country_name(locale: str, code: str) -> str:
    """What is no ISO code is its own name."""
    from babel import Locale  # it costs tens of milliseconds, and only who draws cards needs it

    return str(Locale.parse(locale, sep="-").territories.get(code.upper(), code))


def language_name(locale: str, tag: str) -> str:
    """Of the language itself, whatever its region."""
    from babel import Locale

    return str(Locale.parse(locale, sep="-").languages.get(tag.partition("-")[0], tag))


def hour(locale: str, there: datetime) -> str:
    """A moment on the clock of the place it is given in, with how far that is from UTC."""
    offset = there.strftime("%z")
    return f"{moments.moment(locale, there, there.tzinfo or UTC)} (UTC{offset[:3]}:{offset[3:5]})"
