"""What the guides tell one to write into dragoman.toml and .env is taken by the program as it stands there."""

import re
import textwrap
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.config.loading import load

HOUSE = '[dragoman]\norganisation = "Lantern & Co."\n'
QUEUE = '[[queues]]\nname = "support"\ncalendar = { zone = "UTC", weekly = "always" }\n'
GUIDES = ("slack", "telegram", "whatsapp", "messenger", "site-chat")


def sample(guide: str, language: str) -> str:
    """The first one of a page, with the number of its step taken off."""
    page = Path(f"docs/{guide}.md").read_text("utf-8")
    found = re.search(rf"^ *```{language}\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    assert found is not None
    return textwrap.dedent(found[1])


@pytest.mark.parametrize("guide", GUIDES)
def test_the_settings_of_a_guide_are_taken(guide: str, tmp_path: Path) -> None:
    given = sample(guide, "toml")
    parts = [part for part in (HOUSE, QUEUE) if part.partition("\n")[0] not in given]
    config = tmp_path / "dragoman.toml"
    config.write_text("\n".join([*parts, given]), "utf-8")
    env = re.findall(r"^ *(DRAGOMAN_\S+=.*)$", Path(f"docs/{guide}.md").read_text("utf-8"), re.MULTILINE)
    settings = load(
        config, {name: value or "" for name, value in dotenv_values(stream=StringIO("\n".join(env))).items()}
    )
    assert settings.queues
