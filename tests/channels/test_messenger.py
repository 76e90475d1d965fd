"""Messenger against the Graph simulator: sending, windows, files, seen marks, names, errors by code, doctor."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.channels import Around
from bot.channels.messenger import CAPS, KINDS, Messenger, build, kind_of
from bot.demo.messenger_model import Page
from bot.http import MB, Http
from bot.i18n import t
from core.errors import SendError, Unauthorized
from core.events import CustomerMessage, DeliveryReport, ForeignEcho, Watermark
from core.messages import File, Ladder
from core.ports import Channel, Examined, Hook, KnowsNames, Outgoing, ShowsTicks
from core.say import Say
from tests.channels.kits import NOW, StillClock, messenger_inbox
from tests.channels.scene import PNG, GraphScene, a_file
from tests.platforms.faults import Fault
from tests.platforms.graph import GraphWorld, StoryPerson


@dataclass
class Scene(GraphScene[Messenger]):
    mia: StoryPerson

    @property
    def page(self) -> Page:
        return self.mia.page

    def out(self, text: str = "hello", **more: object) -> Outgoing:
        return Outgoing(self.mia.psid, text, **more)  # type: ignore[arg-type]

    async def refused(self, code: int, subcode: int = 0, *, late: bool = False) -> SendError:
        """What becomes of one of Graph's codes."""
        more = {"error_subcode": subcode} if subcode else {}
        self.graph.faults.next("POST */messages", Fault.error(code, status=400, **more))
        return await self.refusal(self.out(late=late))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock = StillClock()
    async with GraphWorld(clock.now) as graph:
        page = graph.page()
        mia = graph.person("Mia Vogel")
        mia.last_acted[page.id] = NOW
        inbox = messenger_inbox(graph)
        async with Http([inbox.api_base]) as http:
            yield Scene(graph, build(inbox, Around(http, clock)), clock, mia)
            await graph.settle()


def test_it_is_what_the_ports_ask_for(scene: Scene) -> None:
    channel: Channel = scene.channel
    assert isinstance(channel, ShowsTicks)
    assert isinstance(channel, KnowsNames)
    assert isinstance(channel, Examined)
    assert (channel.caps.window, channel.caps.human_window) == (timedelta(hours=24), timedelta(days=7))


# --- what simulated people do ---------------------------------------------------------------------------------------


async def test_everything_a_person_can_do_is_understood(scene: Scene) -> None:
    graph, mia = scene.graph, scene.mia
    hello = await mia.writes("hello")
    await mia.writes("more", reply_to=hello)
    await mia.taps("Yes", "YES")
    await mia.sends_file("offer.pdf", b"%PDF", "application/pdf")
    await mia.sends_sticker(PNG, shape="both")
    await mia.sends_location(22.5, 114.0)
    await mia.shares_link("https://shop.example/1", "Lamp")
    await mia.shares_what_nobody_supports()
    await mia.shares_product("Lamp", "SKU")
    await mia.sends_unsupported()
    await mia.presses("Get Started", "GET_STARTED")
    await mia.comes_by_link("spring")
    await mia.comes_by_ad("Summer sale")
    await mia.opts_in("News")
    await mia.reacts(hello, "❤️")
    await mia.unreacts(hello)
    await mia.edits(hello, "hello!")
    await mia.unsends(hello)
    await graph.messenger.page_inbox_writes(mia, "I call you")
    await graph.messenger.takes(mia)
    await mia.writes("still there?")
    await graph.messenger.requests(mia)
    await graph.messenger.passes(mia, back=True)
    await graph.messenger.enforces(scene.page)

    events = scene.heard()
    assert [type(event).__name__ for event in events] == [
        *["CustomerMessage"] * 14,
        *["CustomerReaction"] * 2,
        "CustomerEdit",
        "CustomerDelete",
        "ForeignEcho",
        *["CustomerMessage"] * 4,
        "InboxTrouble",
    ]
    lines = [event.about for event in events if isinstance(event, CustomerMessage) and event.about]
    assert [line.key for line in lines] == [
        *("about.button", "about.sticker", "about.location_named", "about.link", "about.unsupported", "about.product"),
        *("about.unsupported", "about.button", "about.referral", "about.ad", "about.opted_in"),
        *("about.handed_away", "about.standby", "about.asked_for", "about.handed_over"),
    ]
    for locale in ("en", "zh-CN"):
        assert all(worded(locale, line) for line in lines)


