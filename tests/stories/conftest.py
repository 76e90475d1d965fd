"""The stories' fixtures: `tell` begins a story on each database, `desk` runs it on each desk where a story asks."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.stories.story import Story

Tell = Callable[..., Any]


@pytest.fixture
async def tell(database_url: str, tmp_path: Path) -> AsyncIterator[Tell]:
    """`story = await tell()`: begins a story, with `Story`'s settings; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: Any) -> Story:
            return await stack.enter_async_context(Story(database_url, tmp_path, **settings))

        yield begin


@pytest.fixture
async def story(tell: Tell) -> Story:
    """The usual house, at Slack."""
    begun: Story = await tell()
    return begun


@pytest.fixture(params=["slack", "console"])
async def any_desk(request: pytest.FixtureRequest, tell: Tell) -> Story:
    """The usual house, at Slack and at the console in turn."""
    begun: Story = await tell(desk=request.param)
    return begun
