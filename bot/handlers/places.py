"""What a platform says of a queue's place by itself: that it is archived or closed to us, or has a new address."""

from collections.abc import Mapping
from datetime import timedelta

from bot.handlers.asking import House
from core import owed
from core.events import PlaceChanged, PlaceMoved, Unheard
from core.ports import Tx
from core.say import Word, say

FAILS_WITH: Mapping[str, str] = {
    "archived": "place_gone",
    "bot_removed": "not_in_channel",
    "bot_demoted": "permission",
}
"""What befell a place -> the code with which posts fail there from now on."""
KNOWN_EVERYWHERE = timedelta(seconds=10)
"""Longer than any process takes to hear of a place's address (bot/roll.py)."""


async def changed(house: House, event: PlaceChanged) -> None:
    """A queue's place is no longer what it was: the admins can mend it, the bot cannot."""
    origin = event.origin
    for queue in house.policy.queues_at(origin.desk, origin.place):
        words = say(f"tell.place.{event.what}", queue=queue.title, place=origin.place)
        # One removal may be told by two events.
        once = f"place|{origin.desk}|{origin.place}|{event.what}|{origin.at:%Y-%m-%dT%H:%M}|{queue.name}"
        await house.door.tell_admins(words, once=once)
    if code := FAILS_WITH.get(event.what):
        # The admins need not be told again when a post fails because of it.
        bucket = owed.desk_bucket(origin.desk, origin.place)
        await house.store.atomic(lambda tx: tx.foresee_trouble(bucket, code, house.clock.now()))


async def moved(house: House, event: PlaceMoved) -> None:
    """Everything that names the place goes on; what waited for it is tried again soon."""
    desk, place, now = event.origin.desk, event.origin.place, house.clock.now()

    async def work(tx: Tx) -> None:
        if await tx.move_group(desk, place, event.address):
            await tx.hurry(owed.desk_bucket(desk, place), now + KNOWN_EVERYWHERE)

    await house.store.atomic(work)


async def unheard(house: House, event: Unheard) -> None:
    """What the team types may not reach us: the admins can mend it. The key is the day's, so they are told once."""
    desk = Word(f"doctor.section.{event.origin.desk}")
    await house.door.tell_admins(say(f"tell.unheard.{event.what}", desk=desk), once=event.origin.key)
