"""Keeps tokens out of logs and error texts: the known ones by value, others by how they look."""

import re
from collections.abc import MutableMapping
from typing import Any

_SECRETS = re.compile(
    r"((?:access_token|input_token|hub\.verify_token|verify_token|client_secret|app_secret)=)[^&\s\"']+"
    r"|(\bBearer\s+)[^\s\"',]+"
    r"|(\b(?:xox[a-z]-|xapp-|EAA)[0-9A-Za-z-]{6})[0-9A-Za-z-]*",
    re.IGNORECASE,
)


def redact(text: str, *secrets: str) -> str:
    """The text without tokens: the given ones, and whatever looks like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}***", text)


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: no value of a log line holds a token."""
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}
