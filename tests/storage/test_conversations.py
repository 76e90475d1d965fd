"""Finding or making customers, their identities and their conversations, however many write at once."""

import asyncio
from dataclasses import replace

import pytest

from core.errors import Lost
from core.ids import ChannelName, InboxName, TicketId
from core.model import Conversation, Ticket
from core.people import Contact, Identity, Tier
from core.ports import Pointer, Wanted
from storage import SqlStore, SqlTx
from tests.storage.house import NOW, SALES, WA, House, wanted

PHONE = Identity("phone", "", "4930")
BSUID = Identity("bsuid", "portfolio", "DE.1")


async def find(store: SqlStore, *which: Wanted) -> list[tuple[Conversation, Contact]]:
    return list(await store.atomic(lambda tx: tx.senders(which)))


async def test_ten_first_messages_at_once_make_one_conversation_and_one_ticket(house: House, other: SqlStore) -> None:
    async def message(store: SqlStore) -> TicketId:
        async def work(tx: SqlTx) -> TicketId:
            [(conversation, contact)] = await tx.senders([wanted("4930", name="Bo")])
            if conversation.ticket:
                return conversation.ticket
            [number] = await tx.new_ids("tickets", 1)
            ticket = Ticket(TicketId(number), 1, SALES, WA, ChannelName("whatsapp"), conversation.id, contact.id, NOW)
            await tx.insert_tickets([ticket])
            await tx.point([Pointer(conversation.id, None, ticket.id)])
            return ticket.id

        return await store.atomic(work)

    tickets = await asyncio.gather(*(message(store) for store in (house.store, other) for _ in range(5)))
    assert len(set(tickets)) == 1
    counts = {
        table: await house.store.session.one(f"SELECT count(*) AS n FROM {table}")
        for table in ("conversations", "contacts", "identities", "tickets")
    }
    assert counts == {table: {"n": 1} for table in counts}


async def test_batches_in_any_order_get_through(house: House, other: SqlStore) -> None:
    everybody = [wanted(f"49{n}") for n in range(20)]
    found = await asyncio.gather(
        *(find(store, *order) for store in (house.store, other) for order in (everybody, everybody[::-1]))
    )
    assert found[0] == found[1][::-1] == found[2] == found[3][::-1]


async def test_a_customer_known_by_another_identity_goes_on_in_the_same_conversation(store: SqlStore) -> None:
    [(first, contact)] = await find(store, wanted("4930", name="Bo"))
    [(second, same)] = await find(store, Wanted(WA, "DE.1", "DE.1", (BSUID, PHONE), at=NOW))
    assert (second.id, same.id) == (first.id, contact.id)
    assert set(await store.identities(contact.id)) == {PHONE, BSUID}


async def test_another_inbox_is_another_conversation_of_the_same_contact(store: SqlStore) -> None:
    [(first, contact)] = await find(store, wanted("4930"))
    [(second, same)] = await find(store, replace(wanted("4930"), inbox=InboxName("wa-2")))
    assert second.id != first.id
    assert same.id == contact.id


async def test_where_customers_are_the_most_frequent_place_first(store: SqlStore) -> None:
    places = [("US", "America/Chicago"), ("DE", "Europe/Berlin"), ("DE", "Europe/Berlin"), (None, "UTC"), ("FR", None)]
    for number, (country, zone) in enumerate(places):
        await find(store, wanted(f"49{number}", country=country, zone=zone))
    found = await store.contact_places(20)
    assert found[0] == ("DE", "Europe/Berlin")
    assert set(found) == {("US", "America/Chicago"), ("DE", "Europe/Berlin"), (None, "UTC")}
    assert await store.contact_places(1) == [("DE", "Europe/Berlin")]


async def test_one_batch_with_the_same_sender_twice(store: SqlStore) -> None:
    found = await find(store, wanted("4930"), wanted("4931"), wanted("4930"))
    assert found[0] == found[2] != found[1]


async def test_what_the_platform_tells_fills_gaps_and_overwrites_nothing(store: SqlStore) -> None:
    await find(store, wanted("4930"))
    [(_, contact)] = await find(store, wanted("4930", name="Bo", country="DE", zone="Europe/Berlin"))
    assert (contact.name, contact.country, contact.zone, contact.zone_assumed) == ("Bo", "DE", "Europe/Berlin", True)
    [(_, contact)] = await find(store, wanted("4930", name="Mallory"))
    assert contact.name == "Bo"


