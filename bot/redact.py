"""Keeps tokens out of logs and error texts: the known ones by value, others by how they look; and lets no text pretend
to be more than one line of it."""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from pydantic import BaseModel, SecretStr

_SECRETS = re.compile(
    r"((?:access_token|input_token|token|hub\.verify_token|verify_token|client_secret|app_secret|signature)=)[^&\s\"']+"
    r"|(\bBearer\s+)[^\s\"',]+"
    r"|(\b(?:xox[a-z]-|xapp-|EAA)[0-9A-Za-z-]{6})[0-9A-Za-z-]*"
    r"|((?<![0-9])[0-9]{6,12}:)[0-9A-Za-z_-]{30,}"  # Telegram's, which stands in every address it is asked at
    r"|(://[^\s:/@]*:)[^\s@/]+(?=@)",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Line ends, what terminals obey, and what hides or reorders the rest."""
_SHORTEST = 6
"""Characters. A shorter secret is no secret, and would blot out half of what is said."""
_known: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """For the rest of the process: none of these stands in a log line."""
    _known.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def secrets_of(settings: object) -> Iterable[str]:
    """Every secret of the settings, wherever in them it stands."""
    match settings:
        case SecretStr():
            yield settings.get_secret_value()
        case BaseModel():
            for name in type(settings).model_fields:
                yield from secrets_of(getattr(settings, name))
        case Mapping():
            for value in settings.values():
                yield from secrets_of(value)
        case list() | tuple():
            for value in settings:
                yield from secrets_of(value)


def redact(text: str, *secrets: str) -> str:
    """The text without tokens: the given ones, the known ones, and whatever looks like one."""
    for secret in (*secrets, *_known):
        if secret:
            text = text.replace(secret, "***")
    return _SECRETS.sub(lambda found: f"{next(part for part in found.groups() if part)}***", text)


def on_one_line(text: str) -> str:
    """What shows nothing, or moves what is shown, is spelled out: no text makes a second line or colours the first."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: no value of a log line holds a token, or more than a line. A traceback has its own."""
    return {
        name: value if name.startswith("_") else _trace(value) if name == "exception" else _cleaned(value)
        for name, value in event.items()
    }


def _trace(value: str) -> str:
    return "\n".join(_plain(line) for line in value.split("\n"))


def _cleaned(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _plain(value)
        case list() | tuple() | set() | frozenset():
            return [_cleaned(each) for each in value]
        case Mapping():
            return {_plain(str(name)): _cleaned(each) for name, each in value.items()}
        case _:
            return _plain(repr(value))


def _plain(text: str) -> str:
    return on_one_line(redact(text))
