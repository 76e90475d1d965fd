"""What was measured to go wrong with tortoise, and the way it is closed here. Transactions have a file of their own."""

import re
from datetime import timedelta, timezone
from pathlib import Path

import storage
from storage import models, open_store
from storage.session import Session
from tests.storage.house import NOW, SALES, House, later

SHANGHAI, HONOLULU = timezone(timedelta(hours=8)), timezone(timedelta(hours=-10))
SOURCES = {file.name: file.read_text() for file in Path(storage.__file__).parent.rglob("*.py")}


def test_nobody_begins_a_transaction_but_the_one_helper() -> None:
    users = {name for name, text in SOURCES.items() if re.search(r"\.transaction\(\)|in_transaction\(", text)}
    assert users <= {"atomic.py", "engine.py", "schema.py"}


def test_no_query_relies_on_what_tortoise_drops() -> None:
    """`.limit(n).update()` updates all, `select_for_update` is nothing on SQLite, `bulk_create` opens a transaction."""
    for name, text in SOURCES.items():
        assert not re.search(r"\.limit\([^)]*\)\s*\.(update|delete)\(", text), name
        assert not re.search(r"select_for_update|bulk_create|update_or_create|get_or_create|generate_schemas", text), (
            name
        )


async def test_a_model_compares_instants_whatever_their_zone(house: House) -> None:
    """09:00 UTC is 17:00 in Shanghai and 23:00 of the day before in Honolulu; as text they sort otherwise."""
    ann = await house.person()
    await house.store.new_session(ann, NOW.astimezone(HONOLULU), timedelta(hours=1))
    client = house.store.session.client
    for zone in (SHANGHAI, HONOLULU):
        before, after = (later(minutes=minutes).astimezone(zone) for minutes in (59, 61))
        assert await models.WebSession.filter(expires_at__gt=before).using_db(client).exists()
        assert not await models.WebSession.filter(expires_at__gt=after).using_db(client).exists()

    async def move(session: Session) -> None:
        until = later(minutes=90).astimezone(HONOLULU)
        await models.WebSession.all().using_db(session.client).update(expires_at=until)

    await house.store.atomic(lambda tx: move(tx.session))
    found = await models.WebSession.all().using_db(client).first()
    assert found is not None
    assert (found.expires_at, found.expires_at.utcoffset()) == (later(minutes=90), timedelta(0))
    assert await house.store.prune(later(minutes=89), 30) == 0
    assert await house.store.prune(later(minutes=91).astimezone(HONOLULU), 30) == 1


async def test_one_database_after_another_in_one_process(database_url: str) -> None:
    """Tortoise keeps the SQL of the first for the second: so each comes between two of the other kind."""
    for url in ("sqlite://:memory:", database_url, "sqlite://:memory:"):
        store = await open_store(url)
        ann = await House(store).person(email="a@x.y")
        person = await store.person_by_email("a@x.y")
        assert person is not None
        assert (person.id, person.queues) == (ann, frozenset({SALES}))
        await store.close()


async def test_every_foreign_key_has_an_index() -> None:
    """Tortoise makes none, and neither does either database: deleting a row then reads all its children's table."""
    store = await open_store("sqlite://:memory:")
    session = store.session
    tables = [row["name"] for row in await session.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    bare = []
    for table in tables:
        indexes = [
            [column["name"] for column in await session.rows(f"PRAGMA index_info({index['name']})")]
            for index in await session.rows(f"PRAGMA index_list({table})")
        ]
        keys: dict[int, set[str]] = {}
        for row in await session.rows(f"PRAGMA foreign_key_list({table})"):
            keys.setdefault(row["id"], set()).add(row["from"])
        bare += [
            (table, key) for key in keys.values() if not any(set(columns[: len(key)]) == key for columns in indexes)
        ]
    await store.close()
    assert not bare
