"""Every kind of WhatsApp webhook as events: bodies as Meta documents them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp_content import READERS
from bot.channels.whatsapp_parse import Line, parse
from core.events import (
    ChannelEvent,
    CustomerDelete,
    CustomerEdit,
    CustomerMessage,
    CustomerReaction,
    DeliveryReport,
    FileNote,
    ForeignEcho,
    IdentityChanged,
    InboxTrouble,
    once_key,
)
from core.ids import InboxName
from core.messages import Ladder
from core.people import Identity
from core.ports import Hook
from core.say import Say, from_json, say, to_json
from tests.channels.kits import NOW, envelope

NUMBER = "106540352242922"
LINE = Line(InboxName("wa"), NUMBER, portfolio="acme")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STAMP = str(int(AT.timestamp()))
MIA = {"profile": {"name": "Mia"}, "wa_id": "4915112345678", "user_id": "DE.13491208655302741918"}
PHONE = Identity("phone", "", "+4915112345678")
BSUID = Identity("bsuid", "acme", "DE.13491208655302741918")


def events(**value: Any) -> list[ChannelEvent]:
    return list(parse(LINE, Hook(json.dumps(envelope(NUMBER, **value)).encode(), at=NOW)))


def message(kind: str, content: Any = None, /, **more: Any) -> CustomerMessage:
    """The one event of a message by Mia."""
    item = {"from": "4915112345678", "id": "wamid.1", "timestamp": STAMP, "type": kind, **more}
    if content is not None:
        item[kind] = content
    (event,) = events(messages=[item], contacts=[MIA])
    assert isinstance(event, CustomerMessage)
    return event


def about(found: CustomerMessage) -> Say:
    assert found.about is not None
    assert from_json(to_json(found.about)) == found.about
    return found.about


# --- what a message holds -------------------------------------------------------------------------------------------


def test_text_is_text() -> None:
    found = message("text", {"body": "Hallo 🙂"})
    assert (found.text, found.about, found.files, found.at, found.external) == ("Hallo 🙂", None, (), AT, "wamid.1")
    assert found.sender.name == "Mia"


@pytest.mark.parametrize(
    ("kind", "content", "note", "line"),
    [
        ("image", {"id": "7", "mime_type": "image/jpeg"}, FileNote("7", "image.jpg", "image/jpeg"), None),
        ("video", {"id": "7", "mime_type": "video/mp4"}, FileNote("7", "video.mp4", "video/mp4"), None),
        (
            "audio",
            {"id": "7", "mime_type": "audio/ogg; codecs=opus", "voice": True},
            FileNote("7", "audio.ogg", "audio/ogg; codecs=opus"),
            say("about.voice"),
        ),
        ("audio", {"id": "7", "mime_type": "audio/mpeg"}, FileNote("7", "audio.mp3", "audio/mpeg"), None),
        (
            "document",
            {"id": "7", "mime_type": "application/pdf", "filename": "../../Offer\n 7.pdf"},
            FileNote("7", "Offer 7.pdf", "application/pdf"),
            None,
        ),
        (
            "sticker",
            {"id": "7", "mime_type": "image/webp"},
            FileNote("7", "sticker.webp", "image/webp"),
            say("about.sticker"),
        ),
    ],
)
def test_files_are_named_and_fetched_by_their_id(
    kind: str, content: dict[str, Any], note: FileNote, line: Say | None
) -> None:
    found = message(kind, {**content, "sha256": "x"})
    assert (found.files, found.about) == ((note,), line)


def test_a_caption_is_the_text() -> None:
    assert message("image", {"id": "7", "mime_type": "image/png", "caption": "broken"}).text == "broken"


def test_a_file_that_meta_did_not_hand_over_says_so() -> None:
    assert about(message("image", {"caption": "look"})) == say("about.file_missing")


def test_a_location() -> None:
    plain = message("location", {"latitude": 22.54, "longitude": 114.06})
    assert about(plain) == say("about.location", where="22.54, 114.06")
    named = message("location", {"latitude": 22.5, "longitude": 114.0, "name": "Port", "address": "Quay 3"})
    assert about(named) == say("about.location_named", place="Port, Quay 3", where="22.5, 114.0")


def test_contacts() -> None:
    card = {
        "name": {"formatted_name": "Ann Lee", "first_name": "Ann"},
        "phones": [{"phone": "+1 555 010", "wa_id": "1555010"}],
        "emails": [{"email": "ann@example.com"}],
        "org": {"company": "Lee Ltd"},
    }
    line = about(message("contacts", [card, {}]))
    assert line.params == {"n": 2}
    assert line.lines == (
        say("about.contact", name="Ann Lee", details="+1 555 010, ann@example.com, Lee Ltd"),
        say("about.contact", name="?", details="-"),
    )


def test_pressing_and_choosing_shows_what_was_chosen() -> None:
    pressed = message("interactive", {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}})
    assert (pressed.text, pressed.about) == ("Yes", say("about.button"))
    row = {"id": "2", "title": "Refund", "description": "money back"}
    chosen = message("interactive", {"type": "list_reply", "list_reply": row})
    assert (chosen.text, chosen.about) == ("Refund\nmoney back", say("about.list"))
    quick = message("button", {"payload": "STOP", "text": "Stop"})
    assert (quick.text, quick.about) == ("Stop", say("about.button"))


def test_a_form_shows_its_fields_and_hides_its_token() -> None:
    fields = json.dumps({"flow_token": "t", "size": "XL", "colours": ["红", "blue"], "gift": True, "note": ""})
    reply = {"name": "flow", "body": "Sent", "response_json": fields}
    line = about(message("interactive", {"type": "nfm_reply", "nfm_reply": reply}))
    assert line.lines == (
        say("about.form_field", name="size", value="XL"),
        say("about.form_field", name="colours", value='["红", "blue"]'),
        say("about.form_field", name="gift", value="true"),
        say("about.form_field", name="note", value="-"),
    )
    broken = message("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{"}})
    assert about(broken) == say("about.form")


def test_an_order() -> None:
    item = {"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 9.5, "currency": "EUR"}
    found = message("order", {"catalog_id": "1", "text": "asap", "product_items": [item]})
    line = say("about.order_item", quantity="2", product="SKU-1", price="9.5 EUR")
    assert (found.text, found.about) == ("asap", say("about.order", n=1, lines=(line,)))


def test_an_ad_and_a_product_are_told() -> None:
    ad = {"source_type": "ad", "source_id": "9", "headline": "Chairs", "source_url": "https://fb.me/x"}
    found = message("text", {"body": "price?"}, referral=ad, context={"referred_product": {"product_retailer_id": "C"}})
    assert found.text == "price?"
    assert about(found) == say("about.ad", ad="Chairs - https://fb.me/x", lines=(say("about.product", product="C"),))


def test_forwarding_is_told() -> None:
    assert about(message("text", {"body": "x"}, context={"forwarded": True})) == say("about.forwarded")
    often = {"forwarded": True, "frequently_forwarded": True}
    assert about(message("text", {"body": "x"}, context=often)) == say("about.forwarded_often")


def test_a_reply_knows_what_it_answers() -> None:
    assert message("text", {"body": "x"}, context={"from": "1", "id": "wamid.0"}).reply_to == "wamid.0"
    assert message("text", {"body": "x"}).reply_to is None


def test_what_meta_cannot_hand_over_carries_the_code() -> None:
    found = message("unsupported", {"type": "poll_creation"}, errors=[{"code": 131051, "title": "Unsupported"}])
    assert about(found) == say("about.unsupported_code", kind="poll_creation", code="131051")


def test_what_could_be_read_beside_an_error_is_kept() -> None:
    found = message("image", {"id": "7", "mime_type": "image/png", "caption": "look"}, errors=[{"code": 131052}])
    assert (found.text, len(found.files)) == ("look", 1)
    assert about(found) == say("about.unsupported_code", kind="image", code="131052")


def test_an_unknown_type_is_kept_and_shown() -> None:
    assert about(message("hologram", {"depth": 3})) == say("about.unsupported", kind="hologram")
    assert about(message("text", {})) == say("about.unsupported", kind="text")
    assert about(message("text", "not an object")) == say("about.unsupported", kind="text")
    assert about(message("interactive", {"type": "dream"})) == say("about.unsupported", kind="interactive dream")


def test_other_system_lines_and_the_welcome() -> None:
    moved = message("system", {"type": "customer_identity_changed", "body": "Mia's code changed"})
    assert about(moved) == say("about.system", body="Mia's code changed")
    assert about(message("request_welcome", {})) == say("about.welcome")


def test_what_no_database_takes_is_replaced() -> None:
    assert message("text", {"body": "a\x00b\ud800c 🙂"}).text == "a\ufffdb\ufffdc 🙂"


# --- what is done to messages ---------------------------------------------------------------------------------------


def deed(kind: str, content: dict[str, Any]) -> ChannelEvent:
    item = {"from": "4915112345678", "id": "wamid.9", "timestamp": STAMP, "type": kind, kind: content}
    (event,) = events(messages=[item], contacts=[MIA])
    return event


def test_a_reaction_and_its_removal() -> None:
    match deed("reaction", {"message_id": "wamid.1", "emoji": "👍"}):
        case CustomerReaction(external="wamid.9", target="wamid.1", emoji="👍"):
            pass
        case other:
            pytest.fail(repr(other))
    assert isinstance(gone := deed("reaction", {"message_id": "wamid.1"}), CustomerReaction)
    assert gone.emoji == ""


def test_an_edit_of_text_or_caption() -> None:
    new_text = {"type": "text", "text": {"body": "two"}}
    assert isinstance(text := deed("edit", {"original_message_id": "wamid.1", "message": new_text}), CustomerEdit)
    assert (text.target, text.text) == ("wamid.1", "two")
    new_caption = {"type": "image", "image": {"id": "7", "caption": "three"}}
    caption = deed("edit", {"original_message_id": "wamid.1", "message": new_caption})
    assert isinstance(caption, CustomerEdit)
    assert caption.text == "three"


def test_a_revoke() -> None:
    assert isinstance(gone := deed("revoke", {"original_message_id": "wamid.1"}), CustomerDelete)
    assert gone.target == "wamid.1"


# --- who it is ------------------------------------------------------------------------------------------------------


def sender_of(item: dict[str, Any], *contacts: dict[str, Any]) -> tuple[tuple[Identity, ...], str, str]:
    head = {"id": "wamid.1", "timestamp": STAMP, "type": "text", "text": {"body": "x"}}
    (event,) = events(messages=[{**head, **item}], contacts=list(contacts))
    assert isinstance(event, CustomerMessage)
    return event.sender.identities, event.sender.key, event.sender.address


def test_a_number_alone() -> None:
    assert sender_of({"from": "4915112345678"}) == ((PHONE,), "+4915112345678", "+4915112345678")


def test_number_and_user_id_are_one_customer_keyed_by_the_user_id_and_answered_by_number() -> None:
    both = ((PHONE, BSUID), BSUID.value, "+4915112345678")
    assert sender_of({"from": "4915112345678", "from_user_id": BSUID.value}) == both
    assert sender_of({"from": "4915112345678"}, MIA) == both
    assert sender_of({"from_user_id": BSUID.value}, MIA) == both
    assert sender_of({}, MIA) == both


def test_a_user_id_alone_wherever_it_stands() -> None:
    alone = ((BSUID,), BSUID.value, BSUID.value)
    assert sender_of({"from_user_id": BSUID.value}) == alone
    assert sender_of({"from": BSUID.value}, {"wa_id": BSUID.value, "user_id": BSUID.value}) == alone


def test_an_enterprise_user_id() -> None:
    ((only,), _, address) = sender_of({"from": "US.ENT.11815799212886844830"})
    assert (only.kind, address) == ("bsuid", "US.ENT.11815799212886844830")


def test_in_a_batch_everybody_keeps_their_own_name() -> None:
    ann = {"profile": {"name": "Ann"}, "wa_id": "15550001"}
    items = [
        {"from": number, "id": f"wamid.{number}", "timestamp": STAMP, "type": "text", "text": {"body": "x"}}
        for number in ("15550001", "4915112345678", "15550002")
    ]
    found = events(messages=items, contacts=[MIA, ann])
    assert [event.sender.name for event in found if isinstance(event, CustomerMessage)] == ["Ann", "Mia", ""]


def test_a_group_is_a_customer_of_its_own_and_says_who_wrote() -> None:
    found = message("text", {"body": "hi"}, group_id="Y2FwaQ")
    assert found.sender.identities == (Identity("group", "", "Y2FwaQ"),)
    assert found.sender.key == found.sender.address == "group:Y2FwaQ"
    assert (found.text, found.about) == ("hi", say("about.group_member", name="Mia"))


def test_a_new_number_moves_the_identity() -> None:
    system = {
        "type": "user_changed_number",
        "body": "User Mia changed",
        "wa_id": "15559999",
        "user_id": "US.2",
        "previous_user_id": "DE.13491208655302741918",
    }
    item = {"from": "4915112345678", "id": "wamid.5", "timestamp": STAMP, "type": "system", "system": system}
    (event,) = events(messages=[item])
    assert isinstance(event, IdentityChanged)
    assert event.old == (PHONE, BSUID)
    assert event.sender.identities == (Identity("phone", "", "+15559999"), Identity("bsuid", "acme", "US.2"))


def test_a_new_user_id_moves_the_identity() -> None:
    system = {"type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "DE.13491208655302741918"}
    item = {"id": "wamid.5", "timestamp": STAMP, "type": "system", "system": system}
    (event,) = events(messages=[item])
    assert isinstance(event, IdentityChanged)
    assert event.old == (BSUID,)
    assert event.sender.identities == (Identity("bsuid", "acme", "US.2"),)
    (with_phone,) = events(messages=[{**item, "from": "4915112345678"}])
    assert isinstance(with_phone, IdentityChanged)
    assert (with_phone.old, with_phone.sender.identities) == ((BSUID,), (PHONE, Identity("bsuid", "acme", "US.2")))


def test_a_colleague_in_the_phone_app() -> None:
    echo = {"from": "15550100000", "to": "4915112345678", "id": "wamid.7", "timestamp": STAMP}
    words = {**echo, "type": "text", "text": {"body": "I'll call you"}}
    (event,) = events(field="smb_message_echoes", message_echoes=[words], contacts=[MIA])
    assert isinstance(event, ForeignEcho)
    assert (event.text, event.sender.identities) == ("I'll call you", (PHONE, BSUID))
    assert events(field="smb_message_echoes", message_echoes=[{**echo, "type": "revoke"}]) == []


# --- statuses, errors, time -----------------------------------------------------------------------------------------


def status(name: str, **more: Any) -> list[ChannelEvent]:
    return events(statuses=[{"id": "wamid.3", "status": name, "timestamp": STAMP, "recipient_id": "49151123", **more}])


@pytest.mark.parametrize(
    ("name", "state"),
    [("sent", Ladder.SENT), ("delivered", Ladder.DELIVERED), ("read", Ladder.READ), ("played", Ladder.READ)],
)
def test_the_ladder(name: str, state: Ladder) -> None:
    assert status(name) == [DeliveryReport(InboxName("wa"), "wamid.3", state, AT)]


def test_a_failure_has_a_reason() -> None:
    (event,) = status("failed", errors=[{"code": 131047, "title": "Re-engagement message"}])
    assert isinstance(event, DeliveryReport)
    assert (event.state, event.code) == (Ladder.FAILED, "window_closed")
    (bare,) = status("failed")
    assert isinstance(bare, DeliveryReport)
    assert bare.code == "platform_error"


def test_a_deleted_status_is_the_customer_taking_it_back() -> None:
    (event,) = status("deleted")
    assert isinstance(event, CustomerDelete)
    assert event.target == "wamid.3"


def test_an_unknown_status_is_passed_over() -> None:
    assert status("pondered") == []


def test_trouble_with_the_number_is_told_once_a_code_and_day() -> None:
    first, second = events(errors=[{"code": 131031, "title": "Locked"}, {"code": 131031, "title": "Locked"}])
    assert isinstance(first, InboxTrouble)
    assert first.code == "locked"
    assert once_key(first) == once_key(second)


@pytest.mark.parametrize(
    ("event", "more", "code"),
    [
        ("DISABLED_UPDATE", {"ban_info": {"waba_ban_state": "DISABLE"}}, "locked"),
        ("DISABLED_UPDATE", {"ban_info": {"waba_ban_state": ["REINSTATE"]}}, None),
        ("ACCOUNT_VIOLATION", {"violation_info": {"violation_type": "SCAM"}}, "policy_blocked"),
        ("ACCOUNT_RESTRICTION", {"restriction_info": []}, "policy_blocked"),
        ("PARTNER_REMOVED", {}, "permission"),
        ("VOLUME_BASED_PRICING_TIER_UPDATE", {}, None),
    ],
)
def test_what_meta_does_to_the_whole_account(event: str, more: Any, code: str | None) -> None:
    change = {"field": "account_update", "value": {"event": event, **more}}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
    found = parse(LINE, Hook(body.encode(), at=NOW))
    assert [it.code for it in found if isinstance(it, InboxTrouble)] == ([code] if code else [])


def test_another_numbers_delivery_is_not_ours_and_not_silent() -> None:
    item = {"from": "49151", "id": "wamid.1", "timestamp": STAMP, "type": "text", "text": {"body": "x"}}
    body = json.dumps(envelope("999", messages=[item])).encode()
    (event,) = parse(LINE, Hook(body, at=NOW))
    assert isinstance(event, InboxTrouble)
    assert event.code == "foreign_number"


def test_fields_we_do_not_know_are_passed_over() -> None:
    assert events(field="account_update", event="VERIFIED_ACCOUNT") == []
    assert events(history=[{"threads": []}], unheard_of=[1]) == []


def test_one_bad_item_costs_no_other() -> None:
    good = {"from": "49151123", "id": "wamid.1", "timestamp": STAMP, "type": "text", "text": {"body": "x"}}
    nobody = {"id": "wamid.2", "timestamp": STAMP, "type": "text", "text": {"body": "x"}}
    nameless = {"from": "49151123", "type": "text"}
    found = events(messages=["junk", nobody, good, nameless, None], statuses=[{}, {"id": "wamid.3", "status": "read"}])
    assert [type(event).__name__ for event in found] == [
        *("InboxTrouble", "InboxTrouble", "CustomerMessage", "InboxTrouble", "InboxTrouble"),
        *("InboxTrouble", "DeliveryReport"),
    ]
    assert {event.code for event in found if isinstance(event, InboxTrouble)} == {"unreadable_item"}


@pytest.mark.parametrize("stamp", [STAMP, f"{STAMP}000", int(STAMP)])
def test_timestamps_in_seconds_or_milliseconds(stamp: object) -> None:
    assert message("text", {"body": "x"}, timestamp=stamp).at == AT


@pytest.mark.parametrize("stamp", [None, "", "soon", "0", "9" * 20, [], "²"])
def test_a_useless_timestamp_is_the_time_of_arrival(stamp: object) -> None:
    assert message("text", {"body": "x"}, timestamp=stamp).at == NOW


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*READERS, "id", "type", "from", "timestamp", "errors", "name"]), inner)
    ),
    max_leaves=20,
)


@given(
    kind=st.sampled_from([*READERS, "reaction", "edit", "revoke", "unsupported", "?"]),
    content=ANY_JSON,
    around=ANY_JSON,
)
def test_no_message_of_any_shape_raises_or_changes_when_read_again(kind: str, content: object, around: object) -> None:
    item = {"from": "49151123", "id": "wamid.1", "type": kind, kind: content, "context": around, "referral": around}
    body = json.dumps(envelope(NUMBER, messages=[item], statuses=around, contacts=[around])).encode()
    first, second = (parse(LINE, Hook(body, at=NOW)) for _ in range(2))
    assert first == second
    for event in first:
        if isinstance(event, CustomerMessage):
            event.text.encode()
            json.dumps(to_json(event.about) if event.about else None, ensure_ascii=False).encode()


@pytest.mark.parametrize("wrong", [None, 1, "x", [], [1], {}, True])
def test_members_of_any_type_never_raise(wrong: object) -> None:
    """Each known type with each member turned into something else."""
    for kind in ("text", "image", "location", "contacts", "interactive", "order", "reaction", "edit", "system"):
        message_like = {"from": wrong, "id": "wamid.1", "timestamp": wrong, "type": kind, kind: wrong, "context": wrong}
        events(messages=[message_like], contacts=wrong)
        events(messages=[{**message_like, kind: {"type": "nfm_reply", "name": wrong, "id": wrong, "nfm_reply": wrong}}])
    for body in ({"entry": wrong}, {"entry": [{"changes": wrong}]}, {"entry": [{"changes": [{"value": wrong}]}]}):
        assert not list(parse(LINE, Hook(json.dumps(body).encode(), at=NOW)))
