"""From what a desk heard to the handler: who, which ticket, may they. These checks stand here, once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.handlers import consulting, places, replying
from bot.handlers.asking import Answer, Ask, House, refused, ticket_named
from bot.handlers.forms import form_for
from bot.handlers.registry import Book, Command
from bot.handlers.replying import ChangedWords
from bot.handlers.strangers import Strangers
from core.asked import is_asked
from core.errors import Duplicate, Refused
from core.events import (
    Deleted,
    DeskEvent,
    Edited,
    HomeOpened,
    Origin,
    PlaceChanged,
    PlaceMoved,
    Pressed,
    Reacted,
    Submitted,
    Typed,
    Unheard,
)
from core.ids import CONSOLE, DeskName, TicketId, row_number, ticket_label
from core.model import PostRef, ThreadRef, Ticket
from core.people import Person
from core.policy import Policy
from core.ports import Clock, Desk, Doors, Store, Withdraws
from core.say import Say, say
from core.views import Overview
from core.words import CommandLine, NotCommand, one_line, parse_command

REACTIONS: Mapping[str, str] = {"eyes": "claim", "white_check_mark": "close"}
"""Emoji on the card -> command."""
WITH_FORMS: Mapping[str, str] = {"assign": "reassign", "r": "reply"}
"""Commands that were pressed without their argument -> what opens a form of their own."""
Asked = Typed | Edited | Deleted | Pressed | Submitted | Reacted | HomeOpened
"""What people do; the rest a platform does by itself."""


class Dispatcher:
    """`localised`: command name -> its further names, of all locales (`alias.*` in the catalogue).

    The rest as in `House`.
    """

    def __init__(
        self,
        store: Store,
        door: Doors,
        clock: Clock,
        policy: Policy,
        localised: Mapping[str, tuple[str, ...]],
        desks: Mapping[DeskName, Desk],
        overview: Callable[[Person], Awaitable[Overview]],
        console: str,
    ) -> None:
        self._house = House(store, door, clock, policy, Book(localised, policy.slash), desks, overview, console)
        self._strangers = Strangers()

    @property
    def book(self) -> Book:
        """The commands as they are named here, for completion and help."""
        return self._house.book

    async def handle(self, event: DeskEvent) -> Answer:
        """Do what was asked, at most once however often it is called. Only faults of our own are raised."""
        if isinstance(event, PlaceChanged):
            await places.changed(self._house, event)
            return Answer()
        if isinstance(event, PlaceMoved):
            await places.moved(self._house, event)
            return Answer()
        if isinstance(event, Unheard):
            await places.unheard(self._house, event)
            return Answer()
        ticket = await self._ticket_at(event.origin)
        if ticket is None and not self._is_for_us(event):
            return Answer()
        ask = Ask(self._house, event.origin, None, ticket, in_thread=ticket is not None)
        try:
            ask = replace(ask, person=await self._strangers.person(ask))
            answer = await self._routed(ask, event)
        except Duplicate:
            return Answer()
        except Refused as no:
            if isinstance(event, Typed) and not self._strangers.may_hear(ask):
                return Answer()
            answer = Answer((_with_ticket(no.say, ask.ticket),))
        if isinstance(event, Pressed) and event.origin.at_home and ask.person is not None:
            # What was pressed changed the very list it stood in.
            answer = replace(answer, overview=await self._house.overview(ask.person))
        return self._as_read(ask, answer)

    async def broken(self, event: DeskEvent) -> Answer:
        """A fault of ours: what its author is told, while it is tried again."""
        person = await self._house.store.person_known_as(event.origin.who)
        return Answer((say("answer.broken"),), locale=person.locale if person else "en", zone="UTC")

    async def parked(self, row: int, source: str) -> None:
        """What somebody did could not be handled, however often it was tried: nobody else would notice."""
        await self._house.door.tell_admins(say("tell.raw_parked", row=row, where=source), f"raw|{row}")

    def _is_for_us(self, event: Asked) -> bool:
        """Outside a ticket's thread only what is said to the bot is its business."""
        match event:
            case Typed():
                words = parse_command(event.text, self._house.book.prefixes(event.origin.desk))
                if event.origin.direct or not isinstance(words, CommandLine):
                    return event.origin.direct
                return self._is_at_home(event.origin) or self._house.book.is_(words.word, "setup")
            case Pressed(origin, "close" | "reopen"):
                return bool(origin.trigger)  # else it was done to a topic that is none of ours
            case Pressed() | Submitted() | HomeOpened():
                return True
            case Edited() | Deleted() | Reacted():
                return False
            case _:
                assert_never(event)

    def _is_at_home(self, origin: Origin) -> bool:
        """Where others can see what somebody is answered, only a queue's own place is fit for it."""
        ours = self._house.policy.queues_at(origin.desk, origin.place)
        return bool(ours) or not isinstance(self._house.desks.get(origin.desk), Withdraws)

    async def _routed(self, ask: Ask, event: Asked) -> Answer:
        match event:
            case Typed():
                return await self._typed(ask, event)
            case Pressed():
                return await self._pressed(ask, event)
            case Submitted():
                named, rest = ticket_named(event.value)
                text = event.fields.get("argument", rest)
                command = self._house.book.action(event.action)
                ask = replace(await self._at(ask, named, command), text=text, fields=event.fields)
                return await self._run(ask, command)
            case Reacted():
                return await self._reacted(ask, event)
            case Edited():
                return await self._changed(replace(ask, text=event.text), event.origin.post, replying.edited)
            case Deleted():
                return await self._changed(ask, event.origin.post, replying.deleted)
            case HomeOpened():
                return await self._home(ask)
            case _:
                assert_never(event)

    async def _typed(self, ask: Ask, event: Typed) -> Answer:
        words = parse_command(event.text, self._house.book.prefixes(event.origin.desk))
        ask = replace(ask, files=event.files, typed=True)
        if isinstance(words, NotCommand):
            return await self._plain(replace(ask, text=event.text), mentions_first=event.mentions_first)
        command = self._house.book.find(words.word)
        if command is None:
            return self._unknown(ask, words)
        rest = words.rest
        if command.needs_ticket and ask.ticket is None:
            named, rest = ticket_named(rest)
            ask = await self._at(ask, named, command)
        return await self._run(replace(ask, text=rest), command)

    async def _plain(self, ask: Ask, *, mentions_first: bool) -> Answer:
        """No command: a note where a member of the queue wrote it, the answer of somebody who is asked there, else
        nothing at all."""
        if ask.ticket is not None:
            if ask.person is None:
                return Answer()
            if consulting.answers_plainly(ask) and (ask.text.strip() or ask.files):
                return await consulting.answer(ask)
            if not ask.person.sees(ask.ticket.queue):
                return Answer()
            return await replying.plain(ask, mentions_first=mentions_first)
        if not ask.origin.direct:
            return Answer()
        return Answer((say("help.private" if ask.person else "refused.not_joined"),))

    def _unknown(self, ask: Ask, words: CommandLine) -> Answer:
        """Nothing happened, and nothing of it was kept: it may have been meant for anybody."""
        if ask.person is None:
            raise _nobody(ask)
        word, near = one_line(words.word, 40), self._house.book.nearest(words.word)
        if near is None:
            raise refused("refused.unknown", word=word)
        raise refused("refused.unknown_near", word=word, near=near.name)

    async def _pressed(self, ask: Ask, event: Pressed) -> Answer:
        """A button, a menu entry, or the shortcut on a message, whose text is then the argument."""
        if event.action == "send" and not event.value:
            ask = replace(ask, text=event.text, files=event.files)
            return await self._run(ask, self._house.book.action("shortcut"))
        named, rest = ticket_named(event.value)
        command = self._house.book.action(event.action)
        ask = replace(await self._at(ask, named, command), text=rest)
        if command is not None and not rest and (form := form_for(command, ask)):
            self._check(ask, command)
            return Answer(dialog=form)
        if command is not None and not rest and command.name in WITH_FORMS:
            command = self._house.book.action(WITH_FORMS[command.name])
        return await self._run(ask, command)

    async def _reacted(self, ask: Ask, event: Reacted) -> Answer:
        """On the card only, and only by people who work here: everybody else's emoji is just an emoji."""
        command = REACTIONS.get(event.emoji)
        if command is None or ask.ticket is None or event.origin.post is None:
            return Answer()
        thread = await self._house.store.thread(ask.ticket.id, event.origin.desk)
        if thread is None or event.origin.post.post != (thread.ref.card or thread.ref.root):
            return Answer()
        if ask.person is None or not ask.person.sees(ask.ticket.queue):
            return Answer()
        return await self._run(ask, self._house.book.action(command))

    async def _home(self, ask: Ask) -> Answer:
        """A stranger's home stays empty; how to join they read when they try something."""
        return Answer(overview=await self._house.overview(ask.person)) if ask.person else Answer()

    async def _changed(self, ask: Ask, post: PostRef | None, change: ChangedWords) -> Answer:
        if post is None or ask.ticket is None or ask.person is None or not ask.person.sees(ask.ticket.queue):
            return Answer()
        answer = await change(ask, post)
        # Heard or found, an edit has its effect once; found, it may have been answered when it was heard.
        return Answer() if ask.origin.missed else answer

    async def _run(self, ask: Ask, command: Command | None) -> Answer:
        """What no longer exists (an old button) does nothing."""
        if command is None:
            return Answer()
        self._check(ask, command)
        return await command.run(ask)

    def _check(self, ask: Ask, command: Command) -> None:
        """Person, role, ticket, queue. Raises Refused."""
        if ask.person is None:
            if not command.strangers:
                raise _nobody(ask)
            return
        if not ask.person.role.covers(command.role):
            raise refused(f"refused.role_{command.role}", command=command.name)
        if not command.needs_ticket:
            return
        if ask.ticket is None:
            raise refused("refused.needs_ticket", command=command.name)
        if not _may(ask.person, ask.ticket, command):
            raise refused("refused.not_in_queue", queue=self._house.policy.queue(ask.ticket.queue).title)
        if ask.origin.missed and command.lays_aside and _wrote_since(ask.ticket, ask.origin.at):
            raise refused("refused.overtaken", command=command.name)

    async def _ticket_at(self, origin: Origin) -> Ticket | None:
        """The ticket in whose thread something was done; on a card, the card's."""
        if origin.root is None:
            thread = await self._house.store.thread_of_card(origin.post) if origin.post else None
            return await self._house.store.ticket(thread.ticket) if thread else None
        if origin.desk == CONSOLE:
            number = row_number(origin.root)
            return None if number is None else await self._house.store.ticket(TicketId(number))
        thread = await self._house.store.thread_at(ThreadRef(origin.desk, origin.place, origin.root))
        return await self._house.store.ticket(thread.ticket) if thread else None

    async def _at(self, ask: Ask, named: TicketId | None, command: Command | None) -> Ask:
        """The ticket that a value names, if it names one; another queue's is none for this person, unless they are
        asked there and mean to answer."""
        if named is None or (ask.ticket is not None and ask.ticket.id == named):
            return ask
        if ask.person is None:
            raise _nobody(ask)
        ticket = await self._house.store.ticket(named)
        if ticket is None or not _may(ask.person, ticket, command):
            if command is not None and command.for_asked:
                raise refused("refused.not_asked")
            raise refused("refused.no_such_ticket", ticket=ticket_label(named))
        return replace(ask, ticket=ticket, in_thread=False)

    def _as_read(self, ask: Ask, answer: Answer) -> Answer:
        """In the asker's language and time; a stranger's are the queue's, as far as there is one."""
        policy = self._house.policy
        queue = policy.queue(ask.ticket.queue) if ask.ticket else next(iter(policy.queues.values()), None)
        locale = ask.person.locale if ask.person else queue.locale if queue else "en"
        return replace(answer, locale=answer.locale or locale, zone=answer.zone or ask.zone)


def _may(person: Person, ticket: Ticket, command: Command | None) -> bool:
    """A ticket is the business of its queue's people. Who is asked there inside may answer, and nothing else."""
    if person.sees(ticket.queue):
        return True
    return command is not None and command.for_asked and is_asked(ticket.consulted, person)


def _wrote_since(ticket: Ticket, at: datetime) -> bool:
    """Whether the customer has written since somebody typed what was found only now."""
    return ticket.last_received_at is not None and ticket.last_received_at > at


def _nobody(ask: Ask) -> Refused:
    """Who did not join can; who does not show who they are has to show it first."""
    return refused("refused.anonymous" if ask.origin.anonymous else "refused.not_joined")


def _with_ticket(it: Say, ticket: Ticket | None) -> Say:
    """Its buttons name the ticket: what they are shown on may stand in no thread."""
    if ticket is None:
        return it
    label = ticket_label(ticket.id)
    named = (b if ticket_named(b.value)[0] else replace(b, value=f"{label} {b.value}".strip()) for b in it.buttons)
    return replace(it, buttons=tuple(named))
