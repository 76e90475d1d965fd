"""How the parts of the desk reach people and groups: which chat a place is, in what language, and what it costs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from telegram import ForceReply, InlineKeyboardMarkup

from bot.desks.telegram.api import Api
from bot.desks.telegram.settings import TELEGRAM
from bot.desks.telegram.words import Voice
from bot.desks.voice import Links, Names
from core.errors import SendError
from core.people import Identity
from core.ports import Places

_IS_GROUP = re.compile(r"-\d+")
"""The ids of groups are negative; no name of ours begins so."""
Keys = InlineKeyboardMarkup | ForceReply | None


@dataclass(frozen=True, slots=True)
class Reach:
    """`spend` is told of every write in a place beyond the one that a job stands for."""

    api: Api
    places: Places
    names: Names
    links: Links
    spend: Callable[[str], None]

    def voice(self, locale: str, zone: str) -> Voice:
        return Voice.of(locale, zone, self.names, self.links)

    def chat(self, place: str) -> int:
        """The group of that name; one that is none of ours is known by its chat. Raises SendError("not_set_up")."""
        address = self.places.chat(TELEGRAM, place)
        if address is None and not _IS_GROUP.fullmatch(place):
            raise SendError("not_set_up", detail=place)
        return int(address or place)

    async def in_private(self, who: Identity, text: str, keys: Keys = None) -> None:
        """A bot cannot write first: who has not pressed Start, or has blocked it, is unreachable."""
        try:
            await self.api.say(int(who.value), text, keyboard=keys, silent=False)
        except SendError as error:
            if error.code == "place_gone":
                raise SendError("unreachable", detail=error.detail) from None
            raise


@contextmanager
def unless_deleted(*harmless: str) -> Iterator[None]:
    """What is not there any more needs no edit. `harmless`: further codes that are none of our business here."""
    try:
        yield
    except SendError as error:
        if error.code not in ("thread_gone", *harmless):
            raise
