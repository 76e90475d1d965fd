"""What the simulated Telegram takes as a message, and the words it refuses with: markup, lengths, buttons, edits."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from tests.platforms.clock import Clock
from tests.platforms.telegram import Group, TelegramSim
from tests.platforms.telegram.rig import error_of


@pytest.fixture
def group(telegram: TelegramSim) -> Group:
    return telegram.group("Sales")


class TestMessages:
    async def test_an_unchanged_edit_and_a_deleted_message_are_refused(
        self, telegram: TelegramSim, bot: Bot, group: Group
    ) -> None:
        card = await bot.send_message(group.id, "<b>T-1</b>", parse_mode="HTML")
        error = await error_of(bot.edit_message_text("<b>T-1</b>", group.id, card.message_id, parse_mode="HTML"))
        assert error.startswith("Message is not modified: ")
        await telegram.person("Li").deletes(group.find("T-1"))
        assert await error_of(bot.edit_message_text("x", group.id, card.message_id)) == "Message to edit not found"
        assert await error_of(bot.delete_message(group.id, card.message_id)) == "Message to delete not found"
        reply = bot.send_message(group.id, "x", reply_to_message_id=card.message_id)
        assert await error_of(reply) == "Message to be replied not found"

    async def test_words_can_be_taken_back_for_two_days(
        self, telegram: TelegramSim, bot: Bot, group: Group, clock: Clock
    ) -> None:
        one, two, three = [await bot.send_message(group.id, each) for each in "abc"]
        said = await telegram.person("Li").types(group, "mine")
        await bot.delete_messages(group.id, [said.id, two.message_id, 4711])
        group.demotes_bot()
        await bot.delete_message(group.id, one.message_id)
        clock.forward(hours=48)
        group.promotes_bot()
        assert await error_of(bot.delete_message(group.id, three.message_id)) == "Message can't be deleted"
        assert group.texts == ["c"]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("a < b", 'Can\'t parse entities: unsupported start tag "" at byte offset 2'),
            ("<p>x</p>", 'Can\'t parse entities: unsupported start tag "p" at byte offset 0'),
            ("é<b>x", "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
            ("x</b>", "Can't parse entities: unexpected end tag at byte offset 1"),
            ("<b>x</i>", 'Can\'t parse entities: unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
            ("<3", "Can't parse entities: unclosed start tag at byte offset 0"),
            (" ", "Message text is empty"),
            ("<b></b>", "Message text is empty"),
            ("x" * 4097, "Message is too long"),
            ("🙂" * 2049, "Message is too long"),
        ],
    )
    async def test_words_that_telegram_does_not_take(self, bot: Bot, group: Group, text: str, words: str) -> None:
        assert await error_of(bot.send_message(group.id, text, parse_mode="HTML")) == words
        assert group.texts == []

    async def test_lengths_count_after_the_markup(self, bot: Bot, group: Group) -> None:
        sent = await bot.send_message(group.id, "<b>&lt;" + "x" * 4095 + "</b>", parse_mode="HTML")
        assert sent.text is not None
        assert len(sent.text) == 4096
        edited = bot.edit_message_text("x" * 4097, group.id, sent.message_id)
        assert await error_of(edited) == "Message_too_long"
        caption = bot.send_document(group.id, b"x", caption="x" * 1025)
        assert await error_of(caption) == "Message caption is too long"

    async def test_markup_comes_back_as_it_went(self, telegram: TelegramSim, bot: Bot, group: Group) -> None:
        li = telegram.person("Li")
        source = (
            f'👋 <b>bold <i>both</i></b> <a href="https://a.example/?x=1&amp;y=2">link</a> &amp; &nbsp; '
            f'<a href="tg://user?id={li.id}">Li</a> <code>&lt;b&gt;</code> <blockquote>quote</blockquote>'
        )
        await bot.send_message(group.id, source, parse_mode="HTML")
        assert group.html == [source.replace("&nbsp;", "&amp;nbsp;")]
        await bot.send_message(
            group.id, '<a href="http://localhost/">x</a> <a href="tg://user?id=5">y</a>', parse_mode="HTML"
        )
        assert group.html[-1] == "x y"

    @pytest.mark.parametrize(
        ("button", "words"),
        [
            (InlineKeyboardButton("x", callback_data="客" * 22), "Button_data_invalid"),
            (
                InlineKeyboardButton("x", url="http://localhost:8080/"),
                "Inline keyboard button url 'http://localhost:8080/' is invalid: wrong http url",
            ),
        ],
    )
    async def test_buttons_are_checked(self, bot: Bot, group: Group, button: InlineKeyboardButton, words: str) -> None:
        markup = InlineKeyboardMarkup.from_button(button)
        assert await error_of(bot.send_message(group.id, "x", reply_markup=markup)) == words

    async def test_only_standard_reactions_are_there(self, bot: Bot, group: Group) -> None:
        sent = await bot.send_message(group.id, "x")
        assert await error_of(bot.set_message_reaction(group.id, sent.message_id, "✅")) == "Reaction_invalid"
