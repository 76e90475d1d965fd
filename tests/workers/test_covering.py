"""The check at the start: what nobody can keep is in the log, and admins are told once for what the house decided."""

from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from bot.customer_words import speak
from bot.workers.covering import EVERY, Covering
from core.apply import Door
from core.hours import Calendar
from core.ids import PersonId
from core.people import Role
from core.policy import Policy, QueuePolicy
from core.ports import NewPerson
from core.targets import Target, Whose
from tests.core.house import NOON, SUPPORT, liu, mei
from tests.workers.office import POLICY, Office

MONDAYS = Calendar.parse("Asia/Shanghai", {"mon": ["09:00-18:00"]})
ROW = Target(timedelta(hours=2), timedelta(hours=400), whose=Whose.CUSTOMER)


def a_policy(*rows: Target, calendar: Calendar = MONDAYS) -> Policy:
    return replace(
        POLICY, queues={SUPPORT: QueuePolicy(SUPPORT, "Support", calendar)}, targets=rows or (ROW,), regions=("US",)
    )


class Check:
    def __init__(self, office: Office) -> None:
        self.house, self.store = office.house, office.house.store

    async def hire(self) -> None:
        await self.store.create_person(NewPerson("Ada", role=Role.ADMIN), NOON)

    async def looks(self, policy: Policy) -> list[str]:
        """What the log says of it."""
        with capture_logs() as logs:
            again = await Covering(Door(self.store, self.house.clock, policy, speak)).step()
        assert again == self.house.clock.now() + EVERY
        assert all(entry["log_level"] == "warning" for entry in logs)
        return [f"{entry['gaps']} of {entry['checked']}, row {entry['row']} in {entry['region']}" for entry in logs]

    async def told(self) -> list[str]:
        notices = [await self.store.notices(PersonId(number), 10) for number in range(1, 10)]
        return [notice.say.key for some in notices for notice in some]


async def test_admins_are_told_once_for_what_the_house_decided(office: Office) -> None:
    check = Check(office)
    await check.hire()
    assert await check.looks(a_policy()) == ["1 of 2, row 1 in US"]
    assert await check.looks(a_policy()) == ["1 of 2, row 1 in US"]
    assert await check.told() == ["tell.coverage"]
    await check.looks(a_policy(replace(ROW, first_reply=timedelta(hours=3))))
    assert await check.told() == ["tell.coverage", "tell.coverage"]


async def test_it_is_looked_at_once_a_day_however_often_the_worker_goes_round(office: Office) -> None:
    covering = Covering(Door(office.house.store, office.house.clock, a_policy(), speak))

    async def lines() -> int:
        with capture_logs() as logs:
            await covering.step()
        return len(logs)

    assert await lines() == 1
    await office.house.clock.forward("5s")
    assert await lines() == 0
    await office.house.clock.forward("24h")
    assert await lines() == 1


async def test_what_is_kept_is_not_worth_a_word(office: Office) -> None:
    check = Check(office)
    await check.hire()
    assert await check.looks(a_policy(calendar=Calendar.always())) == []
    assert await check.told() == []


async def test_a_house_in_which_nobody_works_yet_has_other_worries(office: Office) -> None:
    check = Check(office)
    await check.hire()
    for person in (mei, liu):
        await check.store.set_away(person, NOON, None)
    assert await check.looks(a_policy()) == []
