"""The site chat as a channel: what its socket stores is read as it was meant, and what we send is in the log once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import ValidationError

from bot.channels import livechat_parse as raw
from bot.channels.kind import Around
from bot.channels.livechat import Livechat, build
from bot.channels.livechat_parse import Who
from bot.http import Http
from core.errors import SendError, Unauthorized
from core.events import (
    ChannelEvent,
    CustomerDetails,
    CustomerLeft,
    CustomerMessage,
    DeliveryReport,
    FileNote,
    InboxTrouble,
    once_key,
)
from core.ids import FileId, InboxName, MessageId
from core.messages import File, FileState, Ladder
from core.people import Identity
from core.ports import ChatEntry, ChatFile, ChatKind, ChatWords, Content, Delivery, Hook, Left, Outgoing
from core.say import say
from storage import SqlChatLog, open_store
from tests.channels.kits import NOW, StillClock, livechat_inbox

SITE = InboxName("site")
FILE = ChatFile("ab" * 32, "lamp.png", "image/png", 4)


class Blobs:
    """One file."""

    async def put(self, body: bytes) -> str:
        return FILE.blob

    async def get(self, key: str) -> bytes:
        return {FILE.blob: b"\x89PNG"}[key]


@dataclass
class Scene:
    channel: Livechat
    log: SqlChatLog


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    store = await open_store("sqlite://:memory:")
    log = SqlChatLog(store)
    await log.arrive(SITE, None, None, "v1", None, NOW)
    yield Scene(Livechat(livechat_inbox(), log, Blobs(), StillClock()), log)
    await store.close()


def heard(delivery: Delivery) -> list[ChannelEvent]:
    return list(raw.parse(SITE, Hook(delivery.body, at=NOW)))


async def code_of(channel: Livechat, out: Outgoing) -> str:
    with pytest.raises(SendError) as caught:
        await channel.send(out)
    assert caught.value.certain
    return caught.value.code


# --- what comes in --------------------------------------------------------------------------------------------------


def test_what_was_said_is_read_whole() -> None:
    words = ChatWords("look", files=(FILE,), reply_to=3)
    who = Who("7", "Ana", "ana@example.com", "es", "America/New_York")
    (event,) = heard(raw.said("v1", "id-1", 4, words, who, NOW))
    assert isinstance(event, CustomerMessage)
    assert (event.external, event.at, event.text, event.reply_to) == ("v1:4", NOW, "look", "v1:3")
    assert event.files == (FileNote(f"blob:{FILE.blob}", "lamp.png", "image/png", 4),)
    visitor, user, email = event.sender.identities
    assert visitor == Identity("visitor", "site", "v1")
    assert (user, email) == (Identity("user", "site", "7"), Identity("email", "", "ana@example.com"))
    assert (event.sender.name, event.sender.language, event.sender.zone) == ("Ana", "es", "America/New_York")


@pytest.mark.parametrize("zone", ["", "UTC", "Etc/GMT+5", "Atlantis/Downtown", "../../etc/passwd", "america/new_york"])
def test_a_clock_of_no_place_says_nothing(zone: str) -> None:
    """A browser that hides where it is says UTC."""
    (event,) = heard(raw.said("v1", "id-1", 4, ChatWords("look"), Who(zone=zone), NOW))
    assert isinstance(event, CustomerMessage)
    assert event.sender.zone is None


def test_acks_are_reports_of_the_parts_we_sent() -> None:
    entries = [ChatEntry(n, f"7.{n}.1", ChatKind.AGENT, ChatWords("hi"), NOW) for n in (2, 5)]
    assert heard(raw.acked("v1", Ladder.READ, entries, NOW)) == [
        DeliveryReport(SITE, "v1:2", Ladder.READ, NOW, ref="7.2.1"),
        DeliveryReport(SITE, "v1:5", Ladder.READ, NOW, ref="7.5.1"),
    ]


def test_each_leaving_is_an_event_of_its_own() -> None:
    once, again = (raw.left(Left((SITE, "v1"), at, 2)) for at in (NOW, NOW + timedelta(minutes=9)))
    (first,), (second,) = heard(once), heard(again)
    assert isinstance(first, CustomerLeft)
    assert (first.key, first.at) == ("v1", NOW)
    assert once_key(first) != once_key(second)
    assert once.key != again.key


def test_an_email_they_typed_makes_nobody_known() -> None:
    (event,) = heard(raw.details("v1", "ana@example.com", Who(name="Ana"), NOW))
    assert isinstance(event, CustomerDetails)
    assert event.email == "ana@example.com"
    assert [identity.kind for identity in event.sender.identities] == ["visitor"]


def test_what_lacks_its_visitor_is_a_trouble_and_costs_no_other() -> None:
    body = b'{"events": [{"kind": "said"}, {"kind": "said", "visitor": "v1", "seq": 1, "text": "hi"}, 7]}'
    trouble, message = raw.parse(SITE, Hook(body, at=NOW))
    assert isinstance(trouble, InboxTrouble)
    assert isinstance(message, CustomerMessage)
    assert message.at == NOW


async def test_nobody_delivers_from_outside(scene: Scene) -> None:
    with pytest.raises(Unauthorized):
        scene.channel.verify(Hook(b"{}"))


# --- what goes out --------------------------------------------------------------------------------------------------


async def test_sent_again_it_is_there_once(scene: Scene) -> None:
    out = Outgoing("v1", "hello", author="Mei", ref="7.0.1")
    assert await scene.channel.send(out) == await scene.channel.send(out)
    (entry,) = await scene.log.entries(SITE, "v1", 0, 10)
    assert (entry.ref, entry.words) == ("7.0.1", ChatWords("hello", "Mei"))


async def test_a_file_is_named_in_the_log(scene: Scene) -> None:
    file = File(FileId(1), MessageId(1), "lamp.png", "image/png", 4, FileState.STORED, blob=FILE.blob)
    await scene.channel.send(Outgoing("v1", file=file, content=b"\x89PNG"))
    (entry,) = await scene.log.entries(SITE, "v1", 0, 10)
    assert entry.words.files == (FILE,)


async def test_what_nobody_can_be_shown_is_refused(scene: Scene) -> None:
    assert await code_of(scene.channel, Outgoing("v1", "  ")) == "empty"
    assert await code_of(scene.channel, Outgoing("gone", "hello")) == "undeliverable"


async def test_without_a_log_nothing_is_lost(scene: Scene) -> None:
    """As for doctor, which only looks."""
    assert await code_of(Livechat(livechat_inbox(), None, None, StillClock()), Outgoing("v1", "hello")) == "internal"


async def test_an_upload_is_fetched_from_where_it_is(scene: Scene) -> None:
    file = File(FileId(1), MessageId(1), "lamp.png", "image/png", 4, source=f"blob:{FILE.blob}")
    assert await scene.channel.fetch(file) == Content(b"\x89PNG", "image/png", "lamp.png")
    gone = File(FileId(1), MessageId(1), "x.png", "image/png", source="blob:none")
    with pytest.raises(SendError, match="media_gone"):
        await scene.channel.fetch(gone)


async def test_a_tick_moves_the_teams_mark(scene: Scene) -> None:
    await scene.log.append(SITE, "v1", ChatKind.CUSTOMER, "id-1", ChatWords("hi"), NOW)
    await scene.channel.mark_read("v1", "v1:1")
    visitor = await scene.log.visitor(SITE, "v1")
    assert visitor is not None
    assert visitor.team_read == 1


# --- settings -------------------------------------------------------------------------------------------------------


def test_origins_are_written_as_browsers_write_them() -> None:
    inbox = livechat_inbox(origins=["https://Shop.example/", "http://localhost:3000", "https://b.example:443"])
    assert inbox.origins == ("https://shop.example", "http://localhost:3000", "https://b.example")


@pytest.mark.parametrize("wrong", ["shop.example", "https://shop.example/path", "*", "https://*.example; sandbox", ""])
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        livechat_inbox(origins=[wrong])


@pytest.mark.parametrize("colour", ["blue", "#12", "#0b5fff;}", "url(x)"])
def test_a_colour_is_six_digits(colour: str) -> None:
    with pytest.raises(ValidationError):
        livechat_inbox(colour=colour)


# --- doctor ---------------------------------------------------------------------------------------------------------


async def findings(url: str, **settings: object) -> dict[str, bool]:
    channel = Livechat(livechat_inbox(**settings), None, None, StillClock(), url)
    return {finding.what.key: finding.ok for finding in await channel.examine()}


@asynccontextmanager
async def answering(answer: web.Response | None) -> AsyncIterator[str]:
    """Our address, and what is there. None: no server."""

    async def widget(request: web.Request) -> web.Response:
        assert answer is not None
        return answer

    app = web.Application()
    app.router.add_get("/chat/site/widget.js", widget)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        if answer is None:
            await server.close()
        yield url


def script(text: str = "<dragoman-chat>", status: int = 200, policy: str = "cross-origin") -> web.Response:
    headers = {"Cross-Origin-Resource-Policy": policy} if policy else {}
    return web.Response(text=text, status=status, content_type="text/javascript", headers=headers)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (lambda: script(), "answers"),
        (lambda: None, "unreachable"),
        (lambda: script(status=404), "unknown"),
        (lambda: script(status=502), "wrong"),
        (lambda: script("alert('sign in')"), "wrong"),
        (lambda: web.Response(text="<dragoman-chat>", content_type="text/html"), "wrong"),
        (lambda: script(policy="same-origin"), "kept_back"),
        (lambda: script(policy=""), "kept_back"),
    ],
)
async def test_doctor_asks_for_the_script_as_a_shop_does(answer: Callable[[], web.Response | None], found: str) -> None:
    async with answering(answer()) as url, Http({url}) as home:
        *_, said = await build(livechat_inbox(), Around(home, StillClock(), f"{url}/hooks/site", home=home)).examine()
    assert (said.what.key, said.ok) == (f"doctor.chat.{found}", found == "answers")
    assert said.ok or said.cure == say(f"doctor.chat.{found}_cure", url=f"{url}/chat/site/widget.js")


async def test_doctor_shows_the_tag() -> None:
    assert await findings("https://help.example") == {"doctor.chat.shown": True}


async def test_doctor_names_what_browsers_will_not_show() -> None:
    assert not (await findings("http://help.example"))["doctor.chat.mixed"]
    assert "doctor.chat.mixed" not in await findings("http://127.0.0.1:8080")
    assert "doctor.chat.mixed" not in await findings("http://help.example", origins=["http://shop.example"])


async def test_doctor_knows_a_secret_that_is_none() -> None:
    assert not (await findings("https://help.example", secret="shop"))["doctor.chat.weak_secret"]
