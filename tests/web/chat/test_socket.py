"""The socket: what is said is safe, what is answered arrives, and nothing that happens in between loses any of it."""

from core.events import CustomerDetails, CustomerMessage, DeliveryReport
from core.messages import Ladder
from core.people import Identity
from tests.web.chat.conftest import SITE, OpenShop, Shop
from tests.web.chat.page import frames, signed


async def test_a_visitor_says_hello_and_is_answered(shop: Shop) -> None:
    page = await shop.opens(locale="es")
    id = await page.says("Hola, ¿tienen faroles?")
    assert await page.hears("taken", id=id) == {"type": "taken", "id": id, "seq": 1}
    await shop.answers(page, "Sí, claro.", author="Mei")
    answer = await page.hears("entry", kind="agent")
    assert (answer["text"], answer["author"], answer["seq"], answer["files"]) == ("Sí, claro.", "Mei", 2, [])


async def test_the_ticket_hears_of_it(shop: Shop) -> None:
    page = await shop.opens(locale="es")
    await page.says("Hola")
    await page.hears("taken")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    visitor = page.visitor
    assert (event.text, event.external, event.at) == ("Hola", f"{visitor}:1", shop.clock.now())
    assert event.sender.identities == (Identity("visitor", SITE, visitor),)
    assert (event.sender.key, event.sender.address, event.sender.language) == (visitor, visitor, "es")


async def test_said_twice_it_is_there_once(shop: Shop) -> None:
    page = await shop.opens()
    for _ in range(2):
        await page.says("hello", "the-same-id")
        assert (await page.hears("taken"))["seq"] == 1
    await page.all_so_far()
    assert page.texts == ["hello"]
    assert len(await shop.intake()) == 1


async def test_two_tabs_see_the_same(shop: Shop) -> None:
    one = await shop.opens()
    two = await shop.opens(token=one.token)
    await one.says("from the first")
    await two.hears("entry", text="from the first")
    await two.says("from the second")
    await two.hears("taken")
    await shop.answers(one, "to both")
    for page in (one, two):
        await page.hears("entry", text="to both")
        assert page.texts == ["from the first", "from the second", "to both"]


