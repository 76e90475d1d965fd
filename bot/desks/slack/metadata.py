"""What our messages bear unseen, so that one whose answer was lost is found again.

https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import Mapping
from typing import Any

from core.ids import TicketId

METADATA = "dragoman_post"


def metadata(job: int, ticket: TicketId | None, upto: int | None = None) -> dict[str, Any]:
    """`upto`: of a post, the seq below which its entries are."""
    known = {"job": job, "ticket": ticket, "upto": upto}
    return {"event_type": METADATA, "event_payload": {key: value for key, value in known.items() if value is not None}}


def job_of(message: Mapping[str, Any]) -> int | None:
    """The job that made a message; None when it is none of ours."""
    return _ours(message).get("job")


def upto_of(message: Mapping[str, Any]) -> int | None:
    """As it was noted; an edit of the post leaves it as it is."""
    return _ours(message).get("upto")


def _ours(message: Mapping[str, Any]) -> Mapping[str, Any]:
    found = message.get("metadata") or {}
    return found.get("event_payload", {}) if found.get("event_type") == METADATA else {}
