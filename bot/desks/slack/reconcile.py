"""What was typed while Slack did not tell us: found by reading the channel and its threads. One request a call.

Slack drops events for good, ours when nobody acked them within about six minutes. `conversations.history` shows of
every card when its newest reply was written (`latest_reply`), so one page answers for two hundred tickets; only threads
in which something was said are read (https://docs.slack.dev/reference/methods/conversations.history).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.desks.slack.api import Api
from bot.desks.slack.payload import Payload, at, by_a_person, envelope, words_key
from core.errors import SendError
from core.model import ThreadRef
from core.ports import Clock, Looked, Sink

PAGE = 200
ON_ITS_WAY = timedelta(minutes=1)
"""How long words are left to the event that tells of them."""
KEPT = timedelta(days=3)
"""How far back it is looked: what is older says little of what its author would want now."""


@dataclass(frozen=True, slots=True)
class _Us:
    team: str
    user: str


class Reconciler:
    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._us: _Us | None = None

    async def stirred(self, threads: Sequence[ThreadRef], since: datetime) -> Looked:
        """Asks for the page that begins with the newest of the threads; `left` are those older than all on it. A card
        that is not on the page it must be on was deleted, and its thread with it."""
        newest_first = sorted(threads, key=lambda thread: float(thread.root), reverse=True)
        newest = newest_first[0]
        answer, _ = await self._api.ask(
            "conversations.history", channel=newest.place, latest=newest.root, inclusive=True, limit=PAGE
        )
        cards = {str(card.get("ts")): card for card in answer.get("messages") or ()}
        reached = min((float(ts) for ts in cards), default=0.0) if answer.get("has_more") else 0.0
        after = self._slack_time(since)
        stirred = [thread for thread in newest_first if _latest(cards.get(thread.root)) > after]
        left = [thread for thread in newest_first[1:] if float(thread.root) < reached]
        return Looked(tuple(stirred), tuple(left))

    async def catch_up(self, thread: ThreadRef, since: datetime, sink: Sink, page: str = "") -> str:
        us = self._us or await self._who_we_are()
        try:
            answer, _ = await self._api.ask(
                "conversations.replies",
                channel=thread.place,
                ts=thread.root,
                oldest=f"{self._slack_time(since):.6f}",
                limit=PAGE,
                cursor=page or None,
            )
        except SendError as error:
            if error.code == "thread_gone":
                return ""
            raise
        upto = self._slack_time(self._clock.now() - ON_ITS_WAY)
        for message in answer.get("messages") or ():
            if _is_written(message, thread) and float(message["ts"]) <= upto:
                await self._put(us, thread, message, sink)
        return str((answer.get("response_metadata") or {}).get("next_cursor") or "")

    async def _put(self, us: _Us, thread: ThreadRef, message: Mapping[str, Any], sink: Sink) -> None:
        """The words, and that they were changed: whichever of the two was not heard has its effect."""
        now, event = self._clock.now(), {**message, "channel": thread.place}
        await sink(words_key(thread.place, message), envelope(_told(us, event), now, missed=True))
        if edited := message.get("edited"):
            version = str(edited["ts"])
            change: Payload = {"type": "message", "subtype": "message_changed", "channel": thread.place, "ts": version}
            change |= {"event_ts": version, "message": dict(message), "previous_message": {}}
            key = f"edited:{thread.place}:{message['ts']}:{version}"
            await sink(key, envelope(_told(us, change), now, missed=True))

    async def _who_we_are(self) -> _Us:
        answer, _ = await self._api.ask("auth.test")
        self._us = _Us(str(answer["team_id"]), str(answer["user_id"]))
        return self._us

    def _slack_time(self, ours: datetime) -> float:
        """Slack's timestamps are by its own clock."""
        return (ours + self._api.clock_off).timestamp()


def _told(us: _Us, event: Mapping[str, Any]) -> Payload:
    """As Slack would have told us."""
    return {
        "type": "event_callback",
        "team_id": us.team,
        "event": dict(event),
        "authorizations": [{"team_id": us.team, "user_id": us.user, "is_bot": True}],
    }


def _latest(card: Mapping[str, Any] | None) -> float:
    """When the newest reply below a card was written; 0 when there is none."""
    return at((card or {}).get("latest_reply") or 0).timestamp()


def _is_written(message: Mapping[str, Any], thread: ThreadRef) -> bool:
    """By a person, below the card; a page begins with the card itself."""
    return by_a_person(message) and message.get("ts") not in (None, thread.root)
