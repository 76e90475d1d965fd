"""Telegram's updates as desk events, where the simulator does not go."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks.telegram.parse import Reader
from core.errors import Unreadable
from core.events import DeskEvent, PlaceChanged, PlaceMoved, Pressed, Reacted, Submitted, Typed

BOT = 7
CHAT = -1001
READER = Reader(BOT, lambda chat: "sales" if chat == str(CHAT) else None)
ANA = {"id": 5, "is_bot": False, "first_name": "Ana"}
WRITTEN = {"message_id": 30, "date": 1_772_442_000, "from": ANA, "chat": {"id": CHAT, "type": "supergroup"}}
IN_TOPIC = WRITTEN | {"message_thread_id": 20, "is_topic_message": True}
Json = dict[str, Any]
QUESTION: Json = {
    "message_id": 25,
    "from": {"id": BOT, "is_bot": True},
    "text": "\u2060What the customer will read",
    "entities": [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://dragoman.invalid/?a=r&v=T-12+at%3A5&f=text"}
    ],
}
QUERY: Json = {"id": "9", "from": ANA, "data": "send|T-12 draft:4", "message": IN_TOPIC | {"from": {"id": BOT}}}


def events(**update: Any) -> list[DeskEvent]:
    return list(READER.events_of(json.dumps({"update_id": 1} | update).encode()))


def typed(**message: Any) -> Typed:
    (event,) = events(message=IN_TOPIC | message)
    assert isinstance(event, Typed)
    return event


def mention(at: int, length: int, **more: Any) -> Json:
    return {"type": "mention", "offset": at, "length": length} | more


class TestWords:
    def test_a_reply_outside_of_topics_stands_in_none(self) -> None:
        (event,) = events(message=WRITTEN | {"text": "!queue", "message_thread_id": 4})
        assert event.origin.root is None

    def test_a_group_that_is_none_of_ours_is_known_by_its_chat(self) -> None:
        (event,) = events(message=WRITTEN | {"text": "/setup A1", "chat": {"id": -5, "type": "group"}})
        assert event.origin.place == "-5"

    def test_offsets_count_as_telegram_does(self) -> None:
        text = "/assign 👍 Li"
        named = {"type": "text_mention", "offset": 11, "length": 2, "user": {"id": 9}}
        assert typed(text=text, entities=[named]).text == "/assign 👍 <@9>"

    def test_our_name_is_taken_from_a_command_and_from_the_beginning(self) -> None:
        command = {"type": "bot_command", "offset": 0, "length": 19}
        assert typed(text="/claim@dragoman_bot over", entities=[command]).text == "/claim over"
        to_us = typed(text="@dragoman_bot !claim", entities=[mention(0, 13)])
        assert (to_us.text, to_us.mentions_first) == ("!claim", True)

    def test_words_to_a_colleague_are_marked(self) -> None:
        assert typed(text="  @li look", entities=[mention(2, 3)]).mentions_first
        assert not typed(text="look @li", entities=[mention(5, 3)]).mentions_first

    def test_words_that_were_passed_on_are_never_sent_by_themselves(self) -> None:
        assert typed(text="I want a refund", forward_origin={"type": "hidden_user"}).mentions_first

    @pytest.mark.parametrize(
        ("answered", "to_a_colleague"),
        [
            ({"from": {"id": 9, "is_bot": False}, "text": "refund him?"}, True),
            ({"from": {"id": 1087968824, "is_bot": True}, "text": "refund him?"}, True),
            ({"from": {"id": BOT, "is_bot": True}, "text": "the customer's words"}, False),
            ({"from": ANA, "text": "her own words"}, False),
            ({"from": {"id": 9, "is_bot": False}, "forum_topic_created": {"name": "T-12"}}, False),
        ],
    )
    def test_an_answer_to_a_colleague_is_for_the_colleague(self, answered: Json, to_a_colleague: bool) -> None:
        said = typed(text="yes, but make him wait", reply_to_message={"message_id": 21} | answered)
        assert said.mentions_first is to_a_colleague

    def test_an_answer_to_words_from_elsewhere_is_for_a_colleague(self) -> None:
        assert typed(text="look at this", external_reply={"origin": {"type": "user"}}).mentions_first

    def test_a_hidden_link_is_shown(self) -> None:
        link = {"type": "text_link", "offset": 4, "length": 4, "url": "https://a.example/"}
        assert typed(text="see here", entities=[link]).text == "see here (https://a.example/)"

    def test_start_with_a_code_is_an_invitation(self) -> None:
        private = {"chat": {"id": 5, "type": "private"}}
        for text, meant in (("/start AB12", "/join AB12"), ("/start", "/help"), ("/started", "/started")):
            (event,) = events(message=WRITTEN | private | {"text": text})
            assert isinstance(event, Typed)
            assert (event.text, event.origin.direct) == (meant, True)

    @pytest.mark.parametrize(
        "message",
        [
            {"new_chat_title": "Sales"},
            {"forum_topic_edited": {"name": "T-12"}},
            {"text": "by a bot", "from": {"id": 8, "is_bot": True}},
            {"text": "by a channel", "from": {"id": 136817688, "is_bot": True}, "sender_chat": {"id": -3}},
            {"location": {"latitude": 1, "longitude": 2}},
        ],
        ids=lambda message: next(iter(message)),
    )
    def test_what_nobody_says_is_nothing(self, message: Json) -> None:
        assert events(message=IN_TOPIC | message) == []

    @pytest.mark.parametrize(("sign", "action"), [("forum_topic_closed", "close"), ("forum_topic_reopened", "reopen")])
    def test_what_is_done_to_a_topic_by_hand_is_a_command(self, sign: str, action: str) -> None:
        (event,) = events(message=IN_TOPIC | {sign: {}})
        assert isinstance(event, Pressed)
        assert (event.action, event.value, event.origin.trigger, event.origin.root) == (action, "", "", "20")

    def test_an_anonymous_administrator_is_nobody(self) -> None:
        told = typed(text="/claim", **{"from": {"id": 1087968824, "is_bot": True}}, sender_chat={"id": CHAT})
        assert told.origin.anonymous

    @pytest.mark.parametrize(
        ("kind", "name", "mime"),
        [
            ("voice", "voice-30.ogg", "audio/ogg"),
            ("video_note", "video-note-30.mp4", "video/mp4"),
            ("sticker", "sticker-30.webp", "image/webp"),
            ("animation", "animation-30.mp4", "video/mp4"),
        ],
    )
    def test_every_kind_of_file_has_a_name(self, kind: str, name: str, mime: str) -> None:
        (note,) = typed(**{kind: {"file_id": "F", "mime_type": mime}, "document": {"file_id": "F"}}).files[:1]
        if kind != "animation":
            (note,) = typed(**{kind: {"file_id": "F"}}).files
        assert (note.name, note.mime) == (name, mime)


class TestForms:
    def test_an_answer_is_what_the_form_would_have_given(self) -> None:
        (event,) = events(message=IN_TOPIC | {"text": "It costs 10 €", "reply_to_message": QUESTION})
        assert isinstance(event, Submitted)
        assert (event.action, event.value, event.fields) == ("r", "T-12 at:5", {"text": "It costs 10 €"})
        assert event.origin.confirms

    def test_somebody_elses_question_is_not_believed(self) -> None:
        forged = QUESTION | {"from": {"id": 8, "is_bot": True}}
        assert isinstance(typed(text="It costs 10 €", reply_to_message=forged), Typed)

    def test_a_command_stays_a_command(self) -> None:
        assert typed(text="!close", reply_to_message=QUESTION).text == "!close"

    def test_files_go_along_with_the_command_that_is_typed(self) -> None:
        photo = [{"file_id": "F", "file_size": 3}]
        sent = typed(caption="here", photo=photo, reply_to_message=QUESTION)
        assert (sent.text, len(sent.files), sent.origin.confirms) == ("/r here", 1, True)


class TestPresses:
    def test_the_moment_is_when_it_was_heard(self) -> None:
        (event,) = events(callback_query=QUERY, received=1_772_442_500.0)
        assert isinstance(event, Pressed)
        assert (event.action, event.value, event.origin.trigger) == ("send", "T-12 draft:4", "9")
        assert event.origin.at == datetime.fromtimestamp(1_772_442_500, UTC)

    def test_a_message_too_old_to_be_shown_still_says_where_it_stands(self) -> None:
        old = {"chat": {"id": CHAT, "type": "supergroup"}, "message_id": 21, "date": 0}
        (event,) = events(callback_query=QUERY | {"message": old}, received=1_772_442_500.0)
        assert event.origin.post is not None
        assert (event.origin.post.post, event.origin.root) == ("21", None)

    @pytest.mark.parametrize(("asker", "trigger"), [(5, "9~"), (6, "9")])
    def test_what_was_meant_for_somebody_is_taken_away_by_them_alone(self, asker: int, trigger: str) -> None:
        shown = QUERY["message"] | {"reply_to_message": {"from": {"id": asker}}}
        (event,) = events(callback_query=QUERY | {"data": "~send|T-12 draft:4", "message": shown}, received=1.0)
        assert isinstance(event, Pressed)
        assert (event.action, event.origin.trigger) == ("send", trigger)

    def test_a_game_is_nothing(self) -> None:
        assert events(callback_query={"id": "9", "from": ANA, "game_short_name": "x"}) == []


class TestReactions:
    def react(self, *new: str, old: tuple[str, ...] = ()) -> list[DeskEvent]:
        chat = {"id": CHAT, "type": "supergroup"}
        told = {"chat": chat, "message_id": 21, "user": ANA, "date": 5, "old_reaction": [], "new_reaction": []}
        shown = {"old_reaction": [{"type": "emoji", "emoji": e} for e in old]}
        shown["new_reaction"] = [{"type": "emoji", "emoji": e} for e in new]
        return events(message_reaction=told | shown)

    @pytest.mark.parametrize(("emoji", "name"), [("👀", "eyes"), ("👌", "white_check_mark"), ("🔥", "🔥")])
    def test_they_have_the_names_that_every_desk_uses(self, emoji: str, name: str) -> None:
        (event,) = self.react(emoji)
        assert isinstance(event, Reacted)
        assert event.emoji == name
        assert event.origin.post is not None
        assert event.origin.post.post == "21"

    def test_what_was_there_before_or_is_taken_back_is_nothing(self) -> None:
        assert self.react("👀", old=("👀",)) == self.react(old=("👀",)) == []


class TestGroups:
    def change(self, before: Json, now: Json, kind: str = "supergroup") -> list[DeskEvent]:
        told = {"chat": {"id": CHAT, "type": kind}, "from": ANA, "date": 5}
        return events(my_chat_member=told | {"old_chat_member": before, "new_chat_member": now})

    def test_who_is_removed_or_may_do_less_says_so(self) -> None:
        admin, member = {"status": "administrator", "can_manage_topics": True}, {"status": "member"}
        for now, what in (
            ({"status": "left"}, "bot_removed"),
            ({"status": "kicked"}, "bot_removed"),
            (member, "bot_demoted"),
            (admin | {"can_manage_topics": False}, "bot_demoted"),
        ):
            (event,) = self.change(admin, now)
            assert isinstance(event, PlaceChanged)
            assert (event.what, event.origin.place) == (what, "sales")
        assert self.change({"status": "left"}, admin) == self.change(member, admin) == []

    def test_who_blocks_the_bot_changes_no_group(self) -> None:
        assert self.change({"status": "member"}, {"status": "kicked"}, "private") == []

    def test_a_group_that_moved_is_told_from_both_ends_and_by_an_error(self) -> None:
        old = {"id": -5, "type": "group"}
        told = [
            events(message=WRITTEN | {"chat": old, "migrate_to_chat_id": CHAT}),
            events(message=WRITTEN | {"migrate_from_chat_id": -5}),
            list(READER.events_of(json.dumps({"received": 5.0, "moved": {"from": -5, "to": CHAT}}).encode())),
        ]
        for (event,) in told:
            assert isinstance(event, PlaceMoved)
            assert (event.origin.place, event.address) == ("-5", str(CHAT))


class TestRows:
    @pytest.mark.parametrize(
        "raw", [b"{}", b"[]", b"7", b'{"update_id":1,"message":7}', b'{"update_id":1,"message_reaction":{}}']
    )
    def test_another_shape_is_unreadable(self, raw: bytes) -> None:
        with pytest.raises(Unreadable):
            READER.events_of(raw)

    @pytest.mark.parametrize("moment", [10**15, 10**17, 1e300, -1, "noon"])
    def test_a_moment_that_no_clock_shows_is_unreadable(self, moment: Any) -> None:
        with pytest.raises(Unreadable):
            events(message=WRITTEN | {"text": "x", "date": moment})

    def test_what_we_do_not_know_is_nothing(self) -> None:
        assert events(poll={"id": "1"}) == events(part={"message": IN_TOPIC}) == []

    @given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
    def test_whatever_comes_is_an_event_nothing_or_unreadable(self, inner: Any) -> None:
        for kind in ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "album"):
            row = {"update_id": 1, kind: inner if kind != "album" else [inner]}
            try:
                READER.events_of(json.dumps(row).encode())
            except Unreadable:
                continue
