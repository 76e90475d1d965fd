"""What happened in the demo before it began: customers write through the simulator and people act as on the console.

Everything takes the real way, only the clock is moved. The tickets then stand where they would stand.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot import i18n
from bot.clock import SystemClock
from bot.demo import house
from bot.demo.clock import DemoClock
from bot.demo.graph import Customer, GraphSim
from bot.demo.visitor import Visitor
from bot.desks.console import raw_event
from bot.process import App
from core.ids import CONSOLE, TicketId
from core.people import Person
from core.ports import FROM_DESK

SPAN = timedelta(hours=4)
"""How long ago the oldest sample begins."""
PICTURE = Path(__file__).parent / "pictures" / "lamp.jpg"


def text(locale: str, name: str) -> str:
    """The demo's own words: names, and what the team writes to itself."""
    return i18n.t(locale, f"demo.{name}")


async def play(app: App, sim: GraphSim, clock: DemoClock, people: house.People, locale: str) -> None:
    """From SPAN ago until now. Nothing else may work meanwhile."""
    stage = Stage(app, sim, clock)
    await stage.until(235)
    await _closed(stage, people)
    await stage.until(150)
    late = await stage.writes(
        house.LENA,
        "Hello, two of the twelve floor lamps came without their cables. "
        "We open the showroom on Saturday. Can you help us in time?",
    )
    await stage.until(125)
    await _pending(stage, people)
    await stage.until(100)
    await _answered(stage, people, locale)
    await stage.until(55)
    await stage.does(people.liu, late, f"!n {text(locale, 'note_cables')}")
    await stage.until(50)
    await stage.writes(
        house.AMARA, "Good afternoon! Our VAT number on invoice 2024-118 is wrong. Could you send a corrected one?"
    )
    await stage.until(25)
    await _pictured(stage, people, locale)
    await stage.until(18)
    await stage.chats("Bonjour, la suspension Halo existe-t-elle en noir mat ? Il m'en faudrait 24 pour un restaurant.")
    await stage.writes(house.EMMA, "Wonderful. If I order today, when would forty of them be in New York?")
    await stage.until(4)
    await stage.writes(house.OLGA, "Здравствуйте! Можно ли заказать эту люстру в латуни?")
    await stage.writes(house.OLGA, "Нам нужно 6 штук к концу месяца.")
    await stage.until(0)


async def _closed(stage: "Stage", people: house.People) -> None:
    ticket = await stage.writes(house.SOFIA, "Good morning, how long do 40 Halo pendants take to Milan?")
    await stage.later(3)
    await stage.does(people.mei, ticket, "!claim")
    await stage.does(
        people.mei, ticket, "!r Good morning Sofia! They leave in 12 days and take about 18 more by rail to Milan."
    )
    await stage.later(9)
    await stage.reads(house.SOFIA)
    await stage.writes(house.SOFIA, "Perfect, thank you! We will order on Monday.")
    await stage.later(2)
    await stage.does(people.mei, ticket, "!tag shipping")
    await stage.does(people.mei, ticket, "!close solved")


async def _pending(stage: "Stage", people: house.People) -> None:
    ticket = await stage.writes(house.YUSUF, "السلام عليكم، أريد تغيير عنوان التسليم لطلبي من فضلك.")
    await stage.later(2)
    await stage.does(people.liu, ticket, "!claim")
    await stage.does(people.liu, ticket, "!r وعليكم السلام، بكل سرور. من فضلك أرسل لنا رقم الطلب والعنوان الجديد.")
    await stage.later(3)
    await stage.reads(house.YUSUF)
    await stage.does(people.liu, ticket, "!pending")


async def _answered(stage: "Stage", people: house.People, locale: str) -> None:
    ticket = await stage.writes(house.EMMA, "Hi there, does the Orion desk lamp come with a US plug?")
    await stage.later(2)
    await stage.does(people.mei, ticket, "!claim")
    await stage.does(people.mei, ticket, "!vip on")
    await stage.does(people.mei, ticket, f"!n {text(locale, 'note_plug')}")
    await stage.does(people.mei, ticket, "!r Hi Emma, yes: with a US plug, 110 to 240 V, and UL listed. Which finish?")
    await stage.later(6)
    await stage.reads(house.EMMA)


async def _pictured(stage: "Stage", people: house.People, locale: str) -> None:
    caption = "Boa tarde, uma das luminárias chegou com a cúpula quebrada. O que fazemos?"
    ticket = await stage.sends_picture(house.JOAO, caption)
    await stage.later(2)
    await stage.does(people.liu, ticket, "!claim")
    await stage.does(people.liu, ticket, "!prio high")
    await stage.does(people.liu, ticket, "!tag damage")
    await stage.does(people.liu, ticket, f"!n {text(locale, 'note_damage')}")


@dataclass(slots=True)
class Stage:
    """Moves the demo's time and lets people act in it."""

    app: App
    sim: GraphSim
    clock: DemoClock
    _acts: int = 0
    _begin: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._begin = self.clock.now()

    async def until(self, minutes: float) -> None:
        """So many minutes before the demo begins; 0 is the real time."""
        end = SystemClock().now() if minutes == 0 else self._begin + SPAN
        await self._go(end - timedelta(minutes=minutes))

    async def later(self, minutes: float) -> None:
        await self._go(self.clock.now() + timedelta(minutes=minutes))

    async def writes(self, who: house.Phone, words: str) -> TicketId:
        """The ticket it became part of."""
        await self._customer(who).writes(words)
        return await self._newest()

    async def sends_picture(self, who: house.Phone, caption: str) -> TicketId:
        await self._customer(who).sends_file(PICTURE.name, PICTURE.read_bytes(), "image/jpeg", caption=caption)
        return await self._newest()

    async def chats(self, words: str) -> None:
        """On the shop's page, signed in."""
        settings = self.app.settings
        visitor = Visitor(settings.dragoman.base_url, house.shop_of(settings), house.CAMILLE, "fr")
        await visitor.writes(words)
        await self._settle()

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
        while (due := await self._settle()) is not None and due <= goal:
            self._jump_to(due)
        self._jump_to(goal)

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

    async def _newest(self) -> TicketId:
        await self._settle()
        found = await self.app.store.listed([house.SUPPORT], "all", limit=2 * len(house.CUSTOMERS))
        return max(ticket.id for ticket in found.tickets)

    def _customer(self, who: house.Phone) -> Customer:
        return next(customer for customer in self.sim.customers if customer.phone == who.phone)
