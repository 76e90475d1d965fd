"""A teammate, a ticket and a desk in a story: the same words for whatever desk they sit at.

Everything an agent does returns when all that follows at once has happened; clocks stand still meanwhile.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.process import App
from core.ids import TicketId
from core.people import Person
from tests.clock import StoryClock


class Seen(ABC):
    """A ticket as the team sees it on its desk."""

    def __init__(self, id: TicketId) -> None:
        self.id = id

    @abstractmethod
    async def texts(self) -> list[str]:
        """The thread from top to bottom, a string for each post, buttons in brackets."""

    @abstractmethod
    async def card(self) -> str:
        """All that the card shows, buttons in brackets."""

    async def shows(self, *words: str) -> None:
        """Each of these stands in the thread."""
        texts = await self.texts()
        for each in words:
            assert any(each in text for text in texts), f"{each!r} is not in the thread:\n" + "\n".join(texts)

    async def lacks(self, *words: str) -> None:
        texts = await self.texts()
        for each in words:
            assert not any(each in text for text in texts), f"{each!r} is in the thread:\n" + "\n".join(texts)

    async def shows_once(self, words: str) -> None:
        texts = await self.texts()
        assert sum(words in text for text in texts) == 1, f"{words!r} is not there once:\n" + "\n".join(texts)

    async def card_shows(self, *words: str) -> None:
        card = await self.card()
        for each in words:
            assert each in card, f"{each!r} is not on the card:\n{card}"


@dataclass(frozen=True, slots=True)
class Said:
    """Something an agent typed, to be edited or deleted later. `what` is the desk's own handle."""

    ticket: Seen | None
    what: Any


class Agent(ABC):
    """A member of the team."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @property
    def name(self) -> str:
        return self.person.name

    @abstractmethod
    async def types(self, text: str, ticket: Seen | None = None) -> Said:
        """In the ticket's thread, or privately to the bot."""

    @abstractmethod
    async def uploads(self, text: str, ticket: Seen, files: Mapping[str, bytes]) -> Said: ...

    @abstractmethod
    async def edits(self, said: Said, text: str) -> None: ...

    @abstractmethod
    async def deletes(self, said: Said) -> None: ...

    @abstractmethod
    async def clicks(self, button: str, ticket: Seen | None = None) -> None:
        """The newest button of these words: on the card, in the thread, or on something only they see."""

    @abstractmethod
    async def fills_in(self, **fields: str) -> None:
        """Fill in the form that is open and send it; fields by their names."""

    @abstractmethod
    async def heard(self) -> list[str]:
        """All that only they were told: answers and private messages, oldest first."""

    async def was_told(self, *words: str) -> None:
        heard = await self.heard()
        for each in words:
            assert any(each in text for text in heard), f"{self.name} was not told {each!r}:\n" + "\n".join(heard)

    async def was_never_told(self, words: str) -> None:
        heard = await self.heard()
        assert not any(words in text for text in heard), f"{self.name} was told {words!r}:\n" + "\n".join(heard)

    async def was_told_once(self, words: str) -> None:
        heard = await self.heard()
        assert sum(words in text for text in heard) == 1, f"{self.name} was not told {words!r} once:\n" + "\n".join(
            heard
        )


class House(Protocol):
    """What a team needs of its story."""

    clock: StoryClock
    app: App | None
    """While it runs."""

    @property
    def running(self) -> App: ...

    async def settled(self) -> None: ...


class Team(ABC):
    """A desk's platform and everybody at it."""

    def __init__(self, house: House) -> None:
        self._house = house

    def queue(self, name: str) -> str:
        """The line of `[[queues]]` that puts this queue here; empty when it needs none."""
        return ""

    def table(self) -> str:
        """The desk's own table of the settings."""
        return ""

    async def opens(self) -> None:
        """Once, when the program runs for the first time."""
        return

    async def begins(self, roles: frozenset[str]) -> None:
        """The program runs, again perhaps."""
        return

    async def ends(self) -> None:
        """The story is over."""
        return

    @abstractmethod
    async def welcomes(self, person: Person) -> Agent:
        """Make a new member of the team known at this desk."""

    @abstractmethod
    async def ticket(self, words: str) -> Seen:
        """The newest ticket in whose thread these words stand."""

    def unrest(self) -> list[str]:
        """What still goes on between the platform and us."""
        return []

    @abstractmethod
    async def change(self) -> None:
        """Return after the next change on the platform."""

    def dump(self) -> str:
        """All there is, for a person to read."""
        return ""
