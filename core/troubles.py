"""What has stopped until a person mends it: since when, what the admins are told, and that it works again.

A trouble stands for an inbox or for a place on a desk, with one cause. Admins are told when it begins, once more each
day it lasts, and when it ends; one that comes back is a new one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.apply import Door
from core.ids import InboxName
from core.jobs import (
    EditBoard,
    EditCard,
    EditEntry,
    FetchFile,
    Job,
    LookUpName,
    MarkRead,
    PostFile,
    SendReply,
    SyncThread,
    TellPerson,
)
from core.ledger import Ledger
from core.say import Say, Word, say

WHOLE_DESK = "token_expired"
"""The code that stops all places of a desk at once."""
TOLD_LATELY = timedelta(days=1)
REFUSED = "deliveries_refused"
"""What a platform delivers does not bear our signature."""


def place_of(job: Job, code: str) -> str:
    """What stands still while a job like this one fails so: an inbox by its name, a desk's place by its bucket, and the
    whole desk when its token is dead."""
    match job.work:
        case SendReply(inbox=str(inbox)) | FetchFile(inbox=str(inbox)):
            return inbox
        case MarkRead(inbox=str(inbox)) | LookUpName(inbox=str(inbox)):
            return inbox
        case SyncThread(desk=desk) | EditEntry(desk=desk) | EditCard(desk=desk) | PostFile(desk=desk):
            return desk if code == WHOLE_DESK else job.bucket
        case EditBoard(desk=desk) | TellPerson(desk=desk):
            return desk if code == WHOLE_DESK else job.bucket
        case _:
            return job.bucket


def words_of(job: Job, code: str) -> Say:
    """What the admins are told of it."""
    where, reason = place_of(job, code), Word(f"send_error.{code}")
    if isinstance(job.work, SendReply | MarkRead | LookUpName) or (isinstance(job.work, FetchFile) and job.work.inbox):
        return say("tell.inbox_stalled", inbox=where, reason=reason)
    return say("tell.stalled", where=where, reason=reason)


async def begin(ledger: Ledger, where: str, code: str, words: Say) -> None:
    """It stands, perhaps it stood before. The admins are told once a trouble and day."""
    since = await ledger.tx.begin_trouble(where, code, ledger.now)
    key = f"trouble|{where}|{code}|{since.isoformat()}|{ledger.now:%Y-%m-%d}"
    if await ledger.tx.foreseen(where, code, ledger.now - TOLD_LATELY):
        await ledger.tx.once([key], ledger.now)
    else:
        await ledger.tell_admins(words, key)


async def end(ledger: Ledger, where: str, codes: Iterable[str]) -> bool:
    """Whether any of these stood; the admins learn that it works again."""
    ended = [since for code in codes if (since := await ledger.tx.end_trouble(where, code)) is not None]
    if ended:
        words = say("tell.mended", where=where, since=min(ended))
        await ledger.tell_admins(words, f"mended|{where}|{min(ended).isoformat()}")
    return bool(ended)


async def begun(door: Door, where: str, code: str, words: Say) -> None:
    """`begin`, for who has no transaction open."""
    await door.write(lambda ledger: begin(ledger, where, code, words))


async def ended(door: Door, where: str, codes: Iterable[str]) -> None:
    """`end`, for who has no transaction open; what waited because of it is tried at once."""

    async def each(ledger: Ledger) -> None:
        for code in codes:
            if await end(ledger, where, [code]):
                await ledger.tx.try_now(code, ledger.now)

    await door.write(each)


async def deliveries_refused(door: Door, inbox: InboxName, since: datetime) -> None:
    """What comes for an inbox bears no signature of ours, since then."""
    await begun(door, inbox, REFUSED, say("tell.deliveries_refused", inbox=inbox, since=since))


async def deliveries_accepted(door: Door, inbox: InboxName) -> None:
    """It does again. Nothing of ours waited for it."""
    await door.write(lambda ledger: end(ledger, inbox, [REFUSED]))
