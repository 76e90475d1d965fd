"""What the simulator's own tests share: the real Bot, and a poller that writes down what it hears."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from .sim import TelegramSim

# As our own desk has it, whichever of the two is imported first: times are no bare numbers.
os.environ.setdefault("PTB_TIMEDELTA", "1")

KINDS = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")


@asynccontextmanager
async def real_bot(telegram: TelegramSim) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client; connections are not kept, so that a dropped one harms nobody else."""
    bot = Bot(
        telegram.token,
        base_url=telegram.base_url,
        base_file_url=telegram.base_file_url,
        request=HTTPXRequest(read_timeout=5),
        get_updates_request=HTTPXRequest(read_timeout=5),
    )
    async with bot:
        yield bot


class Poller:
    """Reads updates as a careful bot does: what came is confirmed by the next request. Answers every press."""

    def __init__(self, telegram: TelegramSim, bot: Bot, answer: str = "") -> None:
        self._telegram, self._bot, self._answer = telegram, bot, answer
        self.heard: list[Update] = []

    def named(self, kind: str) -> list[Any]:
        return [getattr(each, kind) for each in self.heard if getattr(each, kind) is not None]

    async def run(self) -> None:
        offset: int | None = None
        while True:
            for update in await self._bot.get_updates(offset=offset, timeout=50, allowed_updates=KINDS):
                self.heard.append(update)
                offset = update.update_id + 1
                if update.callback_query is not None:
                    await self._bot.answer_callback_query(update.callback_query.id, text=self._answer)
            self._telegram.tick()


@asynccontextmanager
async def polling(telegram: TelegramSim, bot: Bot, answer: str = "") -> AsyncIterator[Poller]:
    poller = Poller(telegram, bot, answer)
    task = asyncio.create_task(poller.run())
    await telegram.polled()
    try:
        yield poller
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def fetched(bot: Bot, kinds: Sequence[str] = KINDS, **args: Any) -> tuple[Update, ...]:
    """What is there now, confirmed or not."""
    return await bot.get_updates(timeout=0, allowed_updates=kinds, **args)


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(TelegramError) as caught:
        await call
    return str(caught.value)