def worded(locale: str, line: Say) -> str:
    return "\n".join(t(locale, one.key, **one.params) for one in (line, *line.lines))


# --- sending --------------------------------------------------------------------------------------------------------


async def test_text_goes_out_as_an_answer(scene: Scene) -> None:
    sent = await scene.channel.send(scene.out("It left today."))
    reply = await scene.mia.sees("left")
    assert reply.id == sent.external
    (body,) = scene.graph.sends()
    assert body == {
        "recipient": {"id": scene.mia.psid},
        "messaging_type": "RESPONSE",
        "message": {"text": "It left today."},
    }


async def test_an_agents_name_stands_above_the_words(scene: Scene) -> None:
    await scene.channel.send(scene.out("It left today.", author="Mei"))
    assert scene.mia.received == ["Mei:\nIt left today."]


async def test_after_a_day_only_a_persons_words_go_and_after_a_week_none(scene: Scene) -> None:
    scene.clock.at += timedelta(hours=24)
    assert (await scene.refusal(scene.out("in time?"))).code == "window_closed"
    await scene.channel.send(scene.out("late, by hand", late=True))
    assert scene.graph.sends()[-1]["tag"] == "HUMAN_AGENT"
    assert scene.graph.sends()[-1]["messaging_type"] == "MESSAGE_TAG"
    scene.clock.at += timedelta(days=6)
    assert (await scene.refusal(scene.out("by hand", late=True))).code == "window_closed"
    assert scene.mia.received == ["late, by hand"]


async def test_without_metas_approval_nothing_goes_after_a_day(scene: Scene) -> None:
    scene.page.human_agent = False
    scene.clock.at += timedelta(hours=30)
    error = await scene.refusal(scene.out(late=True))
    assert (error.code, error.retry, error.certain) == ("human_agent", False, True)


@pytest.mark.parametrize(("mime", "kind"), [*KINDS.items(), ("text/csv", "file"), ("image/heic", "file")])
async def test_every_kind_of_file_is_taken(scene: Scene, mime: str, kind: str) -> None:
    await scene.channel.send(scene.out("", file=a_file("报价 7", mime), content=PNG))
    seen = await scene.mia.sees_file(PNG)
    assert (seen.kind, scene.mia.received) == (kind, ["[报价 7]"])


def test_what_messenger_cannot_show_goes_as_a_file() -> None:
    assert [kind_of(mime) for mime in ("IMAGE/PNG", "audio/mp4; codecs=x", "video/quicktime")] == [
        *("image", "audio", "file")
    ]


async def test_a_large_file_arrives_whole_and_late_too(scene: Scene) -> None:
    film = bytes(range(256)) * 16_384
    scene.clock.at += timedelta(days=2)
    out = scene.out("", file=a_file("a.mp4", "video/mp4"), content=film, late=True, ref="7.0")
    await scene.channel.send(out)
    seen = await scene.mia.sees_file(film)
    assert (seen.tag, seen.callback_data) == ("HUMAN_AGENT", "7.0")


async def test_a_file_whose_answer_is_lost_may_have_arrived(scene: Scene) -> None:
    scene.graph.faults.next("POST */messages", Fault.drop_after())
    error = await scene.refusal(scene.out("", file=a_file("a.png", "image/png"), content=PNG))
    assert (error.code, error.certain) == ("disconnected", False)
    await scene.mia.sees_file(PNG)


@pytest.mark.parametrize(
    ("text", "file", "content", "code"),
    [
        ("  \n", None, b"", "empty"),
        ("x" * 2001, None, b"", "too_long"),
        ("", a_file("a.png", "image/png"), b"", "empty"),
        ("here", a_file("a.png", "image/png"), PNG, "caption"),
        ("", a_file("a.mp4", "video/mp4"), bytes(25 * MB + 1), "too_large"),
    ],
    ids=["no words", "too many words", "an empty file", "a caption", "a large file"],
)
async def test_what_cannot_be_sent_is_refused_before_any_request(
    scene: Scene, text: str, file: File | None, content: bytes, code: str
) -> None:
    error = await scene.refusal(scene.out(text, file=file, content=content))
    assert (error.code, error.retry, error.certain) == (code, False, True)
    assert scene.graph.calls == []


