"""What the outbox asks of a customer's platform: their name, and a person's words after the window."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.commands import Claim, Draft, Reply
from core.errors import SendError
from core.ids import TicketId
from core.messages import Ladder
from tests.core.door import SENDER, said
from tests.core.house import SHOP, mei
from tests.workers.office import Office, Phone

# --- names ---


def nameless(office: Office, name: str | SendError) -> Phone:
    inboxes = {SHOP: replace(office.house.policy.inboxes[SHOP], looks_up_names=True)}
    office.house.policy = replace(office.house.policy, inboxes=inboxes)
    phone = Phone(name=name)
    office.channels = {SHOP: phone}
    return phone


async def test_a_name_is_looked_up_and_the_card_says_it(office: Office) -> None:
    phone = nameless(office, "Anna\nRuiz")
    await office.hears(replace(said(), sender=replace(SENDER, name="")))
    await office.wait("30s")
    assert phone.asked == [SENDER.address]
    assert office.telegram.cards["c2"].contact.name == "Anna Ruiz"
    assert office.slack.cards["t1"].contact.name == "Anna Ruiz"


@pytest.mark.parametrize("name", ["", SendError("bad_request"), SendError("rate_limited", retry=True)])
async def test_a_name_that_cannot_be_had_ends_silently(office: Office, name: str | SendError) -> None:
    phone = nameless(office, name)
    await office.hears(replace(said(), sender=replace(SENDER, name="")))
    for _ in range(15):
        await office.wait("10m")
    assert phone.asked
    assert await office.parked() == []
    assert await office.house.store.notices(mei, 9) == []


# --- a person's words after the window ---


async def replies_after(office: Office, days: float) -> Ladder:
    """A reply that was let go while words could still be sent, and that the outbox takes up later."""
    phone = Phone(replace(Phone().caps, window=timedelta(hours=24), human_window=timedelta(days=7)))
    office.channels = {SHOP: phone}
    inbox = replace(office.house.policy.inboxes[SHOP], human_window=timedelta(days=7))
    office.house.policy = replace(office.house.policy, inboxes={SHOP: inbox})
    await office.hears(said())
    message = (await office.ticket()).last_customer
    await office.house.do(Reply(mei, Draft("We are on it."), message, office.house.clock.now(), force=True))
    await office.wait(f"{round(days * 24 * 60)}m")
    entry = next(entry for entry in await office.house.store.entries(TicketId(1)) if entry.by == mei and entry.message)
    assert entry.message is not None
    found = await office.house.store.message(entry.message)
    assert found is not None
    assert [out.late for out in phone.sent] == ([] if found.ladder is Ladder.FAILED else [days > 1])
    return found.ladder


@pytest.mark.parametrize(
    ("days", "ends"), [(0.01, Ladder.SENT), (1.01, Ladder.SENT), (6.99, Ladder.SENT), (7.01, Ladder.FAILED)]
)
async def test_late_words_say_so_and_too_late_ones_do_not_leave(office: Office, days: float, ends: Ladder) -> None:
    assert await replies_after(office, days) is ends


async def test_the_card_says_until_when_a_person_may_write(office: Office) -> None:
    inbox = replace(office.house.policy.inboxes[SHOP], human_window=timedelta(days=7))
    office.house.policy = replace(office.house.policy, inboxes={SHOP: inbox})
    await office.hears(said())
    heard = (await office.ticket()).last_customer_at
    assert heard is not None
    assert office.slack.cards["t1"].human_until == heard + timedelta(days=7)
    assert office.slack.cards["t1"].window == ("open", heard + timedelta(hours=24))
    await office.wait("25h")
    await office.does(Claim(mei))
    assert office.slack.cards["t1"].window == ("human", heard + timedelta(days=7))
