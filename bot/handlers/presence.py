"""Being there or not."""

from bot.handlers.asking import Answer, Ask


async def away(ask: Ask) -> Answer:
    await ask.house.store.set_away(ask.me.id, ask.house.clock.now())
    return ask.tell("presence.away")


async def back(ask: Ask) -> Answer:
    await ask.house.store.set_back(ask.me.id)
    return ask.tell("presence.back")
