"""How updates reach the bot: getUpdates with its offset, a webhook with its retries, and what is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault
from tests.platforms.telegram import TelegramSim
from tests.platforms.telegram.rig import KINDS, error_of, fetched, polling
from tests.serving import served


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [each.message.text for each in updates if each.message]


class TestPolling:
    async def test_an_update_comes_again_until_it_is_confirmed(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        for text in ("one", "two", "three"):
            await li.types(group, text)
        first = await fetched(bot)
        assert texts(first) == ["one", "two", "three"]
        assert [each.update_id - first[0].update_id for each in first] == [0, 1, 2]
        assert texts(await fetched(bot, limit=2)) == ["one", "two"]
        assert texts(await fetched(bot, offset=first[1].update_id)) == ["two", "three"]
        assert texts(await fetched(bot)) == ["two", "three"]
        assert texts(await fetched(bot, offset=-1)) == ["three"]
        assert await fetched(bot, offset=first[2].update_id + 1) == ()
        assert telegram.updates.pending() == []

    async def test_a_long_poll_ends_with_the_first_word(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        async with asyncio.TaskGroup() as tasks:
            poll = tasks.create_task(bot.get_updates(timeout=50))
            await telegram.polled()
            await li.types(group, "hello")
        assert texts(poll.result()) == ["hello"]

    async def test_a_long_poll_ends_by_the_tests_clock(self, telegram: TelegramSim, bot: Bot, clock: Clock) -> None:
        async with asyncio.TaskGroup() as tasks:
            poll = tasks.create_task(bot.get_updates(timeout=50))
            await telegram.polled()
            clock.forward(seconds=49)
            telegram.tick()
            await bot.get_me()
            assert not poll.done()
            clock.forward(seconds=1)
            telegram.tick()
        assert poll.result() == ()

    async def test_there_is_one_poller(self, telegram: TelegramSim, bot: Bot) -> None:
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(error_of(bot.get_updates(timeout=50)))
            await telegram.polled()
            second = tasks.create_task(error_of(bot.get_updates(timeout=50)))
            await asyncio.wait([first])
            await bot.set_webhook("https://desk.example.com/telegram")
        assert first.result().startswith("Conflict: terminated by other getUpdates request")
        assert second.result() == "Conflict: terminated by setWebhook request"
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()

    async def test_only_what_was_asked_for_comes(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await fetched(bot, kinds=["edited_message"])
        said = await li.types(group, "helo")
        await li.edits(said, "hello")
        (update,) = await bot.get_updates()
        assert update.edited_message is not None
        assert (update.edited_message.text, update.edited_message.message_id) == ("hello", said.id)
        assert update.edited_message.edit_date is not None
        await li.edits(said, "hello")
        await li.deletes(said)
        assert len(await bot.get_updates()) == 1

    async def test_updates_live_for_a_day(self, telegram: TelegramSim, bot: Bot, clock: Clock) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.types(group, "old")
        clock.forward(hours=23)
        await li.types(group, "new")
        clock.forward(hours=1)
        assert texts(await fetched(bot)) == ["new"]
        assert [each.state.name for each in telegram.updates.log] == ["EXPIRED", "WAITING"]

    async def test_deliveries_come_twice_late_or_never(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        for fault in (Fault.twice(), Fault.late(), Fault.lost()):
            telegram.faults.next("message", fault)
        for text in ("twice", "late", "lost", "fine"):
            await li.types(group, text)
        assert texts(await fetched(bot)) == ["twice", "twice", "fine", "late"]

    async def test_the_bot_hears_the_service_messages_it_causes_and_no_word_of_its_own(
        self, telegram: TelegramSim, bot: Bot
    ) -> None:
        group = telegram.group("Sales")
        async with polling(telegram, bot) as poller:
            await bot.create_forum_topic(group.id, "T-1")
            sent = await bot.send_message(group.id, "board")
            await bot.pin_chat_message(group.id, sent.message_id)
            await telegram.settled()
        made, pinned = poller.named("message")
        assert (made.forum_topic_created.name, made.is_topic_message) == ("T-1", True)
        assert pinned.pinned_message.message_id == sent.message_id


@dataclass
class Desk:
    """The endpoint of a webhook: answers with the next status that a test lined up, else 200."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def hook(self, request: web.Request) -> web.Response:
        update = await request.json()
        said = update["message"]
        self.heard.append(
            (f"{said['chat']['title']}: {said['text']}", request.headers["X-Telegram-Bot-Api-Secret-Token"])
        )
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@asynccontextmanager
async def webhook(telegram: TelegramSim, bot: Bot) -> AsyncIterator[Desk]:
    desk, app = Desk(), web.Application()
    app.router.add_post("/telegram", desk.hook)
    async with served(app) as address:
        telegram.updates.reroute["https://desk.example.com"] = address
        await bot.set_webhook("https://desk.example.com/telegram", secret_token="s3cret", allowed_updates=KINDS)
        yield desk


class TestWebhook:
    async def test_an_update_is_pushed_with_the_secret(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.types(group, "before")
        async with webhook(telegram, bot) as desk:
            await li.types(group, "after")
            await telegram.settled()
            assert desk.heard == [("Sales: before", "s3cret"), ("Sales: after", "s3cret")]

    async def test_what_is_refused_comes_again_and_holds_back_its_chat_alone(
        self, telegram: TelegramSim, bot: Bot, clock: Clock
    ) -> None:
        sales, service, li = telegram.group("Sales"), telegram.group("Service"), telegram.person("Li")
        async with webhook(telegram, bot) as desk:
            desk.statuses = [503]
            await li.types(sales, "one")
            await li.types(sales, "two")
            await li.types(service, "three")
            await telegram.until(lambda: len(desk.heard) == 2)
            info = await bot.get_webhook_info()
            assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
            assert telegram.updates.retries() == 0
            clock.forward(seconds=1)
            assert telegram.updates.retries() == 1
            await telegram.settled()
            assert [words for words, _ in desk.heard] == ["Sales: one", "Service: three", "Sales: one", "Sales: two"]

    async def test_pending_updates_can_be_dropped(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.types(group, "old")
        await bot.delete_webhook(drop_pending_updates=True)
        assert await fetched(bot) == ()

    @pytest.mark.parametrize(
        ("url", "secret", "words"),
        [
            ("http://desk.example.com/", None, "Bad webhook: an https url must be provided for webhook"),
            (
                "https://desk.example.com:8080/",
                None,
                "Bad webhook: webhook can be set up only on ports 80, 88, 443 or 8443",
            ),
            ("https://desk.example.com/", "no blanks", "Secret token contains unallowed characters"),
        ],
    )
    async def test_addresses_and_secrets_are_checked(self, bot: Bot, url: str, secret: str | None, words: str) -> None:
        assert await error_of(bot.set_webhook(url, secret_token=secret)) == words
