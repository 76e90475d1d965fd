"""WhatsApp against the Graph simulator: sending, files, ticks, errors by code, and what doctor finds."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.channels.kind import Around
from bot.channels.meta import ERRORS, SUBCODES, UNKNOWN
from bot.channels.whatsapp import CAPS, KINDS, WhatsApp, build, kind_of, recipient
from bot.http import MB, Http
from bot.i18n import t
from core.errors import SEND_ERRORS, Unauthorized
from core.events import CustomerMessage, DeliveryReport
from core.messages import File
from core.ports import Channel, Examined, Hook, Outgoing, ShowsTicks
from tests.channels.kits import NOW, StillClock, whatsapp_inbox
from tests.channels.scene import PNG, GraphScene, a_file
from tests.platforms.faults import Fault
from tests.platforms.graph import GraphWorld, StoryCustomer


@dataclass
class Scene(GraphScene[WhatsApp]):
    mia: StoryCustomer


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock = StillClock()
    async with GraphWorld(clock.now) as graph:
        number = graph.number()
        mia = graph.customer("Mia", phone="4915112345678", user_id="DE.77aa")
        mia.last_wrote[number.id] = NOW
        inbox = whatsapp_inbox(graph)
        async with Http([inbox.api_base]) as http:
            yield Scene(graph, build(inbox, Around(http, clock)), clock, mia)
            await graph.settle()


def test_it_is_what_the_ports_ask_for(scene: Scene) -> None:
    channel: Channel = scene.channel
    assert isinstance(channel, ShowsTicks)
    assert isinstance(channel, Examined)
    assert channel.caps.window == timedelta(hours=24)


# --- what simulated customers do ------------------------------------------------------------------------------------


async def test_everything_a_customer_can_do_is_understood(scene: Scene) -> None:
    graph, mia = scene.graph, scene.mia
    hello = await mia.writes("hello")
    await mia.writes("more", reply_to=hello)
    await mia.writes("in our group", group="Y2FwaQ")
    await mia.sends_file("a.pdf", b"%PDF", "application/pdf", caption="the offer")
    await mia.sends_voice(b"OggS")
    await mia.sends_sticker(b"RIFF")
    await mia.sends_location(22.5, 114.0, name="Port")
    await mia.shares_contact("Ann", "+1 555 0100")
    await mia.completes_flow('{"size": "XL"}')
    await mia.orders({"product_retailer_id": "SKU", "quantity": 1, "item_price": 2, "currency": "EUR"})
    await mia.sends_unsupported()
    await mia.reacts(hello, "👍")
    await mia.edits(hello, "hello!")
    await mia.revokes(hello)
    await graph.phone_app_writes(mia, "I call you")
    await mia.changes_number("15550001")
    await mia.changes_user_id("US.99zz")
    await graph.account_error(graph.default_number, 131031)

    events = scene.heard()
    assert [type(event).__name__ for event in events] == [
        *["CustomerMessage"] * 11,
        "CustomerReaction",
        "CustomerEdit",
        "CustomerDelete",
        "ForeignEcho",
        "IdentityChanged",
        "IdentityChanged",
        "InboxTrouble",
    ]
    lines = [event.about.key for event in events if isinstance(event, CustomerMessage) and event.about]
    assert lines == [
        "about.group_member",
        "about.voice",
        "about.sticker",
        "about.location_named",
        "about.contacts",
        "about.form",
        "about.order",
        "about.unsupported_code",
    ]
    for locale in ("en", "zh-CN"):
        for event in events:
            if isinstance(event, CustomerMessage) and event.about:
                for line in (event.about, *event.about.lines):
                    assert t(locale, line.key, **line.params)


# --- sending --------------------------------------------------------------------------------------------------------


async def test_text_goes_out_without_a_preview(scene: Scene) -> None:
    sent = await scene.channel.send(Outgoing("+4915112345678", "see https://example.com"))
    reply = await scene.mia.sees("see")
    assert reply.id == sent.external
    (body,) = scene.graph.sends()
    assert body["text"] == {"preview_url": False, "body": "see https://example.com"}
    assert (body["to"], body["recipient_type"]) == ("+4915112345678", "individual")


async def test_an_agents_name_stands_above_the_words(scene: Scene) -> None:
    await scene.channel.send(Outgoing("+4915112345678", "It left today.", author="Mei"))
    assert scene.graph.sends()[-1]["text"]["body"] == "*Mei*\nIt left today."


async def test_a_customer_without_a_number_is_reached_by_user_id(scene: Scene) -> None:
    await scene.channel.send(Outgoing("DE.77aa", "hello"))
    assert scene.mia.received == ["hello"]
    assert scene.graph.sends()[0]["recipient"] == "DE.77aa"


def test_a_group_is_addressed_as_a_group() -> None:
    assert recipient("group:Y2FwaQ") == {"recipient_type": "group", "to": "Y2FwaQ"}


async def test_a_picture_with_a_caption(scene: Scene) -> None:
    await scene.channel.send(Outgoing("+4915112345678", "here", a_file("a.png", "image/png"), PNG))
    seen = await scene.mia.sees_file(PNG)
    assert (seen.kind, seen.text) == ("image", "here")


async def test_a_large_file_arrives_whole(scene: Scene) -> None:
    film = bytes(range(256)) * 16_384
    await scene.channel.send(Outgoing("+4915112345678", "", a_file("a.mp4", "video/mp4"), film))
    await scene.mia.sees_file(film)


async def test_a_document_keeps_its_name(scene: Scene) -> None:
    await scene.channel.send(Outgoing("+4915112345678", "", a_file("Angebot 7.pdf", "application/pdf"), b"%PDF"))
    seen = await scene.mia.sees_file(b"%PDF")
    assert (seen.kind, seen.content["filename"]) == ("document", "Angebot 7.pdf")


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/jpeg", "image"),
        ("IMAGE/PNG", "image"),
        ("image/gif", "document"),
        ("image/heic", "document"),
        ("audio/ogg; codecs=opus", "audio"),
        ("video/mp4", "video"),
        ("video/quicktime", "document"),
        ("text/csv", "document"),
    ],
)
def test_what_whatsapp_cannot_show_goes_as_a_document(mime: str, kind: str) -> None:
    assert kind_of(mime) == kind


async def test_every_kind_of_file_is_taken(scene: Scene) -> None:
    for nth, mime in enumerate([*KINDS, "text/csv"]):
        content = f"file {nth}".encode()
        await scene.channel.send(Outgoing("+4915112345678", "", a_file("f", mime), content))
        assert (await scene.mia.sees_file(content)).status != "failed"


@pytest.mark.parametrize(
    ("out", "code"),
    [
        (Outgoing("+4915112345678", "  \n"), "empty"),
        (Outgoing("+4915112345678", "", a_file("a.png", "image/png"), b""), "empty"),
        (Outgoing("+4915112345678", "x" * 1025, a_file("a.png", "image/png"), PNG), "too_long"),
        (Outgoing("+4915112345678", "listen", a_file("a.mp3", "audio/mpeg"), b"ID3"), "caption"),
        (Outgoing("+4915112345678", "", a_file("a.mp4", "video/mp4"), bytes(16 * MB + 1)), "too_large"),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_any_request(scene: Scene, out: Outgoing, code: str) -> None:
    error = await scene.refusal(out)
    assert (error.code, error.retry, error.certain) == (code, False, True)
    assert scene.graph.calls == []


async def test_a_lost_upload_is_certain_for_nothing_was_sent_yet(scene: Scene) -> None:
    out = Outgoing("+4915112345678", "", a_file("a.png", "image/png"), PNG)
    for fault in (Fault.drop_after(), Fault.http(502)):
        scene.graph.faults.next("POST */media", fault)
        error = await scene.refusal(out)
        assert (error.retry, error.certain) == (True, True)
    assert scene.mia.received == []


async def test_an_answer_without_an_id_is_uncertain(scene: Scene) -> None:
    scene.graph.faults.next("POST */messages", Fault.http(200))
    error = await scene.refusal(Outgoing("+4915112345678", "hello"))
    assert (error.code, error.certain) == ("bad_answer", False)


async def test_a_closed_window_is_named_at_once_or_by_a_report(scene: Scene) -> None:
    scene.clock.at += timedelta(hours=25)
    sent = await scene.channel.send(Outgoing("+4915112345678", "late"))
    await scene.graph.settle()
    reports = [event for event in scene.heard() if isinstance(event, DeliveryReport)]
    assert [(r.external, r.state, r.code) for r in reports] == [(sent.external, "failed", "window_closed")]
    scene.graph.window_errors = "sync"
    error = await scene.refusal(Outgoing("+4915112345678", "late"))
    assert (error.code, error.retry, error.certain) == ("window_closed", False, True)


# --- error codes ----------------------------------------------------------------------------------------------------

RETRIED = {4, 80007, 130429, 131048, 131056, 133016, 131053, 131016}
FINAL = {
    131026: "undeliverable",
    131047: "window_closed",
    131049: "engagement_limit",
    131050: "opted_out",
    131062: "no_user_id",
    190: "token_expired",
    131031: "locked",
    133010: "not_registered",
    10: "permission",
    200: "permission",
    100: "bad_request",
    99999: "platform_error",
}


@pytest.mark.parametrize("code", sorted(RETRIED))
async def test_codes_that_pass_are_tried_again(scene: Scene, code: int) -> None:
    scene.graph.faults.next("POST */messages", Fault.error(code, status=400))
    error = await scene.refusal(Outgoing("+4915112345678", "hello"))
    assert (error.retry, error.certain, error.detail) == (True, True, str(code))


@pytest.mark.parametrize(("code", "word"), sorted(FINAL.items()))
async def test_codes_that_stay_are_final(scene: Scene, code: int, word: str) -> None:
    scene.graph.faults.next("POST */messages", Fault.error(code, status=400))
    error = await scene.refusal(Outgoing("+4915112345678", "hello"))
    assert (error.code, error.retry, error.certain, error.detail) == (word, False, True, str(code))


async def test_missing_permission_comes_as_code_100(scene: Scene) -> None:
    scene.graph.faults.next("POST */messages", Fault.error(100, status=400, error_subcode=33))
    error = await scene.refusal(Outgoing("+4915112345678", "hello"))
    assert (error.code, error.detail) == ("permission", "100/33")


async def test_an_unknown_code_with_a_server_error_is_uncertain(scene: Scene) -> None:
    for code in (1, 99999):
        scene.graph.faults.next("POST */messages", Fault.error(code, status=500))
        error = await scene.refusal(Outgoing("+4915112345678", "hello"))
        assert (error.code, error.retry, error.certain) == ("server_error", True, False)


def test_every_code_has_words_in_every_language() -> None:
    assert {rule.code for rule in (*ERRORS.values(), *SUBCODES.values(), UNKNOWN)} <= SEND_ERRORS
    for locale in ("en", "zh-CN"):
        for code in SEND_ERRORS:
            assert t(locale, f"send_error.{code}")


# --- files from the customer ----------------------------------------------------------------------------------------


async def received_file(scene: Scene, data: bytes = PNG) -> File:
    await scene.mia.sends_file("a.png", data, "image/png")
    (event,) = [event for event in scene.heard() if isinstance(event, CustomerMessage)]
    (note,) = event.files
    return a_file(note.name, note.mime, note.source)


async def test_a_customers_file_is_fetched_with_the_token(scene: Scene) -> None:
    content = await scene.channel.fetch(await received_file(scene))
    assert (content.body, content.mime) == (PNG, "image/png")


async def test_an_expired_file_is_gone(scene: Scene) -> None:
    file = await received_file(scene)
    scene.clock.at += timedelta(days=8)
    error = await scene.fetch_refusal(file)
    assert (error.code, error.retry) == ("media_gone", False)


async def test_a_source_that_is_no_media_id_is_never_asked_for(scene: Scene) -> None:
    for source in ("../me", "1?fields=x", ""):
        assert (await scene.fetch_refusal(a_file("a", "image/png", source))).code == "media_gone"
    assert scene.graph.calls == []


async def test_a_download_that_breaks_is_fetched_again(scene: Scene) -> None:
    file = await received_file(scene)
    for fault in (Fault.http(404), Fault.http(500), Fault.drop_before(), Fault.rate_limited(5)):
        # aiohttp itself repeats a GET once when a connection it had kept turns out to be dead.
        scene.graph.faults.always("GET */attachments/*", fault)
        assert (await scene.fetch_refusal(file)).retry
        scene.graph.faults.clear()
    assert (await scene.channel.fetch(file)).body == PNG


async def test_a_file_over_the_limit_is_left_where_it_is(scene: Scene) -> None:
    media = scene.graph.files.keep(bytes(5 * MB + 1), "image/png", "big.png", timedelta(days=7))
    error = await scene.fetch_refusal(a_file("big.png", "image/png", media.id))
    assert (error.code, error.retry) == ("too_large", False)
    assert not any("attachments" in call.name for call in scene.graph.calls)


async def test_a_damaged_file_is_noticed(scene: Scene) -> None:
    file = await received_file(scene)
    scene.graph.faults.next("GET */attachments/*", Fault.http(200))
    error = await scene.fetch_refusal(file)
    assert (error.code, error.retry) == ("media_damaged", True)


def test_limits_by_media_type() -> None:
    kinds = ("image/png", "image/gif", "audio/ogg; codecs=opus", "video/mp4", "text/csv")
    assert [CAPS.file_limit(mime) // MB for mime in kinds] == [5, 100, 16, 16, 100]
    assert CAPS.text_limit == 4096


# --- ticks, handshake, doctor ---------------------------------------------------------------------------------------


async def test_read_ticks(scene: Scene) -> None:
    message = await scene.mia.writes("hello?")
    await scene.channel.mark_read("+4915112345678", message.id)
    await scene.mia.sees_tick(message, "read")


def test_the_handshake(scene: Scene) -> None:
    token = scene.graph.default_number.verify_token
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    assert scene.channel.verify(Hook(b"", query=query)) == "1158201444"
    for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        with pytest.raises(Unauthorized):
            scene.channel.verify(Hook(b"", query={**query, **wrong}))
    with pytest.raises(Unauthorized):
        scene.channel.verify(Hook(b'{"entry": []}', query=query))


async def test_doctor_finds_a_healthy_number(scene: Scene) -> None:
    number = scene.graph.default_number
    number.webhook = "https://help.example.com/hooks/wa"
    findings = [finding for finding in await scene.channel.examine() if finding.what.key != "doctor.meta.clock"]
    assert [finding.what.key for finding in findings] == [
        "doctor.whatsapp.number",
        "doctor.whatsapp.quality",
        "doctor.meta.hook",
        "doctor.meta.token",
        "doctor.whatsapp.subscribed",
    ]
    assert all(finding.ok for finding in findings)


async def test_doctor_names_what_is_wrong_and_how_to_mend_it(scene: Scene) -> None:
    number = scene.graph.default_number
    number.quality, number.subscribed, number.scopes = "RED", False, ("whatsapp_business_management",)
    bad = {finding.what.key: finding for finding in await scene.channel.examine() if not finding.ok}
    assert bad.keys() >= {
        "doctor.whatsapp.quality",
        "doctor.meta.no_hook",
        "doctor.meta.scopes",
        "doctor.whatsapp.not_subscribed",
    }
    # The simulator's web server dates its answers by the real clock; the scene's stands elsewhere.
    assert "doctor.meta.clock" in bad
    assert all(finding.cure for finding in bad.values())


async def test_doctor_knows_where_webhooks_should_go(scene: Scene) -> None:
    scene.graph.default_number.webhook = "https://elsewhere.example.com/hooks/wa"
    inbox = whatsapp_inbox(scene.graph)
    async with Http([inbox.api_base]) as http:
        channel = build(inbox, Around(http, scene.clock, "https://help.example.com/hooks/wa"))
        keys = {finding.what.key: finding.ok for finding in await channel.examine()}
    assert keys["doctor.meta.hook_elsewhere"] is False


async def test_doctor_sees_a_number_that_cannot_send_and_a_secret_of_another_app(scene: Scene) -> None:
    scene.graph.default_number.registered = False
    inbox = whatsapp_inbox(scene.graph, app_secret="another app's")
    async with Http([inbox.api_base]) as http:
        found = await build(inbox, Around(http, scene.clock)).examine()
    bad = {finding.what.key: finding.cure for finding in found if not finding.ok}
    assert bad["doctor.whatsapp.state"] is not None
    assert bad["doctor.whatsapp.secret"] is not None


async def test_doctor_sees_that_meta_has_retired_our_version(scene: Scene) -> None:
    scene.graph.oldest_version = "v31.0"
    (finding,) = [it for it in await scene.channel.examine() if it.what.key == "doctor.meta.version"]
    assert finding.what.params == {"inbox": "wa", "asked": "v26.0", "given": "v31.0"}


async def test_doctor_with_a_dead_token_says_so_and_no_more(scene: Scene) -> None:
    scene.graph.default_number.token_valid = False
    (finding,) = await scene.channel.examine()
    assert not finding.ok
    assert finding.what.key == "doctor.whatsapp.unreadable"
    assert t("en", finding.what.key, **finding.what.params).endswith("make a new one.")
    assert "token-1" not in json.dumps(str(finding))
