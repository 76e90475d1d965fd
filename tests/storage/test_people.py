"""The team, how they are known, invitations, sign-ins and notices."""

import asyncio
from datetime import timedelta

import pytest

from core.ids import PersonId, QueueName, TicketId
from core.people import Identity, Role
from core.ports import NewPerson, Profile
from core.say import say
from storage import EmailTaken, SqlStore
from tests.storage.house import NOW, SALES, House, later

DAY = timedelta(days=1)
U1, U2 = Identity("slack", "T1", "U1"), Identity("slack", "T1", "U2")


async def test_a_person_is_kept_whole(store: SqlStore) -> None:
    both = frozenset({SALES, QueueName("repair")})
    new = NewPerson("Ann", " Ann@Example.com ", Role.SUPERVISOR, both, "zh-CN", "Asia/Shanghai", "Annie")
    ann = await store.create_person(new, NOW)
    assert (ann.email, ann.queues, ann.role, ann.public_name) == ("ann@example.com", both, Role.SUPERVISOR, "Annie")
    assert await store.person(ann.id) == await store.person_by_email("ANN@example.com") == ann
    assert await store.person_by_email("") is None


async def test_an_email_belongs_to_one_person(house: House) -> None:
    await house.person("Ann", email="a@x.y")
    with pytest.raises(EmailTaken):
        await house.person("Bob", email="A@X.Y")
    await house.person("Cem")
    await house.person("Dan")  # without one they are many


async def test_the_roster_is_of_the_active(house: House) -> None:
    ann, bob = await house.person("Ann"), await house.person("Bob")
    await house.store.update_person(bob, active=False)
    assert [person.id for person in (await house.store.roster()).people] == [ann]
    assert [person.active for person in await house.store.list_people()] == [True, False]


async def test_people_change(house: House) -> None:
    ann = await house.person()
    await house.store.set_person(ann, zone="Europe/Berlin")
    await house.store.update_person(ann, role=Role.ADMIN, queues=frozenset({QueueName("repair")}))
    person = await house.store.person(ann)
    assert person is not None
    assert (person.zone, person.locale, person.role) == ("Europe/Berlin", "en", Role.ADMIN)
    assert person.queues == {"repair"}


async def test_a_desk_account_is_one_person_at_a_time(house: House) -> None:
    ann, bob = await house.person("Ann"), await house.person("Bob")
    await house.store.add_identity(ann, U1)
    await house.store.add_identity(ann, U1)
    known = await house.store.person_known_as(U1)
    assert known is not None
    assert known.id == ann
    assert await house.store.identity_of(ann, "slack") == U1
    await house.store.add_identity(bob, U1)
    assert await house.store.identity_of(ann, "slack") is None
    assert await house.store.person_known_as(U2) is None


async def test_an_invitation_is_used_once_and_in_time(house: House) -> None:
    ann = await house.person()
    code = await house.store.new_invite(ann, NOW, DAY)
    assert await house.store.redeem_invite("wrong", U1, None, NOW) is None
    assert await house.store.redeem_invite(code, U1, None, NOW + DAY) is None
    joined = await house.store.redeem_invite(code, U1, Profile(zone="Asia/Tokyo"), NOW)
    assert joined is not None
    assert (joined.id, joined.zone) == (ann, "Asia/Tokyo")
    assert await house.store.redeem_invite(code, U2, None, NOW) is None


async def test_of_two_who_use_a_sign_in_at_once_one_gets_in(house: House) -> None:
    ann = await house.person()
    token = await house.store.new_login(ann, NOW, DAY)
    sessions = await asyncio.gather(*(house.store.redeem_login(token, NOW, DAY) for _ in range(5)))
    [session] = [each for each in sessions if each]
    found = await house.store.web_session(session.token, NOW)
    assert found is not None
    assert (found.person, found.csrf, found.expires_at) == (ann, session.csrf, NOW + DAY)


async def test_sessions_expire_are_prolonged_and_end(house: House) -> None:
    ann = await house.person()
    token = (await house.store.new_session(ann, NOW, DAY)).token
    assert await house.store.web_session(token, NOW + DAY) is None
    await house.store.touch_session(token, later(hours=20), DAY)
    assert await house.store.web_session(token, NOW + DAY) is not None
    await house.store.end_session(token)
    assert await house.store.web_session(token, NOW) is None


async def test_who_leaves_is_signed_out_and_cannot_come_back_by_link(house: House) -> None:
    ann = await house.person()
    token = (await house.store.new_session(ann, NOW, DAY)).token
    login = await house.store.new_login(ann, NOW, DAY)
    await house.store.update_person(ann, active=False)
    assert await house.store.web_session(token, NOW) is None
    assert await house.store.redeem_login(login, NOW, DAY) is None


async def test_secrets_are_stored_hashed(house: House) -> None:
    ann = await house.person()
    secrets = [await house.store.new_invite(ann, NOW, DAY), await house.store.new_login(ann, NOW, DAY)]
    secrets.append((await house.store.new_session(ann, NOW, DAY)).token)
    for table in ("invites", "logins", "sessions"):
        for row in await house.store.session.rows(f"SELECT * FROM {table}"):
            assert not set(secrets) & {str(value) for value in row.values()}


async def test_notices_are_seen_once_looked_at(house: House) -> None:
    ann = await house.person()

    async def tell(minute: int) -> int:
        words = say("notice.breached", minutes=minute)
        return await house.store.atomic(lambda tx: tx.add_notice(ann, words, TicketId(1), later(minutes=minute)))

    first, second = await tell(1), await tell(2)
    await house.store.seen_notices(ann, later(minutes=1))
    assert [(n.id, n.seen_at) for n in await house.store.notices(ann, 9)] == [(second, None), (first, later(minutes=1))]
    await house.store.seen_notices(ann, later(minutes=3))
    notice = await house.store.notice(first)
    assert notice is not None
    assert (notice.seen_at, notice.say) == (later(minutes=1), say("notice.breached", minutes=1))
    assert await house.store.notices(PersonId(99), 9) == []
    assert await house.store.notice(99) is None


async def test_expired_sign_ins_are_thrown_away(house: House) -> None:
    ann = await house.person()
    await house.store.new_login(ann, NOW, DAY)
    await house.store.new_session(ann, NOW, DAY)
    assert await house.store.prune(later(hours=23), 30) == 0
    assert await house.store.prune(later(hours=25), 30) == 2
