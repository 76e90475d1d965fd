"""How long what failed is repeated, what it waits for, and of which troubles nothing is left when it is done."""

from datetime import timedelta

import pytest

from bot.workers import patience
from core.errors import SendError
from core.ids import ConversationId, FileId, InboxName, JobId, MessageId
from core.jobs import FetchFile, Job, LookUpName, MarkRead, SendReply, Work

WA = InboxName("wa")
REPLY, FILE = SendReply(MessageId(1), WA), FetchFile(FileId(1), inbox=WA)
NAME, TICK = LookUpName(ConversationId(1), WA), MarkRead(MessageId(1), WA)


def job(work: Work, failures: int = 0, code: str = "") -> Job:
    return Job(JobId(1), work, "lane", "whatsapp:wa", 1, failures=failures, code=code)


@pytest.mark.parametrize(
    ("work", "code", "stalls"),
    [
        (REPLY, "token_expired", True),
        (REPLY, "permission", True),
        (REPLY, "undeliverable", False),
        (REPLY, "window_closed", False),
        (FILE, "token_expired", True),
        (FILE, "media_gone", False),
        (NAME, "token_expired", True),
        (NAME, "permission", False),  # kept from us, of this person
        (TICK, "token_expired", False),  # the next one ticks all
    ],
)
def test_what_waits_for_a_person(work: Work, code: str, stalls: bool) -> None:
    assert patience.stalls(job(work), SendError(code)) is stalls


def test_a_reply_waits_a_day_and_then_its_agent_decides() -> None:
    refused = SendError("locked")
    failures = next(n for n in range(1000) if not patience.stalls(job(REPLY, n), refused))
    assert timedelta(hours=24) <= failures * patience.LONGEST_WAIT <= timedelta(hours=27)
    assert not patience.repeats(job(REPLY, failures), refused)


def test_an_outage_is_sat_out_quietly_first_and_then_said() -> None:
    away = SendError("server_error", retry=True)
    said = [patience.stalls(job(REPLY, n), away) for n in range(20)]
    assert said == [False] * 11 + [True] * 9
    assert all(patience.repeats(job(REPLY, n), away) for n in range(11))
    assert patience.repeats(job(FILE, 500), away)


def test_waits_double_and_are_never_shorter_than_asked_for() -> None:
    bare, asked = SendError("rate_limited", retry=True), SendError("x", retry=True, after=timedelta(seconds=30))
    assert [patience.wait(n, bare).seconds for n in (1, 2, 3, 9, 10, 99)] == [2, 4, 8, 512, 600, 600]
    assert [patience.wait(n, asked).seconds for n in (1, 5, 6)] == [30, 32, 64]
    assert patience.wait(1, SendError("x", retry=True, after=timedelta(hours=1))) == timedelta(hours=1)


def test_what_a_success_says_of_troubles() -> None:
    assert set(patience.ended_by(job(REPLY, 3, "locked"))) >= {"locked", "token_expired", "server_error"}
    assert set(patience.ended_by(job(REPLY, 3, "timeout"))) >= {"locked", "server_error"}
    assert "token_expired" in patience.ended_by(job(FILE, 3, "token_expired"))
    assert not patience.ended_by(job(FILE, 3, "server_error"))
    assert not patience.ended_by(job(TICK, 3, "server_error"))
