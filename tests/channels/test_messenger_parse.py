"""Every kind of Messenger webhook as events: bodies as Meta documents them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.messenger_content import READERS
from bot.channels.messenger_parse import PageLine, parse
from core.events import (
    ChannelEvent,
    CustomerDelete,
    CustomerEdit,
    CustomerMessage,
    CustomerReaction,
    DeliveryReport,
    FileNote,
    ForeignEcho,
    InboxTrouble,
    Watermark,
    once_key,
)
from core.ids import InboxName
from core.messages import Ladder
from core.people import Identity
from core.ports import Hook
from core.say import Say, from_json, say, to_json
from tests.channels.kits import NOW, page_body

PAGE, MIA, APP = "1067280970047460", "6827013000000001", "1517776481860111"
INBOX = InboxName("page")
LINE = PageLine(INBOX, PAGE, APP)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STAMP = int(AT.timestamp() * 1000)
HEAD = {"sender": {"id": MIA}, "recipient": {"id": PAGE}, "timestamp": STAMP}
CDN = "https://scontent.xx.fbcdn.net/v/t1.15752-9/"


def events(*items: Any, line: str = "messaging") -> list[ChannelEvent]:
    return list(parse(LINE, Hook(json.dumps(page_body(PAGE, *items, line=line)).encode(), at=NOW)))


def one(kind: str, part: Any, /, line: str = "messaging", **around: Any) -> ChannelEvent:
    """The only event of one item by Mia."""
    (event,) = events({**HEAD, kind: part, **around}, line=line)
    return event


def message(**part: Any) -> CustomerMessage:
    event = one("message", {"mid": "m_1", **part})
    assert isinstance(event, CustomerMessage)
    return event


def about(event: ChannelEvent) -> Say:
    assert isinstance(event, CustomerMessage | ForeignEcho)
    assert event.about is not None
    assert from_json(to_json(event.about)) == event.about
    return event.about


def attached(kind: str, **members: Any) -> CustomerMessage:
    return message(attachments=[{"type": kind, **members}])


# --- what a message holds -------------------------------------------------------------------------------------------


def test_text_is_text_and_the_sender_is_known_by_the_page() -> None:
    found = message(text="Hallo 🙂")
    assert (found.text, found.about, found.files, found.at, found.external) == ("Hallo 🙂", None, (), AT, "m_1")
    assert found.sender.identities == (Identity("psid", PAGE, MIA),)
    assert (found.sender.key, found.sender.address, found.sender.name) == (MIA, MIA, "")


def test_an_answer_to_a_message_names_it() -> None:
    assert message(text="yes", reply_to={"mid": "m_0", "is_self_reply": False}).reply_to == "m_0"


def test_a_quick_reply_is_text_and_a_button() -> None:
    found = message(text="Yes", quick_reply={"payload": "YES"})
    assert (found.text, about(found)) == ("Yes", say("about.button"))


@pytest.mark.parametrize(
    ("kind", "name", "note"),
    [
        ("image", "a%20b.png", ("a b.png", "image/png")),
        ("image", "photo", ("photo", "image/jpeg")),
        ("video", "clip.mp4", ("clip.mp4", "video/mp4")),
        ("audio", "audioclip-16.mp4", ("audioclip-16.mp4", "audio/mp4")),
        ("file", "offer.pdf", ("offer.pdf", "application/pdf")),
        ("file", "what-is-this", ("what-is-this", "application/octet-stream")),
        ("image", "page.html", ("page.html", "image/jpeg")),
    ],
)
def test_a_file_is_named_by_its_address(kind: str, name: str, note: tuple[str, str]) -> None:
    url = f"{CDN}{name}?oh=1&oe=2"
    found = attached(kind, payload={"url": url})
    assert (found.files, found.about) == ((FileNote(url, *note),), None)


def test_several_files_come_in_one_message() -> None:
    photos = [{"type": "image", "payload": {"url": f"{CDN}{nth}.jpg"}} for nth in range(3)]
    assert [note.name for note in message(text="look", attachments=photos).files] == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_file_without_an_address_is_said_so() -> None:
    assert about(attached("image", payload={})) == say("about.file_missing")
    assert about(attached("file", payload={"url": "https://x.example/" + "x" * 5000})) == say("about.file_missing")


STICKER = {"url": f"{CDN}39178562_n.png?oe=1", "sticker_id": 369239263222822}


@pytest.mark.parametrize("types", [["image"], ["sticker"], ["image", "sticker"], ["sticker", "image"]])
def test_a_sticker_in_every_shape_is_one_sticker(types: list[str]) -> None:
    found = message(attachments=[{"type": kind, "payload": STICKER} for kind in types])
    assert about(found) == say("about.sticker")
    assert [note.name for note in found.files] == ["39178562_n.png"]


def test_a_photo_beside_a_sticker_stays() -> None:
    photo = {"type": "image", "payload": {"url": f"{CDN}photo.jpg"}}
    found = message(attachments=[{"type": "sticker", "payload": STICKER}, photo])
    assert [note.name for note in found.files] == ["39178562_n.png", "photo.jpg"]


def test_places() -> None:
    place = {"coordinates": {"lat": 22.5, "long": 114.0}}
    assert about(attached("location", payload=place)) == say("about.location", where="22.5, 114.0")
    named = attached("location", title="Port", payload=place)
    assert about(named) == say("about.location_named", place="Port", where="22.5, 114.0")


@pytest.mark.parametrize("kind", ["fallback", "reel", "ig_reel", "post", "ig_post"])
def test_what_is_shared_is_shown_and_never_fetched(kind: str) -> None:
    found = attached(kind, payload={"url": "https://shop.example/1", "title": "Lamp"})
    assert (about(found), found.files) == (say("about.link", what="Lamp - https://shop.example/1"), ())


def test_a_share_of_before_v6_stands_outside_of_the_payload() -> None:
    found = attached("fallback", title="Lamp", url="https://shop.example/1", payload=None)
    assert about(found) == say("about.link", what="Lamp - https://shop.example/1")


def test_a_share_that_meta_does_not_show_is_said_so() -> None:
    assert about(attached("fallback")) == say("about.unsupported", kind="fallback")


def test_products_and_cards() -> None:
    product = {"product": {"elements": [{"id": "1", "title": "Lamp"}, {"id": "2", "retailer_id": "SKU-2"}]}}
    found = about(attached("template", payload=product))
    assert found == say("about.product", product="Lamp", lines=(say("about.product", product="SKU-2"),))
    card = attached("template", payload={"template_type": "generic", "elements": [{"title": "Offer 7"}]})
    assert about(card) == say("about.card", what="Offer 7")
    button = attached("template", payload={"template_type": "button", "text": "Which one?"})
    assert about(button) == say("about.card", what="Which one?")
    assert about(attached("template", payload={})) == say("about.unsupported", kind="template")


def test_an_appointment() -> None:
    found = attached("appointment_booking", payload={"status": "requested", "start_time": STAMP // 1000})
    assert about(found) == say("about.appointment", at=AT, status="requested")
    assert about(attached("appointment_booking", payload={})).key == "about.unsupported"


def test_what_meta_itself_cannot_pass_on() -> None:
    assert about(message(is_unsupported=True)) == say("about.unsupported", kind="is_unsupported")
    assert about(attached("hologram", payload={"depth": 3})) == say("about.unsupported", kind="hologram")
    assert about(message()) == say("about.unsupported", kind="message")


def test_a_message_about_a_product_or_from_an_ad() -> None:
    assert about(message(text="hi", referral={"product": {"id": "SKU"}})) == say("about.product", product="SKU")
    ad = {"source": "ADS", "ad_id": "6045", "ads_context_data": {"ad_title": "Summer sale"}}
    assert about(message(text="hi", referral=ad)) == say("about.ad", ad="Summer sale")


# --- what else people do --------------------------------------------------------------------------------------------


def test_a_button_says_its_title_and_else_its_payload() -> None:
    pressed = one("postback", {"mid": "m_7", "title": "Get Started", "payload": "GET_STARTED"})
    assert isinstance(pressed, CustomerMessage)
    assert (pressed.text, about(pressed), pressed.external) == ("Get Started", say("about.button"), "m_7")
    bare = one("postback", {"payload": "GET_STARTED"}, timestamp="1527459824")
    assert isinstance(bare, CustomerMessage)
    assert (bare.text, bare.at.year) == ("GET_STARTED", 2018)
    assert bare.external.startswith("postback.1527459824.")


def test_a_button_tells_where_they_came_from() -> None:
    came = {"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    line = about(one("postback", {"mid": "m_7", "title": "Get Started", "referral": came}))
    assert line == say("about.button", lines=(say("about.referral", ref="spring"),))


@pytest.mark.parametrize(
    ("kind", "part", "line"),
    [
        ("referral", {"ref": "spring", "source": "SHORTLINK"}, say("about.referral", ref="spring")),
        ("referral", {"source": "CUSTOMER_CHAT_PLUGIN"}, say("about.referral", ref="CUSTOMER_CHAT_PLUGIN")),
        ("referral", {"source": "ADS", "ad_id": "6045"}, say("about.ad", ad="6045")),
        ("referral", {}, say("about.event", kind="referral")),
        ("optin", {"type": "notification_messages", "title": "News"}, say("about.opted_in", what="News")),
        (
            "optin",
            {"title": "News", "notification_messages_status": "STOP NOTIFICATIONS"},
            say("about.opted_out", what="News"),
        ),
        ("pass_thread_control", {"new_owner_app_id": APP}, say("about.handed_over")),
        ("pass_thread_control", {"new_owner_app_id": "263902037430900"}, say("about.handed_away")),
        ("take_thread_control", {"new_owner_app_id": "263902037430900"}, say("about.handed_away")),
        ("request_thread_control", {"requested_owner_app_id": "4711"}, say("about.asked_for")),
        ("account_linking", {"status": "linked"}, say("about.event", kind="account_linking")),
        ("teleport", {"to": "Mars"}, say("about.event", kind="teleport")),
        ("teleport", "Mars", say("about.event", kind="teleport")),
    ],
)
def test_what_is_no_message_is_an_honest_line(kind: str, part: Any, line: Say) -> None:
    event = one(kind, part)
    assert about(event) == line
    assert once_key(event) == once_key(one(kind, part))


def test_reactions_come_and_go() -> None:
    came = one("reaction", {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤️"})
    gone = one("reaction", {"mid": "m_1", "action": "unreact"})
    unnamed = one("reaction", {"mid": "m_1", "action": "react", "reaction": "wow"})
    seen = [event for event in (came, gone, unnamed) if isinstance(event, CustomerReaction)]
    assert [(event.target, event.emoji) for event in seen] == [("m_1", "❤️"), ("m_1", ""), ("m_1", "😮")]
    assert len({once_key(event) for event in seen}) == 3


def test_edits_and_unsent_messages() -> None:
    edits = [one("message_edit", {"mid": "m_1", "text": f"v{nth}", "num_edit": nth}) for nth in (1, 2)]
    assert [(event.target, event.text) for event in edits if isinstance(event, CustomerEdit)] == [
        ("m_1", "v1"),
        ("m_1", "v2"),
    ]
    assert once_key(edits[0]) != once_key(edits[1])
    gone = one("message", {"mid": "m_1", "is_deleted": True})
    assert isinstance(gone, CustomerDelete)
    assert gone.target == "m_1"


def test_who_writes_while_another_app_answers_is_heard_and_that_is_said() -> None:
    event = one("message", {"mid": "m_1", "text": "hello?"}, line="standby")
    assert isinstance(event, CustomerMessage)
    assert (event.text, about(event)) == ("hello?", say("about.standby"))
    pressed = about(one("postback", {"title": "Menu"}, line="standby"))
    assert pressed == say("about.button", lines=(say("about.standby"),))


# --- what the Page says, and how far it comes -----------------------------------------------------------------------


def echo(**part: Any) -> list[ChannelEvent]:
    head = {"sender": {"id": PAGE}, "recipient": {"id": MIA}, "timestamp": STAMP}
    return events({**head, "message": {"mid": "m_9", "is_echo": True, "text": "It left today.", **part}})


def test_our_own_echo_settles_the_send_it_echoes() -> None:
    assert echo(app_id=int(APP), metadata="7.0.1") == [
        DeliveryReport(INBOX, "m_9", Ladder.SENT, AT, ref="7.0.1"),
    ]
    assert echo(app_id=APP) == []


@pytest.mark.parametrize("app", [{}, {"app_id": 263902037430900}, {"app_id": 4711, "metadata": "theirs"}])
def test_anybody_elses_echo_is_an_answer(app: dict[str, Any]) -> None:
    (event,) = echo(**app)
    assert isinstance(event, ForeignEcho)
    assert (event.external, event.text, event.sender.key, event.at) == ("m_9", "It left today.", MIA, AT)


def test_a_foreign_echo_keeps_its_files() -> None:
    (event,) = echo(text=None, attachments=[{"type": "image", "payload": {"url": f"{CDN}label.png"}}])
    assert isinstance(event, ForeignEcho)
    assert [note.name for note in event.files] == ["label.png"]


def test_receipts_name_messages_or_a_moment() -> None:
    mark = STAMP + 5000
    upto = AT + timedelta(seconds=5)
    named = one("delivery", {"mids": ["m_1"], "watermark": mark})
    assert named == DeliveryReport(INBOX, "m_1", Ladder.DELIVERED, AT)
    for delivery in ({"watermark": mark}, {"mids": [], "watermark": mark}, {"mids": None, "watermark": mark}):
        unnamed = one("delivery", delivery)
        assert unnamed == Watermark(INBOX, f"{MIA}.{mark}", MIA, Ladder.DELIVERED, upto)
    read = one("read", {"watermark": mark})
    assert read == Watermark(INBOX, f"{MIA}.{mark}", MIA, Ladder.READ, upto)
    assert once_key(read) != once_key(unnamed)


def test_a_receipt_without_a_time_of_its_own_has_its_watermarks() -> None:
    item = {"sender": {"id": MIA}, "recipient": {"id": PAGE}, "delivery": {"mids": ["m_1", "m_2"], "watermark": STAMP}}
    assert [event.at for event in events(item) if isinstance(event, DeliveryReport)] == [AT, AT]


# --- the Page itself, and what cannot be placed ---------------------------------------------------------------------


def test_a_page_that_meta_restricts_is_trouble_once_a_day() -> None:
    item = {"recipient": {"id": PAGE}, "timestamp": STAMP, "policy_enforcement": {"action": "block", "reason": "spam"}}
    (first,), (second,) = events(item), events({**item, "timestamp": STAMP + 1})
    assert isinstance(first, InboxTrouble)
    assert first.code == "policy_blocked"
    assert once_key(first) == once_key(second)
    assert events({**item, "policy_enforcement": {"action": "unblock"}}) == []


def test_deliveries_for_another_page_are_trouble() -> None:
    body = json.dumps(page_body("999", {**HEAD, "message": {"mid": "m_1", "text": "hi"}})).encode()
    (event,) = parse(LINE, Hook(body, at=NOW))
    assert isinstance(event, InboxTrouble)
    assert (event.code, "999" in event.external) == ("foreign_number", True)


def test_what_concerns_no_conversation_is_passed_over() -> None:
    assert events({"recipient": {"id": PAGE}, "timestamp": STAMP, "app_roles": {APP: ["primary_receiver"]}}) == []
    feed = {"object": "page", "entry": [{"id": PAGE, "time": 1, "changes": [{"field": "feed", "value": {}}]}]}
    assert list(parse(LINE, Hook(json.dumps(feed).encode(), at=NOW))) == []


def test_one_bad_item_costs_no_other() -> None:
    good = {**HEAD, "message": {"mid": "m_1", "text": "x"}}
    nobody = {"recipient": {"id": PAGE}, "timestamp": STAMP, "message": {"mid": "m_2", "text": "x"}}
    nameless = {**HEAD, "message": {"text": "x"}}
    empty = {**HEAD, "read": {}}
    found = events("junk", nobody, good, nameless, None, empty)
    assert [type(event).__name__ for event in found] == [
        *("InboxTrouble", "InboxTrouble", "CustomerMessage"),
        *["InboxTrouble"] * 3,
    ]
    assert {event.code for event in found if isinstance(event, InboxTrouble)} == {"unreadable_item"}


def test_a_batch_of_pages_and_entries() -> None:
    entries = [
        page_body(PAGE, {**HEAD, "message": {"mid": f"m_{nth}", "text": str(nth)}})["entry"][0] for nth in range(3)
    ]
    body = json.dumps({"object": "page", "entry": entries}).encode()
    found = parse(LINE, Hook(body, at=NOW))
    assert [event.text for event in found if isinstance(event, CustomerMessage)] == ["0", "1", "2"]


@pytest.mark.parametrize("stamp", [STAMP, str(STAMP), STAMP // 1000])
def test_timestamps_in_milliseconds_or_seconds(stamp: object) -> None:
    event = one("message", {"mid": "m_1", "text": "x"}, timestamp=stamp)
    assert isinstance(event, CustomerMessage)
    assert event.at == AT


@pytest.mark.parametrize("stamp", [None, "", "soon", 0, "9" * 20, [], -5, 1.5])
def test_a_useless_timestamp_is_the_time_of_arrival(stamp: object) -> None:
    event = one("message", {"mid": "m_1", "text": "x"}, timestamp=stamp)
    assert isinstance(event, CustomerMessage)
    assert event.at == NOW


KINDS = ["message", "postback", "reaction", "message_edit", "delivery", "read", "policy_enforcement", "optin", "?"]
MEMBERS = ["mid", "text", "attachments", "type", "payload", "url", "referral", "watermark", "mids", "title", "is_echo"]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*MEMBERS, *READERS]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(kind=st.sampled_from(KINDS), part=ANY_JSON, attachment=ANY_JSON, of=st.sampled_from([*READERS, "?"]))
def test_no_event_of_any_shape_raises_or_changes_when_read_again(
    kind: str, part: Any, attachment: Any, of: str
) -> None:
    rich = {"mid": "m_2", "attachments": [{"type": of, "payload": attachment}, attachment], "referral": part}
    body = json.dumps(page_body(PAGE, {**HEAD, kind: part}, {**HEAD, "message": rich}, part)).encode()
    first, second = (parse(LINE, Hook(body, at=NOW)) for _ in range(2))
    assert first == second
    for event in first:
        if isinstance(event, CustomerMessage):
            event.text.encode()
            json.dumps(to_json(event.about) if event.about else None, ensure_ascii=False).encode()


@pytest.mark.parametrize("wrong", [None, 1, "x", [], [1], {}, True])
def test_members_of_any_type_never_raise(wrong: object) -> None:
    """Each known event with each member turned into something else."""
    for kind in KINDS:
        events({"sender": wrong, "recipient": wrong, "timestamp": wrong, kind: wrong})
        events({**HEAD, kind: dict.fromkeys(MEMBERS, wrong)})
    for body in ({"entry": wrong}, {"entry": [{"messaging": wrong}]}, {"entry": [{"id": wrong, "standby": [wrong]}]}):
        for event in parse(LINE, Hook(json.dumps(body).encode(), at=NOW)):
            assert isinstance(event, InboxTrouble)
