"""Colleagues asked inside: how they are named, that they may answer, and that they may do nothing else."""

from datetime import timedelta

import pytest

from bot.handlers.asking import Answer
from core import facts as f
from core.clocks import ClockKind, ClockState
from core.commands import SetMode
from core.events import FileNote
from core.model import SendMode, Ticket
from core.people import Role
from core.ports import NewPerson
from tests.handlers.world import BILLING, START, World, keys

ASKED = ["Has it arrived?"]


async def asked(world: World, text: str = "!consult billing Has it arrived?") -> Ticket:
    """A ticket of Support on which Ana has asked Billing, whose only member is Eve."""
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", ticket, text)) == []
    return await world.ticket(ticket.id)


async def told(world: World, who: str) -> list[str]:
    return [notice.say.key for notice in await world.store.notices(world.id(who), 20)]


async def facts(world: World, ticket: Ticket) -> list[f.Fact]:
    return [saved.fact for saved in reversed(await world.store.history(ticket.id, 50))]


@pytest.mark.parametrize(
    "text",
    [
        "!consult billing Has it arrived?",
        "!consult Billing: Has it arrived?",
        "！咨询 BILL Has it arrived?",
        "!ask @Eve Has it arrived?",
        "!consult Eve Moss Has it arrived?",
        "!consult @eve moss, Has it arrived?",
        "!consult <@eve> Has it arrived?",
        "!consult <@eve|Eve>: Has it arrived?",
    ],
)
async def test_a_queue_or_a_person_is_asked(world: World, text: str) -> None:
    ticket = await asked(world, text)
    assert ticket.consulted in ("queue:billing", f"person:{world.id('eve')}")
    assert await world.notes(ticket) == ASKED
    assert await told(world, "eve") == ["tell.consulted"]
    [notice] = await world.store.notices(world.id("eve"), 5)
    assert notice.say.params["text"] == "Has it arrived?"
    assert [(button.action, button.value) for button in notice.say.buttons] == [("answer", f"T-{ticket.id}")]
    assert await told(world, "bo") == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("!consult", "refused.consult_whom"),
        ("!consult billing", "refused.consult_empty"),
        ("!consult zebra is it striped?", "refused.consult_unknown"),
        ("!consult @ is it?", "refused.consult_unknown"),
        ("!consult me is it?", "refused.consult_self"),
        ("!consult @ana is it?", "refused.consult_self"),
        ("!consult off", "refused.nothing_consulted"),
        ("!answer yes", "refused.nothing_consulted"),
        ("!consult billing " + "a" * 50_000, "refused.too_long"),
    ],
)
async def test_what_is_no_question_is_refused_in_words(world: World, text: str, key: str) -> None:
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", ticket, text)) == [key]
    assert (await world.ticket(ticket.id)).consulted == ""
    assert await world.notes(ticket) == []


async def test_the_answer_by_the_button_and_its_form(world: World) -> None:
    ticket = await asked(world)
    world.wait(minutes=25)
    shown = await world.presses("eve", None, "answer", f"T-{ticket.id}")
    assert shown.dialog is not None
    assert (shown.dialog.action, shown.dialog.value) == ("answer", f"T-{ticket.id}")
    done = await world.submits("eve", None, "answer", shown.dialog.value, argument="Yes, yesterday.")
    assert keys(done) == ["done.elsewhere"]
    await is_answered(world, ticket, "Yes, yesterday.")


@pytest.mark.parametrize("text", ["!answer T-{id} Yes, yesterday.", "！回答 t-{id} Yes, yesterday."])
async def test_the_answer_typed_from_anywhere(world: World, text: str) -> None:
    ticket = await asked(world)
    world.wait(minutes=25)
    done = await world.types("eve", None, text.format(id=ticket.id), direct=True)
    assert keys(done) == ["done.elsewhere"]
    await is_answered(world, ticket, "Yes, yesterday.")


async def test_plain_words_in_the_thread_are_the_answer(world: World) -> None:
    ticket = await asked(world)
    world.wait(minutes=25)
    assert keys(await world.types("eve", ticket, "Yes, yesterday.")) == []
    await is_answered(world, ticket, "Yes, yesterday.")
    # Once. What Eve says next is nobody's business here.
    assert keys(await world.types("eve", ticket, "And the invoice?")) == []
    assert await world.notes(ticket) == [*ASKED, "Yes, yesterday."]


