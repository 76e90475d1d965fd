"""How long a job that failed is repeated, and what it waits for meanwhile. Pure; the outbox acts on it."""

from collections.abc import Iterable
from datetime import timedelta

from core.errors import SendError
from core.jobs import (
    EditBoard,
    EditCard,
    EditEntry,
    FetchFile,
    Job,
    LookUpName,
    PostFile,
    SendReply,
    SyncThread,
    TellPerson,
)
from core.owed import ASIDE

TRIES = 12
"""Failures in a row; with doubling waits that is about an hour."""
LONGEST_WAIT = timedelta(minutes=10)
A_DAY = TRIES + int(timedelta(days=1) / LONGEST_WAIT)
"""Failures in a row of a reply that waits for somebody to mend something: after a day its agent decides."""
OUTAGES = frozenset({"no_connection", "timeout", "disconnected", "server_error", "rate_limited"})
"""What ends by itself, and says nothing against the request."""
MENDABLE = frozenset({"place_gone", "not_in_channel", "not_set_up", "token_expired"})
"""What ends when a person mends it, and stops everything until then: a channel archived, a bot removed, a group not set
up, a token revoked. A permission only where words lack it: what is missing for an edit or a file holds up no words."""
CLOSED = frozenset(
    {
        "token_expired",
        "permission",
        "not_found",
        "locked",
        "not_registered",
        "not_paid",
        "policy_blocked",
        "version_retired",
    }
)
"""What stops a whole inbox until a person mends it, and says nothing against the message or the customer."""


def wait(failures: int, error: SendError) -> timedelta:
    """Doubles with every failure in a row, and is never shorter than what the platform asks for."""
    return max(min(timedelta(seconds=2 ** min(failures, 12)), LONGEST_WAIT), error.after or timedelta())


def mendable(job: Job) -> Iterable[str]:
    """The codes with which such a job waits, in its order, until a person has mended something."""
    match job.work:
        case SyncThread():
            return MENDABLE | {"permission"}
        case PostFile() if job.lane.startswith(ASIDE):
            return MENDABLE | {"permission"}
        case EditEntry() | EditCard() | PostFile() | EditBoard():
            return MENDABLE
        case TellPerson():
            # Who is told of it here as well reads it when it is mended; the console shows it at once.
            return ("token_expired",)
        case SendReply() | FetchFile(inbox=str()):
            return CLOSED
        case LookUpName():
            return CLOSED - {"permission", "not_found"}
        case _:
            return ()


def ended_by(job: Job) -> Iterable[str]:
    """The troubles of which nothing is left when such a job is done, having failed before. A file may be fetched from
    elsewhere than replies go to: that it came after an outage says nothing of what those wait for."""
    codes = frozenset(mendable(job)) | (OUTAGES if isinstance(job.work, SendReply) else frozenset())
    known = codes if isinstance(job.work, FetchFile) else codes | OUTAGES
    return codes if job.code in known else ()


def stalls(job: Job, error: SendError) -> bool:
    """Whether it waits for a person, who is told. What is for the team does so for as long as it takes, a reply for a
    day. An outage that outlasts the usual tries may need somebody too: the network, a proxy, or patience."""
    failures = job.failures + 1
    if isinstance(job.work, SendReply):
        lasting = error.code in OUTAGES and failures >= TRIES
        return failures < A_DAY and (lasting or error.code in mendable(job))
    return error.code in mendable(job)


def repeats(job: Job, error: SendError) -> bool:
    """Whether it is tried again, without anybody being told. Words in private are, for a day: the right that they lack,
    posts lack as well, and those are told of."""
    if isinstance(job.work, TellPerson) and error.code == "permission":
        return job.failures + 1 < A_DAY
    return error.retry and (job.failures + 1 < TRIES or _outlasts(job, error))


def _outlasts(job: Job, error: SendError) -> bool:
    """Whether it waits for the end of an outage, however long that is.

    Nobody would notice that a desk never got a customer's words, or that their picture was not fetched in time. Not a
    reply's attachment, for which it waits; nor what would show twice.
    """
    match job.work:
        case SendReply() | FetchFile(inbox=None):
            return False
        case PostFile():
            return error.code in OUTAGES and error.certain
        case _:
            return error.code in OUTAGES
