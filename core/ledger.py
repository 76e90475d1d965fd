"""What one transaction makes of its tickets, collected and written in one go. Lives inside `Store.atomic` only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core import notices, owed
from core.alarms import WROTE
from core.commands import Command
from core.decide import decide
from core.effects import Log, Tell, Touch
from core.errors import Refused
from core.facts import Fact
from core.ids import ContactId, MessageId, PersonId, TicketId
from core.jobs import Owed
from core.messages import File, Message
from core.model import Entry, EntryKind, PostRef, Ticket
from core.notices import Telling
from core.people import Contact, Roster
from core.policy import Policy
from core.ports import Speaks, Tx
from core.quiet import Alarm
from core.react import react
from core.say import Say, TicketLabel, say
from core.staffing import Staffing
from core.waking import heard_at
from core.words import one_line

QUOTED = 600
"""Characters of a note that a notice about it shows."""
NO_WORDS = "📎"
"""Of a note that is only a file."""


class Ledger:
    """Tickets read once, changed in memory any number of times, saved once with a compare-and-set on what was read."""

    def __init__(self, tx: Tx, now: datetime, policy: Policy, speak: Speaks) -> None:
        self.tx, self.now, self.policy, self.speak = tx, now, policy, speak
        self.tickets: dict[TicketId, Ticket] = {}
        self.messages: list[Message] = []
        self._read: dict[TicketId, Ticket] = {}
        self._new: set[TicketId] = set()
        self._facts: list[tuple[Ticket, tuple[Fact, ...]]] = []
        self._entries: list[Entry] = []
        self._touched: dict[TicketId, dict[MessageId, bool]] = {}
        self._told: list[Telling] = []
        self._pinging: list[tuple[int, Alarm]] = []
        """Entries that ping somebody who may rest."""
        self._owed: list[Owed] = []
        self._roster: Roster | None = None
        self.crowded = False
        """Whether more alarms than one transaction holds are due."""
        self._contacts: dict[ContactId, Contact] = {}
        self._staffed: Staffing | None = None

    async def load(self, *tickets: TicketId) -> None:
        """Read tickets that are not here yet. Raises `Refused` for one that does not exist."""
        missing = [ticket for ticket in dict.fromkeys(tickets) if ticket not in self.tickets]
        found = await self.tx.tickets(missing) if missing else {}
        for ticket in missing:
            if ticket not in found:
                raise Refused(say("refused.no_ticket"))
            self.tickets[ticket] = found[ticket]
            self._read[ticket] = found[ticket]

    async def roster(self) -> Roster:
        """Read once, however many tickets ask for it."""
        if self._roster is None:
            self._roster = await self.tx.roster()
        return self._roster

    async def staffing(self) -> Staffing:
        """Who works when, under that roster."""
        if self._staffed is None:
            self._staffed = Staffing(self.policy, await self.roster())
        return self._staffed

    async def contact(self, contact: ContactId) -> Contact | None:
        """Read at once with those of all other tickets that are here, for who changes none of them."""
        if contact not in self._contacts:
            self._contacts |= await self.tx.contacts(sorted({contact, *(it.contact for it in self.tickets.values())}))
        return self._contacts.get(contact)

    def open(self, ticket: Ticket) -> None:
        """A ticket that is new in this transaction."""
        self.tickets[ticket.id] = ticket
        self._new.add(ticket.id)

    def change(self, ticket: TicketId, command: Command, origin: PostRef | None = None) -> None:
        """Decide, and note what follows. `origin`: where the words of the command's message stand already."""
        before = self.tickets[ticket]
        after, facts = decide(before, command, self.now, self.policy)
        if not facts and after == before:
            return
        self._handed(before.assignee, after.assignee)
        after = self._bumped(after)
        written = getattr(command, "message", None)
        for effect in react(after, facts, self.policy):
            match effect:
                case Log():
                    after = self._log(after, effect, origin if effect.message == written else None)
                case Touch(message):
                    self._touched.setdefault(ticket, {})[message] = True
                case Tell(person, words):
                    self._told.append(Telling(ticket, person, self._quoting(words, effect.quote), effect.alarm))
                case Owed():
                    self._owed.append(effect)
        self.tickets[ticket] = after
        self._facts.append((after, facts))

    def _handed(self, old: PersonId | None, new: PersonId | None) -> None:
        """What somebody is given here counts at once against what they can take."""
        if self._roster is not None and (roster := self._roster.handed(old, new)) is not self._roster:
            self._roster, self._staffed = roster, None

    def file_settled(self, ticket: TicketId, file: File, shown_on: str | None, to_post: Sequence[File]) -> None:
        """A file was stored (it follows its post, but not on the desk it came from) or refused (the post says so).
        `to_post`: what may follow now."""
        after = self._bumped(self.tickets[ticket])
        self.tickets[ticket] = after
        self._touched.setdefault(ticket, {}).setdefault(file.message, bool(file.reason))
        for desk, place in self.policy.queue(after.queue).stands(ticket).items():
            if desk != shown_on:
                self._owed += [owed.post_file(after, desk, place, each.id) for each in to_post]

    def redraw(self, ticket: TicketId) -> None:
        """The card shows of the contact what no fact tells."""
        on_it = self.tickets[ticket]
        for desk, place in self.policy.queue(on_it.queue).stands(ticket).items():
            self._owed.append(owed.edit_card(on_it, desk, place, self.policy.settles(desk)))

    def owe(self, job: Owed) -> None:
        """Work that no fact asks for."""
        self._owed.append(job)

    def tell(self, person: PersonId, words: Say) -> None:
        """A notice that belongs to no ticket."""
        self._told.append(Telling(None, person, words))

    async def tell_admins(self, words: Say, once: str) -> None:
        """Tell every admin, once a key."""
        if (await self.tx.once([once], self.now))[0]:
            for admin in (await self.roster()).admins():
                self.tell(admin.id, words)

    async def tell_waiting(self, person: PersonId) -> None:
        """What waited for somebody's morning, or for more of its kind."""
        self._owed += await notices.waited(self.tx, person, self.now, await self.staffing())

    async def flush(self) -> None:
        """Write everything. Raises `Lost` when a ticket was changed by another meanwhile."""
        tx = self.tx
        await tx.insert_tickets([self.tickets[ticket] for ticket in self._new])
        changes = [(before, self.tickets[ticket]) for ticket, before in self._read.items()]
        await tx.save_tickets([(before, after) for before, after in changes if after.version != before.version])
        await tx.insert_messages(self.messages)
        await self._let_rest()
        await tx.insert_entries(self._entries)
        await tx.insert_facts(self._facts, self.now)
        await self._edit_touched()
        await self._write_notices()
        await tx.enqueue(self._owed, self.now)

    def _bumped(self, ticket: Ticket) -> Ticket:
        """One version a transaction, however many commands it holds."""
        return ticket if ticket.id in self._new else replace(ticket, version=self._read[ticket.id].version + 1)

    def _log(self, ticket: Ticket, log: Log, origin: PostRef | None) -> Ticket:
        seq, rev = ticket.entries, ticket.version
        if log.mention is not None and log.alarm is not None:
            self._pinging.append((len(self._entries), log.alarm))
        self._entries.append(
            Entry(ticket.id, seq, rev, log.kind, self.now, log.message, log.say, log.by, log.mention, origin)
        )
        return replace(ticket, entries=seq + 1)

    def _quoting(self, words: Say, quote: MessageId | None) -> Say:
        """With the beginning of a message of this transaction."""
        if quote is None:
            return words
        text = next((message.text for message in self.messages if message.id == quote), "")
        return replace(words, params={**words.params, "text": one_line(text, QUOTED) or NO_WORDS})

    async def _edit_touched(self) -> None:
        """Wherever an entry of a touched message stands, it is edited there. The console sees its new rev."""
        for ticket_id, touched in self._touched.items():
            ticket = self.tickets[ticket_id]
            for message, shows in touched.items():
                for seq in await self.tx.touch_entries(ticket_id, [message], ticket.version):
                    if shows:
                        self._owed.extend(self._edits(ticket, seq))

    def _edits(self, ticket: Ticket, seq: int) -> list[Owed]:
        stands = self.policy.queue(ticket.queue).stands(ticket.id)
        return [owed.edit_entry(ticket, desk, place, seq, self.policy.settles(desk)) for desk, place in stands.items()]

    async def _let_rest(self) -> None:
        """In quiet hours nobody is pinged by a thread, either. That a customer wrote they read in the morning."""
        if self.policy.quiet is None or not self._pinging:
            return
        staffing = await self.staffing()
        for nth, alarm in self._pinging:
            entry = self._entries[nth]
            person = staffing.roster.person(entry.mention)
            if person is None or not heard_at(person, self.tickets[entry.ticket], alarm, self.now, staffing):
                continue
            self._entries[nth] = replace(entry, mention=None)
            if entry.kind is EntryKind.CUSTOMER:
                words = say(WROTE, ticket=TicketLabel(entry.ticket))
                self._told.append(Telling(entry.ticket, person.id, words, alarm))

    async def _write_notices(self) -> None:
        if self._told:
            staffing = await self.staffing()
            self._owed += await notices.write(
                self.tx, self._told, self.tickets, self.now, staffing, crowded=self.crowded
            )