async def is_answered(world: World, before: Ticket, text: str) -> None:
    ticket = await world.ticket(before.id)
    assert (ticket.consulted, ticket.consulted_by) == ("", None)
    assert await world.notes(ticket) == [*ASKED, text]
    [fact] = [fact for fact in await facts(world, ticket) if isinstance(fact, f.ConsultAnswered)]
    assert (fact.by, fact.asker, fact.seconds) == (world.id("eve"), world.id("ana"), 25 * 60)
    assert await told(world, "ana") == ["tell.consult_answered"]
    [notice] = await world.store.notices(world.id("ana"), 5)
    assert notice.say.params["text"] == text
    clock = ticket.clock(ClockKind.CONSULT)
    assert clock is not None
    assert clock.state is ClockState.STOPPED
    world.wait(hours=1)
    assert await world.leaving() == []


@pytest.mark.parametrize(
    "text",
    [
        "!r T-{id} Dear customer",
        "!n T-{id} hello",
        "!claim T-{id}",
        "!close T-{id}",
        "!pending T-{id}",
        "!snooze T-{id} 2h",
        "!hold T-{id}",
        "!prio T-{id} high",
        "!tag T-{id} a",
        "!vip T-{id}",
        "!assign T-{id} eve",
        "!assign T-{id} billing",
        "!esc T-{id}",
        "!log T-{id}",
        "!due T-{id}",
        "!consult T-{id} support why?",
        "!consult T-{id} off",
    ],
)
async def test_who_is_asked_may_do_nothing_but_answer(world: World, text: str) -> None:
    ticket = await asked(world)
    before = await world.ticket(ticket.id)
    answer = await world.types("eve", None, text.format(id=ticket.id), direct=True)
    assert keys(answer) == ["refused.no_such_ticket"]
    # Nor in its thread, where plain words would be the answer.
    in_thread = await world.types("eve", ticket, text.replace("T-{id} ", "").replace(" T-{id}", ""))
    assert keys(in_thread) == ["refused.not_in_queue"]
    assert await world.ticket(ticket.id) == before
    world.wait(hours=1)
    assert await world.leaving() == []


async def test_what_is_pressed_is_no_way_in_either(world: World) -> None:
    ticket = await asked(world)
    for action in ("reply", "claim", "esc", "reassign", "due", "log", "undo", "send"):
        answer = await world.presses("eve", None, action, f"T-{ticket.id}")
        assert keys(answer) == ["refused.no_such_ticket"], action
        assert answer.dialog is None
    assert keys(await world.submits("eve", None, "r", f"T-{ticket.id}", text="Dear")) == ["refused.no_such_ticket"]
    # Nor the message of a customer as a reply.
    pressed = await world.presses("eve", ticket, "send", text="Dear customer")
    assert keys(pressed) == ["refused.not_in_queue"]
    world.wait(hours=1)
    assert await world.leaving() == []


async def test_who_is_asked_about_one_ticket_reads_no_other(world: World) -> None:
    ticket = await asked(world)
    other = await world.customer_writes("Another matter", who="34600999888")
    assert other.id != ticket.id
    answer = await world.types("eve", None, f"!answer T-{other.id} yes", direct=True)
    assert keys(answer) == ["refused.not_asked"]
    assert keys(await world.types("eve", None, "!answer T-9999 yes", direct=True)) == ["refused.not_asked"]
    assert keys(await world.types("eve", other, "yes")) == []
    assert await world.notes(other) == []
    assert keys(await world.types("eve", None, "!find María", direct=True)) == ["find.nothing"]
    assert keys(await world.types("eve", None, "!queue", direct=True)) == ["queue.empty"]


async def test_who_is_not_asked_does_not_answer(world: World) -> None:
    ticket = await asked(world)
    assert keys(await world.types("bo", ticket, "!answer I think so")) == ["refused.not_asked"]
    assert keys(await world.types("ana", ticket, "!answer I think so")) == ["refused.not_asked"]
    # What a colleague of the ticket's own queue writes is a note, and the question stays open.
    assert keys(await world.types("bo", ticket, "I think so")) == []
    assert (await world.ticket(ticket.id)).consulted == "queue:billing"


