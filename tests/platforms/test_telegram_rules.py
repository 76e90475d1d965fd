"""What the simulated Telegram refuses, and in which words: rights, topics, private chats, migration."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from telegram import Bot, ChatMemberAdministrator, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from tests.platforms.telegram import Group, TelegramSim
from tests.platforms.telegram.rig import error_of, fetched, polling


@pytest.fixture
def group(telegram: TelegramSim) -> Group:
    return telegram.group("Sales")


class TestTopics:
    async def test_a_deleted_topic_is_found_out_only_by_writing(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        li = telegram.person("Li")
        thread = (await bot.create_forum_topic(group.id, "T-1")).message_thread_id
        card = await bot.send_message(group.id, "card", message_thread_id=thread)
        async with polling(telegram, bot) as poller:
            await li.types(group.topic("T-1"), "last words")
            await telegram.settled()
            heard = len(poller.heard)
            await li.deletes_topic(group.topic("T-1"))
            assert len(poller.heard) == heard
        assert await error_of(bot.send_message(group.id, "x", message_thread_id=thread)) == "Message thread not found"
        assert await error_of(bot.edit_message_text("x", group.id, card.message_id)) == "Message to edit not found"
        assert await error_of(bot.edit_forum_topic(group.id, thread, name="x")) == "Topic_deleted"
        assert group.topics == []

    async def test_general_has_no_thread_id(self, bot: Bot, group: Group) -> None:
        assert await error_of(bot.send_message(group.id, "x", message_thread_id=1)) == "Message thread not found"
        assert (await bot.send_message(group.id, "x")).message_thread_id is None
        assert group.general.texts == ["x"]

    async def test_a_topic_is_named_closed_and_opened_again(self, bot: Bot, group: Group) -> None:
        thread = (await bot.create_forum_topic(group.id, "T-1")).message_thread_id
        await bot.edit_forum_topic(group.id, thread, name="✅ T-1")
        assert await error_of(bot.edit_forum_topic(group.id, thread, name="✅ T-1")) == "Topic_not_modified"
        await bot.close_forum_topic(group.id, thread)
        assert await error_of(bot.close_forum_topic(group.id, thread)) == "Topic_not_modified"
        assert group.topic("✅").closed
        await bot.send_message(group.id, "an administrator may", message_thread_id=thread)
        group.demotes_bot()
        assert await error_of(bot.send_message(group.id, "x", message_thread_id=thread)) == "Topic_closed"
        await bot.reopen_forum_topic(group.id, thread)
        assert [next(iter(each)) for each in group.topic("T-1").services] == [
            "forum_topic_created",
            "forum_topic_edited",
            "forum_topic_closed",
            "forum_topic_reopened",
        ]

    async def test_names_have_128_characters_and_only_forums_have_topics(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        await bot.create_forum_topic(group.id, "客" * 128)
        assert await error_of(bot.create_forum_topic(group.id, "x" * 129)) == "Topic_title_too_long"
        plain = telegram.group("Lunch", forum=False)
        assert await error_of(bot.create_forum_topic(plain.id, "T-1")) == "The chat is not a forum"


class TestRights:
    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda bot, chat, it: bot.create_forum_topic(chat, "T-2"), "Not enough rights to create a topic"),
            (
                lambda bot, chat, it: bot.pin_chat_message(chat, it),
                "Not enough rights to manage pinned messages in the chat",
            ),
            (lambda bot, chat, it: bot.delete_message(chat, it), "Message can't be deleted"),
            (lambda bot, chat, it: bot.edit_message_text("x", chat, it), "Message can't be edited"),
        ],
    )
    async def test_a_plain_member_may_only_talk(
        self,
        telegram: TelegramSim,
        bot: Bot,
        group: Group,
        call: Callable[[Bot, int, int], Awaitable[Any]],
        words: str,
    ) -> None:
        said = await telegram.person("Li").types(group, "hello")
        group.demotes_bot()
        assert await error_of(call(bot, group.id, said.id)) == words
        await bot.send_message(group.id, "still here")
        group.mutes_bot()
        assert "Not enough rights to send" in await error_of(bot.send_message(group.id, "x"))

    async def test_setup_can_see_what_is_missing(self, telegram: TelegramSim, bot: Bot, group: Group) -> None:
        group.promotes_bot("can_pin_messages")
        me = await bot.get_chat_member(group.id, telegram.bot_id)
        assert isinstance(me, ChatMemberAdministrator)
        assert (me.can_pin_messages, me.can_manage_topics) == (True, False)
        group.promotes(telegram.person("Li").id, "can_delete_messages", anonymous=True)
        admins = await bot.get_chat_administrators(group.id)
        assert [each.user.first_name for each in admins] == ["Owner", "Dragoman", "Li"]
        assert (await bot.get_chat(group.id)).is_forum
        assert not (await bot.get_chat(telegram.group("Lunch", forum=False).id)).is_forum

    async def test_a_kicked_bot_hears_of_it_and_may_do_nothing(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        async with polling(telegram, bot) as poller:
            group.kicks_bot()
            await telegram.settled()
        (changed,) = poller.named("my_chat_member")
        assert (changed.chat.id, changed.old_chat_member.status, changed.new_chat_member.status) == (
            group.id,
            "administrator",
            "kicked",
        )
        with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
            await bot.send_message(group.id, "x")

    async def test_anonymous_administrators_speak_as_the_group(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        boss = telegram.person("Boss")
        group.promotes(boss.id, "can_manage_topics", anonymous=True)
        await bot.send_message(
            group.id,
            "card",
            reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("Claim", callback_data="c")),
        )
        async with polling(telegram, bot) as poller:
            await boss.types(group, "/claim")
            await boss.reacts(group.find("card"), "👀")
            await boss.presses("Claim", on=group)
            await telegram.settled()
        (said,) = poller.named("message")
        assert (said.from_user.username, said.sender_chat.id) == ("GroupAnonymousBot", group.id)
        (reacted,) = poller.named("message_reaction")
        assert (reacted.user, reacted.actor_chat.id) == (None, group.id)
        (pressed,) = poller.named("callback_query")
        assert pressed.from_user.id == boss.id

    async def test_a_bot_that_is_no_administrator_hears_what_is_meant_for_it(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        li = telegram.person("Li")
        group.demotes_bot()
        mine = await bot.send_message(group.id, "hello")
        for text in ("lunch?", "/claim", "/claim@other_bot", "@dragoman_bot hi"):
            await li.types(group, text)
        await li.types(group, "an answer", reply_to=group.find("hello"))
        heard = [each.message for each in await fetched(bot) if each.message]
        assert [each.text for each in heard] == ["/claim", "@dragoman_bot hi", "an answer"]
        assert heard[-1].reply_to_message == mine


class TestPrivateChats:
    @pytest.mark.usefixtures("group")
    async def test_a_bot_cannot_write_first(self, telegram: TelegramSim, bot: Bot) -> None:
        li = telegram.person("Li")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(li.id, "hello")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(999, "hello")
        await li.starts("JOIN-CODE")
        heard = (await fetched(bot))[-1].message
        assert heard is not None
        assert (heard.text, heard.chat.type, heard.chat.id) == ("/start JOIN-CODE", "private", li.id)
        await bot.send_message(li.id, "welcome")
        assert li.dms.texts == ["/start JOIN-CODE", "welcome"]

    async def test_a_blocked_bot_is_told_and_refused(self, telegram: TelegramSim, bot: Bot) -> None:
        li = telegram.person("Li", started=True)
        await li.blocks_bot()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(li.id, "hello")
        await li.starts()
        states = [each.my_chat_member.new_chat_member.status for each in await fetched(bot) if each.my_chat_member]
        assert states == ["kicked", "member"]


class TestWhatBefallsAGroup:
    async def test_people_manage_topics_and_the_bot_hears_all_but_deletion(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        boss = telegram.person("Boss")
        group.promotes(boss.id, "can_manage_topics")
        async with polling(telegram, bot) as poller:
            topic = group.opens_topic("Lunch")
            await boss.renames_topic(topic, "Dinner")
            await boss.closes_topic(topic)
            await boss.reopens_topic(topic)
            await boss.leaves(group)
            group.renames("Sales 2")
            await telegram.settled()
        created, edited, closed, reopened, left, titled = poller.named("message")
        assert (created.forum_topic_created.name, edited.forum_topic_edited.name) == ("Lunch", "Dinner")
        assert None not in (closed.forum_topic_closed, reopened.forum_topic_reopened)
        assert (left.left_chat_member.id, titled.new_chat_title) == (boss.id, "Sales 2")

    async def test_a_forum_can_stop_being_one(self, bot: Bot, group: Group) -> None:
        thread = (await bot.create_forum_topic(group.id, "T-1")).message_thread_id
        group.turns_topics_off()
        assert await error_of(bot.send_message(group.id, "x", message_thread_id=thread)) == "Message thread not found"
        group.turns_topics_on()
        await bot.delete_forum_topic(group.id, thread)
        assert group.topics == []

    async def test_a_bot_is_added_and_made_an_administrator(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("New", bot="left")
        with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
            await bot.get_chat(group.id)
        async with polling(telegram, bot) as poller:
            group.adds_bot()
            group.promotes_bot()
            await telegram.settled()
        assert [each.new_chat_member.status for each in poller.named("my_chat_member")] == ["member", "administrator"]
        assert poller.named("message")[0].new_chat_members[0].id == telegram.bot_id


class TestMigration:
    async def test_turning_topics_on_in_a_basic_group_gives_it_a_new_id(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales", basic=True), telegram.person("Li")
        old = group.id
        await li.types(group, "/setup CODE")
        async with polling(telegram, bot) as poller:
            group.turns_topics_on()
            await telegram.settled()
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(old, "x")
        assert moved.value.new_chat_id == group.id
        _, went, came = poller.named("message")
        assert (went.chat.id, went.migrate_to_chat_id) == (old, group.id)
        assert (came.chat.id, came.migrate_from_chat_id) == (group.id, old)
        await bot.create_forum_topic(group.id, "T-1")

    async def test_a_bound_forum_moves_with_all_it_has(self, telegram: TelegramSim, bot: Bot, group: Group) -> None:
        thread = (await bot.create_forum_topic(group.id, "T-1")).message_thread_id
        card = await bot.send_message(group.id, "card", message_thread_id=thread)
        group.migrates()
        await bot.edit_message_text("moved", group.id, card.message_id)
        assert group.topic("T-1").texts == ["moved"]


class TestTheDoor:
    async def test_a_dead_token_and_an_unknown_method(self, telegram: TelegramSim, bot: Bot) -> None:
        with pytest.raises(InvalidToken, match="Not Found"):
            await bot._post("sendCarrierPigeon")
        telegram.revoke()
        with pytest.raises(InvalidToken, match="Unauthorized"):
            await bot.get_me()

    async def test_arguments_come_as_json_or_in_the_query_too(self, telegram: TelegramSim, group: Group) -> None:
        base = f"{telegram.base_url}{telegram.token}"
        markup = {"inline_keyboard": [[{"text": "Claim", "callback_data": "c"}]]}
        async with aiohttp.ClientSession() as session:
            body = {"chat_id": group.id, "text": "one", "reply_markup": markup}
            async with session.post(f"{base}/sendMessage", json=body) as answer:
                assert (await answer.json())["ok"]
            async with session.get(f"{base}/sendmessage", params={"chat_id": group.id, "text": "two"}) as answer:
                assert (await answer.json())["result"]["text"] == "two"
        assert group.texts == ["one\n[Claim]", "two"]

    async def test_commands_are_remembered(self, telegram: TelegramSim, bot: Bot) -> None:
        await bot.set_my_commands([("claim", "Take this ticket")])
        assert [each.command for each in await bot.get_my_commands()] == ["claim"]
        assert await error_of(bot.set_my_commands([("Claim it", "x")])) == "Bot_command_invalid"
