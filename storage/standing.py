"""Where this process stands among those that share its database. What follows from it is decided by the queries."""

from dataclasses import dataclass

Share = tuple[int, int]
"""This process's place among the workers and how many they are: what hashes to the place is its own."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`me`: the process's own number, never used again. `joined`: it is known to live by its lock. `gone`: owners of
    work of whom it was seen twice that they do not live. `workers`: the living, sorted; empty while nobody knows."""

    me: int = 0
    joined: bool = False
    gone: frozenset[int] = frozenset()
    workers: tuple[int, ...] = ()

    @property
    def owner(self) -> int:
        """How it signs what it takes. Nobody judges a negative owner by its lock, for it has none: the lease says."""
        return self.me if self.joined else -self.me

    @property
    def share(self) -> Share | None:
        """None: everything, for nobody else is known to work. A place of -1: nothing, others count without this one."""
        if not self.workers or self.workers == (self.me,):
            return None
        return (self.workers.index(self.me) if self.me in self.workers else -1), len(self.workers)


ALONE = Standing()
