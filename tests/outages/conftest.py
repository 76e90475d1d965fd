"""A house on PostgreSQL whose line to the database may be cut."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.databases import fresh_database
from tests.outages.wire import Wire
from tests.stories.story import Story

Tell = Callable[..., Any]


@pytest.fixture
def postgres(tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    """A database of one's own on the server of this run, with its tables."""
    with fresh_database("postgres", tmp_path, shared_folder, migrated=True) as url:
        yield url


@pytest.fixture
async def wire(postgres: str) -> AsyncIterator[Wire]:
    async with Wire(postgres) as wire:
        yield wire


@pytest.fixture
async def tell(wire: Wire, tmp_path: Path) -> AsyncIterator[Tell]:
    """`story = await tell()`: begins a story whose database is at the other end of `wire`."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: Any) -> Story:
            return await stack.enter_async_context(Story(wire.url, tmp_path, **settings))

        yield begin


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell()
    return begun
