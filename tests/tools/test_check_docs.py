from pathlib import Path

from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.config.settings import General
from tools.check_docs import find_stale
from tools.configuration_reference import text


def test_the_reference_explains_every_key() -> None:
    page = text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert all(f"| `{key}` |" in page for key in (*General.model_fields, *WhatsAppInbox.model_fields))
    assert "| `log_format` | `console` or `json` | `console` | For people or for a log collector. |" in rows
    assert any(line.startswith("| `ping_again` | `30m`, `2h` | `10m` |") for line in rows), "as one would type it"
    assert any(line.startswith("| `every` | `1d`, `1w` | `7d` |") for line in rows)
    assert any(line.startswith("| `tier` | `vip` or `a` or `standard` |  |") for line in rows)


def test_a_page_that_is_not_what_the_code_says_is_told(tmp_path: Path) -> None:
    fresh, stale, missing = tmp_path / "fresh.md", tmp_path / "stale.md", tmp_path / "missing.md"
    fresh.write_text("new")
    stale.write_text("old")
    assert find_stale(dict.fromkeys((fresh, stale, missing), lambda: "new")) == [stale, missing]
