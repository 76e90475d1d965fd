"""The simulated Telegram's forum, as a team and the real python-telegram-bot see it: words, topics, buttons, files."""

from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, ReactionTypeEmoji

from tests.platforms.clock import Clock
from tests.platforms.telegram import PNG, TelegramSim
from tests.platforms.telegram.rig import error_of, fetched, polling

BUTTONS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Claim", callback_data="claim|T-1"),
            InlineKeyboardButton("Close", callback_data="close|T-1"),
        ],
        [InlineKeyboardButton("Console", url="https://desk.example.com/t/1")],
    ]
)


class TestForum:
    async def test_the_bot_knows_itself(self, telegram: TelegramSim, bot: Bot) -> None:
        me = await bot.get_me()
        assert (me.id, me.username, me.is_bot) == (telegram.bot_id, "dragoman_bot", True)
        assert telegram.token.startswith(f"{me.id}:")

    async def test_a_topic_reads_as_people_see_it(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("Sales")
        made = await bot.create_forum_topic(group.id, "T-1 Jane", icon_color=0x6FB9F0)
        card = await bot.send_message(
            group.id,
            "<b>T-1</b> Jane &amp; Co",
            parse_mode="HTML",
            message_thread_id=made.message_thread_id,
            reply_markup=BUTTONS,
        )
        assert (card.is_topic_message, card.message_thread_id) == (True, made.message_thread_id)
        assert card.parse_entities() == {card.entities[0]: "T-1"}
        topic = group.topic("Jane")
        assert topic.texts == ["T-1 Jane & Co\n[Claim] [Close]\n[Console]"]
        assert topic.html == ["<b>T-1</b> Jane &amp; Co"]
        await bot.edit_message_text("T-1 closed", group.id, card.message_id)
        assert topic.texts == ["T-1 closed"]

    async def test_a_word_in_a_topic_reaches_the_bot_with_its_thread(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await bot.create_forum_topic(group.id, "T-1")
        async with polling(telegram, bot) as poller:
            said = await li.types(group.topic("T-1"), "hello 👋 /claim")
            answered = await li.types(group.topic("T-1"), "and this", reply_to=said)
            await li.types(group, "in General")
            await telegram.settled()
        first, second, general = [each for each in poller.named("message") if each.text]
        assert (first.text, first.is_topic_message) == ("hello 👋 /claim", True)
        assert first.message_thread_id == group.topic("T-1").id
        assert first.reply_to_message.forum_topic_created.name == "T-1"
        assert list(first.parse_entities().values()) == ["/claim"]
        assert (second.message_id, second.reply_to_message.message_id) == (answered.id, said.id)
        assert (general.is_topic_message, general.message_thread_id) == (None, None)

    async def test_a_press_gets_its_toast(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await bot.send_message(group.id, "T-1", reply_markup=BUTTONS)
        async with polling(telegram, bot, answer="Yours now") as poller:
            press = await li.presses("Claim", on=group)
            assert (press.toast, press.alert, li.toasts) == ("Yours now", False, ["Yours now"])
            assert (await li.presses("Console", on=group)).url == "https://desk.example.com/t/1"
        (query,) = poller.named("callback_query")
        assert (query.data, query.from_user.first_name, query.message.text) == ("claim|T-1", "Li", "T-1")
        assert await error_of(bot.answer_callback_query(query.id)) == (
            "Query is too old and response timeout expired or query id is invalid"
        )

    async def test_a_form_is_a_prompt_and_its_answer(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li, bo = telegram.group("Sales"), telegram.person("Li"), telegram.person("Bo")
        await bot.create_forum_topic(group.id, "T-1")
        topic = group.topic("T-1")
        hidden = "https://dragoman.invalid/?a=reply&amp;v=T-1"
        await bot.send_message(
            group.id,
            f'<a href="tg://user?id={li.id}">Li</a>, your reply?<a href="{hidden}">\u200b</a>',
            parse_mode="HTML",
            message_thread_id=topic.id,
            reply_markup=ForceReply(selective=True),
        )
        assert bo.prompt is None
        assert [each.id for each in li.pings] == [topic.last.id]
        async with polling(telegram, bot) as poller:
            await li.answers("Dear Jane")
            await telegram.settled()
        asked = poller.named("message")[-1].reply_to_message
        assert asked.from_user.id == telegram.bot_id
        assert [each.url for each in asked.entities if each.type == "text_link"] == [hidden.replace("&amp;", "&")]
        assert li.prompt is None


class TestFiles:
    async def test_files_go_both_ways(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        sent = await bot.send_document(
            group.id, b"%PDF", filename="invoice.pdf", caption="<i>here</i>", parse_mode="HTML"
        )
        assert sent.document is not None
        assert (sent.document.file_name, sent.caption) == ("invoice.pdf", "here")
        await bot.send_photo(group.id, PNG)
        await bot.send_media_group(group.id, [InputMediaPhoto(PNG), InputMediaPhoto(PNG)])
        assert group.texts[0] == "here\n[document invoice.pdf]"
        await li.sends_document(group, "order.pdf", b"%PDF-1.7", "see page 2")
        heard = (await fetched(bot))[-1].message
        assert heard is not None
        assert heard.document is not None
        file = await bot.get_file(heard.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7"

    async def test_a_caption_can_change(self, telegram: TelegramSim, bot: Bot) -> None:
        group = telegram.group("Sales")
        sent = await bot.send_audio(group.id, b"ID3", filename="call.mp3", caption="a call")
        await bot.edit_message_caption(group.id, sent.message_id, caption="the call")
        assert group.texts == ["the call\n[audio call.mp3]"]
        assert await error_of(bot.edit_message_text("x", group.id, sent.message_id)) == (
            "There is no text in the message to edit"
        )

    async def test_an_album_is_several_messages_of_one_group(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.sends_album(group, caption="both sides")
        one, two = [each.message for each in await fetched(bot)]
        assert one is not None
        assert two is not None
        assert one.media_group_id == two.media_group_id
        assert (one.caption, two.caption) == ("both sides", None)
        assert one.photo[-1].width == 1280

    async def test_every_kind_of_file_has_its_own_field(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.sends_voice(group)
        await li.sends_video(group, caption="look")
        await li.sends_sticker(group)
        voice, video, sticker = [each.message for each in await fetched(bot)]
        assert voice is not None
        assert voice.voice is not None
        assert video is not None
        assert (video.video is not None, video.caption) == (True, "look")
        assert sticker is not None
        assert sticker.sticker is not None

    async def test_what_is_too_large_is_refused_by_name(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        await li.sends_document(group, "film.zip", b"PK", size=21 * 1024 * 1024)
        heard = (await fetched(bot))[-1].message
        assert heard is not None
        assert heard.document is not None
        assert await error_of(bot.get_file(heard.document.file_id)) == "File is too big"
        assert "too large" in (await error_of(bot.send_document(group.id, b"\0" * (51 * 1024 * 1024)))).lower()
        assert await error_of(bot.send_photo(group.id, b"no picture")) == "Image_process_failed"


class TestReactionsAndPins:
    async def test_reactions_reach_an_admin_bot_that_asks_for_them(self, telegram: TelegramSim, bot: Bot) -> None:
        group, li = telegram.group("Sales"), telegram.person("Li")
        card = await bot.send_message(group.id, "T-1")
        await li.reacts(group.find("T-1"), "👀")
        assert await fetched(bot) == ()
        await li.reacts(group.find("T-1"), "👌")
        (update,) = await fetched(bot)
        changed = update.message_reaction
        assert changed is not None
        assert changed.user is not None
        assert (changed.message_id, changed.user.id) == (card.message_id, li.id)
        assert changed.old_reaction == (ReactionTypeEmoji("👀"),)
        assert changed.new_reaction == (ReactionTypeEmoji("👌"),)

    async def test_a_board_is_pinned_in_general(self, telegram: TelegramSim, bot: Bot, clock: Clock) -> None:
        group = telegram.group("Sales")
        board = await bot.send_message(group.id, "3 open")
        await bot.pin_chat_message(group.id, board.message_id, disable_notification=True)
        assert [each.text for each in group.pinned] == ["3 open"]
        assert (await bot.get_chat(group.id)).pinned_message == board
        await bot.set_message_reaction(group.id, board.message_id, "👍")
        await bot.unpin_chat_message(group.id, board.message_id)
        assert group.pinned == []
