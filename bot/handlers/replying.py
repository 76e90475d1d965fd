"""Words to the customer: what may leave, and how it is held back.

A reply begins in one of four explicit ways only: `!r`, the reply form, the message shortcut, or the assignee's plain
text in live mode. An edit or a deletion changes or stops what is held; it never begins a reply.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.handlers import consulting
from bot.handlers.asking import FRESH, NOTE_LIMIT, REPLY_LIMIT, Answer, Ask, check_length, refused
from core.commands import ChangeNote, Draft, MarkEdited, Note, ReleaseReply, ReplaceReply, Reply, UndoReply
from core.errors import Confirm, Refused
from core.events import FileNote
from core.ids import MessageId, row_number
from core.messages import Ladder, Message, MessageKind
from core.model import EntryKind, PostRef, SendMode
from core.ports import SavedDraft
from core.say import Button, Say, say
from core.views import Dialog, Field
from core.words import CommandLine, one_line, parse_command, starts_with_prefix, visible

DRAFT = "draft:"
"""What the value of a "send anyway?" button begins with."""
FORM = "form:"
"""The same of a draft that its author was shown before it leaves, and of which nothing else was asked yet."""
HELD = (Ladder.HELD, Ladder.ASKED)
LIVE_OVER = "refused.live_over"
"""Live mode ended between the look and the deed."""
QUOTED = 1_000
"""Characters of a reply that are shown to its author again."""
RECENT = 60
"""Entries `!undo` looks back over."""

ChangedWords = Callable[[Ask, PostRef], Awaitable[Answer]]
"""What is done when words were changed where they stand."""


async def r(ask: Ask) -> Answer:
    """The reply command, and the form that was opened with what had been seen then."""
    text = ask.fields.get("text", ask.text)
    seen_at = _opened_at(ask)
    words = ask.draft(text, REPLY_LIMIT)
    if ask.origin.confirms:
        if not words.text and not words.files:
            raise refused("refused.reply_empty")
        words = replace(words, origin=ask.origin.post if ask.in_thread else None)
        raise _question(ask, words, await _keep(ask, words), say("confirm.draft"), Button("send", "button.send", FORM))
    seen = await ask.house.store.shown_until(ask.here.id, ask.origin.desk, seen_at - FRESH)
    return await _give(ask, words, seen, seen_at)


async def form(ask: Ask) -> Answer:
    """What stands in the thread now is what the agent reads while writing."""
    opened = int(ask.origin.at.timestamp())
    text = Field("text", "argument.reply", multiline=True, limit=3000)
    return Answer(dialog=Dialog("r", ask.at_ticket(f"at:{opened}"), "dialog.r", "button.send", (text,)))


def _opened_at(ask: Ask) -> datetime:
    """When the agent began to write, as far as it is known."""
    kind, _, value = ask.text.partition(":")
    seconds, now = row_number(value), ask.origin.at
    if ask.fields and kind == "at" and seconds is not None and seconds < now.timestamp():
        return min(now, datetime.fromtimestamp(seconds, now.tzinfo) + FRESH)
    return now


async def shortcut(ask: Ask) -> Answer:
    """The shortcut on a teammate's message in the thread. What the bot posted, or what was sent already, is refused."""
    entry = await ask.house.store.entry_at(ask.origin.post) if ask.origin.post else None
    if entry is not None and (entry.kind is not EntryKind.NOTE or entry.origin != ask.origin.post):
        raise refused("refused.shortcut_not_note")
    text = ask.text
    command = parse_command(text, ask.house.book.prefixes(ask.origin.desk))
    if isinstance(command, CommandLine) and ask.house.book.is_(command.word, "r", "n"):
        text = command.rest
    elif starts_with_prefix(text):
        raise refused("refused.shortcut_command")
    seen = await ask.house.store.shown_until(ask.here.id, ask.origin.desk, ask.origin.at - FRESH)
    return await _give(ask, ask.draft(text, REPLY_LIMIT), seen, ask.origin.at)


async def plain(ask: Ask, *, mentions_first: bool) -> Answer:
    """Text that is no command: a note, or in live mode the assignee's words to the customer."""
    if ask.here.mode is SendMode.LIVE and ask.here.assignee == ask.me.id:
        # What was found late was typed when live mode may have been off.
        if not ask.origin.missed and goes_live(ask.text, mentions_first):
            seen = await ask.house.store.shown_until(ask.here.id, ask.origin.desk, ask.origin.at - FRESH)
            try:
                return await _give(ask, ask.draft(ask.text, REPLY_LIMIT), seen, ask.origin.at, live=True)
            except Refused as no:
                if no.say.key != LIVE_OVER:
                    raise
        await ask.do(Note(ask.me.id, ask.draft(ask.text, NOTE_LIMIT)))
        return ask.tell("live.kept_as_note")
    if not ask.text.strip() and not ask.files:
        return Answer()
    return await ask.do(Note(ask.me.id, ask.draft(ask.text, NOTE_LIMIT)))


