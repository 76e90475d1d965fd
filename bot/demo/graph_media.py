"""Files of the Graph simulator: size limits, ids that expire, and short-lived download addresses.

Source: "Media" in the WhatsApp Cloud API documentation. Hashes: base64 in webhooks, hex in the answer to GET /{id}.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from bot.demo.graph_errors import GraphError, no_such_object
from bot.demo.graph_model import Json, Media

MB = 1024 * 1024
UPLOADED_LIVES = timedelta(days=30)
RECEIVED_LIVES = timedelta(days=7)
ADDRESS_LIVES = timedelta(minutes=5)
Kind = Literal["image", "audio", "video", "document", "sticker"]
LIMITS: dict[Kind, int] = {
    "image": 5 * MB,
    "audio": 16 * MB,
    "video": 16 * MB,
    "document": 100 * MB,
    "sticker": MB // 2,
}
# What a message of that type may carry; a document may be anything.
ACCEPTED: dict[str, frozenset[str]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "sticker": frozenset({"image/webp"}),
}


def kind_of(mime: str) -> Kind:
    """The message type WhatsApp chooses for a file a customer attaches."""
    base = mime.partition(";")[0]
    for kind in ("image", "audio", "video"):
        if base in ACCEPTED[kind]:
            return kind
    return "document"


def fits(kind: str, media: Media) -> bool:
    """Whether a message of type `kind` may carry this file."""
    return kind not in ACCEPTED or media.mime.partition(";")[0] in ACCEPTED[kind]


def base64_sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


class MediaStore:
    """Keeps files until their id expires."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._files: dict[str, Media] = {}

    def keep(self, data: bytes, mime: str, name: str, lives: timedelta) -> Media:
        media = Media(data, mime, name, self._now() + lives)
        self._files[media.id] = media
        return media

    def upload(self, data: bytes, mime: str, name: str) -> Media:
        """Raises GraphError 131053 for an empty or too large file."""
        limit = LIMITS[kind_of(mime)]
        if not data or len(data) > limit:
            raise GraphError(131053, f"File size must be between 1 and {limit} bytes for {mime}, got {len(data)}.")
        return self.keep(data, mime, name, UPLOADED_LIVES)

    def find(self, media_id: str) -> Media | None:
        media = self._files.get(media_id)
        return media if media is not None and media.expires > self._now() else None

    def get(self, media_id: str, method: str = "GET") -> Media:
        """Raises GraphError 100/33 for an id that is unknown or expired."""
        media = self.find(media_id)
        if media is None:
            raise no_such_object(method, media_id)
        return media

    def delete(self, media_id: str) -> None:
        del self._files[self.get(media_id, "DELETE").id]

    def expire(self, media_id: str) -> None:
        """Let an id expire at once."""
        self._files[media_id].expires = self._now()

    def query(self, media: Media, lives: timedelta = ADDRESS_LIVES) -> dict[str, str]:
        """The query of a fresh download address."""
        return {
            "mid": media.id,
            "ext": str(int((self._now() + lives).timestamp())),
            "hash": media.secret,
        }

    def by_address(self, mid: str, ext: str, secret: str) -> Media | None:
        """The file behind a download address; None when the address is wrong or too old."""
        media = self.find(mid)
        if media is None or media.secret != secret or not ext.isdigit():
            return None
        return media if int(ext) > self._now().timestamp() else None


def described(media: Media, url: str) -> Json:
    """The answer to GET /{media_id}."""
    return {
        "url": url,
        "mime_type": media.mime,
        "sha256": hashlib.sha256(media.data).hexdigest(),
        "file_size": len(media.data),
        "id": media.id,
        "messaging_product": "whatsapp",
    }


def in_webhook(media: Media) -> Json:
    """The media object of a customer's message."""
    return {"mime_type": media.mime, "sha256": base64_sha256(media.data), "id": media.id}
