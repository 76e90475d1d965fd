"""A desk before its platform, for the contract and for each desk's own tests."""

from collections.abc import AsyncIterator

import pytest

from tests.desks.contract import DeskKit
from tests.desks.kits import KITS


@pytest.fixture(params=KITS, ids=lambda kit: kit.__name__)
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[DeskKit]:
    """Each desk in turn."""
    async with request.param() as started:
        yield started


@pytest.fixture(params=[kit for kit in KITS if kit.posts], ids=lambda kit: kit.__name__)
async def posting(request: pytest.FixtureRequest) -> AsyncIterator[DeskKit]:
    """Each desk that makes posts."""
    async with request.param() as started:
        yield started


@pytest.fixture(params=[kit for kit in KITS if kit.redelivers], ids=lambda kit: kit.__name__)
async def redelivering(request: pytest.FixtureRequest) -> AsyncIterator[DeskKit]:
    """Each desk whose platform sends again what was not acked."""
    async with request.param() as started:
        yield started
