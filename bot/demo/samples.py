"""What happened in the demo before it began: who wrote, who answered, and what nobody got round to."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.demo import hours, house
from bot.demo.clock import DemoClock
from bot.demo.graph import GraphSim
from bot.demo.stage import Stage, text
from bot.process import App

Scene = Callable[[Stage], Awaitable[None]]
A_MOMENT = timedelta(minutes=3)


async def play(
    app: App, sim: GraphSim, clock: DemoClock, people: house.People, locale: str, real: Callable[[], datetime]
) -> None:
    """From SPAN ago until now. Nothing else may work meanwhile."""
    stage = Stage(app, sim, clock, people, locale, real)
    scenes = [*SCENES, *_night(stage)]
    for minutes, scene in sorted(scenes, key=lambda one: -one[0]):
        await stage.until(minutes)
        await scene(stage)
    await stage.end()


def _night(stage: Stage) -> list[tuple[float, Scene]]:
    """A first enquiry while Sales sleeps, and Mei's answer in the morning, where that has come already."""
    wrote, wakes = hours.night(stage.app.door.policy.queue(house.SALES).calendar, stage.begins)
    scenes: list[tuple[float, Scene]] = [(_ago(stage, wrote), _enquiry)]
    morning = wakes + timedelta(minutes=20)
    if morning + A_MOMENT < stage.begins:
        scenes.append((_ago(stage, morning), _morning))
    return scenes


def _ago(stage: Stage, at: datetime) -> float:
    return (stage.begins - at) / timedelta(minutes=1)


async def _enquiry(stage: Stage) -> None:
    await stage.writes(house.NOAH, "Hello! We fit out cafés in Sydney. What would 60 Halo pendants cost, delivered?")


async def _morning(stage: Stage) -> None:
    ticket = await stage.ticket_of(house.NOAH)
    await stage.does(stage.people.mei, ticket, "!claim")
    words = "Good day Noah! 60 Halo are USD 2,880, about 26 days by sea. Shall I write you an offer?"
    await stage.does(stage.people.mei, ticket, f"!r {words}")
    await stage.reads(house.NOAH)


async def _order(stage: Stage) -> None:
    """What each shift hands to the next: soon to be settled, and a colleague has yet to answer."""
    ticket = await stage.writes(house.PRIYA, "Hi, can order 3107 still become 300 Luna lamps instead of 240?")
    await stage.later(4)
    await stage.does(stage.people.liu, ticket, "!claim")
    words = "Hello Priya, I am asking the factory. You have our answer within twelve hours."
    await stage.does(stage.people.liu, ticket, f"!r {words}")
    await stage.later(5)
    await stage.reads(house.PRIYA)
    question = text(stage.locale, "consult_factory")
    await stage.does(stage.people.liu, ticket, f"!consult {stage.people.mei.name} {question}")


async def _closed(stage: Stage) -> None:
    mei = stage.people.mei
    ticket = await stage.writes(house.SOFIA, "Good morning, how long do 40 Halo pendants take to Milan?")
    await stage.later(3)
    await stage.does(mei, ticket, "!claim")
    await stage.does(
        mei, ticket, "!r Good morning Sofia! They leave in 12 days and take about 18 more by rail to Milan."
    )
    await stage.later(9)
    await stage.reads(house.SOFIA)
    await stage.writes(house.SOFIA, "Perfect, thank you! We will order on Monday.")
    await stage.later(2)
    await stage.does(mei, ticket, "!tag shipping")
    await stage.does(mei, ticket, "!close solved")


async def _late(stage: Stage) -> None:
    await stage.writes(
        house.LENA,
        "Hello, two of the twelve floor lamps came without their cables. "
        "We open the showroom on Saturday. Can you help us in time?",
    )


async def _late_noted(stage: Stage) -> None:
    ticket = await stage.ticket_of(house.LENA)
    await stage.does(stage.people.liu, ticket, f"!n {text(stage.locale, 'note_cables')}")


async def _pending(stage: Stage) -> None:
    liu = stage.people.liu
    ticket = await stage.writes(house.YUSUF, "السلام عليكم، أريد تغيير عنوان التسليم لطلبي من فضلك.")
    await stage.later(2)
    await stage.does(liu, ticket, "!claim")
    await stage.does(liu, ticket, "!r وعليكم السلام، بكل سرور. من فضلك أرسل لنا رقم الطلب والعنوان الجديد.")
    await stage.later(3)
    await stage.reads(house.YUSUF)
    await stage.does(liu, ticket, "!pending")


async def _answered(stage: Stage) -> None:
    mei = stage.people.mei
    ticket = await stage.writes(house.EMMA, "Hi there, does the Orion desk lamp come with a US plug?")
    await stage.later(2)
    await stage.does(mei, ticket, "!claim")
    await stage.does(mei, ticket, "!vip on")
    await stage.does(mei, ticket, f"!n {text(stage.locale, 'note_plug')}")
    await stage.does(mei, ticket, "!r Hi Emma, yes: with a US plug, 110 to 240 V, and UL listed. Which finish?")
    await stage.later(6)
    await stage.reads(house.EMMA)


async def _warned(stage: Stage) -> None:
    await stage.writes(
        house.AMARA, "Good afternoon! Our VAT number on invoice 2024-118 is wrong. Could you send a corrected one?"
    )


async def _pictured(stage: Stage) -> None:
    caption = "Boa tarde, uma das luminárias chegou com a cúpula quebrada. O que fazemos?"
    liu, ticket = stage.people.liu, await stage.sends_picture(house.JOAO, caption)
    await stage.later(2)
    await stage.does(liu, ticket, "!claim")
    await stage.does(liu, ticket, "!prio high")
    await stage.does(liu, ticket, "!tag damage")
    await stage.does(liu, ticket, f"!n {text(stage.locale, 'note_damage')}")
    await stage.does(liu, ticket, f"!consult {stage.people.anna.name} {text(stage.locale, 'consult_damage')}")


async def _chats(stage: Stage) -> None:
    await stage.chats("Bonjour, la suspension Halo existe-t-elle en noir mat ? Il m'en faudrait 24 pour un restaurant.")
    await stage.writes(house.EMMA, "Wonderful. If I order today, when would forty of them be in New York?")


async def _new(stage: Stage) -> None:
    await stage.writes(house.OLGA, "Здравствуйте! Можно ли заказать эту люстру в латуни?")
    await stage.writes(house.OLGA, "Нам нужно 6 штук к концу месяца.")


SCENES: tuple[tuple[float, Scene], ...] = (
    (690, _order),
    (235, _closed),
    (150, _late),
    (125, _pending),
    (100, _answered),
    (55, _late_noted),
    (50, _warned),
    (25, _pictured),
    (18, _chats),
    (4, _new),
)
"""So many minutes before the demo begins."""
