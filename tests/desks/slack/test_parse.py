"""Payloads of Slack that the simulator does not send, read as they stand in Slack's documentation."""

import json
from typing import Any

import pytest

from bot.desks.slack.parse import events_of
from bot.desks.slack.payload import delivery_key, envelope
from core.errors import Unreadable
from core.events import Typed, Unheard
from tests.desks.builders import NOW


def event(**fields: Any) -> dict[str, Any]:
    given = {"type": "message", "channel": "C1", "user": "U1", "ts": "1700000000.000100", "text": "hello"}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": "Ev1",
        "event": given | {"event_ts": "1700000000.000100"} | fields,
        "authorizations": [{"user_id": "UBOT", "is_bot": True}],
    }


def read(payload: dict[str, Any]) -> Any:
    """The one event of a payload, or None."""
    found = events_of(envelope(payload, NOW))
    return found[0] if found else None


@pytest.mark.parametrize(
    "text",
    [
        "<@U2> please",
        "  *<@U2>* please",
        "&gt; _<@W2|bob>_ please",
        "\u200b<@U2>",
        "<!here> who can?",
        "<!subteam^S1|@night> who can?",
        "<@UBOT> hello",
        "<@UBOT> <@U2> hello",
    ],
)
def test_words_for_colleagues_are_marked(text: str) -> None:
    assert read(event(text=text)).mentions_first


@pytest.mark.parametrize("text", ["dear <@U2>", "see <https://a.example>", "", "&lt;@U2&gt;"])
def test_other_words_are_not(text: str) -> None:
    assert not read(event(text=text)).mentions_first


def test_where_slack_sends_only_the_mention_it_is_enough() -> None:
    """Some Enterprise Grid workspaces."""
    typed = read(event(type="app_mention", text="<@UBOT>: !claim"))
    assert isinstance(typed, Typed)
    assert typed.text == "!claim"


def test_a_mention_that_an_edit_added_is_no_command() -> None:
    edited = {"user": "U1", "ts": "1700000050.000000"}
    assert read(event(type="app_mention", text="<@UBOT> !r hello", edited=edited)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1", "user": None},
        {"subtype": "message_replied", "message": {}},
        {"type": "reaction_removed", "item": {"type": "message"}},
        {"type": "team_join"},
        {"type": "reaction_added", "reaction": "eyes", "item": {"type": "file", "file": "F1"}},
        {"type": "member_left_channel"},
    ],
)
def test_the_rest_is_kept_and_means_nothing(fields: dict[str, Any]) -> None:
    assert read(event(**fields)) is None


def test_a_known_event_of_another_shape_is_unreadable() -> None:
    for fields in ({"ts": None}, {"ts": "soon"}, {"subtype": "message_changed"}, {"type": "reaction_added"}):
        with pytest.raises(Unreadable):
            read(event(**fields))


def test_a_redelivery_has_the_key_of_the_first() -> None:
    edited = event(subtype="message_changed")
    assert delivery_key(edited) == delivery_key(edited | {"retry": "1"}) == "Ev1"
    click = {"type": "block_actions", "trigger_id": "1.2.abc", "actions": [{"action_ts": "1"}]}
    assert delivery_key(click) == delivery_key(json.loads(json.dumps(click)))
    assert delivery_key(click) != delivery_key(click | {"trigger_id": "1.2.abd"})
    assert delivery_key({"type": "new", "a": 1}) != delivery_key({"type": "new", "a": 2})


def test_words_are_known_by_their_place_however_they_come() -> None:
    assert delivery_key(event()) == delivery_key(event(type="app_mention")) == "message:C1:1700000000.000100"
    edited = {"user": "U1", "ts": "1700000050.000000"}
    assert delivery_key(event(type="app_mention", edited=edited)) == "Ev1"


def test_slack_says_that_it_holds_events_back() -> None:
    (held,) = events_of(envelope({"type": "app_rate_limited", "minute_rate_limited": 1518467820}, NOW))
    assert held == Unheard(held.origin, "limited")


def test_files_that_slack_hides_are_no_files() -> None:
    files = [{"id": "F1", "mode": "tombstone"}, {"id": "F2", "mode": "hidden_by_limit"}, {"id": "F3", "mode": "hosted"}]
    typed = read(event(subtype="file_share", files=files))
    assert [note.source for note in typed.files] == ["F3"]


def test_half_a_surrogate_pair_is_kept() -> None:
    assert read(event(text="\ud83d hello")).text.endswith("hello")
