"""People who do not work here, as far as we know: who they may be, and how often they are told so."""

from collections import deque
from datetime import datetime, timedelta

from bot.handlers.asking import Ask
from bot.handlers.joining import profile_of
from core.ids import DeskName
from core.people import Identity, Person

STRANGERS = 1_000
REFUSALS = 5
"""How many strangers are told why not, in a place and for as long as `ASK_AGAIN`."""
ASK_AGAIN = timedelta(minutes=5)
"""How long a person whom the desk's profile did not match is not looked up again."""


class Strangers:
    def __init__(self) -> None:
        self._unmatched: dict[Identity, datetime] = {}
        self._told: dict[tuple[DeskName, str], deque[datetime]] = {}

    async def person(self, ask: Ask) -> Person | None:
        """Who it is: joined before, or matched now by an e-mail that the desk's platform has verified."""
        who, store, now = ask.origin.who, ask.house.store, ask.house.clock.now()
        person = await store.person_known_as(who)
        if person is None and not ask.origin.anonymous and now >= self._unmatched.get(who, now):
            profile = await profile_of(ask, ask.origin)
            person = await store.person_by_email(profile.email) if profile and profile.email else None
            if person is not None and person.active:
                await store.add_identity(person.id, who)
            elif who not in self._unmatched or len(self._unmatched) < STRANGERS:
                self._unmatched[who] = now + ASK_AGAIN
        return person if person is not None and person.active else None

    def may_hear(self, ask: Ask) -> bool:
        """Where others see it too each answer is one of the few writes that the place has for its tickets: people who
        do not work here get few of them."""
        if ask.person is not None or not ask.overheard:
            return True
        if len(self._told) >= STRANGERS:
            self._told.clear()
        now, where = ask.house.clock.now(), (ask.origin.desk, ask.origin.place)
        told = self._told.setdefault(where, deque(maxlen=REFUSALS))
        if len(told) == REFUSALS and now < told[0] + ASK_AGAIN:
            return False
        told.append(now)
        return True
