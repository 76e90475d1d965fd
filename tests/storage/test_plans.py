"""What is asked for every message and every wake-up reads an index, however large the tables have grown."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from core.jobs import JobState
from core.model import PostRef
from core.people import Identity
from storage import SqlTx, open_store
from storage.session import Session
from tests.storage.house import LEASE, NOW, SLACK, WA, House, wanted

SMALL = ("SCAN w", "SCAN group_codes")
"""What was given with the statement, and a table that never holds more than a few rows."""
Work = Callable[[SqlTx], Awaitable[object]]


async def set_up(tx: SqlTx, chat: str) -> None:
    """A place gets another chat: its threads are looked for too."""
    for where in ("-1", chat):
        code = await tx.make_group_code(SLACK, "sales", NOW, LEASE)
        assert await tx.use_group_code(SLACK, code, where, "Sales", NOW)


class Explaining(Session):
    """Asks for the plan of every statement first."""

    def __init__(self, client: Any) -> None:
        super().__init__(client, "sqlite")
        self.scans: list[str] = []

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        await self.explain(sql, values)
        return await super().rows(sql, *values)

    async def run(self, sql: str, *values: Any) -> int:
        await self.explain(sql, values)
        return await super().run(sql, *values)

    async def explain(self, sql: str, values: tuple[Any, ...]) -> None:
        for row in await super().rows(f"EXPLAIN QUERY PLAN {sql}", *values):
            step = row["detail"]
            if step.startswith("SCAN") and "CONSTANT ROW" not in step and not step.startswith(SMALL):
                self.scans.append(f"{step}: {sql}")


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: tx.senders([wanted("1"), wanted("2"), wanted("new")]),
        lambda tx: tx.move_identity([Identity("phone", "", "1")], [Identity("phone", "", "3")]),
        lambda tx: tx.once(["a", "b"], NOW),
        lambda tx: tx.lease_raws("channel:", 10, NOW, LEASE, timedelta()),
        lambda tx: tx.lease_raw(1, NOW, LEASE),
        lambda tx: tx.raw_done([1, 2], NOW),
        lambda tx: tx.message_by_external(WA, "wamid.1"),
        lambda tx: tx.parked_reports(WA, "wamid.1"),
        lambda tx: tx.withdraw(["send:1"]),
        lambda tx: tx.take(10, NOW, LEASE, ["bucket"]),
        lambda tx: tx.take(10, NOW, LEASE, ["bucket"], ["bucket", "other"]),
        lambda tx: tx.next_job_at(NOW),
        lambda tx: tx.hurry("telegram:sales", NOW),
        lambda tx: tx.conversation_at(WA, "1"),
        lambda tx: tx.taken_before(WA, "1", NOW),
        lambda tx: tx.thread_of_card(PostRef(SLACK, "C1", "5")),
        lambda tx: tx.group(SLACK, "sales"),
        lambda tx: tx.hold_group_code(SLACK, "code", "-1", NOW),
        lambda tx: set_up(tx, "-100"),
        lambda tx: tx.move_group(SLACK, "sales", "-200"),
        lambda tx: tx.expire(NOW, LEASE),
        lambda tx: tx.finish(1, 1, JobState.DONE, "", None, NOW),
        lambda tx: tx.due_tickets(NOW, 10),
        lambda tx: tx.next_clock_at(),
        lambda tx: tx.backlog(NOW),
        lambda tx: tx.parked(),
        lambda tx: tx.changes_mark(),
        lambda tx: tx.tickets([1, 2]),
        lambda tx: tx.messages([1, 2]),
        lambda tx: tx.entries(1, above_rev=3),
        lambda tx: tx.shown_until(1, "slack", NOW),
        lambda tx: tx.visitors([(WA, "v1"), (WA, "v2")]),
        lambda tx: tx.visitor_of_user(WA, "7"),
        lambda tx: tx.chat_entries(WA, "v1", 0, 50),
        lambda tx: tx.seq_of(WA, "v1", "id-1"),
        lambda tx: tx.next_to_leave(),
        lambda tx: tx.take_left(NOW),
    ],
)
async def test_no_table_is_read_from_end_to_end(work: Work) -> None:
    store = await open_store("sqlite://:memory:")
    await House(store).ticket("1")

    async def explained(tx: SqlTx) -> list[str]:
        tx.session = session = Explaining(tx.session.client)
        try:
            await work(tx)
        except Exception as failure:
            assert type(failure).__name__ == "Overtaken"  # noqa: PT017 # there is no such job; the plan is what counts
        return session.scans

    scans = await store.atomic(explained)
    await store.close()
    assert not scans