async def test_a_colleague_of_the_same_queue(world: World) -> None:
    ticket = await asked(world, "!consult @bo Has it arrived?")
    assert keys(await world.types("sam", ticket, "Ask Bo.")) == []
    assert (await world.ticket(ticket.id)).consulted == f"person:{world.id('bo')}"
    assert keys(await world.types("bo", ticket, "It has.")) == []
    assert (await world.ticket(ticket.id)).consulted == ""
    assert await world.notes(ticket) == [*ASKED, "Ask Bo.", "It has."]


async def test_the_own_queue_answers_by_command_only(world: World) -> None:
    ticket = await asked(world, "!consult support Has it arrived?")
    assert await told(world, "ana") == []
    assert await told(world, "bo") == ["tell.consulted"]
    assert keys(await world.types("bo", ticket, "Nice weather.")) == []
    assert (await world.ticket(ticket.id)).consulted == "queue:support"
    assert keys(await world.types("bo", ticket, "!answer It has.")) == []
    assert (await world.ticket(ticket.id)).consulted == ""


async def test_in_live_mode_the_assignees_words_still_go_to_the_customer(world: World) -> None:
    ticket = await world.customer_writes()
    await world.types("bo", ticket, "!claim")
    await world.door.apply(ticket.id, SetMode(world.id("bo"), SendMode.LIVE), once="live")
    await world.types("ana", ticket, "!consult @bo Has it arrived?")
    world.wait(seconds=30)
    await world.types("bo", ticket, "Dear María, it has.")
    assert (await world.ticket(ticket.id)).consulted != ""
    world.wait(minutes=1)
    assert await world.leaving() == ["Dear María, it has."]


async def test_asked_again_is_a_reminder_and_the_time_runs_on(world: World) -> None:
    ticket = await asked(world)
    world.wait(minutes=50)
    assert keys(await world.types("bo", ticket, "!consult billing Please!")) == []
    assert await told(world, "eve") == ["tell.consulted", "tell.consulted"]
    after = await world.ticket(ticket.id)
    clock = after.clock(ClockKind.CONSULT)
    assert clock is not None
    assert (clock.cycle, clock.started_at) == (1, START)
    # Bo waits for it, too.
    await world.types("eve", ticket, "Yes.")
    assert (await told(world, "bo"))[:1] == ["tell.consult_answered"]


async def test_one_question_at_a_time(world: World) -> None:
    ticket = await asked(world)
    refused = await world.types("ana", ticket, "!consult @bo And you?")
    assert keys(refused) == ["refused.consult_open"]
    [button] = refused.whispers[0].buttons
    assert keys(await world.presses("ana", ticket, button.action, button.value)) == []
    assert (await world.ticket(ticket.id)).consulted == ""
    assert keys(await world.types("ana", ticket, "!consult @bo And you?")) == []


async def test_nobody_needs_the_answer_any_more(world: World) -> None:
    ticket = await asked(world)
    assert keys(await world.types("ana", ticket, "！咨询 关闭")) == []
    assert (await world.ticket(ticket.id)).consulted == ""
    late = await world.types("eve", None, f"!answer T-{ticket.id} yes", direct=True)
    assert keys(late) == ["refused.not_asked"]
    assert keys(await world.presses("eve", None, "answer", f"T-{ticket.id}")) == ["refused.not_asked"]


async def test_with_the_ticket_the_question_ends(world: World) -> None:
    ticket = await asked(world)
    assert keys(await world.types("ana", ticket, "!close")) == []
    after = await world.ticket(ticket.id)
    assert after.consulted == ""
    assert any(isinstance(fact, f.ConsultEnded) and fact.why == "closed" for fact in await facts(world, after))
    assert keys(await world.types("eve", ticket, "Yes.")) == []
    assert await world.notes(ticket) == ASKED


async def test_a_substitute_is_asked_for_who_is_away(world: World) -> None:
    dora = await world.store.create_person(NewPerson("Dora Fu", queues=frozenset({BILLING})), START)
    await world.store.set_away(world.id("eve"), START, substitute=dora.id)
    ticket = await asked(world, "!consult @eve Has it arrived?")
    assert ticket.consulted == f"person:{dora.id}"
    assert [n.say.key for n in await world.store.notices(dora.id, 5)] == ["tell.consulted"]
    assert await told(world, "eve") == []
    lines = [entry.say.key for entry, _ in await world.thread(ticket) if entry.say is not None]
    assert "line.consulted_instead" in lines


