"""What one person is told: in private, in the thread when that cannot be, or for a minute where others see it too."""

from bot.customer_words import speak
from core import owed
from core.commands import Assign
from core.errors import SendError
from core.ledger import Ledger
from core.model import PostRef
from core.ports import Tx
from core.say import say
from tests.core.door import said
from tests.core.house import liu, mei
from tests.workers.office import TELEGRAM, Office

# --- private words ---


async def test_a_person_is_told_once_on_each_desk(office: Office) -> None:
    await office.hears(said())
    await office.does(Assign(mei, liu))
    for desk in (office.slack, office.telegram):
        assert desk.requests_of("tell") == ["tell Liu tell.assigned"]


async def test_who_never_pressed_start_is_pinged_in_the_thread_on_both_desks(office: Office) -> None:
    await office.hears(said())
    office.telegram.refuse["tell"] = SendError("unreachable")
    await office.does(Assign(mei, liu))
    for desk in (office.slack, office.telegram):
        assert [it for it in desk.requests if "unreached" in it] == ["post t1 unreached @Liu"]
    assert await office.parked() == []
    assert len(await office.house.store.notices(liu, 9)) == 1


async def test_what_belongs_to_no_ticket_is_parked(office: Office) -> None:
    office.telegram.refuse["tell"] = SendError("unreachable")

    async def tell(tx: Tx) -> None:
        ledger = Ledger(tx, office.house.clock.now(), office.house.policy, speak)
        ledger.tell(liu, say("tell.stalled", where="x", reason="y"))
        await ledger.flush()

    await office.house.store.atomic(tell)
    await office.work()
    assert await office.parked() == ["tell_person"]
    assert office.slack.requests == ["tell Liu tell.stalled"]


async def test_a_crash_after_words_in_private_may_say_them_twice_and_pings_nobody(office: Office) -> None:
    await office.hears(said())
    office.telegram.die["tell"] = "after"
    await office.does(Assign(mei, liu))
    await office.after_a_crash()
    assert office.telegram.requests_of("tell") == ["tell Liu tell.assigned", "tell Liu again: tell.assigned"]
    assert not [it for it in office.telegram.requests if "unreached" in it]


# --- answers that others can see ---


async def whispered(office: Office) -> None:
    seen = PostRef(TELEGRAM, "east", "m9")
    now = office.house.clock.now()
    await office.house.store.atomic(lambda tx: tx.enqueue([owed.withdraw(seen)], now))


async def test_an_answer_that_others_can_see_is_taken_away_after_a_minute(office: Office) -> None:
    await whispered(office)
    await office.wait("59s")
    assert office.telegram.requests == []
    await office.wait("1s")
    assert office.telegram.requests == ["withdraw m9"]


async def test_what_cannot_be_taken_away_stays_and_troubles_nobody(office: Office) -> None:
    office.telegram.refuse["withdraw"] = SendError("bad_request")
    await whispered(office)
    await office.wait("5m")
    assert await office.parked() == []
