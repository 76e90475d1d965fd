"""What a group lacks to be one of ours, and what `dragoman doctor` asks of Telegram. It looks and changes nothing."""

from collections.abc import AsyncIterator, Sequence

from telegram import ChatFullInfo, ChatMember
from telegram.constants import ChatAction, ChatMemberStatus, ChatType

from bot.desks.telegram.account import Account
from bot.desks.telegram.api import Api
from bot.desks.telegram.settings import TELEGRAM
from core.errors import SendError
from core.people import Identity
from core.ports import Finding, Inspection, Places
from core.say import Say, Word, say

_RIGHTS = ("can_manage_topics", "can_pin_messages", "can_delete_messages")


async def inspected(api: Api, bot_id: int, chat: int) -> Inspection:
    """One look at a group. Raises SendError."""
    group = await api.do(api.bot.get_chat(chat))
    bot = await api.do(api.bot.get_chat_member(chat, bot_id))
    if group is None or bot is None:
        raise SendError("bad_answer")
    return Inspection(group.title or str(chat), tuple(_missing(group, bot)))


def _missing(group: ChatFullInfo, bot: ChatMember) -> list[Say]:
    """Each with where to press to mend it."""
    if group.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return [say("telegram.missing.group")]
    made = [] if group.is_forum else [say("telegram.missing.topics")]
    if bot.status == ChatMemberStatus.OWNER:
        return made
    if bot.status != ChatMemberStatus.ADMINISTRATOR:
        return [*made, say("telegram.missing.admin")]
    lacking = [right for right in _RIGHTS if not getattr(bot, right, False)]
    return [*made, *(Say(f"telegram.missing.{right}") for right in lacking)]


class Examination:
    """One look. `people` are the team's identities on Telegram."""

    def __init__(self, api: Api, account: Account, places: Places, people: Sequence[Identity]) -> None:
        self._api = api
        self._account = account
        self._places = places
        self._people = people

    async def findings(self) -> Sequence[Finding]:
        found = [await self._token()]
        if not found[0].ok:
            return found
        found.append(await self._hearing())
        for place in dict.fromkeys(self._account.places):
            found += [finding async for finding in self._place(place)]
        for who in dict.fromkeys(self._people):
            found += [finding async for finding in self._person(who)]
        return found

    async def _token(self) -> Finding:
        try:
            bot = await self._api.do(self._api.bot.get_me())
        except SendError as error:
            return Finding(False, say("doctor.telegram.token_bad", why=_why(error)), say("doctor.telegram.token_cure"))
        return Finding(True, say("doctor.telegram.token", bot=f"@{bot.username}" if bot else ""))

    async def _hearing(self) -> Finding:
        """Polling hears nothing while a webhook is set; a webhook must be ours, and answer."""
        try:
            hook = await self._api.do(self._api.bot.get_webhook_info())
        except SendError as error:
            return Finding(False, say("doctor.telegram.deaf", why=_why(error)), say("doctor.telegram.token_cure"))
        url = hook.url if hook else ""
        if not self._account.secret_token:
            if url:
                return Finding(False, say("doctor.telegram.hook_left", url=url), say("doctor.telegram.hook_left_cure"))
            return Finding(True, say("doctor.telegram.polling"))
        if not url or (self._account.hook_url and url != self._account.hook_url):
            return Finding(False, say("doctor.telegram.no_hook", url=url or "-"), say("doctor.telegram.no_hook_cure"))
        if hook is not None and hook.last_error_message and hook.pending_update_count:
            what = say("doctor.telegram.hook_fails", url=url, why=hook.last_error_message)
            return Finding(False, what, say("doctor.telegram.hook_fails_cure", url=url))
        return Finding(True, say("doctor.telegram.hook", url=url))

    async def _place(self, place: str) -> AsyncIterator[Finding]:
        chat = self._places.chat(TELEGRAM, place)
        if chat is None:
            yield Finding(
                False, say("doctor.telegram.not_set_up", place=place), say("doctor.telegram.set_up_cure", place=place)
            )
            return
        try:
            group = await inspected(self._api, self._account.bot_id, int(chat))
        except SendError as error:
            what = say("doctor.telegram.place_bad", place=place, why=_why(error))
            yield Finding(False, what, say("doctor.telegram.place_cure", place=place))
            return
        for missing in group.missing:
            yield Finding(False, say("doctor.telegram.place_lacks", place=place, title=group.title), missing)
        if not group.missing:
            yield Finding(True, say("doctor.telegram.place", place=place, title=group.title))

    async def _person(self, who: Identity) -> AsyncIterator[Finding]:
        """Only who cannot be written to is worth a line. Telegram says so to whoever begins to type to them."""
        try:
            await self._api.do(self._api.bot.send_chat_action(int(who.value), ChatAction.TYPING))
        except SendError as error:
            if error.code in ("unreachable", "place_gone"):
                yield Finding(False, await self._named(who), say("doctor.telegram.person_cure"))

    async def _named(self, who: Identity) -> Say:
        """As Telegram shows them, where it still does."""
        try:
            chat = await self._api.do(self._api.bot.get_chat(int(who.value)))
        except SendError:
            chat = None
        name = chat.full_name if chat is not None else None
        return say("doctor.telegram.person_bad", person=name or who.value)


def _why(error: SendError) -> Word:
    return Word(f"send_error.{error.code}")
