"""How much of customers' files the jobs in hand carry in memory at one time: by bytes, as a file may have a hundred
megabytes or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.http import MB

MOST = 256 * MB


@dataclass(slots=True)
class Luggage:
    most: int = MOST
    carried: int = 0

    @contextmanager
    def with_more(self, size: int) -> Iterator[bool]:
        """Whether there is room for so many bytes, which are carried for as long as the block runs. Whoever finds none
        comes again: a job that waited in hand would lose its lease. What is larger than everything goes alone."""
        fits = not self.carried or self.carried + size <= self.most
        taken = size if fits else 0
        self.carried += taken
        try:
            yield fits
        finally:
            self.carried -= taken
