"""`dragoman search` on real databases: how far the index goes, and writing it anew."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from storage import Reach, open_store

TOML = """
[dragoman]
organisation = "Fernweh"
[[queues]]
name = "sales"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
"""


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", database_url)
    (tmp_path / "dragoman.toml").write_text(TOML)
    return database_url


def search(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["search", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def reached(url: str, reach: Reach) -> None:
    async def work() -> None:
        store = await open_store(url)
        await store.atomic(lambda tx: tx.begin_index(reach))
        await store.close()

    asyncio.run(work())


def test_how_far_it_goes_and_again_from_the_beginning(house: str) -> None:
    assert search() == "It is not begun yet. The running program writes it.\n"
    reached(house, Reach(70, 12))
    assert search() == "Tickets below T-12 are not in it yet. The running program goes on.\n"
    reached(house, Reach(70, 0))
    assert search() == "All tickets are in it; what comes is added within seconds.\n"
    assert search("rebuild").startswith("The running program writes it anew")
    assert search().startswith("It is not begun yet")
