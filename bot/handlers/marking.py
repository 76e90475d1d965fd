"""What is noted about a ticket or its customer: note, priority, tags, tier, time zone, block."""

import re
import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from bot.handlers.asking import NOTE_LIMIT, Answer, Ask, refused, switch
from core.commands import Note, SetBlocked, SetPriority, SetTags, SetTier, SetZone
from core.model import Priority
from core.people import Tier
from core.places import zone_today
from core.words import one_line, tag_of

TAGS_AT_ONCE = 20
_PRIORITIES = {priority.value: priority for priority in Priority} | {
    "低": Priority.LOW,
    "普通": Priority.NORMAL,
    "正常": Priority.NORMAL,
    "高": Priority.HIGH,
    "紧急": Priority.URGENT,
}

_TIERS = {tier.value: tier for tier in Tier} | {"贵宾": Tier.VIP, "重要": Tier.A, "普通": Tier.STANDARD}


async def note(ask: Ask) -> Answer:
    return await ask.do(Note(ask.me.id, ask.draft(ask.text, NOTE_LIMIT)))


async def prio(ask: Ask) -> Answer:
    priority = _PRIORITIES.get(ask.text.casefold())
    if priority is None:
        raise refused("refused.prio_which", text=one_line(ask.text, 40) or "-")
    return await ask.do(SetPriority(ask.me.id, priority))


async def tag(ask: Ask) -> Answer:
    """`a b` adds, `-c` removes."""
    add, remove = tags_in(ask.text)
    return await ask.do(SetTags(ask.me.id, add, remove))


def tags_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags to add and to remove, in their one spelling: lower case, without `#`. Raises Refused."""
    words = re.split(r"[\s,，、]+", unicodedata.normalize("NFKC", text).casefold().strip())
    add: list[str] = []
    remove: list[str] = []
    for word in filter(None, words):
        wanted = remove if word.startswith("-") else add
        name = tag_of(word.removeprefix("-").removeprefix("+"))
        if name is None:
            raise refused("refused.tag_spelling", tag=one_line(word, 40))
        wanted.append(name)
    if not add and not remove:
        raise refused("refused.tag_which")
    if len(add) + len(remove) > TAGS_AT_ONCE:
        raise refused("refused.too_many_tags", limit=TAGS_AT_ONCE)
    return tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove))


async def vip(ask: Ask) -> Answer:
    on = switch(ask.text, "vip")
    if not on and ask.here.tier is not Tier.VIP:
        raise refused("refused.not_vip")
    return await ask.do(SetTier(ask.me.id, Tier.VIP if on else Tier.STANDARD))


async def tier(ask: Ask) -> Answer:
    wanted = _TIERS.get(ask.text.casefold())
    if wanted is None:
        raise refused("refused.tier_which", text=one_line(ask.text, 40) or "-")
    return await ask.do(SetTier(ask.me.id, wanted))


async def tz(ask: Ask) -> Answer:
    """The customer's zone, by its name or by a city of it."""
    if not ask.text:
        raise refused("refused.zone_which")
    found = zones_named(ask.text)
    if not found:
        raise refused("refused.zone_unknown", text=one_line(ask.text, 40))
    if len(found) > 1:
        raise refused("refused.zone_several", text=one_line(ask.text, 40), zones=", ".join(found[:6]))
    return await ask.do(SetZone(ask.me.id, found[0]))


def zones_named(text: str) -> tuple[str, ...]:
    """The zone of that name, else those whose city is called so; by today's names, which tell the country."""
    plain = "_".join(text.split()).casefold()
    zones = _zones()
    found = [zones[plain]] if plain in zones else [z for low, z in zones.items() if low.rpartition("/")[2] == plain]
    return tuple(sorted({zone_today(zone) or zone for zone in found}))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {zone.casefold(): zone for zone in available_timezones()}


async def block(ask: Ask) -> Answer:
    return await ask.do(SetBlocked(ask.me.id, switch(ask.text, "block")))
