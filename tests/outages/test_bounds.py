"""What is remembered of strangers, and what is kept for those who do not read, has an end."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.web.chat.pace import FORGET_AT, Pace
from bot.web.hub import Hub, Socket
from core.ids import PersonId

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_addresses_are_forgotten_when_there_are_too_many() -> None:
    """Though none has rested; who was here last is still counted."""
    pace = Pace(1, timedelta(days=1))
    for number in range(3 * FORGET_AT):
        pace.allows(f"{number}", NINE + timedelta(milliseconds=number))
    assert len(pace._done) <= FORGET_AT
    assert not pace.allows(f"{3 * FORGET_AT - 1}", NINE + timedelta(minutes=1))


class Page:
    """A page's socket. A `deaf` one reads nothing: what is sent to it is never taken."""

    def __init__(self, *, deaf: bool) -> None:
        self._deaf = deaf
        self.heard: list[Any] = []
        self.cut = False

    async def send_json(self, hint: object) -> None:
        if self._deaf:
            await asyncio.Event().wait()
        self.heard.append(hint)

    def abort(self) -> None:
        self.cut = True


async def test_a_page_that_does_not_read_is_cut_and_keeps_no_other_waiting() -> None:
    deaf, other = Page(deaf=True), Page(deaf=False)
    hub = Hub(parts=None, patience=0.01)  # type: ignore[arg-type] # nothing is asked of the house
    sockets = [Socket(PersonId(1), "t", page, page) for page in (deaf, other)]  # type: ignore[arg-type] # as a socket is
    hub.sockets |= set(sockets)
    await asyncio.gather(*(hub._send(socket, "something changed") for socket in sockets))
    assert other.heard == ["something changed"]
    assert deaf.cut
    assert hub.sockets == {sockets[1]}