def goes_live(text: str, mentions_first: bool) -> bool:
    """Whether live mode sends it. A mention is looked for here too: what a desk missed still stays in the house."""
    shown = visible(text).strip()
    if not shown or mentions_first or starts_with_prefix(text):
        return False
    return not shown.lstrip("*_~`").startswith(("@", "＠", "<@", "<!"))


async def _give(
    ask: Ask,
    words: Draft,
    seen: MessageId | None,
    at: datetime,
    *,
    live: bool = False,
    kept: SavedDraft | None = None,
) -> Answer:
    """Hold the reply, or keep it as a draft and ask. What is `kept` already leaves once, however often it is asked."""
    try:
        return await ask.do(Reply(ask.me.id, words, seen, at, live=live), once=_once(kept) if kept else None)
    except Confirm as no:
        draft = kept.id if kept else await _keep(ask, words)
        anyway = Button("send", "button.send_anyway", DRAFT, "danger")
        raise _question(ask, words, draft, no.say, anyway) from None


def _question(ask: Ask, words: Draft, draft: int, why: Say, yes: Button) -> Confirm:
    """Asks about words that are kept meanwhile. The value of `yes` says what it does with them."""
    send = replace(yes, value=ask.at_ticket(f"{yes.value}{draft}"))
    cancel = Button("cancel", "button.cancel", ask.at_ticket(f"{DRAFT}{draft}"))
    return Confirm(Say(why.key, why.params, (send, cancel), _quoted(words.text)))


def _quoted(text: str) -> tuple[Say, ...]:
    """The words that are asked about, for whoever typed them where they do not stand any more."""
    return (say("confirm.words", text=one_line(text, QUOTED)),) if text.strip() else ()


async def _keep(ask: Ask, words: Draft) -> int:
    files = json.dumps([[note.source, note.name, note.mime, note.size] for note in words.files])
    ticket, at = ask.here.id, ask.house.clock.now()
    return await ask.house.store.atomic(
        lambda tx: tx.save_draft(ticket, ask.me.id, words.text, files, words.origin, at)
    )


async def send(ask: Ask) -> Answer:
    """Its author says of a draft: send it, or: anyway. Anybody of the queue says of a stopped or failed reply: send it
    (again)."""
    if not ask.text.startswith((DRAFT, FORM)):
        return await ask.do(ReleaseReply(ask.me.id, (await _reply_here(ask)).id))
    saved = await _draft(ask)
    notes = tuple(FileNote(*row) for row in json.loads(saved.files))
    words = Draft(saved.text, notes, saved.origin, saved.origin.desk if saved.origin else ask.origin.desk)
    if ask.text.startswith(FORM):
        seen = await ask.house.store.shown_until(ask.here.id, ask.origin.desk, saved.at - FRESH)
        return await _give(ask, words, seen, saved.at, kept=saved)
    reply = Reply(ask.me.id, words, ask.here.last_customer, ask.origin.at, force=True)
    # However often the button is pressed, the draft leaves once.
    return await ask.do(reply, once=_once(saved))


async def cancel(ask: Ask) -> Answer:
    """Not to send after all: nothing was held, so there is nothing to undo. "Send anyway" beside it is spent too."""
    draft, now = await _draft(ask), ask.house.clock.now()
    if not (await ask.house.store.atomic(lambda tx: tx.once([_once(draft)], now)))[0]:
        raise refused("refused.no_draft")
    return ask.tell("confirm.cancelled", lines=_quoted(draft.text))


async def _draft(ask: Ask) -> SavedDraft:
    """The asker's own draft that a button's value names."""
    number = row_number(ask.text.partition(":")[2])
    saved = await ask.house.store.draft(number) if number is not None else None
    if saved is None or saved.ticket != ask.here.id or saved.person != ask.me.id:
        raise refused("refused.no_draft")
    return saved


def _once(draft: SavedDraft) -> str:
    """One for the words, however often they were asked about: an event that is handled again keeps them again."""
    if draft.origin is None:
        return f"draft:{draft.id}"
    return f"draft:{draft.origin.desk}|{draft.origin.place}|{draft.origin.post}"


async def undo(ask: Ask) -> Answer:
    """The reply that a button names, else the asker's newest that has not left."""
    if ask.text:
        return await ask.do(UndoReply(ask.me.id, (await _reply_here(ask)).id))
    first = max(0, ask.here.entries - RECENT)
    entries = await ask.house.store.entries(ask.here.id, from_seq=first)
    ids = [e.message for e in entries if e.kind is EntryKind.REPLY and e.by == ask.me.id and e.message is not None]
    mine = (await ask.house.store.messages(ids)).values()
    held = [message for message in mine if message.ladder in HELD or message.waits_for]
    if not held:
        raise refused("refused.nothing_to_undo")
    return await ask.do(UndoReply(ask.me.id, max(held, key=lambda m: m.id).id))


