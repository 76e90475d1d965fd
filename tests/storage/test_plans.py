"""What is asked for every message and every wake-up reads an index, however large the tables have grown."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from core.ids import PersonId, QueueName
from core.jobs import JobState
from core.model import PostRef
from core.people import Identity
from storage import SqlStore, SqlTx, open_store
from storage.queries.watch import Mark
from storage.session import Session
from tests.storage.house import LEASE, NOW, SALES, SLACK, WA, House, wanted

REPAIR = QueueName("repair")
SMALL = frozenset(
    {
        "w",
        "bucket",
        "group_codes",
        "counted",
        "said",
        "sent",
        "of_queue",
        "of_queues",
        "known",
        "named",
        "mail",
        "tagged",
        "late",
        "found",
        "search_docs",
        "people",
        "stands",
    }
)
"""What was given with the statement, what it has limited itself, a table that never holds more than a few rows, and the
index of words, of which every reading is called a scan."""
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
            what = step.removeprefix("SCAN ").partition(" ")[0]
            if (
                step.startswith("SCAN")
                and "CONSTANT ROW" not in step
                and not what.startswith("(")
                and what not in SMALL
            ):
                self.scans.append(f"{step}: {sql}")


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: tx.senders([wanted("1"), wanted("2"), wanted("new")]),
        lambda tx: tx.move_identity([Identity("phone", "", "1")], [Identity("phone", "", "3")]),
        lambda tx: tx.once(["a", "b"], NOW),
        lambda tx: tx.used(["a", "b"]),
        lambda tx: tx.lies_unread(NOW),
        lambda tx: tx.due_digests(NOW),
        lambda tx: tx.next_digest_at(NOW),
        lambda tx: tx.take_waiting(1, NOW),
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
        lambda tx: tx.open_threads(SLACK, "C1", [SALES, REPAIR]),
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
        lambda tx: tx.changes_since(Mark(3, 3)),
        lambda tx: tx.earlier_tickets(1, 5, 3),
        lambda tx: tx.history(1, 20),
        lambda tx: tx.counting_tickets(1, 10),
        lambda tx: tx.notices(1, 20),
        lambda tx: tx.listed([SALES, REPAIR], "open"),
        lambda tx: tx.listed([SALES, REPAIR], "mine", 1),
        lambda tx: tx.listed([SALES, REPAIR], "unassigned"),
        lambda tx: tx.listed([SALES, REPAIR], "breaching"),
        lambda tx: tx.listed([SALES, REPAIR], "closed"),
        lambda tx: tx.listed([SALES, REPAIR], "all", offset=100),
        lambda tx: tx.outlines([SALES, REPAIR], "due", 10),
        lambda tx: tx.outlines([SALES, REPAIR], "unassigned", 10),
        lambda tx: tx.outlines([SALES, REPAIR], "waiting", 10),
        lambda tx: tx.outlines([SALES, REPAIR], "promised", 10),
        lambda tx: tx.outlines([SALES, REPAIR], "consulted", 10),
        lambda tx: tx.search("broken lamp", [SALES, REPAIR], 15),
        lambda tx: tx.search("T-1", [SALES], 15),
        lambda tx: tx.search("+49 30 12345678", [SALES], 15),
        lambda tx: tx.search("#late", [SALES], 15),
        lambda tx: tx.index_start(),
        lambda tx: tx.messages_since(1, 200),
        lambda tx: tx.messages_late([1, 2]),
        lambda tx: tx.tickets_below(50, 50),
        lambda tx: tx.documents([1, 2]),
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
        lambda tx: tx.open_counts([1, 2]),
        lambda tx: tx.stranded(1, 10),
        lambda tx: tx.overdue(1, NOW, 10),
        lambda tx: tx.left_behind(10),
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


INDEXES = {
    "open": "tickets_open",
    "mine": "tickets_mine",
    "unassigned": "tickets_unassigned",
    "breaching": "tickets_breaching",
    "closed": "tickets_closed",
}


class Showing(Session):
    """Asks for the plan of every statement that is about something, on either database."""

    def __init__(self, session: Session, about: str) -> None:
        super().__init__(session.client, session.dialect)
        self.about = about
        self.plans: list[str] = []

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        if self.about in sql:
            plan = "EXPLAIN QUERY PLAN" if self.dialect == "sqlite" else "EXPLAIN"
            self.plans += [" ".join(map(str, row.values())) for row in await super().rows(f"{plan} {sql}", *values)]
        return await super().rows(sql, *values)


async def plans(store: SqlStore, about: str, work: Work) -> list[str]:
    """How it reads, step by step."""

    async def explained(tx: SqlTx) -> list[str]:
        if tx.session.dialect == "postgres":  # with so few rows it would not look into any index
            for way in ("seqscan", "sort", "bitmapscan"):
                await tx.session.rows(f"SELECT set_config('enable_{way}', 'off', true)")
        tx.session = session = Showing(tx.session, about)
        await work(tx)
        return session.plans

    return await store.atomic(explained)


@pytest.mark.parametrize(("view", "index"), INDEXES.items())
async def test_a_list_is_read_in_its_order_from_its_own_index(store: SqlStore, view: str, index: str) -> None:
    """Both to count it and to show it: nothing is sorted but the first rows of each queue among each other."""
    await House(store).ticket("1")
    explained = await plans(store, "of_queue", lambda tx: tx.listed([SALES, REPAIR], view, PersonId(1)))
    reads = [
        step for step in explained if " tickets" in step and ("SEARCH" in step or "Scan" in step or "SCAN" in step)
    ]
    assert len(reads) == 4
    assert all(index in step for step in reads), explained
    assert sum("Sort" in step or "ORDER BY" in step for step in explained) <= 2  # the keys and the step itself


@pytest.mark.parametrize(
    ("index", "work"),
    [
        ("clocks_next", lambda tx: tx.due_tickets(NOW, 10)),
        ("clocks_next", lambda tx: tx.due_tickets(NOW, 10, (0, 2))),
        ("clocks_next", lambda tx: tx.next_clock_at()),
        ("clocks_next", lambda tx: tx.next_clock_at(NOW, (0, 2))),
        ("clocks_counted", lambda tx: tx.counting_tickets(1, 10)),
    ],
)
async def test_what_is_due_and_what_is_counted_again_is_all_that_is_read(
    store: SqlStore, index: str, work: Work
) -> None:
    """From an index that holds nothing else, in its order."""
    explained = await plans(store, "clocks", work)
    reads = [step for step in explained if "clocks" in step]
    assert reads
    assert all(index in step for step in reads), explained
    assert not any("Sort" in step or "B-TREE" in step for step in explained), explained


async def test_words_are_looked_up_in_postgresql_and_not_read_through(store: SqlStore) -> None:
    if store.session.dialect == "sqlite":
        return  # there is no other way to ask FTS5
    sql = "EXPLAIN SELECT ticket_id FROM search_docs WHERE tokens @@ CAST(CAST(? AS text) AS tsquery)"

    async def work(tx: SqlTx) -> list[dict[str, Any]]:
        await tx.session.rows("SELECT set_config('enable_seqscan', 'off', true)")
        return await tx.session.rows(sql, "('0qsales') & '0wlamp' & '0wbro':*")

    plan = str(await store.atomic(work))
    assert "search_docs_tokens" in plan
