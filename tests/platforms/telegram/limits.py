"""Telegram's limits on writing, on simulator time (https://core.telegram.org/bots/faq#broadcasting-to-users).

Sending and editing share the limit, and making a topic is sending a message about it; so are renaming, closing, pinning
(https://github.com/tdlib/td/issues/2592). What a deletion, an unpinning or a reaction weighs is not told; here
it is the same. The window slides (?), and every part of an album is one.
"""

import math
from collections.abc import Callable, Sequence

from .state import Chat, Write

GROUP = (20, 60.0)
"""Writes in seconds: to one group."""
PRIVATE = (3, 3.0)
"""To one private chat: one a second, short bursts tolerated."""
OVERALL = (30, 1.0)
"""By the bot, to all chats together."""


class Limits:
    """`factor` None: no limits; 1: Telegram's own; 10: ten times as generous."""

    def __init__(self, now: Callable[[], float], factor: float | None) -> None:
        self.factor = factor
        self._now = now
        self._all: list[Write] = []

    def wait(self, chat: Chat, weight: int) -> int:
        """Seconds until `weight` more writes may go to this chat; 0: now."""
        if self.factor is None or weight == 0:
            return 0
        here = PRIVATE if chat.private else GROUP
        return max(self._full(chat.writes, *here, weight), self._full(self._all, *OVERALL, weight))

    def count(self, chat: Chat, method: str, weight: int) -> None:
        """Remember what was written."""
        write = Write(method, self._now())
        chat.writes.extend([write] * weight)
        self._all.extend([write] * weight)

    def _full(self, writes: Sequence[Write], most: int, span: float, weight: int) -> int:
        assert self.factor is not None
        room = max(1, int(most * self.factor))
        now = self._now()
        recent = [each.at for each in writes[-room:] if each.at > now - span]
        over = len(recent) + min(weight, room) - room
        return 0 if over <= 0 else max(1, math.ceil(recent[over - 1] + span - now))
