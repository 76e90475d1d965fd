"""What the log, the error pages and the doctor's findings hold: no secret, nobody's words, and no line that pretends to
be another."""

import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import structlog
import typer

from bot.cli.app import app
from bot.clock import SystemClock
from bot.doctor import examine
from bot.logs import configure
from tests.attack.evil import NAMES, WORDS
from tests.attack.fort import Fort
from tests.databases import fresh_database
from tests.platforms.faults import Fault, Faults
from tests.stories.telegram_team import SECRET, AtTelegram

Form = Literal["json", "console"]
SAID = ("canary words of the customer", "canary note of the agent", "canary reply of the agent", "canary caption")
PEOPLE = ("Canaria", "34600999888", "canary-contract.pdf", "canary.example")
UNSEEMLY = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
FAULTS = (
    *(Fault.http(status, "<b>canary words of the customer</b>") for status in (400, 401, 403, 404, 413, 500, 502, 503)),
    Fault.rate_limited(1),
    Fault.drop_before(),
    Fault.drop_after(),
)


@contextmanager
def everything_logs() -> Iterator[None]:
    """Whatever any library ever says to anybody; the next test hears what it usually hears."""
    names = list(logging.Logger.manager.loggerDict)
    before = {name: logging.getLogger(name).level for name in names}
    try:
        for name in ("", *names):
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@pytest.fixture(params=["json", "console"])
def form(request: pytest.FixtureRequest) -> Form:
    given: Form = request.param
    return given


@pytest.fixture
async def fort(form: Form, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Fort]:
    """At all three desks."""
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        configure(form)
        telegram = AtTelegram(limits=None)
        made = Fort(url, tmp_path, "console", also=("slack", "telegram"), slack_mode="http", at_telegram=telegram)
        with everything_logs():
            async with made:
                yield made


def secrets(fort: Fort) -> Iterator[str]:
    number = fort.number
    yield from (number.token, number.app_secret, number.verify_token)
    yield from (fort.slack.bot_token, fort.slack.app_token, fort.slack.signing_secret)
    yield from (fort.telegram.token, SECRET)
    yield from re.findall(r"canary-[a-z0-9-]+|EAAcanary\w+", fort._parts["more"])


async def a_whole_story(fort: Fort) -> list[str]:
    """A customer, an agent, files, a colleague's sign-in; each platform fails in each way. What else must be secret."""
    customer = fort.customer("Canaria Vogel", "34600999888")
    ticket = await fort.opened(customer, SAID[0])
    browser = await fort.enters(fort.mei)
    await customer.sends_file("canary-contract.pdf", b"%PDF", "application/pdf", caption=SAID[3])
    await fort.settled()
    platforms: list[Faults] = [fort.graph.faults, fort.slack.faults, fort.telegram.faults]
    for fault in FAULTS:
        for faults in platforms:
            faults.next("*", fault, times=2)
        await customer.writes(f"{SAID[0]} {fault.kind} {fault.status}")
        await fort.settled()
        await fort.mei.types(SAID[1], ticket)
        await fort.mei.types(f"!r {SAID[2]}", ticket)
        await fort.forward("2m")
        for faults in platforms:
            faults.clear()
    return [browser.cookie.partition("=")[2], browser.csrf, await fort.link(fort.mei)]


async def test_a_story_of_every_fault_leaves_no_secret_and_no_words(
    fort: Fort, form: Form, capsys: pytest.CaptureFixture[str]
) -> None:
    session = await a_whole_story(fort)
    for body in (b"\xff canary words of the customer", b'{"entry": [{"changes": "canary words of the customer"}]}'):
        await fort.delivers(body)
    await fort.settled()
    written = capsys.readouterr().err
    assert "outbox.failed" in written, "there is something to read"
    for kept in (*secrets(fort), *session, *SAID, *PEOPLE):
        assert kept not in written, [line for line in written.splitlines() if kept in line][:2]
    assert not UNSEEMLY.search(written)
    if form == "json":
        for line in written.splitlines():
            assert {"event", "level", "timestamp"} <= json.loads(line).keys()


async def test_no_stranger_writes_into_the_log(fort: Fort, form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    """By whatever part of a request: what is said of it is ours."""
    evil = "\x1b[2Jcanary\x9b31m"
    capsys.readouterr()
    for path in ("/canary%0a%1b[2J", "/hooks/canary%0d%0aX", "/console/login?token=canary%0A", "/chat/canary/socket"):
        for method in ("GET", "POST", "CANARY"):
            await fort.asks(
                method, path, headers={"User-Agent": "canary", "Referer": "http://canary/", "Origin": "canary"}
            )
    await fort.raw(f"GET /{evil} HTTP/1.1\r\nHost: {evil}\r\n\r\n".encode())
    await fort.raw(f"{evil} canary\r\n\r\n".encode())
    for _ in range(50):
        assert (await fort.delivers(b"canary", secret="guess")).status == 401
    written = capsys.readouterr().err
    assert "canary" not in written
    assert written.count("hook.unauthorized") == 1, "nor fills it"
    assert "Error handling request" not in written


async def test_error_pages_say_nothing(fort: Fort, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even with asyncio's debugging on, which aiohttp takes as a wish to see tracebacks."""
    hers = await fort.enters(fort.mei)

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("canary words of the customer")

    monkeypatch.setattr(type(fort.running.store), "notices", breaks)
    reply = await hers.asks("GET", "/console/api/notices", headers={"Accept": "text/html"})
    assert (reply.status, reply.body) == (500, b"500: Internal Server Error")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_doctor_tells_no_secret(fort: Fort) -> None:
    for faults in (fort.graph.faults, fort.slack.faults, fort.telegram.faults):
        faults.next("*", Fault.http(500, "x"), times=1)
    found = [repr(section) async for section in examine(fort.running.settings, SystemClock())]
    assert found
    for kept in secrets(fort):
        assert kept not in "\n".join(found)
    assert not [kept for kept in secrets(fort) if kept in repr(fort.running.settings)]


@pytest.mark.parametrize("words", [*WORDS.values(), *NAMES.values()], ids=[*WORDS, *NAMES])
def test_a_value_is_on_one_line_whatever_it_holds(words: str, form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure(form)
    log = structlog.get_logger("bot.attack")
    log.warning("x.y", name=words[:300], inside={"a": [words[:300], {words[:100]: words[:300]}]})
    logging.getLogger("some.library").warning("said %s", words[:300])
    written = capsys.readouterr().err
    assert written.count("\n") == 2
    assert not UNSEEMLY.search(written.replace("\n", ""))
    assert "Logging error" not in written


def test_libraries_speak_of_trouble_only(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever level they give themselves."""
    configure(form)
    libraries = [logging.getLogger(name) for name in ("httpx", "slack", "aiosqlite", "aiohttp.access", "py.warnings")]
    with everything_logs():
        for library in libraries:
            library.info("HTTP Request: POST https://api.telegram.org/")
        logging.getLogger("py.warnings").warning("bad file name: a canary")
    assert capsys.readouterr().err == ""


def test_no_secret_need_stand_on_a_command_line() -> None:
    """Everybody on the machine can read it there. What runs for long takes none; `init` takes each another way, too."""
    group: Any = typer.main.get_command(app)
    secret = {
        (name, option)
        for name, command in group.commands.items()
        for option in command.params
        if re.search(r"token|secret|password|key", option.name or "")
    }
    assert {name for name, _ in secret} == {"init"}
    assert all(option.envvar for _, option in secret)
