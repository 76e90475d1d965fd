"""Who a visitor is: a token that nobody can make, users whom the shop vouches for, and secrets that are changed."""

import pytest
from aiohttp import WSServerHandshakeError

from bot.web.chat.signing import LEEWAY, Signer, User
from core.events import CustomerMessage
from core.people import Identity
from tests.web.chat.conftest import SITE, OpenShop, Shop, inbox
from tests.web.chat.page import signed
from tests.web.house import NINE

USER = {"id": 7, "name": "Ana Ruiz", "email": "Ana@Example.com"}


async def test_a_forged_token_is_somebody_new(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("a secret")
    await page.hears("taken")
    visitor, _, signature = page.token.partition(".")
    forged = [f"{visitor}.{'0' * 64}", visitor, f"{visitor}.", f".{signature}", f"other.{signature}", "\u00e9.\u00e9"]
    for token in (*forged, Signer(inbox(secret="another secret")).token(visitor), "x" * 399):
        stranger = await shop.opens(token=token)
        assert stranger.welcome["fresh"]
        await stranger.all_so_far()
        assert stranger.texts == []


async def test_a_token_is_good_for_its_inbox_only(shop: Shop) -> None:
    page = await shop.opens()
    other = Signer(inbox(name="other")).token(page.token.partition(".")[0])
    assert (await shop.opens(token=other)).welcome["fresh"]


async def test_a_user_whom_the_shop_signed_is_known(shop: Shop) -> None:
    page = await shop.opens(**signed(USER))
    await page.says("hello")
    await page.hears("taken")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    assert event.sender.name == "Ana Ruiz"
    assert Identity("user", SITE, "7") in event.sender.identities
    assert Identity("email", "", "ana@example.com") in event.sender.identities


@pytest.mark.parametrize("secret", ["not the secret", ""])
async def test_a_user_nobody_signed_is_a_guest_and_told_so(shop: Shop, secret: str) -> None:
    page = await shop.opens(**signed(USER, secret))
    assert (await page.hears("refused"))["code"] == "bad_user"
    await page.says("hello")
    await page.hears("taken")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    assert event.sender.name == ""
    assert [identity.kind for identity in event.sender.identities] == ["visitor"]


async def test_a_changed_user_does_not_hold(shop: Shop) -> None:
    given = signed(USER)
    page = await shop.opens(user=given["user"].replace("7", "8"), signature=given["signature"])
    assert (await page.hears("refused"))["code"] == "bad_user"


async def test_a_user_goes_on_in_another_browser(shop: Shop) -> None:
    phone = await shop.opens(**signed(USER))
    await phone.says("from the phone")
    await phone.hears("taken")
    laptop = await shop.opens(**signed(USER))
    assert (await laptop.hears("entry"))["text"] == "from the phone"


async def test_what_was_said_before_signing_in_stays(shop: Shop) -> None:
    guest = await shop.opens()
    await guest.says("as a guest")
    await guest.hears("taken")
    user = await shop.opens(token=guest.token, **signed(USER))
    assert not user.welcome["fresh"]
    assert (await user.hears("entry"))["text"] == "as a guest"


async def test_the_next_at_the_same_computer_sees_nothing(shop: Shop) -> None:
    ana = await shop.opens(**signed(USER))
    await ana.says("a secret")
    await ana.hears("taken")
    for next_one in ({}, signed({"id": 8})):
        page = await shop.opens(token=ana.token, **next_one)
        assert page.welcome["fresh"]
        await page.all_so_far()
        assert page.texts == []


async def test_a_new_secret_honours_the_old_one(open_shop: OpenShop) -> None:
    before = await open_shop()
    page = await before.opens()
    await page.says("hello")
    await page.hears("taken")
    rotated = await open_shop(secret="a new secret", old_secret="a long random text")
    again = await rotated.opens(token=page.token)
    assert not again.welcome["fresh"]
    assert again.token != page.token
    finished = await open_shop(secret="a new secret")
    assert not (await finished.opens(token=again.token)).welcome["fresh"]
    assert (await finished.opens(token=page.token)).welcome["fresh"]


def test_a_signed_user_may_run_out() -> None:
    signer, at = Signer(inbox()), int(NINE.timestamp()) - LEEWAY
    unreadable = [(str(at + 1), False), ("2030-01-01", False), ([], False), (float("nan"), False)]
    for expires, known in ((at + 1, True), (None, True), (at, False), (0, False), *unreadable):
        given = signed({"id": "7", "exp": expires})
        assert (signer.user(given["user"], given["signature"], NINE) is not None) is known


@pytest.mark.parametrize("strange", [{"id": ""}, {"name": "Ana"}, {"id": None}, {"id": ["7"]}, ["7"], "7", None])
def test_a_user_without_an_id_is_none(strange: object) -> None:
    given = signed(strange)  # type: ignore[arg-type] # whatever a shop may send
    assert Signer(inbox()).user(given["user"], given["signature"], NINE) is None


def test_a_user_has_what_the_shop_says() -> None:
    given = signed({"id": 7, "name": " Ana ", "email": "A@B.example", "admin": True})
    assert Signer(inbox()).user(given["user"], given["signature"], NINE) == User("7", "Ana", "a@b.example")


# --- where from -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://shop.example", "https://evil.example", "null"])
async def test_only_our_own_page_opens_a_socket(shop: Shop, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError, match="403"):
        await shop.connects(origin)


async def test_a_browser_that_says_cross_site_is_believed(shop: Shop) -> None:
    with pytest.raises(WSServerHandshakeError, match="403"):
        await shop.connects(**{"Sec-Fetch-Site": "cross-site"})


async def test_an_unknown_chat_is_not_there(shop: Shop) -> None:
    with pytest.raises(WSServerHandshakeError, match="404"):
        await shop.connects(inbox="whatsapp")
