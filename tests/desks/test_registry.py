"""The registry makes each desk of the settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from bot.config.settings import Settings
from bot.desks import DESKS, Around, CalledOverHttp, HoldsConnections
from core.ids import DeskName
from tests.desks.builders import StandingClock, link_to, name_of
from tests.desks.console_kit import NoBlobs


class Nowhere:
    """Nothing was set up."""

    def chat(self, desk: DeskName, place: str) -> str | None:
        return None

    def place(self, desk: DeskName, chat: str) -> str | None:
        return None


async def nothing_heard(desk: DeskName, prefix: str, since: datetime) -> Sequence[bytes]:
    return ()


AROUND = Around(
    clock=StandingClock(),
    blobs=NoBlobs(),
    names=name_of,
    links=link_to,
    people=tuple,
    places=Nowhere(),
    heard=nothing_heard,
    spend=lambda bucket: None,
)


def settings(**tables: Any) -> Settings:
    queue = {
        "name": "sales",
        "slack": "C1",
        "telegram": ["sales"],
        "calendar": {"zone": "Asia/Shanghai", "weekly": "always"},
    }
    return Settings.model_validate({"dragoman": {"organisation": "Acme"}, "queues": [queue]} | tables)


async def test_every_desk_has_the_name_it_is_known_by() -> None:
    app = {"slack": {"bot_token": "xoxb-1", "app_token": "xapp-1"}, "telegram": {"bot_token": "1:a"}}
    for name, kind in DESKS.items():
        desk = kind.build(settings(**app), AROUND)
        assert desk.name == name
        if isinstance(desk, HoldsConnections):
            await desk.aclose()


async def test_slack_can_be_called_over_http() -> None:
    app = {"slack": {"bot_token": "xoxb-1", "signing_secret": "s3cret", "mode": "http"}}
    assert isinstance(DESKS[DeskName("slack")].build(settings(**app), AROUND), CalledOverHttp)


@pytest.mark.parametrize("name", ["slack", "telegram"])
def test_a_chat_needs_its_settings(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        DESKS[DeskName(name)].build(settings(), AROUND)