async def _reply_here(ask: Ask) -> Message:
    """The reply that a button's value names, if it is of this ticket."""
    number = row_number(ask.text)
    message = await ask.house.store.message(MessageId(number)) if number is not None else None
    if message is None or message.ticket != ask.here.id or message.kind is not MessageKind.REPLY:
        raise refused("refused.no_message")
    return message


async def edited(ask: Ask, post: PostRef) -> Answer:
    """Words were changed where they were typed: that changes what they became, and begins nothing."""
    command = parse_command(ask.text, ask.house.book.prefixes(ask.origin.desk))
    message = await _typed_at(ask, post)
    if message is None:
        await _never_after(ask)
        known = isinstance(command, CommandLine) and ask.house.book.find(command.word) is not None
        return ask.tell("edit.not_command") if known else Answer()
    if message.person != ask.me.id:
        return Answer()
    if message.kind is MessageKind.NOTE:
        return await _note_edited(ask, message, command if isinstance(command, CommandLine) else None)
    if isinstance(command, CommandLine) and ask.house.book.is_(command.word, "r") and command.rest:
        return await _reply_edited(ask, message, command.rest)
    return await _reply_withdrawn(ask, message, "edit.undone")


async def deleted(ask: Ask, post: PostRef) -> Answer:
    """A held reply is undone, a note is gone; what has left is only said to be changed here."""
    message = await _typed_at(ask, post)
    if message is None:
        await _never_after(ask)
        return Answer()
    if message.kind is MessageKind.NOTE:
        return await ask.do(ChangeNote(ask.me.id, message.id, None)) if message.deleted_at is None else Answer()
    return await _reply_withdrawn(ask, message, None)


async def _never_after(ask: Ask) -> None:
    """A platform may tell of the words themselves only after this: what was taken back must not be done then."""
    if ask.origin.words:
        now = ask.house.clock.now()
        await ask.house.store.atomic(lambda tx: tx.once([ask.origin.words], now))


async def _typed_at(ask: Ask, post: PostRef) -> Message | None:
    """The reply or note that these very words became."""
    entry = await ask.house.store.entry_at(post)
    if entry is None or entry.origin != post or entry.message is None or entry.ticket != ask.here.id:
        return None
    message = await ask.house.store.message(entry.message)
    return message if message is not None and message.kind is not MessageKind.CUSTOMER else None


async def _note_edited(ask: Ask, note: Message, command: CommandLine | None) -> Answer:
    """`!n` and its like keep their words as notes; in any other note a command word is only a word."""
    book = ask.house.book
    kept = command.rest if command and book.is_(command.word, "n", "hold", "esc", "answer") else ask.text
    if command and book.is_(command.word, "consult"):
        kept = await consulting.question_in(ask, command.rest)
    check_length(kept, NOTE_LIMIT)
    if visible(kept).strip() != note.text:
        await ask.do(ChangeNote(ask.me.id, note.id, visible(kept).strip()))
    if command and book.find(command.word) and not book.is_(command.word, "n"):
        return ask.tell("edit.only_note")
    return Answer()


async def _reply_edited(ask: Ask, message: Message, text: str) -> Answer:
    words = visible(text).strip()
    if words == message.text or message.ladder is Ladder.UNDONE:
        return ask.tell("edit.not_sent") if message.ladder is Ladder.UNDONE else Answer()
    if len(words) > REPLY_LIMIT or message.ladder is Ladder.ASKED:
        # What it says now is not what was stopped or cannot be sent: nothing of it may leave.
        return await _reply_withdrawn(ask, message, "edit.undone")
    try:
        return await ask.do(ReplaceReply(ask.me.id, message.id, words))
    except Refused:
        return await _after(ask, message.id, "edit.undone")


async def _reply_withdrawn(ask: Ask, message: Message, told: str | None) -> Answer:
    """Stop what can still be stopped."""
    if message.ladder is Ladder.UNDONE:
        return Answer()
    try:
        await ask.do(UndoReply(ask.me.id, message.id))
    except Refused:
        return await _after(ask, message.id, None)
    return ask.tell(told) if told else Answer()


async def _after(ask: Ask, message: MessageId, told: str | None) -> Answer:
    """It was too late. Read again why: stopped meanwhile by the customer, or on its way."""
    now = await ask.house.store.message(message)
    if now is not None and now.ladder is Ladder.ASKED and told:
        return await _reply_withdrawn(ask, now, told)
    if now is not None and now.ladder not in (Ladder.FAILED, Ladder.UNDONE):
        return await ask.do(MarkEdited(ask.me.id, message))
    return Answer()
