"""The mark on the card of a closed ticket. Asked of Slack only when we do not know that it is so."""

from collections import OrderedDict

from bot.desks.slack.api import Api
from core.errors import SendError
from core.model import ThreadRef

DONE = "white_check_mark"
REMEMBERED = 10_000
"""Cards of which we know whether they bear the mark."""


class Marks:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: OrderedDict[str, bool] = OrderedDict()

    def remember(self, root: str, marked: bool) -> None:
        """So it is now."""
        self._known[root] = marked
        self._known.move_to_end(root)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def bring(self, thread: ThreadRef, closed: bool) -> None:
        """Bring it to what it should be. Raises SendError."""
        if self._known.get(thread.root) is closed:
            return
        method, nothing_to_do = ("reactions.add", "already_reacted") if closed else ("reactions.remove", "no_reaction")
        try:
            await self._api.call(method, channel=thread.place, timestamp=thread.root, name=DONE)
        except SendError as error:
            if error.detail != nothing_to_do:
                raise
        self.remember(thread.root, closed)
