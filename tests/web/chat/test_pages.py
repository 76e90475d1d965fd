"""What a browser loads: the script for anybody, the frame for the allowed sites only, and nothing inline in either."""

import gzip
import json
import re
from typing import Any

import pytest
from aiohttp import ClientResponse

from bot import i18n
from bot.web.chat.pages import SCRIPT, language_json
from tests.web.chat.conftest import SHOP, OpenShop, Shop


async def gets(shop: Shop, what: str, **headers: str) -> ClientResponse:
    return await shop.asks("GET", shop.server.make_url(f"/chat/site/{what}"), headers=headers)


async def frame(shop: Shop, origin: str = SHOP, **headers: str) -> ClientResponse:
    return await gets(shop, f"frame?origin={origin}", **headers)


def config_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="config">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


async def test_any_site_may_load_the_script(shop: Shop) -> None:
    answer = await gets(shop, "widget.js")
    assert (answer.status, answer.content_type) == (200, "text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_frame_is_shown_by_the_shops_pages_only(shop: Shop) -> None:
    answer = await frame(shop, Referer=f"{SHOP}/lamps?q=1")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert f"frame-ancestors {SHOP}" in policy
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers


@pytest.mark.parametrize("origin", ["", "https://evil.example", "https://shop.example.evil.example", "null", "*"])
async def test_another_site_is_refused(shop: Shop, origin: str) -> None:
    answer = await frame(shop, origin)
    assert answer.status == 403
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("referer", ["https://evil.example/", "http://shop.example/", "https://shop.example:8443/"])
async def test_a_page_that_comes_from_elsewhere_is_refused(shop: Shop, referer: str) -> None:
    assert (await frame(shop, Referer=referer)).status == 403


async def test_other_pages_stay_unframed(shop: Shop) -> None:
    answer = await shop.asks("GET", shop.server.make_url("/console/login"))
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_the_page_has_no_inline_script_or_style(shop: Shop) -> None:
    page = await (await frame(shop)).text()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S)
    assert all("src=" in given or "application/json" in given for given, _ in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


async def test_the_frame_is_told_what_it_needs(open_shop: OpenShop) -> None:
    shop = await open_shop(title="Harbour Lamps", colour="#FFCC00", languages=["en", "ar", "zh-CN"])
    page = await (await frame(shop, **{"Accept-Language": "zh-TW,zh;q=0.9"})).text()
    config = config_of(page)
    assert (config["title"], config["origin"], config["locale"]) == ("Harbour Lamps", SHOP, "zh-CN")
    assert config["socket"] == "/chat/site/socket"
    assert [language["tag"] for language in config["languages"]] == ["en", "ar", "zh-CN"]
    assert config["languages"][1] == {"tag": "ar", "name": "العربية", "dir": "rtl", "words": "en"}
    assert set(config["words"]) == {"zh-CN"}
    assert all(key.startswith("widget.") for key in config["words"]["zh-CN"])
    assert config["limits"]["text"] == 4000
    assert '<html lang="zh-CN"' in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "zh-CN"), ("en_US", "en"), ("zh-TW", "zh-CN"), ("ar", "en"), ("fr", "en"), ("not a language", "en")],
)
async def test_the_words_are_those_of_the_shops_page(open_shop: OpenShop, asked: str, shown: str) -> None:
    shop = await open_shop(languages=["ar", "en-GB"])
    answer = await gets(shop, f"frame?origin={SHOP}&locale={asked}", **{"Accept-Language": "zh-TW,zh;q=0.9"})
    assert set(config_of(await answer.text())["words"]) == {shown}


async def test_other_words_are_fetched_once(shop: Shop) -> None:
    config = config_of(await (await frame(shop)).text())
    assert set(config["catalogues"]) == set(i18n.locales())
    address = config["catalogues"]["zh-CN"]
    answer = await shop.asks("GET", shop.server.make_url(address))
    told = await answer.json()
    assert set(told) == set(config["words"]["en"])
    assert told["widget.hint"] == i18n.t("zh-CN", "widget.hint")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    other = await shop.asks("GET", shop.server.make_url(address.partition("?")[0]).with_query(v="0"))
    assert (await other.json(), other.headers["Cache-Control"]) == (told, "no-store")
    assert (await gets(shop, "words/fr")).status == 404


@pytest.mark.parametrize("locale", i18n.locales())
async def test_it_is_small(open_shop: OpenShop, locale: str) -> None:
    """What a visitor downloads before the first word, as a web server would send it."""
    shop = await open_shop(languages=["ar", "de", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "pt", "ru", "zh-CN"])
    page = await (await gets(shop, f"frame?origin={SHOP}&locale={locale}")).read()
    files = [file.read_bytes() for file in SCRIPT.parent.iterdir() if file.suffix in (".js", ".css")]
    assert sum(len(gzip.compress(each)) for each in [page, *files]) < 30_000


def test_nothing_of_it_comes_from_elsewhere() -> None:
    for file in SCRIPT.parent.iterdir():
        assert "http://" not in file.read_text().replace("http://www.w3.org/2000/svg", ""), file.name


async def test_nothing_in_it_ends_the_script_early_or_is_secret(open_shop: OpenShop) -> None:
    shop = await open_shop(title="</script><script>alert(1)</script>")
    page = await (await frame(shop)).text()
    assert "<script>alert" not in page
    assert config_of(page)["title"] == "</script><script>alert(1)</script>"
    assert "a long random text" not in page


def test_a_language_nobody_knows_is_shown_by_its_tag() -> None:
    assert language_json("tlh") == {"tag": "tlh", "name": "Tlh", "dir": "ltr", "words": "en"}


async def test_a_chat_that_is_not_there(shop: Shop) -> None:
    for path in ("widget.js", f"frame?origin={SHOP}"):
        assert (await shop.asks("GET", shop.server.make_url(f"/chat/nowhere/{path}"))).status == 404
