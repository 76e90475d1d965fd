"""Asking a colleague or another queue inside, and answering them. Nothing here writes to a customer."""

import re

from bot.handlers.asking import NOTE_LIMIT, OFF, Answer, Ask, refused
from bot.handlers.owning import person_or_queue
from core.asked import asked_queue, is_asked, to_person, to_queue
from core.commands import AnswerConsult, Consult, EndConsult
from core.errors import Refused
from core.model import SendMode
from core.people import Person
from core.words import one_line

_WHOM = re.compile(r"(<@[^>]*>|[^\s:：,，]+)[\s:：,，]*(.*)", re.DOTALL)
"""Whom, and then what: `finance has it arrived?`, `财务：到账了吗`."""
_PARTED = re.compile(r"[\s:：,，]|$")


async def consult(ask: Ask) -> Answer:
    """`finance question`, `@person question`, or `off`."""
    if ask.text.strip().casefold() in OFF:
        return await ask.do(EndConsult(ask.me.id))
    whom, question = await _whom_and_what(ask, ask.text.strip())
    return await ask.do(Consult(ask.me.id, whom, ask.draft(question, NOTE_LIMIT)))


async def answer(ask: Ask) -> Answer:
    """The one command that somebody may use on a ticket of a queue that is not theirs: whoever is asked there."""
    return await ask.do(AnswerConsult(ask.me.id, ask.draft(ask.text, NOTE_LIMIT)))


async def question_in(ask: Ask, text: str) -> str:
    """The question alone, of words that ask one; else all of them. Raises Refused when nobody is named."""
    return (await _whom_and_what(ask, text))[1] or text


def answers_plainly(ask: Ask) -> bool:
    """Whether plain words in the thread are the answer that is waited for. Among colleagues of a queue that is asked
    itself any note could be meant; in live mode the assignee's words go to the customer."""
    ticket, me = ask.here, ask.me
    if not is_asked(ticket.consulted, me) or ticket.consulted_by == me.id:
        return False
    if ticket.mode is SendMode.LIVE and ticket.assignee == me.id:
        return False
    return asked_queue(ticket.consulted) is None or not me.sees(ticket.queue)


async def _whom_and_what(ask: Ask, text: str) -> tuple[str, str]:
    """By a whole name, however many words it has, else by what the first word begins."""
    policy = ask.house.policy
    if not text:
        raise refused("refused.consult_whom", queues=_titles(ask))
    known = {person.name: to_person(person.id) for person in (await ask.house.store.roster()).people}
    known |= {name: to_queue(queue.name) for queue in policy.queues.values() for name in (queue.title, queue.name)}
    plain = text.removeprefix("@").removeprefix("＠")
    for name in sorted(known, key=len, reverse=True):
        if name and plain.casefold().startswith(name.casefold()) and _PARTED.match(plain, len(name)):
            return known[name], plain[len(name) :].lstrip(" \t\n:：,，")
    found = _WHOM.match(text)
    first, rest = (found[1], found[2]) if found else (text, "")
    try:
        target = await person_or_queue(ask, first)
    except Refused:
        raise refused("refused.consult_unknown", name=one_line(first, 60), queues=_titles(ask)) from None
    return (to_person(target.id) if isinstance(target, Person) else to_queue(target.name)), rest


def _titles(ask: Ask) -> str:
    return ", ".join(queue.title for queue in ask.house.policy.queues.values())