async def test_a_page_that_comes_back_misses_nothing(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("hello")
    await page.hears("entry", text="hello")
    await page.ws.close()
    await shop.answers(page, "while you slept")
    back = await shop.opens(token=page.token, after=1)
    assert (back.welcome["fresh"], back.welcome["seq"]) == (False, 2)
    await back.hears("entry", text="while you slept")
    assert back.texts == ["while you slept"]


async def test_a_page_loaded_anew_gets_the_newest(shop: Shop) -> None:
    page = await shop.opens()
    for nth in range(210):
        await shop.answers(page, f"message {nth}")
    fresh = await shop.opens(token=page.token)
    await fresh.hears("entry", text="message 209")
    assert fresh.texts == [f"message {nth}" for nth in range(10, 210)]


async def test_a_restart_of_ours_misses_nothing(open_shop: OpenShop) -> None:
    before = await open_shop()
    page = await before.opens()
    await page.says("hello")
    await page.hears("entry", text="hello")
    await before.server.close()
    assert await page.closed() == 1012
    await before.answers(page, "while we were away")
    after = await open_shop()
    back = await after.opens(token=page.token, after=1)
    await back.hears("entry", text="while we were away")
    assert not back.welcome["fresh"]


async def test_delivered_and_seen_reach_the_ticket(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "one", "7.0.1")
    await shop.answers(page, "two", "8.0.1")
    await page.hears("entry", text="two")
    await page.sends("ack", delivered=2)
    await page.sends("ack", seen=1)
    await page.all_so_far()
    reports = [event for event in await shop.intake() if isinstance(event, DeliveryReport)]
    visitor = page.visitor
    assert [(report.external, report.state, report.ref) for report in reports] == [
        (f"{visitor}:1", Ladder.DELIVERED, "7.0.1"),
        (f"{visitor}:2", Ladder.DELIVERED, "8.0.1"),
        (f"{visitor}:1", Ladder.READ, "7.0.1"),
    ]


async def test_nobody_acknowledges_what_is_not_there(shop: Shop) -> None:
    page = await shop.opens()
    await page.sends("ack", seen=2**52)
    await page.all_so_far()
    await shop.answers(page, "one")
    await page.hears("entry", text="one")
    await page.all_so_far()
    assert await shop.intake() == []
    await page.sends("ack", seen=1)
    await page.all_so_far()
    assert len(await shop.intake()) == 1


async def test_what_one_tab_has_seen_the_other_knows(shop: Shop) -> None:
    one = await shop.opens()
    two = await shop.opens(token=one.token)
    await shop.answers(one, "look")
    await one.hears("entry")
    await one.sends("ack", seen=1)
    assert (await two.hears("seen"))["seq"] == 1
    assert (await shop.opens(token=one.token)).welcome["seen"] == 1


async def test_the_team_has_read_it(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("hello")
    await page.hears("taken")
    visitor = page.visitor
    await shop.channel.mark_read(visitor, f"{visitor}:1")  # type: ignore[attr-defined] # it is ShowsTicks
    assert (await page.hears("read"))["seq"] == 1


async def test_an_email_is_noted_as_what_the_visitor_says(shop: Shop) -> None:
    page = await shop.opens()
    await page.sends("details", email=" Ana@Example.com ", name="Ana")
    await page.hears("noted")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerDetails)
    assert (event.email, event.sender.name) == ("Ana@Example.com", "Ana")
    assert [identity.kind for identity in event.sender.identities] == ["visitor"]
    for email in (
        "nobody at nowhere",
        "ana@example.com\u202emoc.elpmaxe",
        "a\u200bna@example.com",
        "ana@example.com\n.de",
    ):
        await page.sends("details", email=email)
        assert (await page.hears("refused"))["code"] == "bad_email"


async def test_the_language_is_remembered(shop: Shop) -> None:
    page = await shop.opens(locale="de")
    await page.sends("language", locale="ar")
    await page.says("مرحبا")
    await page.hears("taken")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    assert event.sender.language == "ar"
    again = await shop.opens(token=page.token, locale="de")
    assert again.welcome["locale"] == "ar"


async def test_an_answer_names_what_it_answers(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "which size?")
    await page.hears("entry")
    await page.says("the large one", reply_to=1)
    assert (await page.hears("entry", kind="customer"))["reply_to"] == 1
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    assert event.reply_to == f"{page.visitor}:1"
    await page.says("to nothing", reply_to=99)
    assert (await page.hears("refused"))["code"] == "bad_reply"


async def test_nothing_but_the_log_is_shown(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("hello")
    await page.hears("taken")
    assert {frame["type"] for frame in await page.all_so_far()} == {"welcome", "taken", "entry", "pong"}
    assert frames(page.heard, "entry")[0]["kind"] == "customer"


async def test_script_in_every_field_is_text(shop: Shop) -> None:
    evil = "<script>alert(1)</script>"
    page = await shop.opens(locale="en", page=evil)
    await page.says(evil)
    entry = await page.hears("entry")
    assert entry["text"] == evil  # as it was said: the page builds text nodes
    await shop.answers(page, evil, author=evil)
    answer = await page.hears("entry", kind="agent")
    assert (answer["text"], answer["author"]) == (evil, evil)


async def test_what_no_database_holds_is_made_harmless(shop: Shop) -> None:
    page = await shop.opens()
    await page.ws.send_str('{"type": "say", "id": "message-x", "text": "a\\u0000b\\ud800c"}')
    await page.hears("taken")
    assert (await page.hears("entry"))["text"] == "a\ufffdb\ufffdc"


async def test_a_user_whose_old_words_were_thrown_away_begins_with_none(shop: Shop) -> None:
    """Their place in the log stays, so that no seq is ever used twice."""
    user = signed({"id": "7"})
    page = await shop.opens(**user)
    await page.hears("taken", id=await page.says("long ago"))
    await shop.closes(page)
    await shop.clock.forward("40d")
    await shop.parts.store.atomic(lambda tx: tx.throw_away(shop.clock.now(), 30))
    again = await shop.opens(token=page.token, **user)
    assert (again.welcome["fresh"], again.welcome["seq"]) == (False, 0)
    assert (await again.hears("taken", id=await again.says("hello again")))["seq"] == 2
    await again.hears("entry", text="hello again")
    assert again.texts == ["hello again"]