async def test_an_answer_without_an_id_is_uncertain(scene: Scene) -> None:
    scene.graph.faults.next("POST */messages", Fault.http(200))
    error = await scene.refusal(scene.out())
    assert (error.code, error.certain) == ("bad_answer", False)


# --- how far it came ------------------------------------------------------------------------------------------------


async def test_an_echo_settles_a_send_whose_answer_was_lost(scene: Scene) -> None:
    scene.graph.faults.next("POST */messages", Fault.drop_after())
    assert not (await scene.refusal(scene.out(ref="7.0.1"))).certain
    await scene.graph.settle()
    echoed, delivered = scene.heard()
    (said,) = scene.mia.messages
    assert echoed == DeliveryReport(echoed.inbox, said.id, Ladder.SENT, NOW, ref="7.0.1")
    assert delivered == DeliveryReport(echoed.inbox, said.id, Ladder.DELIVERED, NOW)


async def test_old_phones_and_readers_give_watermarks(scene: Scene) -> None:
    scene.mia.old_client = True
    await scene.channel.send(scene.out())
    scene.clock.at += timedelta(minutes=1)
    await scene.mia.reads()
    marks = [event for event in scene.heard() if isinstance(event, Watermark)]
    assert [(mark.key, mark.state) for mark in marks] == [(scene.mia.psid, "delivered"), (scene.mia.psid, "read")]
    assert marks[1].upto == scene.clock.at


async def test_what_colleagues_and_bots_answer_elsewhere_is_heard(scene: Scene) -> None:
    await scene.channel.send(scene.out("ours, without a name of its own"))
    await scene.graph.messenger.page_inbox_writes(scene.mia, "from the Page inbox")
    await scene.graph.messenger.page_inbox_writes(scene.mia, "from a bot", app_id="4711")
    await scene.graph.settle()
    echoes = [event.text for event in scene.heard() if isinstance(event, ForeignEcho)]
    assert sorted(echoes) == ["from a bot", "from the Page inbox"]


# --- error codes ----------------------------------------------------------------------------------------------------

RETRIED = {4: "rate_limited", 613: "rate_limited", 80006: "rate_limited", 1200: "server_error", 2: "server_error"}
FINAL = {
    (10, 2018278): "window_closed",
    (10, 2018065): "window_closed",
    (10, 2018108): "undeliverable",
    (10, 2018300): "other_app",
    (10, 0): "permission",
    (100, 0): "bad_request",
    (100, 2018001): "undeliverable",
    (100, 2018047): "media_refused",
    (100, 2018109): "too_large",
    (190, 463): "token_expired",
    (200, 2018028): "permission",
    (200, 1545041): "undeliverable",
    (230, 0): "permission",
    (368, 0): "policy_blocked",
    (551, 1545041): "undeliverable",
    (9999, 0): "platform_error",
}


@pytest.mark.parametrize(("code", "word"), sorted(RETRIED.items()))
async def test_codes_that_pass_are_tried_again(scene: Scene, code: int, word: str) -> None:
    error = await scene.refused(code)
    assert (error.code, error.retry, error.certain, error.detail) == (word, True, True, str(code))


@pytest.mark.parametrize(("code", "word"), sorted(FINAL.items()))
async def test_codes_that_stay_are_final(scene: Scene, code: tuple[int, int], word: str) -> None:
    error = await scene.refused(*code)
    assert (error.code, error.retry, error.certain) == (word, False, True)


async def test_only_a_missing_right_means_human_agent(scene: Scene) -> None:
    assert (await scene.refused(10, late=True)).code == "human_agent"
    assert (await scene.refused(10, 2018278, late=True)).code == "window_closed"
    assert (await scene.refused(190, 463, late=True)).code == "token_expired"


