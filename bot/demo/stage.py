"""The demo's past is acted here: customers write through the simulator and people act as on the console.

Everything takes the real way, only the clock is moved. What is played is said in samples.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import i18n
from bot.demo import house
from bot.demo.clock import DemoClock
from bot.demo.graph import Customer, GraphSim
from bot.demo.visitor import Visitor
from bot.desks.console import raw_event
from bot.process import App
from bot.workers.bulletins import Bulletins
from core.ids import CONSOLE, ContactId, TicketId
from core.people import Person
from core.ports import FROM_DESK

SPAN = timedelta(hours=13)
"""How long ago the oldest sample begins."""
PICTURE = Path(__file__).parent / "pictures" / "lamp.jpg"
ROUND = timedelta(minutes=30)
"""So often it is looked whether a shift or a region is to be told something."""


def text(locale: str, name: str) -> str:
    """The demo's own words: names, and what the team writes to itself."""
    return i18n.t(locale, f"demo.{name}")


@dataclass(slots=True)
class Stage:
    """Moves the demo's time, from SPAN ago to the present, and lets people act in it. `real`: the time it is."""

    app: App
    sim: GraphSim
    clock: DemoClock
    people: house.People
    locale: str
    real: Callable[[], datetime]
    begins: datetime = field(init=False)
    """The demo, after all that is played."""
    _acts: int = 0
    _bulletins: Bulletins = field(init=False)

    def __post_init__(self) -> None:
        self.begins = self.clock.now() + SPAN
        self._bulletins = Bulletins(self.app.door, _always)

    async def until(self, minutes: float) -> None:
        """So many minutes before the demo begins."""
        await self._go(self.begins - timedelta(minutes=minutes))

    async def end(self) -> None:
        """What was played took a while."""
        await self._go(self.real())

    async def later(self, minutes: float) -> None:
        await self._go(self.clock.now() + timedelta(minutes=minutes))

    async def writes(self, who: house.Phone, words: str) -> TicketId:
        """The ticket it became part of."""
        await self._customer(who).writes(words, to=house.number_of(self.sim, who))
        return await self._newest(who)

    async def sends_picture(self, who: house.Phone, caption: str) -> TicketId:
        await self._customer(who).sends_file(PICTURE.name, PICTURE.read_bytes(), "image/jpeg", caption=caption)
        return await self._newest(who)

    async def chats(self, words: str) -> None:
        """On the shop's page, signed in."""
        settings = self.app.settings
        visitor = Visitor(settings.dragoman.base_url, house.shop_of(settings), house.CAMILLE, "fr")
        await visitor.writes(words)
        await self._settle()

    async def ticket_of(self, who: house.Phone) -> TicketId:
        """The one they wrote to last."""
        found = await self.app.store.search(who.phone, list(house.LINES.values()), 1)
        return found[0]

    async def reads(self, who: house.Phone) -> None:
        await self._customer(who).reads()
        await self._settle()

    async def does(self, person: Person, ticket: TicketId, words: str) -> None:
        """Typed into the ticket's box on the console. Raises RuntimeError when it is refused: no sample should be."""
        self._acts += 1
        now, store = self.clock.now(), self.app.store
        key, raw = raw_event("typed", person.id, ticket, f"sample-{self._acts}", now, text=words, files=[])
        row = await store.put_raw(FROM_DESK + CONSOLE, key, raw, {}, now)
        assert row is not None, "every sample has a key of its own"
        answer = await self.app.acts.act(row)
        if answer.whispers:
            raise RuntimeError(f"{words.split()[0]}: {answer.whispers[0].key}")
        await self.later(0.4)

    async def _go(self, goal: datetime) -> None:
        """Through every instant at which something is due, as time itself would."""
        while (due := min([await self._settle() or goal, self._round()])) < goal:
            self._jump_to(due)
            await self._bulletins.step()
        self._jump_to(goal)

    def _round(self) -> datetime:
        """The next hour or half hour."""
        since = (self.clock.now() - datetime.min.replace(tzinfo=UTC)) % ROUND
        return self.clock.now() + ROUND - since

    def _jump_to(self, at: datetime) -> None:
        self.clock.jump(max(0.0, (at - self.clock.now()).total_seconds()))

    async def _settle(self) -> datetime | None:
        """Do all there is to do now; when there is more."""
        app = self.app
        while True:
            await app.intake.step()
            instants = [await app.clocks.step(), await app.outbox.step()]
            await app.outbox.idle()
            await self.sim.settle()
            backlog = await app.store.backlog(self.clock.now())
            if not backlog.raw_waiting and not backlog.jobs_due:
                return min((at for at in instants if at is not None), default=None)

    async def _newest(self, who: house.Phone) -> TicketId:
        await self._settle()
        found = await self.app.store.listed(list(house.LINES.values()), "all", limit=2 * len(house.CUSTOMERS))
        newest = max(found.tickets, key=lambda ticket: ticket.id)
        await self._known(newest.contact, who.speaks)
        return newest.id

    async def _known(self, id: ContactId, language: str) -> None:
        contact = await self.app.store.contact(id)
        assert contact is not None, "whoever has a ticket is somebody"
        await self.app.store.atomic(lambda tx: tx.update_contact(contact, replace(contact, language=language)))

    def _customer(self, who: house.Phone) -> Customer:
        return next(customer for customer in self.sim.customers if customer.phone == who.phone)


async def _always() -> bool:
    return True
