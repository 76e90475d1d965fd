"""Being there or not."""

from bot.handlers.asking import Answer, Ask


async def away(ask: Ask) -> Answer:
    await ask.house.store.set_person(ask.me.id, away=True)
    return ask.tell("presence.away")


async def back(ask: Ask) -> Answer:
    await ask.house.store.set_person(ask.me.id, away=False)
    return ask.tell("presence.back")
