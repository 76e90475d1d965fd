"""The topic of a ticket: its name, its card, and whether it is closed. What stands there is not written again."""

from telegram import InlineKeyboardMarkup

from bot.desks.telegram import card as cards
from bot.desks.telegram import html
from bot.desks.telegram.keyboards import keyboard
from bot.desks.telegram.reach import Reach, unless_deleted
from bot.desks.telegram.recent import Recent
from bot.desks.telegram.settings import TELEGRAM
from core.errors import SendError
from core.model import Status, ThreadRef
from core.views import Card


class Topics:
    """Remembers what it wrote; of what it does not know it makes sure."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._known: Recent[tuple[str, str, str], str] = Recent()
        """(place, topic, what) -> how it is: the card's text, the topic's name, whether it is closed."""

    async def open(self, place: str, card: Card) -> ThreadRef:
        api, chat = self._reach.api, self._reach.chat(place)
        name = cards.name(self._reach.voice(card.locale, card.zone), card)
        topic = await api.do(api.bot.create_forum_topic(chat, name), chat)
        if topic is None:
            raise SendError("bad_answer", certain=False)
        thread = ThreadRef(TELEGRAM, place, str(topic.message_thread_id))
        self._know(thread, "name", name)
        self._know(thread, "closed", str(False))
        return thread

    async def put_card(self, thread: ThreadRef, card: Card) -> str:
        text, keys = self._drawn(card)
        message = await self._reach.api.say(
            self._reach.chat(thread.place), text, thread=int(thread.root), keyboard=keys, plain=card.plain
        )
        self._know(thread, "card", f"{text}{keys}")
        return str(message)

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        """One write, for the first thing that changed; whether there are more."""
        text, keys = self._drawn(card)
        closed = card.ticket.status is Status.CLOSED
        name = cards.name(self._reach.voice(card.locale, card.zone), card)
        wanted = {"card": f"{text}{keys}", "name": name, "closed": str(closed)}
        changed = [what for what, as_it_is in wanted.items() if not self._is(thread, what, as_it_is)]
        if not changed:
            return False
        match changed[0]:
            case "card":
                await self._redraw(thread, text, keys, plain=card.plain)
            case "name":
                await self._rename(thread, name)
            case _:
                await self._set_closed(thread, closed)
        self._know(thread, changed[0], wanted[changed[0]])
        return len(changed) > 1

    async def leave(self, thread: ThreadRef, card: Card) -> None:
        """The card becomes the pointer, with nothing on it to press, and the topic is closed."""
        pointer = cards.pointer(self._reach.voice(card.locale, card.zone), card)
        with unless_deleted():
            if thread.card:
                await self._redraw(thread, pointer, None)
            else:
                await self._reach.api.say(self._reach.chat(thread.place), pointer, thread=int(thread.root))
            self._know(thread, "card", pointer)
            if not self._is(thread, "closed", str(True)):
                self._reach.spend(thread.place)
                await self._set_closed(thread, True)
                self._know(thread, "closed", str(True))

    def _drawn(self, card: Card) -> tuple[str, InlineKeyboardMarkup | None]:
        voice = self._reach.voice(card.locale, card.zone)
        text = cards.text(voice, card)
        return (html.bare(text), None) if card.plain else (text, keyboard(voice, cards.buttons(card)))

    async def _redraw(
        self, thread: ThreadRef, text: str, keys: InlineKeyboardMarkup | None, *, plain: bool = False
    ) -> None:
        if thread.card:
            await self._reach.api.change(self._reach.chat(thread.place), int(thread.card), text, keys, plain=plain)

    async def _rename(self, thread: ThreadRef, name: str) -> None:
        api, chat = self._reach.api, self._reach.chat(thread.place)
        await api.do(api.bot.edit_forum_topic(chat, int(thread.root), name=name), chat)

    async def _set_closed(self, thread: ThreadRef, closed: bool) -> None:
        api, chat = self._reach.api, self._reach.chat(thread.place)
        toggle = api.bot.close_forum_topic if closed else api.bot.reopen_forum_topic
        await api.do(toggle(chat, int(thread.root)), chat)

    def _is(self, thread: ThreadRef, what: str, as_it_is: str) -> bool:
        return self._known.get((thread.place, thread.root, what)) == as_it_is

    def _know(self, thread: ThreadRef, what: str, as_it_is: str) -> None:
        self._known.put((thread.place, thread.root, what), as_it_is)
