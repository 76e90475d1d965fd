"""The stories' fixtures: houses on each database and at each desk. Restarts and deliveries that come again are
told on both databases, what only one desk has mostly on one or the other."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Dialect, fresh_database
from tests.stories.story import DeskChoice, Story

Tell = Callable[..., Any]
DESKS: tuple[DeskChoice, ...] = ("slack", "telegram", "console")
ENGINES: tuple[Dialect, ...] = ("sqlite", "postgres")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    """With its tables, on each engine in turn."""
    dialect: Dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        yield url


def only(dialect: Dialect) -> Any:
    """For a file whose stories are the same on every engine: `database = only("sqlite")`."""

    @pytest.fixture
    def database(tmp_path: Path, shared_folder: Path) -> Iterator[str]:
        with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
            yield url

    return database


@pytest.fixture
async def tell(database: str, tmp_path: Path) -> AsyncIterator[Tell]:
    """`story = await tell()`: begins a story, with `Story`'s settings; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: Any) -> Story:
            return await stack.enter_async_context(Story(database, tmp_path, **settings))

        yield begin


@pytest.fixture
async def story(tell: Tell) -> Story:
    """The usual house, at Slack."""
    begun: Story = await tell()
    return begun


async def _house(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Story]:
    desk, dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        async with Story(url, tmp_path, desk) as story:
            yield story


PAIRS = list(product(DESKS, ENGINES))
any_desk = pytest.fixture(params=PAIRS, ids="-".join, name="any_desk")(_house)
"""The usual house, at Slack, at Telegram and at the console in turn, on each database."""

beside_telegram = pytest.fixture(
    params=[pair for pair in PAIRS if pair[0] != "telegram"], ids="-".join, name="beside_telegram"
)(_house)
"""The usual house at the other desks: only at Telegram bots hear of no deletion, no form lies over the thread while it
is filled in, and not everybody may write in the thread of a closed ticket."""


@pytest.fixture
async def at_telegram(tell: Tell) -> Story:
    """The usual house at Telegram, at the pace that Telegram allows."""
    begun: Story = await tell(desk="telegram", rates=1.0)
    return begun
