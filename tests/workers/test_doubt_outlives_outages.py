"""A reply that may have arrived, and then our own database goes as well: it is not sent a second time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.commands import Draft, Reply
from core.errors import Unavailable
from core.ids import MessageId
from core.messages import Ladder, Message, MessageKind
from core.ports import Outgoing, Sent
from storage import SqlStore
from tests.core.door import said
from tests.core.house import SHOP, mei
from tests.workers.office import Office, Phone


@dataclass
class Breaking(Phone):
    """Takes a reply, breaks while it says so, and the database does not answer from then on."""

    goes: list[bool] = field(default_factory=list)

    async def send(self, out: Outgoing) -> Sent:
        self.sent.append(out)
        self.goes.append(True)
        raise ZeroDivisionError


async def test_a_reply_in_doubt_is_not_sent_again_after_an_outage(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Breaking()
    read = SqlStore.message

    async def message(store: SqlStore, id: MessageId) -> Message | None:
        if phone.goes:
            raise Unavailable("away")
        return await read(store, id)

    office.channels = {SHOP: phone}
    await office.hears(said())
    last = (await office.ticket()).last_customer
    await office.house.do(Reply(mei, Draft("We are on it."), last, office.house.clock.now()))
    monkeypatch.setattr(SqlStore, "message", message)
    await office.wait("9s")
    phone.goes.clear()
    await office.after_a_crash()
    assert len(phone.sent) == 1
    assert await ladders(office) == [Ladder.UNCERTAIN]


async def ladders(office: Office) -> Sequence[Ladder]:
    found = await office.house.store.messages([MessageId(id) for id in range(1, 9)])
    return [message.ladder for message in found.values() if message.kind is MessageKind.REPLY]
