"""`dragoman people` and `dragoman backup` on real databases."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.clock import SystemClock
from core.people import Identity, Person
from storage import SqlStore, open_store
from tests.platforms.telegram import TelegramSim

TOML = """
[dragoman]
organisation = "Fernweh"
base_url = "https://help.example.com"
[[queues]]
name = "support"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
[[queues]]
name = "sales"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
"""
Dragoman = Callable[..., str]


@pytest.fixture
def on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dragoman:
    """Runs a command in a house with two queues and its database in `var`; what it says. `code`: how it ends."""
    (tmp_path / "dragoman.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == code, result.output
        return result.output

    return run


@pytest.fixture
def dragoman(on_sqlite: Dragoman, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Dragoman:
    """The same on each database in turn."""
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", database_url)
    return on_sqlite


def test_the_first_command_prepares_the_database(dragoman: Dragoman) -> None:
    assert dragoman("people", "list") == "Nobody works here yet: dragoman people add NAME --role admin\n"


def test_people_come_and_are_listed(dragoman: Dragoman) -> None:
    dragoman("people", "add", "Anna Weber", "--role", "admin")
    said = dragoman("people", "add", "Mei Lin", "--queue", "support", "-q", "sales", "--email", "Mei@example.com")
    assert "dragoman people invite 2" in said
    assert dragoman("people", "list").splitlines() == [
        "1  Anna Weber  Admin  [-]",
        "2  Mei Lin  Agent  [sales, support]",
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--queue", "suport"], "there is no queue “suport”"),
        (["--language", "tlh"], "there are no texts for “tlh”"),
        (["--zone", "Mars"], "there is no time zone “Mars”"),
        (["--email", "anna@example.com"], "Somebody else has the address anna@example.com."),
    ],
)
def test_what_does_not_fit_is_refused_in_words(dragoman: Dragoman, arguments: list[str], reason: str) -> None:
    dragoman("people", "add", "Anna", "--email", "anna@example.com")
    assert dragoman("people", "add", "Mei", *arguments, code=2).startswith(reason)
    assert dragoman("people", "add", " ", code=2) == "NAME: must not be empty\n"
    assert len(dragoman("people", "list").splitlines()) == 1


def test_somebody_is_named_by_number_name_or_address(dragoman: Dragoman) -> None:
    dragoman("people", "add", "Mei Lin", "--email", "mei@example.com")
    for who in ("1", "mei lin", "MEI@example.com"):
        assert dragoman("people", "role", who, "supervisor") == "1  Mei Lin  Supervisor  [-]\n"
    dragoman("people", "add", "Mei Lin")
    assert dragoman("people", "role", "Mei Lin", "agent", code=2).startswith("Several people are called Mei Lin")
    assert dragoman("people", "role", "Bob", "agent", code=2).startswith("Nobody is called Bob. There are:\n  1  Mei")


def test_queues_are_joined_and_left(dragoman: Dragoman) -> None:
    dragoman("people", "add", "Mei", "--queue", "support")
    assert dragoman("people", "queue", "Mei", "--add", "sales", "--remove", "support") == "1  Mei  Agent  [sales]\n"


def test_the_last_admin_stays(dragoman: Dragoman) -> None:
    dragoman("people", "add", "Anna", "--role", "admin")
    for command in (["role", "Anna", "agent"], ["deactivate", "Anna"]):
        assert dragoman("people", *command, code=2) == "Anna is the only admin. Make somebody else one first.\n"
    dragoman("people", "add", "Mei", "--role", "admin")
    assert dragoman("people", "deactivate", "Anna") == "1  Anna  Admin  [-] (not active)\n"
    assert dragoman("people", "activate", "Anna") == "1  Anna  Admin  [-]\n"


def test_an_invitation_joins_the_one_it_was_made_for(dragoman: Dragoman, database_url: str) -> None:
    dragoman("people", "add", "Mei")
    said = dragoman("people", "invite", "Mei")
    code = said.partition("!join ")[2].strip()

    async def join() -> Person | None:
        store = await open_store(database_url)
        try:
            return await store.redeem_invite(code, Identity("slack", "T1", "U1"), None, SystemClock().now())
        finally:
            await store.close()

    joined = asyncio.run(join())
    assert joined is not None
    assert joined.name == "Mei"


def test_a_link_signs_in_once(dragoman: Dragoman, database_url: str) -> None:
    dragoman("people", "add", "Mei")
    said = dragoman("people", "login", "Mei")
    link, _, token = said.split()[-1].partition("?token=")
    assert link == "https://help.example.com/console/login"

    async def enter(store: SqlStore) -> bool:
        return await store.redeem_login(token, SystemClock().now(), timedelta(days=1)) is not None

    async def twice() -> list[bool]:
        store = await open_store(database_url)
        try:
            return [await enter(store), await enter(store)]
        finally:
            await store.close()

    assert asyncio.run(twice()) == [True, False]


def test_people_come_while_the_program_runs(dragoman: Dragoman, database_url: str) -> None:
    async def beside() -> str:
        store = await open_store(database_url)
        try:
            return await asyncio.to_thread(dragoman, "people", "add", "Mei")
        finally:
            await store.close()

    assert asyncio.run(beside()).startswith("1  Mei  Agent")


def test_a_backup_is_a_database_of_its_own_and_nobody_elses_business(on_sqlite: Dragoman, tmp_path: Path) -> None:
    on_sqlite("people", "add", "Mei")
    copy = tmp_path / "copy"
    said = on_sqlite("backup", str(copy))
    assert str(tmp_path / "var" / "files") in said
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("SELECT name FROM people").fetchall() == [("Mei",)]
    assert on_sqlite("backup", str(copy), code=2) == f"{copy} is here already. A backup replaces nothing.\n"


def test_a_restored_backup_stands_where_the_database_was(on_sqlite: Dragoman, tmp_path: Path) -> None:
    on_sqlite("people", "add", "Mei")
    on_sqlite("backup", str(tmp_path / "copy"))
    on_sqlite("people", "add", "Liu")
    database = tmp_path / "var" / "dragoman.sqlite3"
    for beside in database.parent.glob("dragoman.sqlite3-*"):
        beside.unlink()
    (tmp_path / "copy").replace(database)
    assert on_sqlite("people", "list") == "1  Mei  Agent  [-]\n"


def test_without_a_database_there_is_no_backup(on_sqlite: Dragoman, tmp_path: Path) -> None:
    assert on_sqlite("backup", "copy", code=2).startswith("The database cannot be used:\n")
    assert not (tmp_path / "copy").exists()


def test_postgres_is_left_to_its_own_programs(on_sqlite: Dragoman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")
    assert "pg_dump" in on_sqlite("backup", "copy", code=2)


async def test_on_telegram_a_link_brings_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with await TelegramSim.start() as telegram:
        bot = f'[telegram]\nbot_token = "{telegram.token}"\napi_base = "{telegram.api_base}"\n'
        (tmp_path / "dragoman.toml").write_text(TOML + bot)

        async def says(*arguments: str) -> str:
            return (await asyncio.to_thread(CliRunner().invoke, app, ["people", *arguments])).output

        await says("add", "Mei")
        said = await says("invite", "Mei")
        assert telegram.link(said.partition("!join ")[2].split()[0]) in said
        await telegram.goes_down()
        said = await says("invite", "Mei")
        assert "!join " in said
        assert "t.me" not in said
