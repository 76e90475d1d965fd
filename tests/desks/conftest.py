"""A desk before its platform, for the contract and for each desk's own tests."""

from collections.abc import AsyncIterator

import pytest

from tests.desks.contract import DeskKit, PostingKit
from tests.desks.kits import KITS

POSTING = [kit for kit in KITS if issubclass(kit, PostingKit)]


@pytest.fixture(params=KITS, ids=lambda kit: kit.__name__)
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[DeskKit]:
    """Each desk in turn."""
    async with request.param() as started:
        yield started


@pytest.fixture(params=POSTING, ids=lambda kit: kit.__name__)
async def posting(request: pytest.FixtureRequest) -> AsyncIterator[PostingKit]:
    """Each desk that makes posts."""
    async with request.param() as started:
        yield started