async def test_who_blocked_the_page_cannot_be_reached(scene: Scene) -> None:
    scene.mia.blocked = True
    error = await scene.refusal(scene.out())
    assert (error.code, error.detail) == ("undeliverable", "551/1545041")


# --- files from people ----------------------------------------------------------------------------------------------


async def received(scene: Scene, name: str = "label.png", data: bytes = PNG, mime: str = "image/png") -> File:
    await scene.mia.sends_file(name, data, mime)
    event = scene.heard()[-1]
    assert isinstance(event, CustomerMessage)
    (note,) = event.files
    return a_file(note.name, note.mime, note.source)


async def test_a_file_is_fetched_from_its_address_without_our_token(scene: Scene) -> None:
    content = await scene.channel.fetch(await received(scene))
    assert (content.body, content.mime, content.name) == (PNG, "image/png", "label.png")
    (call,) = scene.graph.calls
    assert (call.name, call.token) == ("GET /cdn/label.png", "")


async def test_a_voice_message_stays_audio_though_the_cdn_calls_it_a_film(scene: Scene) -> None:
    file = await received(scene, "audioclip-1.mp4", b"ftyp", "audio/mp4")
    media = scene.mia.messages[-1].media
    assert media is not None
    media.mime = "video/mp4"
    assert (await scene.channel.fetch(file)).mime == "audio/mp4"


async def test_the_cdn_knows_the_type_of_a_nameless_file(scene: Scene) -> None:
    file = await received(scene, "statement", b"%PDF", "application/pdf")
    assert file.mime == "application/octet-stream"
    assert (await scene.channel.fetch(file)).mime == "application/pdf"


async def test_an_expired_address_is_gone(scene: Scene) -> None:
    file = await received(scene)
    scene.clock.at += timedelta(days=1)
    error = await scene.fetch_refusal(file)
    assert (error.code, error.retry) == ("media_gone", False)


async def test_a_sign_in_page_is_not_the_file(scene: Scene) -> None:
    file = await received(scene)
    scene.graph.faults.next("GET /cdn/*", Fault.http(200))
    assert (await scene.fetch_refusal(file)).code == "media_gone"


async def test_a_download_that_breaks_is_fetched_again(scene: Scene) -> None:
    file = await received(scene)
    for fault in (Fault.http(500), Fault.drop_before(), Fault.rate_limited(5)):
        # aiohttp itself repeats a GET once when a connection it had kept turns out to be dead.
        scene.graph.faults.always("GET /cdn/*", fault)
        assert (await scene.fetch_refusal(file)).retry
        scene.graph.faults.clear()
    assert (await scene.channel.fetch(file)).body == PNG


@pytest.mark.parametrize(
    "source",
    ["http://127.0.0.1:1/x.png", "https://10.0.0.1/x.png", "http://cdn.example/x.png", "file:///etc/passwd", ""],
)
async def test_an_address_inside_the_house_is_never_opened(scene: Scene, source: str) -> None:
    error = await scene.fetch_refusal(a_file("x.png", "image/png", source))
    assert (error.code, error.retry) == ("forbidden_address", False)


async def test_a_file_over_the_limit_is_left_where_it_is(scene: Scene) -> None:
    file = await received(scene, "big.png", bytes(CAPS.file_limit("image/png") + 1))
    assert (await scene.fetch_refusal(file)).code == "too_large"


# --- seen marks, names, handshake -----------------------------------------------------------------------------------


async def test_seen_marks(scene: Scene) -> None:
    message = await scene.mia.writes("hello?")
    await scene.channel.mark_read(scene.mia.psid, message.id)
    await scene.mia.sees_tick(message, "read")
    assert scene.graph.sends() == []


async def test_a_name_is_asked_for_and_may_be_kept_from_us(scene: Scene) -> None:
    assert await scene.channel.name_of(scene.mia.psid) == "Mia Vogel"
    scene.mia.hidden = True
    assert await scene.channel.name_of(scene.mia.psid) == ""
    assert await scene.channel.name_of("404") == ""
    scene.graph.faults.next("GET *", Fault.http(500))
    with pytest.raises(SendError, match="server_error"):
        await scene.channel.name_of(scene.mia.psid)


