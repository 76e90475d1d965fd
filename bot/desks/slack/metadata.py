"""What our messages bear unseen, so that one whose answer was lost is found again.

https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import Mapping
from typing import Any

from core.ids import TicketId

METADATA = "dragoman_post"


def metadata(job: int, ticket: TicketId | None) -> dict[str, Any]:
    payload = {"job": job} if ticket is None else {"job": job, "ticket": ticket}
    return {"event_type": METADATA, "event_payload": payload}


def job_of(message: Mapping[str, Any]) -> int | None:
    """The job that made a message; None when it is none of ours."""
    found = message.get("metadata") or {}
    return found.get("event_payload", {}).get("job") if found.get("event_type") == METADATA else None
