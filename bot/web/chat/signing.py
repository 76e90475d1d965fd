"""What an inbox's secret signs: who a visitor is, whose an upload is, links to files; and who the shop's users are.

Ours have keys of their own, derived from the secret and the inbox's name, so that none serves for another purpose.
The shop signs with the secret itself: hex HMAC-SHA256 of the user's JSON text. Comparing takes the same time always.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.livechat_inbox import LivechatInbox
from bot.channels.payload import clean, text_of
from core.ports import ChatFile
from core.words import one_line

TOKEN, UPLOAD, LINK = "visitor", "upload", "link"
SIGNED_LIMIT = 4000
"""Characters that anything signed may have."""
ID_LIMIT, NAME_LIMIT, EMAIL_LIMIT = 120, 120, 320
LEEWAY = 300
"""Seconds that the shop's clock may be behind ours: what it signed for a minute would else never hold."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of the shop, as the shop signed them."""

    id: str
    name: str = ""
    email: str = ""


class Signer:
    """Signs with the inbox's secret; what the old one signed holds too, while there is one."""

    def __init__(self, inbox: LivechatInbox) -> None:
        self._inbox = inbox.name
        secrets = [inbox.secret, *([inbox.old_secret] if inbox.old_secret else [])]
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]

    def token(self, visitor: str) -> str:
        return f"{visitor}.{self._sign(TOKEN, visitor)}"

    def visitor(self, token: str) -> str | None:
        """Whose token it is; None when it is nobody's."""
        visitor, _, signature = token[:SIGNED_LIMIT].rpartition(".")
        return visitor if visitor and self._holds(TOKEN, visitor, signature) else None

    def upload(self, visitor: str, file: ChatFile) -> str:
        """The name by which this visitor, and nobody else, may send the file."""
        about = [file.blob, file.name, file.mime, file.size]
        packed = base64.urlsafe_b64encode(json.dumps(about).encode()).decode().rstrip("=")
        return f"{packed}.{self._sign(UPLOAD, visitor, packed)}"

    def uploaded(self, visitor: str, name: str) -> ChatFile | None:
        packed, _, signature = name[:SIGNED_LIMIT].rpartition(".")
        if not self._holds(UPLOAD, visitor, packed, signature):
            return None
        try:
            blob, given, mime, size = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        except (ValueError, binascii.Error):
            return None
        return ChatFile(blob, given, mime, size)

    def link(self, visitor: str, seq: int, nth: int, until: int) -> str:
        """The signature of a link to the `nth` file of an entry, good until then (seconds since 1970)."""
        return self._sign(LINK, visitor, str(seq), str(nth), str(until))

    def link_holds(self, visitor: str, seq: int, nth: int, until: int, signature: str) -> bool:
        return self._holds(LINK, visitor, str(seq), str(nth), str(until), signature)

    def user(self, text: str, signature: str, now: datetime) -> User | None:
        """The shop's user, when the shop signed this very text and it has not run out (`exp`, seconds since 1970)."""
        given = signature.encode()
        good = [hmac.new(secret, text.encode(), hashlib.sha256).hexdigest().encode() for secret in self._secrets]
        if not any(hmac.compare_digest(given, each) for each in good):
            return None
        try:
            user: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        expires = user.get("exp") if isinstance(user, dict) else None
        # What the shop meant as an end is one: what cannot be read must not hold for ever.
        if expires is not None and not (isinstance(expires, int | float) and expires > now.timestamp() - LEEWAY):
            return None
        id = text_of(user, "id", ID_LIMIT).strip()
        email = text_of(user, "email", EMAIL_LIMIT).strip().lower()
        return User(id, one_line(text_of(user, "name"), NAME_LIMIT), email) if id else None

    def _sign(self, purpose: str, *parts: str) -> str:
        return self._with(self._secrets[0], purpose, parts)

    def _holds(self, purpose: str, *parts: str) -> bool:
        *signed, signature = (clean(part) for part in parts)
        given = signature.encode()
        return any(hmac.compare_digest(given, self._with(each, purpose, signed).encode()) for each in self._secrets)

    def _with(self, secret: bytes, purpose: str, parts: tuple[str, ...] | list[str]) -> str:
        key = hmac.new(secret, f"dragoman chat\n{self._inbox}\n{purpose}".encode(), hashlib.sha256).digest()
        return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()