async def test_the_handshake(scene: Scene) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": scene.page.verify_token, "hub.challenge": "1158201444"}
    assert scene.channel.verify(Hook(b"", query=query)) == "1158201444"
    for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        with pytest.raises(Unauthorized):
            scene.channel.verify(Hook(b"", query={**query, **wrong}))


# --- doctor ---------------------------------------------------------------------------------------------------------

OURS = "https://help.example.com/hooks/page"


async def findings(scene: Scene, hook_url: str = OURS, **settings: object) -> dict[str, bool]:
    """What doctor says: keys, and whether they are well. Every finding has words in every language."""
    inbox = messenger_inbox(scene.graph, **settings)
    async with Http([inbox.api_base]) as http:
        found = await build(inbox, Around(http, scene.clock, hook_url)).examine()
    for finding in found:
        for said in filter(None, (finding.what, finding.cure)):
            assert all(t(locale, said.key, **said.params) for locale in ("en", "zh-CN"))
        assert finding.ok or finding.cure or finding.what.key == "doctor.meta.token_unknown"
    # The simulator's web server dates its answers by the real clock; the scene's stands elsewhere.
    return {finding.what.key: finding.ok for finding in found if finding.what.key != "doctor.meta.clock"}


async def test_doctor_finds_a_healthy_page(scene: Scene) -> None:
    scene.page.webhook = OURS
    assert await findings(scene) == {
        "doctor.messenger.page": True,
        "doctor.meta.token": True,
        "doctor.messenger.subscribed": True,
        "doctor.meta.hook": True,
        "doctor.messenger.human_agent": True,
    }


async def test_doctor_names_what_is_wrong(scene: Scene) -> None:
    scene.page.scopes = ("pages_messaging",)
    scene.page.fields = frozenset({"messages"})
    scene.page.webhook = "https://elsewhere.example.com/hooks/page"
    found = await findings(scene)
    assert {key for key, well in found.items() if not well} == {
        "doctor.meta.scopes",
        "doctor.messenger.fields",
        "doctor.meta.hook_elsewhere",
        "doctor.messenger.app_fields",
    }


async def test_doctor_knows_that_pages_of_an_app_share_an_address(scene: Scene) -> None:
    scene.page.webhook = "https://help.example.com/hooks/another-page"
    assert (await findings(scene))["doctor.meta.hook_shared"] is True


async def test_doctor_sees_that_no_app_is_subscribed(scene: Scene) -> None:
    scene.page.subscribed = False
    found = await findings(scene)
    assert found["doctor.messenger.not_subscribed"] is False
    assert found["doctor.meta.no_hook"] is False


async def test_doctor_sees_that_secret_and_app_do_not_belong_together(scene: Scene) -> None:
    found = await findings(scene, app_secret="another app's")
    assert found["doctor.messenger.app_unreadable"] is False
    found = await findings(scene, app_id="4711")
    assert {key for key, well in found.items() if not well} == {
        "doctor.messenger.other_app",
        "doctor.messenger.not_subscribed",
        "doctor.messenger.app_unreadable",
    }


async def test_doctor_sees_that_meta_has_retired_our_version(scene: Scene) -> None:
    scene.graph.oldest_version = "v31.0"
    assert (await findings(scene))["doctor.meta.version"] is False


async def test_doctor_with_a_dead_token_says_so_and_no_more(scene: Scene) -> None:
    scene.page.token_valid = False
    assert await findings(scene) == {"doctor.messenger.unreadable": False}


async def test_doctor_goes_on_when_one_question_fails(scene: Scene) -> None:
    scene.graph.faults.next("GET */subscribed_apps", Fault.http(500))
    scene.graph.faults.next("GET */debug_token*", Fault.http(500))
    found = await findings(scene)
    assert (found["doctor.messenger.subscription_unknown"], found["doctor.meta.token_unknown"]) == (False, False)


async def test_doctor_knows_a_token_of_another_page(scene: Scene) -> None:
    other = scene.graph.page("Another shop", token=scene.page.token, app_id=scene.page.app_id)
    found = await findings(scene, page_id=other.id)
    assert found["doctor.messenger.other_page"] is False
