"""The stories' fixtures: houses on each database and at each desk. What only Slack has is told on both databases."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Dialect, fresh_database
from tests.stories.story import DeskChoice, Story

Tell = Callable[..., Any]
DESKS: tuple[DeskChoice, ...] = ("slack", "console")
ENGINES: tuple[Dialect, ...] = ("sqlite", "postgres")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    """With its tables, on each engine in turn."""
    dialect: Dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        yield url


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


any_desk = pytest.fixture(params=[("slack", "sqlite"), ("console", "postgres")], ids="-".join, name="any_desk")(_house)
"""The usual house, at Slack and at the console in turn, each on another database."""

every_house = pytest.fixture(params=list(product(DESKS, ENGINES)), ids="-".join, name="every_house")(_house)
"""Every desk on every database."""
