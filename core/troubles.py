"""What has stopped until a person mends it: since when, what the admins are told, and that it works again.

A trouble stands for an inbox or for a place on a desk, with one cause. Admins are told when it begins, once more each
day it lasts, and when it ends; one that comes back is a new one.
"""

from collections.abc import Iterable
from datetime import datetime

from core.apply import Door
from core.ids import InboxName
from core.jobs import FetchFile, Job, LookUpName, MarkRead, SendReply
from core.ledger import Ledger
from core.ports import Tx
from core.say import Say, Word, say

REFUSED = "deliveries_refused"
"""What a platform delivers does not bear our signature."""


def place_of(job: Job) -> str:
    """What stands still while a job like this one fails: an inbox by its name, a desk's place by its bucket."""
    match job.work:
        case SendReply(inbox=str(inbox)) | FetchFile(inbox=str(inbox)):
            return inbox
        case MarkRead(inbox=str(inbox)) | LookUpName(inbox=str(inbox)):
            return inbox
        case _:
            return job.bucket


def words_of(job: Job, code: str) -> Say:
    """What the admins are told of it."""
    where, reason = place_of(job), Word(f"send_error.{code}")
    if where == job.bucket:
        return say("tell.stalled", where=where, reason=reason)
    return say("tell.inbox_stalled", inbox=where, reason=reason)


async def begin(ledger: Ledger, where: str, code: str, words: Say) -> None:
    """It stands, perhaps it stood before. The admins are told once a trouble and day."""
    since = await ledger.tx.begin_trouble(where, code, ledger.now)
    await ledger.tell_admins(words, f"trouble|{where}|{code}|{since.isoformat()}|{ledger.now:%Y-%m-%d}")


async def end(ledger: Ledger, where: str, codes: Iterable[str]) -> bool:
    """Whether any of these stood; the admins learn that it works again."""
    ended = [since for code in codes if (since := await ledger.tx.end_trouble(where, code)) is not None]
    if ended:
        words = say("tell.mended", where=where, since=min(ended))
        await ledger.tell_admins(words, f"mended|{where}|{min(ended).isoformat()}")
    return bool(ended)


async def deliveries_refused(door: Door, inbox: InboxName, since: datetime) -> None:
    async def work(tx: Tx) -> None:
        ledger = Ledger(tx, door.clock.now(), door.policy)
        await begin(ledger, inbox, REFUSED, say("tell.deliveries_refused", inbox=inbox, since=since))
        await ledger.flush()

    await door.store.atomic(work)


async def deliveries_accepted(door: Door, inbox: InboxName) -> None:
    async def work(tx: Tx) -> None:
        ledger = Ledger(tx, door.clock.now(), door.policy)
        await end(ledger, inbox, [REFUSED])
        await ledger.flush()

    await door.store.atomic(work)
