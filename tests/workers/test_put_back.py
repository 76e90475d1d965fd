"""An outage of ours says nothing of a job: what stood in its way before still counts, and still ends."""

import pytest

from core.errors import SendError, Unavailable
from core.ids import DeskName, TicketId
from core.model import Thread
from storage import SqlStore
from tests.core.door import said
from tests.core.house import SLACK
from tests.workers.office import Office


async def test_a_trouble_ends_although_our_database_was_away_in_between(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.slack.refuse["post"] = SendError("not_in_channel")
    await office.hears(said())
    assert [trouble.code for trouble in await office.house.store.troubles()] == ["not_in_channel"]
    del office.slack.refuse["post"]
    read = SqlStore.thread

    async def away(store: SqlStore, ticket: TicketId, desk: DeskName) -> Thread | None:
        raise Unavailable("away")

    monkeypatch.setattr(SqlStore, "thread", away)
    await office.wait("10m")
    monkeypatch.setattr(SqlStore, "thread", read)
    await office.wait("1m")
    assert (await office.thread(SLACK)).posted == 1
    assert await office.house.store.troubles() == []
