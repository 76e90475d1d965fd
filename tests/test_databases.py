import sqlite3
from contextlib import closing
from urllib.parse import unquote

import asyncpg


async def test_each_test_has_an_empty_database_of_its_own(database_url: str) -> None:
    statement = "CREATE TABLE only_once (id integer)"
    if database_url.startswith("sqlite://"):
        with closing(sqlite3.connect(unquote(database_url.removeprefix("sqlite://")))) as connection:
            connection.execute(statement)
            assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)
    else:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute(statement)
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            assert await connection.fetchval(tables) == 1
        finally:
            await connection.close()


test_and_so_has_the_next = test_each_test_has_an_empty_database_of_its_own
