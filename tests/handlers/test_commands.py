"""Commands besides replies: what they change, refuse and say."""

from datetime import timedelta

import pytest

from bot import i18n
from bot.handlers.marking import tags_in, zones_named
from bot.handlers.registry import COMMANDS, Book, alias_key
from core.errors import Refused
from core.model import Priority, Status
from core.people import Tier
from core.ports import Profile
from tests.handlers.world import BILLING, World, keys


@pytest.mark.parametrize("locale", i18n.locales())
@pytest.mark.parametrize("name", [c.name for c in COMMANDS.values() if c.typed])
def test_every_command_is_explained(locale: str, name: str) -> None:
    for key in (f"help.{name}.line", f"help.{name}.more", alias_key(name)):
        assert key in i18n.catalogue(locale)


def test_no_two_commands_share_a_name() -> None:
    names = {c: i18n.t("zh-CN", alias_key(c)).split() for c, row in COMMANDS.items() if row.typed}
    assert Book(names).is_("认领", "claim")


async def test_two_claims_give_one_owner_and_the_other_may_take_over(world: World) -> None:
    ticket = await world.customer_writes()
    await world.types("ana", ticket, "!claim")
    (refusal,) = (await world.types("bo", ticket, "!认领")).whispers
    assert refusal.key == "refused.claim_taken"
    (button,) = refusal.buttons
    await world.presses("bo", None, button.action, button.value)
    assert (await world.ticket(ticket.id)).assignee == world.id("bo")


@pytest.mark.parametrize("to", ["@bo", "Bo Li", "li", "<@bo>", "@Bo"])
async def test_assign_finds_a_person(world: World, to: str) -> None:
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", ticket, f"!assign {to}")) == []
    assert (await world.ticket(ticket.id)).assignee == world.id("bo")


async def test_assign_to_a_queue_moves_the_ticket(world: World) -> None:
    ticket = await world.customer_writes()
    await world.types("ana", ticket, "!assign billing")
    assert (await world.ticket(ticket.id)).queue == BILLING


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("!assign", "refused.assign_whom"),
        ("!assign @zoe", "refused.assign_unknown"),
        ("!assign @eve", "refused.assign_not_member"),
        ("!snooze", "refused.snooze_when"),
        ("!snooze soon", "refused.time_unreadable"),
        ("!prio huge", "refused.prio_which"),
        ("!tier gold", "refused.tier_which"),
        ("!tag", "refused.tag_which"),
        ("!tag what?!", "refused.tag_spelling"),
        ("!tz Atlantis", "refused.zone_unknown"),
        ("!tz Eastern", "refused.zone_several"),
        ("!block", "refused.role_supervisor"),
        ("!close all is well", "refused.close_code"),
        ("!vip maybe", "refused.on_or_off"),
        ("!r", "refused.reply_empty"),
        ("!r " + "x" * 10_001, "refused.too_long"),
        ("!undo", "refused.nothing_to_undo"),
        ("!ack", "refused.nothing_to_ack"),
        ("!help clam", "refused.help_unknown_near"),
        ("!queue billing", "refused.queue_unknown"),
        ("!join 123", "refused.join_in_private"),
    ],
)
@pytest.mark.parametrize("locale", i18n.locales())
async def test_refusals_say_what_to_type_instead(world: World, typed: str, why: str, locale: str) -> None:
    ticket = await world.customer_writes()
    (whisper,) = (await world.types("ana", ticket, typed)).whispers
    assert whisper.key == why
    said = i18n.render(locale, whisper.key, whisper.params, resolve=lambda it: "X")
    assert "!" in said or why == "refused.too_long"


async def test_marks_are_made(world: World) -> None:
    ticket = await world.customer_writes()
    for typed in ("!prio 高", "!tag Refund #late -new", "!vip", "!tz madrid", "!hold factory", "!snooze 2h"):
        assert keys(await world.types("ana", ticket, typed)) == []
    now = await world.ticket(ticket.id)
    assert (now.priority, now.tier, now.status, now.tags) == (
        Priority.HIGH,
        Tier.VIP,
        Status.HOLD,
        frozenset({"refund", "late"}),
    )
    contact = await world.store.contact(now.contact)
    assert contact is not None
    assert contact.zone == "Europe/Madrid"
    assert await world.notes(ticket) == ["factory"]


async def test_everything_is_in_the_log_and_every_line_has_words(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    for typed in ("!claim", "!live", "!r hello", "!esc help", "!ack", "!hold", "!pending", "!release", "!close done"):
        await world.types("ana", ticket, typed)
    (told,) = (await world.types("ana", ticket, "!log")).whispers
    assert len(told.lines) > 10
    for locale in i18n.locales():
        for line in (*told.lines, *(await world.types("ana", ticket, "!due")).whispers):
            i18n.render(locale, line.key, line.params, resolve=lambda it: "X")


async def test_lists_show_the_viewers_queues_only(world: World) -> None:
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", None, "!queue", direct=True)) == ["queue.title"]
    assert keys(await world.types("eve", None, "!queue", direct=True)) == ["queue.empty"]
    assert keys(await world.types("ana", None, "!find maría", direct=True)) == ["find.title"]
    assert keys(await world.types("eve", None, "!find maría", direct=True)) == ["find.nothing"]
    assert keys(await world.types("eve", None, f"!due T-{ticket.id}", direct=True)) == ["refused.no_such_ticket"]


async def test_help_offers_what_can_be_done(world: World) -> None:
    ticket = await world.customer_writes()

    async def offered(who: str) -> set[str]:
        (told,) = (await world.types(who, ticket, "!help")).whispers
        return {line.key.split(".")[1] for theme in told.lines for line in theme.lines}

    assert {"claim", "r"} <= await offered("ana")
    assert not {"release", "block", "reopen", "join"} & await offered("ana")
    assert "block" in await offered("sam")
    assert await offered("nobody") == {"join", "help"}


async def test_joining(world: World) -> None:
    code = await world.store.new_invite(world.id("bo"), world.clock.now(), timedelta(days=1))
    assert keys(await world.types("newbo", None, f"!join {code}")) == ["refused.join_in_private"]
    assert keys(await world.types("newbo", None, "!join wrong", direct=True)) == ["refused.join_code_bad"]
    assert keys(await world.types("newbo", None, f"!join {code}", direct=True)) == ["join.done"]
    assert keys(await world.types("newbo", None, "!away", direct=True)) == ["presence.away"]
    assert keys(await world.types("newbo", None, "!login", direct=True)) == ["login.link"]


async def test_a_verified_email_is_enough(world: World) -> None:
    world.desk.profiles["ana2"] = Profile("ana@example.com")
    assert keys(await world.types("ana2", None, "!away", direct=True)) == ["presence.away"]
    world.desk.broken = True
    assert keys(await world.types("other", None, "!away", direct=True)) == ["refused.not_joined"]


def test_tags_and_zones_are_read() -> None:
    assert tags_in("Refund，#late -NEW") == (("refund", "late"), ("new",))
    assert zones_named("buenos aires") == ("America/Argentina/Buenos_Aires",)
    assert zones_named("singapore") == ("Asia/Singapore",)
    assert zones_named("Eastern") == ("America/New_York", "America/Toronto")
    assert zones_named("utc") == ("UTC",)
    with pytest.raises(Refused):
        tags_in(" ".join(map(str, range(21))))
