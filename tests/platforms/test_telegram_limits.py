"""The simulated Telegram under load and out of order: what may be written in a minute, and how calls fail."""

from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault, Gate
from tests.platforms.telegram import PNG, TelegramSim
from tests.platforms.telegram.rig import fetched, polling


class TestLimits:
    async def test_a_group_takes_twenty_writes_a_minute(self, telegram: TelegramSim, bot: Bot, clock: Clock) -> None:
        telegram.set_limits(1)
        group = telegram.group("Sales")
        made = await bot.create_forum_topic(group.id, "T-1")
        for number in range(17):
            clock.forward(seconds=1)
            card = await bot.send_message(group.id, str(number), message_thread_id=made.message_thread_id)
        await bot.edit_message_text("edited", group.id, card.message_id)
        await bot.pin_chat_message(group.id, card.message_id)
        assert group.writes_in(1) == 20
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(group.id, "one too many")
        assert refused.value.retry_after == timedelta(seconds=43)
        clock.forward(seconds=42)
        with pytest.raises(RetryAfter):
            await bot.send_message(group.id, "a second too early")
        clock.forward(seconds=1)
        await bot.send_message(group.id, "in time")
        assert group.writes_in(1) == 20
        assert [each.method for each in group.writes][:2] == ["createForumTopic", "sendMessage"]

    async def test_reading_and_answering_presses_is_free(self, telegram: TelegramSim, bot: Bot) -> None:
        telegram.set_limits(0.05)
        group, li = telegram.group("Sales"), telegram.person("Li")
        markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Claim", callback_data="c"))
        await bot.send_message(group.id, "card", reply_markup=markup)
        async with polling(telegram, bot, answer="Yours"):
            await li.presses("Claim", on=group)
        await bot.get_chat(group.id)
        await bot.send_chat_action(group.id, "typing")
        assert group.writes_in(1) == 1

    async def test_groups_do_not_share_their_minute_but_the_second_is_shared(
        self, telegram: TelegramSim, bot: Bot, clock: Clock
    ) -> None:
        telegram.set_limits(1)
        sales, service = telegram.group("Sales"), telegram.group("Service")
        for number in range(15):
            await bot.send_message(sales.id, str(number))
            await bot.send_message(service.id, str(number))
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(service.id, "31 in a second")
        assert refused.value.retry_after == timedelta(seconds=1)
        clock.forward(seconds=1)
        await bot.send_message(service.id, "the next second")

    async def test_an_album_is_as_many_writes_as_it_has_pictures(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("Sales")
        await bot.send_media_group(group.id, [InputMediaPhoto(PNG)] * 3)
        assert group.writes_in(1) == 3

    async def test_a_person_takes_one_a_second_and_a_short_burst(
        self, telegram: TelegramSim, bot: Bot, clock: Clock
    ) -> None:
        telegram.set_limits(1)
        li = telegram.person("Li", started=True)
        for number in range(3):
            await bot.send_message(li.id, str(number))
        with pytest.raises(RetryAfter):
            await bot.send_message(li.id, "a fourth")
        telegram.set_limits(10)
        await bot.send_message(li.id, "generously")
        telegram.set_limits(None)
        for number in range(50):
            await bot.send_message(li.id, str(number))

    async def test_what_was_refused_is_not_counted(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("Sales")
        with pytest.raises(BadRequest):
            await bot.send_message(group.id, "x", message_thread_id=1)
        assert group.writes == []


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "error", "arrived"),
        [
            (Fault.rate_limited(30), RetryAfter, False),
            (Fault.http(500), NetworkError, False),
            (Fault.http(502), NetworkError, False),
            (Fault.http(200), TelegramError, False),
            (Fault.drop_before(), NetworkError, False),
            (Fault.drop_after(), NetworkError, True),
            (Fault.error("TOPIC_CLOSED"), BadRequest, False),
            (Fault.error("bot was kicked from the supergroup chat", status=403), Forbidden, False),
            (Fault.error("upgraded", status=400, migrate_to_chat_id=-100), ChatMigrated, False),
        ],
    )
    async def test_a_call_fails_as_it_is_told(
        self, telegram: TelegramSim, bot: Bot, fault: Fault, error: type[Exception], arrived: bool
    ) -> None:
        group = telegram.group("Sales")
        telegram.faults.next("sendMessage", fault)
        with pytest.raises(error):
            await bot.send_message(group.id, "hello")
        assert group.texts == (["hello"] if arrived else [])
        await bot.send_message(group.id, "again")
        assert group.texts[-1] == "again"

    async def test_an_answer_that_never_comes_is_a_timeout_with_or_without_effect(
        self, telegram: TelegramSim, bot: Bot
    ) -> None:
        group, gate = telegram.group("Sales"), Gate()
        telegram.faults.next("sendMessage", Fault.hang_after(gate))
        with pytest.raises(TimedOut):
            await bot.send_message(group.id, "hello", read_timeout=0.05)
        assert group.texts == ["hello"]
        telegram.faults.next("sendMessage", Fault.hang_before())
        with pytest.raises(TimedOut):
            await bot.send_message(group.id, "never", read_timeout=0.05)
        assert group.texts == ["hello"]

    async def test_telegram_may_be_away_and_come_back(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("Sales")
        await telegram.goes_down()
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(group.id, "hello")
        await telegram.comes_back()
        await bot.send_message(group.id, "again")
        assert group.texts == ["again"]

    async def test_a_poll_that_breaks_loses_nothing(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.types(group, "hello")
        telegram.faults.next("getUpdates", Fault.drop_after())
        with pytest.raises(NetworkError):
            await bot.get_updates()
        assert len(await fetched(bot)) == 1

    async def test_a_download_breaks_too(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        sent = await li.sends_photo(group)
        assert sent.media is not None
        file = await bot.get_file(sent.media.file.id)
        telegram.faults.next("download", Fault.http(502))
        with pytest.raises(NetworkError):
            await file.download_as_bytearray()
        assert bytes(await file.download_as_bytearray()) == PNG