async def test_a_new_address_is_learnt(store: SqlStore) -> None:
    await find(store, wanted("4930"))
    [(conversation, _)] = await find(store, replace(wanted("4930"), address="49 30"))
    assert conversation.address == "49 30"


async def test_a_number_change_moves_identity_and_conversation(store: SqlStore) -> None:
    [(conversation, contact)] = await find(store, wanted("4930"))
    new = Identity("phone", "", "4999")
    assert await store.atomic(lambda tx: tx.move_identity([PHONE], [new])) == contact.id
    [(same, still)] = await find(store, wanted("4999"))
    assert (same.id, same.key, same.address, still.id) == (conversation.id, "4999", "4999", contact.id)


async def test_a_number_change_heard_after_the_first_message_from_it(store: SqlStore) -> None:
    [(_, contact)] = await find(store, wanted("4930"))
    [(newer, _)] = await find(store, wanted("4999"))
    await store.atomic(lambda tx: tx.move_identity([PHONE], [Identity("phone", "", "4999")]))
    [(stays, _)] = await find(store, wanted("4999"))
    assert stays.id == newer.id
    assert Identity("phone", "", "4999") in await store.identities(contact.id)


async def test_who_has_the_old_number_next_is_somebody_else(store: SqlStore) -> None:
    [(conversation, contact)] = await find(store, wanted("4930", name="Bo"))
    await store.atomic(lambda tx: tx.move_identity([PHONE], [Identity("phone", "", "4999")]))
    [(other, stranger)] = await find(store, wanted("4930", name="Eve"))
    assert (other.id, stranger.id) != (conversation.id, contact.id)
    assert (stranger.name, other.address) == ("Eve", "4930")
    [(same, _)] = await find(store, wanted("4999"))
    assert (same.id, same.address) == (conversation.id, "4999")


async def test_nobody_moves_when_nobody_is_known(store: SqlStore) -> None:
    assert await store.atomic(lambda tx: tx.move_identity([PHONE], [BSUID])) is None


async def test_the_pointer_is_compare_and_set(house: House) -> None:
    ticket = await house.ticket()
    await house.store.atomic(lambda tx: tx.point([Pointer(ticket.conversation, None, ticket.id)]))
    with pytest.raises(Lost):
        await house.store.atomic(lambda tx: tx.point([Pointer(ticket.conversation, None, TicketId(99))]))
    await house.store.atomic(lambda tx: tx.point([Pointer(ticket.conversation, ticket.id, TicketId(99))]))
    conversation = await house.store.conversation(ticket.conversation)
    assert conversation is not None
    assert conversation.ticket == 99


async def test_a_contact_is_kept_whole(house: House) -> None:
    ticket = await house.ticket()
    contact = Contact(
        ticket.contact,
        "Bo",
        "ACME",
        None,
        Tier.VIP,
        "de",
        "DE",
        "Europe/Berlin",
        zone_assumed=False,
        blocked=True,
        email="bo@example.com",
    )
    await house.store.atomic(lambda tx: tx.update_contact(Contact(contact.id), contact))
    assert await house.store.contact(ticket.contact) == contact


async def test_what_others_changed_of_a_contact_stays(house: House) -> None:
    before = await house.store.contact((await house.ticket()).contact)
    assert before is not None
    named, blocked = replace(before, name="Bo"), replace(before, blocked=True)
    await house.store.atomic(lambda tx: tx.update_contact(before, named))
    await house.store.atomic(lambda tx: tx.update_contact(before, blocked))
    await house.store.atomic(lambda tx: tx.update_contact(before, before))
    assert await house.store.contact(before.id) == replace(before, name="Bo", blocked=True)


@pytest.mark.parametrize("name", ["nul \x00 inside", "half a pair \ud83d", "陈 👋 Ölaf"])
async def test_any_name_can_be_kept(store: SqlStore, name: str) -> None:
    [(_, contact)] = await find(store, wanted("4930", name=name))
    assert contact.name == name.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")
