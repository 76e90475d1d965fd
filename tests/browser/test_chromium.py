import pytest
from playwright.async_api import Error, Page

SCRIPTS = {"Chinese": "客服", "Japanese": "かな", "Korean": "한글", "Arabic": "دعم", "emoji": "🏮"}


async def width(page: Page, text: str) -> float:
    await page.set_content(f"<body style='font: 40px sans-serif'><span>{text}</span></body>")
    return float(await page.evaluate("document.querySelector('span').getBoundingClientRect().width"))


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_screenshots_have_the_fonts(page: Page, script: str) -> None:
    """A script without a font is drawn as boxes, and every box looks like that of an unassigned character."""
    boxes = "\u0378" * len(SCRIPTS[script])
    assert await width(page, SCRIPTS[script]) != await width(page, boxes)


async def test_no_page_reaches_another_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://example.org/")
