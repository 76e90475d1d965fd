"""Who lives, by the lock of a connection; and hints, by LISTEN and NOTIFY."""

import asyncio

from core.ids import InboxName
from storage import Commit, Typing
from storage.company import Company
from tests.company.conftest import Join, cut
from tests.storage.house import House, owed

VISITOR = (InboxName("site"), "v1")


async def test_a_commit_wakes_the_others_and_only_once_oneself(join: Join) -> None:
    here, there = await join(), await join()
    await here.until_workers(here, there)
    here.heard.clear()
    await House(here.store).enqueue(owed())
    await there.until(lambda: Commit(jobs=True) in there.heard)
    await House(there.store).enqueue(owed("other"))
    await here.until(lambda: here.heard.count(Commit(jobs=True)) == 2)


async def test_a_ticket_is_named_to_the_others(join: Join) -> None:
    here, there = await join(working=False), await join()
    ticket = await House(here.store).ticket("4930")
    await there.until(lambda: any((ticket.id, ticket.version) in commit.tickets for commit in there.heard))


async def test_who_types_is_told_to_the_others_for_the_moment(join: Join) -> None:
    here, there = await join(), await join()
    here.store.company.types(Typing("team", VISITOR))
    await there.until(lambda: there.typed == [Typing("team", VISITOR)])
    assert here.typed == []


async def test_workers_know_each_other_and_who_leaves_is_missed_at_once(join: Join, url: str) -> None:
    here, there, web = await join(), await join(), await join(working=False)
    for member in (here, there, web):
        await member.until_workers(here, there)
    there.store.company.retire()
    await here.until_workers(here)
    assert there.standing.joined  # what it has in hand is still its own


async def test_who_stands_still_gives_its_place_up_and_gets_it_back(join: Join) -> None:
    here, there = await join(), await join()
    await here.until_workers(here, there)
    there.healthy = False
    await here.until_workers(here)
    await there.until(lambda: not there.standing.joined)
    assert there.standing.share == (-1, 1)
    there.healthy = True
    await here.until_workers(here, there)
    await there.until(lambda: there.standing.joined)


async def test_a_lost_connection_is_made_again_and_what_was_missed_is_looked_for(join: Join, url: str) -> None:
    here, there = await join(), await join()
    await here.until_workers(here, there)
    here.heard.clear()
    await cut(url, here)
    await here.until(lambda: not here.store.company.listening)
    assert here.standing.share is None  # it works on as if it were alone
    await here.until(lambda: any(commit.more for commit in here.heard))
    await here.until_workers(here, there)
    await House(there.store).enqueue(owed())
    await here.until(lambda: Commit(jobs=True) in here.heard)


async def test_a_database_that_cannot_be_reached_stops_nobody() -> None:
    company = Company("postgres://postgres@127.0.0.1:1/none", lambda commit: None)
    async with asyncio.timeout(20), company.joined(working=True, well=lambda: True):
        assert not company.listening
        company.note(Commit(jobs=True))
        company.types(Typing("team", VISITOR))
        company.retire()


async def test_what_nobody_understands_is_passed_over(join: Join) -> None:
    here, there = await join(), await join()
    await here.store.atomic(lambda tx: tx.session.rows("SELECT pg_notify('dragoman', 'hello')"))
    await House(here.store).enqueue(owed())
    await there.until(lambda: Commit(jobs=True) in there.heard)


async def test_people_who_join_are_news_for_the_roll(join: Join) -> None:
    here, there = await join(), await join()
    await House(here.store).person()
    await there.until(lambda: any(commit.roll for commit in there.heard))
