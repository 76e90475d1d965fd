"""What a platform does to the place a queue lives in is told to those who can mend it, once."""

import pytest

from core.events import PlaceChanged
from core.people import Role
from core.ports import NewPerson
from tests.handlers.world import START, World


@pytest.mark.parametrize("what", ["archived", "renamed", "bot_removed"])
async def test_the_admins_hear_once_what_became_of_a_queues_channel(world: World, what: str) -> None:
    admin = await world.store.create_person(NewPerson("Kim", role=Role.ADMIN), START)
    event = PlaceChanged(world.origin("", None), what)
    await world.dispatcher.handle(event)
    await world.dispatcher.handle(event)
    (notice,) = await world.store.notices(admin.id, 10)
    assert notice.say.key == f"tell.place.{what}"
    assert notice.say.params == {"queue": "Support", "place": "C1"}
    assert not await world.store.notices(world.people["ana"].id, 10)
