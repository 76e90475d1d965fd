"""What a page is to somebody who sees it badly or not at all: the names of its controls, the contrast of its texts."""

from dataclasses import dataclass

from playwright.async_api import Frame, Page

NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, select, iframe, [role], img")]
    .filter(node => node.checkVisibility() && node.type !== "file")
    .filter(node => !(node.getAttribute("aria-label") || node.textContent.trim() || node.hasAttribute("alt")
        || node.labels?.length || node.title || ["alert", "status"].includes(node.role)))
    .map(node => node.outerHTML.slice(0, 120))"""

# Colours are read back from a canvas, whatever notation the style has them in.
CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const paint = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const luminance = ([...rgb]) => {
        const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = rgb.slice(0, 3).map(v => linear(v / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        const found = [];
        for (let at = node; at; at = at.parentElement) found.unshift(getComputedStyle(at).backgroundColor);
        return ["white", ...found];
    };
    const made = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        const text = texts.currentNode.data.trim();
        if (!text || !node.checkVisibility() || node.offsetWidth <= 1) continue;
        if (node.closest("option, script, .unseen")) continue;
        const [low, high] = [paint(behind(node)), paint([...behind(node), getComputedStyle(node).color])]
            .map(luminance).sort((a, b) => a - b);
        made.push({text, ratio: (high + 0.05) / (low + 0.05)});
    }
    return made;
}"""


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    ratio: float


async def nameless(page: Page | Frame) -> list[str]:
    """Visible controls that a screen reader could only call by their kind."""
    found: list[str] = await page.evaluate(NAMELESS)
    return found


async def hard_to_read(page: Page | Frame, least: float = 4.5) -> list[Text]:
    """Visible texts under WCAG's AA for body text (1.4.3)."""
    texts = [Text(**found) for found in await page.evaluate(CONTRASTS)]
    assert texts
    return [text for text in texts if text.ratio < least]