async def test_without_a_substitute_their_queue_is_asked(world: World) -> None:
    dora = await world.store.create_person(NewPerson("Dora Fu", queues=frozenset({BILLING})), START)
    await world.store.set_away(world.id("eve"), START)
    ticket = await asked(world, "!consult @eve Has it arrived?")
    assert ticket.consulted == "queue:billing"
    assert [n.say.key for n in await world.store.notices(dora.id, 5)] == ["tell.consulted"]


async def test_nobody_at_all_is_there(world: World) -> None:
    await world.store.set_away(world.id("eve"), START)
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", ticket, "!consult billing Has it arrived?")) == ["refused.consult_nobody"]


async def test_late_is_told_to_the_asker_and_the_supervisors(world: World) -> None:
    lead = NewPerson("Lea Ng", role=Role.SUPERVISOR, queues=frozenset({BILLING}))
    lea = await world.store.create_person(lead, START)
    ticket = await asked(world)
    world.wait(hours=2)
    await world.door.tick([ticket.id])
    assert "tell.consult_late" in await told(world, "ana")
    assert (await world.store.notices(lea.id, 5))[0].say.key == "tell.consult_late"
    assert "tell.consult_late" not in await told(world, "eve")
    assert "tell.consult_late" not in await told(world, "sam")
    # It is not the customer who waits too long for it.
    assert ClockKind.CONSULT not in [fact.clock for fact in await facts(world, ticket) if isinstance(fact, f.Escalated)]
    before = len(await told(world, "ana"))
    world.wait(hours=2)
    await world.door.tick([ticket.id])
    assert [key for key in (await told(world, "ana"))[: -before or None] if key.startswith("tell.consult")] == []
    await world.types("eve", ticket, "Yes.")
    stopped = [x for x in await facts(world, ticket) if isinstance(x, f.ClockStopped) and x.kind is ClockKind.CONSULT]
    assert [fact.late for fact in stopped] == [True]


async def test_a_file_is_a_question_and_an_answer(world: World) -> None:
    ticket = await world.customer_writes()
    file = FileNote("F1", "bill.pdf", "application/pdf", 9)
    assert keys(await world.types("ana", ticket, "!consult billing", files=(file,))) == []
    [notice] = await world.store.notices(world.id("eve"), 5)
    assert notice.say.params["text"] == "📎"
    assert keys(await world.types("eve", ticket, "", files=(file,))) == []
    assert (await world.ticket(ticket.id)).consulted == ""


async def test_help_shows_it_to_whom_it_is_of_use(world: World) -> None:
    ticket = await asked(world)
    assert "help.answer.line" in listed(await world.types("eve", ticket, "!help"))
    assert "help.consult.line" not in listed(await world.types("eve", ticket, "!help"))
    assert "help.consult.line" in listed(await world.types("ana", ticket, "!help"))


def listed(answer: Answer) -> list[str]:
    return [line.key for theme in answer.whispers[0].lines for line in theme.lines]


async def test_a_button_asks_for_whom_and_what(world: World) -> None:
    ticket = await world.customer_writes()
    form = (await world.presses("ana", ticket, "consult")).dialog
    assert form is not None
    assert [(field.name, field.label, field.multiline) for field in form.fields] == [
        ("argument", "argument.question", True)
    ]
    assert keys(await world.submits("ana", ticket, form.action, form.value, argument="billing Has it arrived?")) == []
    assert (await world.ticket(ticket.id)).consulted == "queue:billing"


async def test_an_edit_changes_the_note_and_not_the_question(world: World) -> None:
    ticket = await world.customer_writes()
    await world.types("ana", ticket, "!consult billing Has it arived?", post="p1")
    world.wait(minutes=1)
    await world.edits("ana", ticket, "p1", "!consult billing Has it arrived?")
    assert await world.notes(ticket) == ASKED
    assert await told(world, "eve") == ["tell.consulted"]
    assert (await world.ticket(ticket.id)).consulted == "queue:billing"


async def test_the_working_time_is_counted(world: World) -> None:
    ticket = await asked(world)
    clock = ticket.clock(ClockKind.CONSULT)
    assert clock is not None
    assert clock.due_at == START + timedelta(hours=2)
