"""`dragoman telegram` on real databases: groups of the configuration become chats by a code."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.clock import SystemClock
from bot.desks.telegram.settings import TELEGRAM
from storage import open_store

TOML = """
[dragoman]
organisation = "Fernweh"
[[queues]]
name = "sales"
telegram = ["lamps", "shades"]
calendar = { zone = "Asia/Shanghai", weekly = "always" }
[telegram]
bot_token = "123:tg"
"""


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", database_url)
    (tmp_path / "dragoman.toml").write_text(TOML)
    return tmp_path


def telegram(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["telegram", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def setup(url: str, code: str, hours: int = 0) -> str | None:
    """Types the code in a chat, so many hours later; the place that the chat became."""

    async def bind() -> str | None:
        store = await open_store(url)
        try:
            return await store.bind_group(
                TELEGRAM, code, "-1001", "Lamps 灯", SystemClock().now() + timedelta(hours=hours)
            )
        finally:
            await store.close()

    return asyncio.run(bind())


def code_for(group: str) -> str:
    said = telegram("code", group)
    assert f"is to be {group}" in said
    return said.rpartition("/setup ")[2].strip()


def test_a_group_becomes_a_chat_by_its_code(house: Path, database_url: str) -> None:
    assert telegram() == (
        "lamps  (no chat yet: dragoman telegram code lamps)\nshades  (no chat yet: dragoman telegram code shades)\n"
    )
    code = code_for("lamps")
    assert setup(database_url, code) == "lamps"
    assert telegram() == "lamps  Lamps 灯\nshades  (no chat yet: dragoman telegram code shades)\n"
    assert setup(database_url, code) is None, "it works once"


def test_a_code_lives_a_day_and_no_longer_than_the_next_one(house: Path, database_url: str) -> None:
    older, newer = code_for("lamps"), code_for("lamps")
    assert setup(database_url, older) is None
    assert setup(database_url, newer, hours=25) is None
    assert setup(database_url, newer, hours=23) == "lamps"


def test_a_group_that_the_configuration_does_not_name(house: Path) -> None:
    assert telegram("code", "lamp", code=2) == "The configuration names no group lamp. There are:\n  lamps\n  shades\n"


def test_a_house_without_telegram(house: Path) -> None:
    (house / "dragoman.toml").write_text(TOML.partition("[telegram]")[0].replace("telegram = ", "# "))
    assert telegram(code=2) == "No queue is on Telegram: set its telegram in dragoman.toml.\n"
