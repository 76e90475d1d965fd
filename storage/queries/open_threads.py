"""Where the tickets that are still open stand on a desk: what the reconciler asks about."""

from collections.abc import Sequence

from core.ids import DeskName, QueueName
from core.model import ThreadRef
from storage.session import Bound, marks


class OpenThreadReads(Bound):
    async def open_threads(self, desk: DeskName, place: str, queues: Sequence[QueueName]) -> Sequence[ThreadRef]:
        """By the index of open tickets, for which desk and place must look like something to be computed: by the index
        of places all that was ever closed there would be read."""
        found = await self.session.rows(
            "SELECT t.root, t.card FROM tickets k JOIN threads t ON t.ticket_id = k.id AND t.current"
            f" WHERE k.queue IN ({marks(len(queues))}) AND k.status <> 'closed'"
            " AND t.desk || '' = ? AND t.place || '' = ?",
            *queues,
            desk,
            place,
        )
        return [ThreadRef(desk, place, row["root"], row["card"]) for row in found]
