"""What a visitor does: each thing is durable, in their log and as a raw delivery, before it is answered."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.channels import livechat_parse as raw
from bot.web.chat.arriving import Guest
from bot.web.chat.frames import Ack, Details, Refusal, Say
from bot.web.chat.hub import ChatHub
from bot.web.chat.site import Site
from core.messages import Ladder
from core.ports import ChatFile, ChatKind, ChatWords

TYPING_AGAIN = timedelta(seconds=2)

_log = structlog.get_logger()


class Doer:
    def __init__(self, hub: ChatHub, site: Site, guest: Guest) -> None:
        self._hub, self._log = hub, hub.log
        self._site = site
        self._guest = guest
        self._delivered, self._seen = guest.visitor.delivered, guest.visitor.seen
        self._typed: datetime | None = None

    async def say(self, frame: Say) -> int:
        """The entry's seq; said again it is the same one. Raises Refusal."""
        (inbox, visitor), now = self._guest.key, self._hub.parts.clock.now()
        self._slowly(frame.id)
        words = ChatWords(frame.text.strip(), files=self._files(frame), reply_to=frame.reply_to)
        if frame.reply_to is not None and await self._log.entry(inbox, visitor, frame.reply_to) is None:
            raise Refusal("bad_reply", frame.id)
        who = self._guest.who
        try:
            return await self._log.append(
                inbox,
                visitor,
                ChatKind.CUSTOMER,
                frame.id,
                words,
                now,
                lambda seq: raw.said(visitor, frame.id, seq, words, who, now),
            )
        except Exception as fault:
            # The page keeps the words and sends them again.
            _log.error("chat.not_stored", inbox=inbox, error=type(fault).__name__)
            raise Refusal("internal", frame.id) from fault

    def _files(self, frame: Say) -> tuple[ChatFile, ...]:
        files = []
        for name in frame.files:
            file = self._site.signer.uploaded(self._guest.visitor.id, name)
            if file is None:
                raise Refusal("bad_file", frame.id)
            files.append(file)
        return tuple(files)

    async def ack(self, frame: Ack) -> None:
        if frame.delivered > self._delivered:
            self._delivered = await self._acknowledge(Ladder.DELIVERED, frame.delivered)
        if frame.seen > self._seen:
            self._seen = await self._acknowledge(Ladder.READ, frame.seen)

    async def _acknowledge(self, state: Ladder, upto: int) -> int:
        (inbox, visitor), now = self._guest.key, self._hub.parts.clock.now()
        return await self._log.acknowledge(
            inbox, visitor, state, upto, now, lambda entries: raw.acked(visitor, state, entries, now)
        )

    async def details(self, frame: Details) -> None:
        """As they typed it. A name that the shop signed stays."""
        (inbox, visitor), now = self._guest.key, self._hub.parts.clock.now()
        self._slowly()
        who = self._guest.who
        told = raw.details(visitor, frame.email, replace(who, name=who.name or frame.name), now)
        await self._log.note(inbox, visitor, told, now, reachable=True)
        self._guest.reachable = True

    async def typing(self) -> None:
        """To the team's pages, now and again: nothing depends on it."""
        now = self._hub.parts.clock.now()
        if self._typed is None or now - self._typed >= TYPING_AGAIN:
            self._typed = now
            await self._hub.typing(self._guest.key)

    def _slowly(self, id: str = "") -> None:
        """Whatever is written down for a visitor has one pace, on all their pages."""
        inbox, visitor = self._guest.key
        if not self._hub.said.allows(f"{inbox}|{visitor}", self._hub.parts.clock.now()):
            raise Refusal("too_fast", id)

    async def language(self, locale: str) -> None:
        if locale == self._guest.language:
            return
        self._slowly()
        await self._log.speaks(*self._guest.key, locale)
        self._guest.language = locale
