"""A process that stood still between taking a reply and sending it: others took it for dead, and it sends nothing."""

import pytest

from bot.workers.outbox import LEASE
from core.commands import Draft, Reply
from core.ids import ConversationId, MessageId
from core.messages import Ladder, MessageKind
from core.model import Conversation
from storage import SqlStore
from tests.core.door import said
from tests.core.house import SHOP, mei
from tests.workers.office import Office, Phone


async def test_what_others_took_for_dead_is_not_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, read = Phone(), SqlStore.conversation
    office.channels = {SHOP: phone}
    await office.hears(said())
    last = (await office.ticket()).last_customer
    await office.house.do(Reply(mei, Draft("We are on it."), last, office.house.clock.now()))
    ours, theirs = office.hire(), office.hire()

    async def stands_still(store: SqlStore, id: ConversationId) -> Conversation | None:
        monkeypatch.setattr(SqlStore, "conversation", read)
        await office.house.clock.forward(LEASE)
        await theirs.recover()
        return await read(store, id)

    await office.house.clock.forward("9s")
    monkeypatch.setattr(SqlStore, "conversation", stands_still)
    await ours.step()
    await ours.idle()
    await office.work()
    assert phone.sent == []
    found = (await office.house.store.messages([MessageId(id) for id in range(1, 9)])).values()
    assert [message.ladder for message in found if message.kind is MessageKind.REPLY] == [Ladder.UNCERTAIN]
