"""How instants and words are kept. On SQLite an instant is UTC text of one width, so that text order is time order."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

import tortoise.backends.sqlite.executor  # noqa: F401 # registers its adapter first
from tortoise import fields
from tortoise.models import Model


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises `ValueError` for a naive datetime: nobody knows when that is."""
    if at.tzinfo is None:
        raise ValueError("a naive datetime cannot be stored")
    return at.astimezone(UTC)


def instant_text(at: datetime) -> str:
    """`2026-11-22T22:11:39.000000+00:00`. Raises `ValueError` for a naive datetime."""
    return utc(at).isoformat(timespec="microseconds")


def instant(value: Any) -> datetime:
    """What a driver gave for an instant, as aware UTC."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.astimezone(UTC)


def clean(text: str) -> str:
    """Text a database can hold: PostgreSQL takes no NUL, neither takes half a surrogate pair; platforms send both."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")


class InstantField(fields.DatetimeField):  # type: ignore[type-arg] # it is not generic at run time
    """Tortoise compares datetimes on SQLite as text and normalises neither filters nor updates; this one does."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        return None if value is None else utc(value)

    def to_python_value(self, value: Any) -> Any:
        return None if value is None else instant(value)


class WordsField(fields.TextField):
    """Text in a form that either database can hold."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        return clean(value) if isinstance(value, str) else value


# Every datetime that reaches SQLite goes through here, from a model, a filter, an update or plain SQL. Tortoise has
# registered a form of its own, with a blank and with whatever zone the value has.
sqlite3.register_adapter(datetime, instant_text)
