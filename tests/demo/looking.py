"""What stands in a running demo, as its tests look for it."""

from bot.demo import house
from bot.demo.graph import Customer
from bot.demo.serve import Demo
from core.model import Ticket

QUEUES = [house.SUPPORT, house.SALES]


async def ticket_of(demo: Demo, who: house.Phone) -> Ticket:
    [found] = await demo.app.store.search(who.phone, QUEUES, 1)
    ticket = await demo.app.store.ticket(found)
    assert ticket is not None
    return ticket


def phone_of(demo: Demo, who: house.Phone) -> Customer:
    return next(customer for customer in demo.sim.customers if customer.phone == who.phone)


def received(demo: Demo, who: house.Phone) -> list[str]:
    """What the house wrote to them, by a person or by itself, in order."""
    return [message.text for message in phone_of(demo, who).messages if message.sender == "business"]
