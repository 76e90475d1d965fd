"""The desk before a simulated Telegram, and a ticket's topic with its card."""

from collections.abc import AsyncIterator

import pytest

from core.model import ThreadRef
from tests.desks.builders import card
from tests.desks.telegram.kit import TelegramByPolling


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramByPolling]:
    async with TelegramByPolling() as started:
        yield started


@pytest.fixture
async def thread(telegram: TelegramByPolling) -> ThreadRef:
    return await telegram.opens(card())
