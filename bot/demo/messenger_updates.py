"""What the webhook of a Page is told, and how several updates share one body (`object: page`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from bot.demo.graph_model import Account, Json
from bot.demo.messenger_model import Page, Said

Line = Literal["messaging", "standby"]
"""`standby`: another app has the conversation, ours only listens."""


@dataclass(frozen=True, slots=True)
class PageUpdate:
    """One event on its way to a Page's webhook. `field`: what the app has to be subscribed to."""

    page: Page
    field: str
    item: Json
    at: int
    line: Line = "messaging"
    message: Said | None = None

    @property
    def object(self) -> str:
        return "page"

    @property
    def account(self) -> Account:
        return self.page

    @property
    def name(self) -> str:
        """`webhook page.messages`, `webhook page.message_reads` and so on."""
        return f"webhook page.{self.field}"

    def entries(self, updates: "Sequence[PageUpdate]") -> list[Json]:
        """Neighbours of the same Page and line share an entry; `time` is in milliseconds."""
        groups = groupby(updates, key=lambda update: (update.page, update.line))
        return [_entry(page, line, list(group)) for (page, line), group in groups]


def _entry(page: Page, line: Line, updates: list[PageUpdate]) -> Json:
    return {"time": updates[-1].at, "id": page.id, line: [update.item for update in updates]}
