"""What only one person is told, and what they are asked. In a group others see it too, but for a toast on a press."""

from bot.desks.telegram import forms, html
from bot.desks.telegram.keyboards import FORM, keyboard
from bot.desks.telegram.reach import Reach, unless_deleted
from bot.desks.telegram.recent import Recent
from bot.desks.telegram.settings import TELEGRAM
from core.events import DeskEvent, Origin, Submitted
from core.model import PostRef
from core.say import Say
from core.views import Dialog

ALERT = 60
"""Characters of a toast that can be read before it fades; a longer one stays until it is dismissed."""
DONE = "✓"
"""In every language."""


class Answers:
    """Every press is answered once, or its button shows for a minute that it waits."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._done: Recent[str, bool] = Recent()

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> PostRef | None:
        """A toast where that holds the answer; else a message, which is returned where others can see it.

        Not a question: it stands until it is answered, or its silence could be taken for a reply that left.
        """
        voice, origin, query = self._reach.voice(locale, zone), event.origin, _query(event)
        words = voice.words(answer)
        if query and not answer.buttons and html.units(words) <= html.TOAST and self._first(query):
            await self._reach.api.answer(query, words, alert=len(words) > ALERT)
            await self._put_away(event)
            return None
        await self._end(event)
        text = html.fitted(voice.say(answer).split("\n"))
        if origin.direct:
            await self._reach.in_private(origin.who, text, keyboard(voice, answer.buttons))
            return None
        asked = int(origin.post.post) if origin.post and not query else None
        if asked is None:
            text = f"{html.mention(origin.who.value, '👉')} {text}"
        self._reach.spend(origin.place)
        message = await self._reach.api.say(
            self._reach.chat(origin.place),
            text,
            thread=_topic(origin),
            keyboard=keyboard(voice, answer.buttons, FORM),
            reply_to=asked,
        )
        return None if answer.buttons else PostRef(TELEGRAM, origin.place, str(message))

    async def acknowledge(self, event: DeskEvent) -> None:
        """It is done, and the card will say so in a few seconds. What was meant for them alone is taken away."""
        await self._end(event, DONE)

    async def _end(self, event: DeskEvent, toast: str = "") -> None:
        query = _query(event)
        if query and self._first(query):
            await self._reach.api.answer(query, toast)
        await self._put_away(event)

    async def ask(self, event: DeskEvent, form: Dialog, locale: str) -> None:
        """A question where they are: with its choices as buttons, or to be answered in words."""
        await self._end(event)
        voice, origin = self._reach.voice(locale, "UTC"), event.origin
        text, keys = forms.question(voice, form, origin.who.value), forms.markup(voice, form)
        if origin.direct:
            await self._reach.in_private(origin.who, text, keys)
            return
        self._reach.spend(origin.place)
        chat = self._reach.chat(origin.place)
        await self._reach.api.say(chat, text, thread=_topic(origin), keyboard=keys)

    async def _put_away(self, event: DeskEvent) -> None:
        """The question that this event answers; once, however often it is told."""
        origin = event.origin
        if FORM not in origin.trigger or origin.post is None or not self._first(f"{FORM}{origin.key}"):
            return
        question = origin.trigger.removeprefix(FORM) if isinstance(event, Submitted) else origin.post.post
        if not origin.direct:
            self._reach.spend(origin.place)
        with unless_deleted("permission"):
            # In private the place is the chat itself.
            chat = int(origin.place) if origin.direct else self._reach.chat(origin.place)
            await self._reach.api.take_back(chat, int(question))

    def _first(self, what: str) -> bool:
        """Whether this is done for the first time."""
        if self._done.get(what):
            return False
        self._done.put(what, True)
        return True


def _query(event: DeskEvent) -> str:
    """The press to be answered; a form that was filled in is none."""
    return "" if isinstance(event, Submitted) else event.origin.trigger.removesuffix(FORM)


def _topic(origin: Origin) -> int | None:
    return int(origin.root) if origin.root else None
