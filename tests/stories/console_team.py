"""The team at the web console: its pages' own HTTP API, read the way the page reads it."""

import asyncio
import io
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import aiohttp

from core.ids import TicketId
from core.people import Person, Role
from tests.stories.agents import Agent, House, Said, Seen, Team

Settle = Callable[[], Awaitable[None]]
Json = dict[str, Any]
BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>', re.S)


class Browser:
    """One signed-in browser. `address` is asked anew at each request: after a restart it is another."""

    def __init__(self, address: Callable[[], str], sign_in: Callable[[], Awaitable[str]]) -> None:
        self._address, self._sign_in = address, sign_in
        self._http: aiohttp.ClientSession | None = None
        self._csrf = ""
        self._entering = asyncio.Lock()

    async def get(self, path: str, **query: str) -> Any:
        return await self._ask("GET", path, params=query)

    async def post(self, path: str, **body: Any) -> Any:
        return await self._ask("POST", path, json=body)

    async def upload(self, name: str, content: bytes, mime: str) -> Json:
        """What the page names in the message that carries the file."""
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename=name, content_type=mime)
        given: Json = await self._ask("POST", "files", data=form)
        return given

    async def _ask(self, method: str, path: str, **what: Any) -> Any:
        """Signs in again when the session is over, as the person at it would."""
        for again in (False, True):
            http = await self._session(anew=again)
            headers = {"Origin": self._address(), "X-CSRF-Token": self._csrf}
            url = f"{self._address()}/console/api/{path}"
            async with http.request(method, url, headers=headers, **what) as answer:
                if answer.status != 401 or again:
                    answer.raise_for_status()
                    return await answer.json()
        raise AssertionError("signed in, and still a stranger")

    @asynccontextmanager
    async def listens(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """The socket that tells an open page what changed."""
        http = await self._session()
        headers = {"Origin": self._address()}
        async with http.ws_connect(f"{self._address()}/console/live", headers=headers) as socket:
            yield socket

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _session(self, *, anew: bool = False) -> aiohttp.ClientSession:
        async with self._entering:
            if self._http is None:
                self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
                anew = True
            if anew:
                self._csrf = await self._enter(self._http)
        return self._http

    async def _enter(self, http: aiohttp.ClientSession) -> str:
        """The sign-in link's button pressed; what the page must say with all it changes."""
        form, origin = {"token": await self._sign_in()}, {"Origin": self._address()}
        async with http.post(f"{self._address()}/console/login", data=form, headers=origin) as page:
            found = BOOT.search(await page.text())
        assert found, "the console did not let us in"
        return str(json.loads(unescape(found[1]))["csrf"])


class ConsoleTicket(Seen):
    def __init__(self, browser: Browser, id: TicketId) -> None:
        super().__init__(id)
        self._browser = browser

    async def texts(self) -> list[str]:
        return [_entry(entry) for entry in (await self._browser.get(f"tickets/{self.id}"))["entries"]]

    async def card(self) -> str:
        card = (await self._browser.get(f"tickets/{self.id}"))["card"]
        buttons = _buttons([*card["buttons"], *card["more"]])
        facts = [f"{name}={value}" for name, value in card.items() if name not in ("buttons", "more")]
        return " ".join([*facts, buttons])


class ConsoleAgent(Agent):
    _keys = itertools.count(1)

    def __init__(self, browser: Browser, person: Person, settle: Settle) -> None:
        super().__init__(person)
        self.browser, self._settle = browser, settle
        self._answers: list[Json] = []
        self._form: Json = {}

    async def types(self, text: str, ticket: Seen | None = None) -> Said:
        return Said(ticket, await self._do("say", ticket, text=text, files=[]))

    async def uploads(self, text: str, ticket: Seen, files: Mapping[str, bytes]) -> Said:
        mimes = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
        given = [await self.browser.upload(name, data, mimes[name[-3:]]) for name, data in files.items()]
        return Said(ticket, await self._do("say", ticket, text=text, files=given))

    async def edits(self, said: Said, text: str) -> None:
        await self._do("edit", said.ticket, post=said.what, text=text)

    async def deletes(self, said: Said) -> None:
        await self._do("delete", said.ticket, post=said.what)

    async def clicks(self, button: str, ticket: Seen | None = None) -> None:
        fitting = [each for each in await self._visible(ticket) if each["label"] == button]
        assert fitting, f"nothing has a button {button!r}; told: {self._answers}"
        await self._do("press", ticket, action=fitting[-1]["action"], value=fitting[-1]["value"])

    async def fills_in(self, **fields: str) -> None:
        form, self._form = self._form, {}
        assert form, "no form is open"
        values = {field["name"]: fields.get(field["name"], field["value"]) for field in form["fields"]}
        ticket = ConsoleTicket(self.browser, form["ticket"]) if form["ticket"] else None
        await self._do("submit", ticket, action=form["action"], value=form["value"], fields=values)

    async def heard(self) -> list[str]:
        notices = (await self.browser.get("notices"))["notices"]
        return [*(_say(notice["say"]) for notice in reversed(notices)), *(_say(say) for say in self._answers)]

    async def _do(self, act: str, ticket: Seen | None, **body: Any) -> str:
        where = f"tickets/{ticket.id}/{act}" if ticket else act
        answer = await self.browser.post(where, key=f"story-{next(self._keys):08d}", **body)
        for given in answer["answers"]:
            if "dialog" in given:
                self._form = given["dialog"]
            else:
                self._answers.append(given["say"])
        await self._settle()
        return str(answer.get("post", ""))

    async def _visible(self, ticket: Seen | None) -> list[Json]:
        """Every button, the newest last: what was answered in private lies on top."""
        told = (await self.browser.get("notices"))["notices"]
        says = [notice["say"] for notice in reversed(told)]
        buttons: list[Json] = []
        if ticket is not None:
            page = await self.browser.get(f"tickets/{ticket.id}")
            buttons = [*page["card"]["buttons"], *page["card"]["more"]]
            shown = [entry[part] for entry in page["entries"] for part in ("say", "confirmation")]
            says += [say for say in shown if say]
        return [*buttons, *(button for say in [*says, *self._answers] for button in say["buttons"])]


def _entry(entry: Json) -> str:
    message, parts = entry["message"] or {}, [entry["author"]]
    parts += [entry["quoted"], message.get("text", ""), message.get("about") or ""]
    parts += ["deleted"] if message.get("deleted") else ["edited"] if message.get("edited") else []
    parts += [f"[file {file['name']}] {file['state']} {file['reason']}" for file in entry["files"]]
    parts += [_say(entry[part]) for part in ("say", "confirmation") if entry[part]]
    return "\n".join(part for part in parts if part)


def _say(say: Json) -> str:
    lines = [say["text"], *(_say(line) for line in say["lines"]), _buttons(say["buttons"])]
    return "\n".join(line for line in lines if line)


def _buttons(buttons: list[Json]) -> str:
    return " ".join(f"[{button['label']}]" for button in buttons)


class ConsoleTeam(Team):
    """Every person has a browser of their own; an admin's sees every ticket."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._browsers: list[Browser] = []

    async def welcomes(self, person: Person) -> ConsoleAgent:
        browser = self._browser(person)
        if person.role is Role.ADMIN:
            self._reader = browser
        return ConsoleAgent(browser, person, self._house.settled)

    def _browser(self, person: Person) -> Browser:
        async def sign_in() -> str:
            return await self._house.running.store.new_login(person.id, self._house.clock.now(), timedelta(minutes=5))

        self._browsers.append(Browser(lambda: self._house.running.address, sign_in))
        return self._browsers[-1]

    async def ends(self) -> None:
        for browser in self._browsers:
            await browser.close()

    async def ticket(self, words: str) -> ConsoleTicket:
        browser = self._reader
        rows = [row for view in ("open", "closed") for row in (await browser.get("list", view=view))["rows"]]
        for row in sorted(rows, key=lambda each: int(each["id"]), reverse=True):
            ticket = ConsoleTicket(browser, TicketId(row["id"]))
            if any(words in text for text in await ticket.texts()):
                return ticket
        raise AssertionError(f"no ticket shows {words!r}; there are {[row['label'] for row in rows]}")

    async def change(self) -> None:
        await asyncio.Event().wait()  # what the console shows, we do ourselves
