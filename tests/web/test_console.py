"""What the console shows and does, over its API."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.web.conftest import Browser, SignIn
from tests.web.house import House


async def test_the_page_brings_its_words_and_loads_nothing_from_elsewhere(sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    response = await mei.get("console")
    page = await response.text()
    assert "Internal note" in page
    assert "://" not in page.replace("http://127.0.0.1", "")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_the_page_says_until_when_its_reader_is_away(home: House, sign_in: SignIn) -> None:
    mei, person = await sign_in("Mei"), home.people["Mei"]
    await home.store.set_away(person.id, home.clock.now(), home.clock.now() + timedelta(hours=2))
    assert '"away": true, "away_until": "Mon, Mar 2, ' in await (await mei.get("console")).text()
    home.clock.forward(hours=2)
    assert '"away": false, "away_until": ""' in await (await mei.get("console")).text()


async def test_a_new_ticket_is_in_the_list_and_its_thread_is_readable(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Where is my order?")
    mei = await sign_in("Mei")
    found = await mei.json("console/api/list", view="unassigned")
    assert [(row["id"], row["name"], row["excerpt"]) for row in found["rows"]] == [
        (ticket, "Maria Silva", "Where is my order?")
    ]
    thread = await mei.json(f"console/api/tickets/{ticket}")
    assert thread["entries"][0]["message"]["text"] == "Where is my order?"
    assert [button["action"] for button in thread["card"]["buttons"]] == ["claim", "reply", "close", "esc"]


async def test_a_customer_without_a_name_is_called_so_everywhere(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello", name="")
    mei = await sign_in("Mei")
    (row,) = (await mei.json("console/api/list"))["rows"]
    thread = await mei.json(f"console/api/tickets/{ticket}")
    called = row["name"], thread["card"]["name"], thread["entries"][0]["author"]
    assert called == ("Unknown customer",) * 3
    assert thread["card"]["channel_name"] == "WhatsApp"


@pytest.mark.parametrize("path", ["", "/say", "/press", "/submit", "/edit", "/delete"])
async def test_another_queues_ticket_does_not_exist(home: House, sign_in: SignIn, path: str) -> None:
    ticket = await home.customer_writes("Hello")
    omar = await sign_in("Omar")
    where = f"console/api/tickets/{ticket}{path}"
    response = await (omar.post(where, {"key": "12345678", "fields": {}}) if path else omar.get(where))
    assert response.status == 404


async def test_lists_and_search_show_the_viewers_queues_only(home: House, sign_in: SignIn) -> None:
    await home.customer_writes("Where is my order?")
    omar = await sign_in("Omar")
    assert (await omar.json("console/api/list"))["rows"] == []
    assert (await omar.json("console/api/list", queue="sales"))["rows"] == []
    assert (await omar.json("console/api/list", q="order"))["rows"] == []


async def test_plain_text_is_an_internal_note(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    await mei.says(ticket, "She is a friend of Tom")
    last = (await mei.json(f"console/api/tickets/{ticket}"))["entries"][-1]
    assert (last["kind"], last["message"]["text"], last["mine"]) == ("note", "She is a friend of Tom", True)


async def test_a_misspelt_command_is_refused_in_private_and_leaves_nothing(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    before = await mei.json(f"console/api/tickets/{ticket}")
    answer = await mei.says(ticket, "!clam")
    assert "claim" in answer["answers"][0]["say"]["text"]
    assert (await mei.json(f"console/api/tickets/{ticket}"))["entries"] == before["entries"]


async def test_the_same_deed_sent_twice_is_done_once(home: House, sign_in: SignIn) -> None:
    """The answer was lost on the way; the page sends it again with the same key."""
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    await mei.says(ticket, "once", key="a-key-of-its-own")
    again = await mei.says(ticket, "once", key="a-key-of-its-own")
    notes = [e for e in (await mei.json(f"console/api/tickets/{ticket}"))["entries"] if e["kind"] == "note"]
    assert again["repeated"]
    assert len(notes) == 1


async def test_a_reply_is_held_and_can_be_taken_back(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    home.clock.forward(minutes=1)
    mei = await sign_in("Mei")
    await mei.says(ticket, "!claim")
    await mei.says(ticket, "/r Good morning!")
    reply = await _newest_reply(mei, ticket)
    assert (reply["message"]["state"], reply["message"]["text"]) == ("held", "Good morning!")
    undo = reply["confirmation"]["buttons"][0]
    press = {"key": "press-undo", "action": undo["action"], "value": undo["value"]}
    assert (await mei.post(f"console/api/tickets/{ticket}/press", press)).status == 200
    assert (await _newest_reply(mei, ticket))["message"]["state"] == "undone"


async def test_deleting_the_message_within_the_hold_takes_it_back(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    home.clock.forward(minutes=1)
    mei = await sign_in("Mei")
    await mei.says(ticket, "!r Good morning!")
    post = (await _newest_reply(mei, ticket))["post"]
    await mei.post(f"console/api/tickets/{ticket}/delete", {"key": "delete-it", "post": post})
    assert (await _newest_reply(mei, ticket))["message"]["state"] == "undone"


async def test_editing_the_reply_within_the_hold_replaces_its_words(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    home.clock.forward(minutes=1)
    mei = await sign_in("Mei")
    await mei.says(ticket, "!r Good mroning!")
    edit = {"key": "edit-it-now", "post": (await _newest_reply(mei, ticket))["post"], "text": "!r Good morning!"}
    await mei.post(f"console/api/tickets/{ticket}/edit", edit)
    reply = await _newest_reply(mei, ticket)
    assert (reply["message"]["state"], reply["message"]["text"]) == ("held", "Good morning!")


async def test_nobody_edits_what_another_typed(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei, ada = await sign_in("Mei"), await sign_in("Ada")
    await mei.says(ticket, "a note of mine")
    entries = (await mei.json(f"console/api/tickets/{ticket}"))["entries"]
    edit = {"key": "edit-it-now", "post": entries[-1]["post"], "text": "changed"}
    assert (await ada.post(f"console/api/tickets/{ticket}/edit", edit)).status == 404
    assert (await mei.post(f"console/api/tickets/{ticket}/edit", edit)).status == 200


async def test_the_tail_brings_only_what_changed(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    seen = (await mei.json(f"console/api/tickets/{ticket}"))["card"]["version"]
    assert (await mei.json(f"console/api/tickets/{ticket}", above_rev=seen))["entries"] == []
    await mei.says(ticket, "a note")
    news = (await mei.json(f"console/api/tickets/{ticket}", above_rev=seen))["entries"]
    assert [entry["kind"] for entry in news] == ["note"]


async def test_commands_are_those_that_can_be_given_here(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    here = {it["word"] for it in (await mei.json("console/api/commands", ticket=ticket))["commands"]}
    nowhere = {it["word"] for it in (await mei.json("console/api/commands"))["commands"]}
    assert {"claim", "r", "find"} <= here
    assert "block" not in here
    assert "claim" not in nowhere


async def test_trouble_is_for_admins(sign_in: SignIn) -> None:
    mei, ada = await sign_in("Mei"), await sign_in("Ada")
    assert (await mei.get("console/api/trouble")).status == 403
    assert (await ada.json("console/api/trouble"))["rows"] == []


async def test_what_stands_still_is_shown_above_what_failed(home: House, sign_in: SignIn) -> None:
    await home.store.atomic(lambda tx: tx.begin_trouble("wa", "token_expired", home.clock.now()))
    (row,) = (await (await sign_in("Ada")).json("console/api/trouble"))["rows"]
    assert (row["kind"], row["what"]) == ("trouble", "wa")
    assert row["why"].startswith("The platform no longer accepts our access token.")


async def test_an_admin_retries_what_is_parked(home: House, sign_in: SignIn) -> None:
    row = await home.store.put_raw("channel:whatsapp", "k", b"?", {}, home.clock.now())
    assert row is not None
    await home.store.take_raw_by_id(row, home.clock.now(), timedelta(minutes=1))
    await home.store.raw_failed(row, "Unreadable", 1)
    ada = await sign_in("Ada")
    assert [it["id"] for it in (await ada.json("console/api/trouble"))["rows"]] == [row]
    await ada.post("console/api/trouble/retry", {"kind": "raw", "id": row})
    assert (await ada.json("console/api/trouble"))["rows"] == []


async def test_the_demos_clock_is_not_there_outside_the_demo(sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    assert (await mei.post("console/api/clock", {"speed": 600})).status == 404


async def test_health_tells_what_waits_and_who_lives(home: House, server: TestServer, stranger: Browser) -> None:
    await home.store.put_raw("channel:whatsapp", "k", b"{}", {}, home.clock.now())
    home.parts.workers.beat("outbox", home.clock.now())
    home.clock.forward(seconds=30)
    report = await stranger.json("health")
    assert (report["ok"], report["raw_oldest"], report["workers"]) == (True, 30.0, {"outbox": True})
    home.clock.forward(minutes=5)
    assert (await stranger.get("health")).status == 503
    assert "dragoman_raw_waiting 1.0" in await (await stranger.get("metrics")).text()


async def _newest_reply(browser: Browser, ticket: int) -> Any:
    entries = (await browser.json(f"console/api/tickets/{ticket}"))["entries"]
    return [entry for entry in entries if entry["kind"] == "reply"][-1]
