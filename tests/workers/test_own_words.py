"""What the house says by itself leaves only when nothing lies unread that may have answered already."""

from dataclasses import replace

from core import events as e
from core.ids import TicketId
from core.messages import Ladder, Message, MessageKind
from core.policy import QueuePolicy
from core.ports import FROM_CHANNEL, FROM_DESK
from tests.core.door import SENDER, said
from tests.core.house import SHOP, SUPPORT
from tests.core.test_speaking import MORNINGS
from tests.workers.office import Office, Phone


async def asked_at_night(office: Office) -> Message:
    """The words are written, and not yet sent."""
    house = office.house
    house.policy = replace(house.policy, queues={SUPPORT: QueuePolicy(SUPPORT, "Support", MORNINGS)})
    await house.hears(said())
    await house.clock.forward("4s")
    await house.door.tick([TicketId(1)])
    entries = await house.store.entries(TicketId(1))
    found = await house.store.messages([entry.message for entry in entries if entry.message])
    [told] = [message for message in found.values() if message.kind is MessageKind.AUTO]
    return told


def sent(office: Office) -> int:
    phone = office.channels[SHOP]
    assert isinstance(phone, Phone)
    return len(phone.sent)


async def test_an_answer_that_lies_in_the_inbox_takes_them_back(office: Office) -> None:
    """After an outage of the intake the clocks may be first."""
    store, clock = office.house.store, office.house.clock
    await store.put_raw(FROM_CHANNEL + SHOP, "echo", b"{}", {}, clock.now())
    told = await asked_at_night(office)
    await office.wait("10s")
    assert sent(office) == 0
    await office.hears(e.ForeignEcho(SHOP, "app-1", clock.now(), SENDER, "On its way."))
    await office.wait("10s")
    assert sent(office) == 0
    assert (await office.house.message(told.id)).ladder is Ladder.UNDONE


async def test_what_was_no_answer_lets_them_go(office: Office) -> None:
    store, clock = office.house.store, office.house.clock
    row = await store.put_raw(FROM_DESK + "slack", "typed", b"{}", {}, clock.now())
    assert row is not None
    await asked_at_night(office)
    await office.work()
    assert sent(office) == 0
    await office.house.door.receive([row], [])
    await office.wait("2s")
    assert sent(office) == 1


async def test_what_comes_later_keeps_nobody_waiting(office: Office) -> None:
    await asked_at_night(office)
    await office.house.clock.forward("1s")
    await office.house.store.put_raw(FROM_CHANNEL + SHOP, "later", b"{}", {}, office.house.clock.now())
    await office.work()
    assert sent(office) == 1
