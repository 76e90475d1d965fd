"""How a group becomes a queue's place: by a code that an admin made, typed in the group itself."""

from bot.handlers.asking import Answer, Ask, refused
from bot.handlers.places import KNOWN_EVERYWHERE
from core import owed
from core.errors import SendError
from core.ids import DeskName, QueueName
from core.ports import SetUp, Tx
from core.say import Word

CODE_LIMIT = 100


async def setup(ask: Ask) -> Answer:
    """Nothing is changed, and the code stays good in this group alone, while the group lacks something. Whoever has the
    code may."""
    desk, origin, store = ask.house.desks.get(ask.origin.desk), ask.origin, ask.house.store
    if not isinstance(desk, SetUp) or origin.direct:
        raise refused("refused.setup_in_group")
    code, now = ask.text.strip(), ask.house.clock.now()
    known = await store.group(origin.desk, origin.place)
    chat = known.chat if known else origin.place
    if not code or len(code) > CODE_LIMIT or not await store.hold_code(origin.desk, code, chat, now):
        raise refused("refused.setup_code")
    try:
        found = await desk.inspect(chat)
    except SendError as error:
        raise refused("refused.setup_not_now", reason=Word(error.key)) from None
    if found.missing:
        return ask.tell("setup.missing", lines=found.missing)
    place = await store.bind_group(origin.desk, code, chat, found.title, now)
    if place is None:
        raise refused("refused.setup_code")
    queues = ask.house.policy.queues_at(origin.desk, place)
    await _begin(ask, origin.desk, place, [queue.name for queue in queues])
    if not queues:
        return ask.tell("setup.no_queue", place=place)
    return ask.tell("setup.done", place=place, queue=", ".join(queue.title for queue in queues))


async def _begin(ask: Ask, desk: DeskName, place: str, queues: list[QueueName]) -> None:
    """What waited for the place goes there now, and its overview is put up."""
    now = ask.house.clock.now()

    async def work(tx: Tx) -> None:
        await tx.hurry(owed.desk_bucket(desk, place), now + KNOWN_EVERYWHERE)
        await tx.enqueue([owed.edit_board(queue, desk, place) for queue in queues], now)

    await ask.house.store.atomic(work)
