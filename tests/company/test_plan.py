"""How the next deliveries are found, on a table of which PostgreSQL's statistics know nothing."""

from datetime import timedelta
from typing import Any

from storage import SqlTx
from storage.session import Session
from tests.company.conftest import Join
from tests.storage.house import LEASE, NOW


class Explaining(Session):
    """Asks for the plan of every look at the inbox first."""

    def __init__(self, client: Any) -> None:
        super().__init__(client, "postgres")
        self.plans: list[str] = []

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        if "FROM inbox" in sql:
            found = await super().rows(f"EXPLAIN {sql}", *values)
            self.plans.append("\n".join(row["QUERY PLAN"] for row in found))
        return await super().rows(sql, *values)


async def test_the_next_deliveries_are_read_in_the_order_of_an_index(join: Join) -> None:
    here, there = await join(), await join()
    await here.until_workers(here, there)
    rows = [("channel:wa", f"{n}", b"{}", "{}", NOW) for n in range(3000)]
    await here.store.atomic(lambda tx: tx.insert_raws(rows))
    await there.store.take_raw("channel:", 5, NOW, LEASE)

    async def takes(tx: SqlTx) -> list[str]:
        tx.session = session = Explaining(tx.session.client)
        await tx.lease_raws("channel:", 32, NOW, LEASE, timedelta())
        return session.plans

    plans = await here.store.atomic(takes)
    assert len(plans) >= 2
    for plan in plans:
        assert "inbox_open" in plan, plan
        assert "Sort" not in plan.partition("Subquery Scan")[2], plan
