"""What processes tell each other after their commits, gathered, and as NOTIFY carries it: at most 8,000 bytes.

Hints, never truth: whoever misses one sees the same at the next look. What does not fit is left out, and said to be.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from core.ids import InboxName, PersonId, TicketId
from core.ports import VisitorKey
from storage.commits import NOTHING, Commit

ROOM = 7900
"""Bytes of one NOTIFY; PostgreSQL takes 8,000."""
FLAGS = ("jobs", "clocks", "raws", "roll", "more")


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types in a site chat; of the moment, and stored nowhere."""

    who: Literal["team", "visitor"]
    visitor: VisitorKey


TypingListener = Callable[[Typing], None]


@dataclass(slots=True)
class Hints:
    """Gathered until they are sent. `look`: somebody joined or left."""

    look: bool = False
    typing: set[Typing] = field(default_factory=set)
    _flags: set[str] = field(default_factory=set)
    _tickets: dict[TicketId, int] = field(default_factory=dict)
    _people: set[PersonId] = field(default_factory=set)
    _visitors: set[VisitorKey] = field(default_factory=set)

    def add(self, commit: Commit) -> None:
        self._flags |= {name for name in FLAGS if getattr(commit, name)}
        self._tickets.update(commit.tickets)
        self._people |= commit.people
        self._visitors |= commit.visitors

    def packed(self) -> str | None:
        """As one NOTIFY; None when there is nothing to tell."""
        told = {
            "flags": sorted(self._flags),
            "tickets": list(self._tickets.items()),
            "people": sorted(self._people),
            "visitors": sorted(self._visitors),
            "typing": [(one.who, *one.visitor) for one in self.typing],
            "look": self.look,
        }
        text = json.dumps({name: value for name, value in told.items() if value}, separators=(",", ":"))
        if len(text) > ROOM:
            text = json.dumps({"flags": sorted(self._flags | {"more"}), "look": self.look})
        return text if text != "{}" else None


def unpacked(text: str) -> tuple[Commit | None, list[Typing], bool]:
    """The other side: what was committed, who types, and whether somebody joined or left. Raises `ValueError`, and what
    a text of another kind may raise besides: `KeyError`, `TypeError`."""
    told = json.loads(text)
    flags = {name: name in told.get("flags", ()) for name in FLAGS}
    commit = Commit(
        tickets=tuple((TicketId(ticket), version) for ticket, version in told.get("tickets", ())),
        people=frozenset(PersonId(person) for person in told.get("people", ())),
        visitors=frozenset((InboxName(inbox), visitor) for inbox, visitor in told.get("visitors", ())),
        **flags,
    )
    typing = [Typing(who, (InboxName(inbox), visitor)) for who, inbox, visitor in told.get("typing", ())]
    return (commit if commit != NOTHING else None), typing, bool(told.get("look"))
