"""What a run says: its figures as they come, and at the end each target with its value and whether it was met."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of the issue. `wanted` says the bound in words."""

    what: str
    where: str
    wanted: str
    value: str
    met: bool

    def line(self) -> str:
        return f"| {self.what} | {self.where} | {self.wanted} | {self.value} | {'met' if self.met else '**not met**'} |"


@dataclass(slots=True)
class Report:
    """`where` is the database that is being measured."""

    where: str = ""
    targets: list[Target] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def part(self, title: str, where: str) -> Iterator[None]:
        """A benchmark that fails says so, and the others go on."""
        self.where = where
        print(f"\n{title} · {where}" if where else f"\n{title}", flush=True)
        try:
            yield
        except Exception as failure:
            self.failed.append(f"{title} · {where}")
            self.lines(f"FAILED: {type(failure).__name__}: {failure}")

    def lines(self, *lines: str) -> None:
        for line in lines:
            print(f"  {line}", flush=True)

    def note(self, words: str) -> None:
        self.lines(f"note: {words}")

    def target(
        self, what: str, value: float, *, at_least: float | None = None, below: float | None = None, unit: str = ""
    ) -> None:
        """Exactly one bound."""
        met = value >= at_least if at_least is not None else below is not None and value < below
        wanted = f"at least {at_least:g}" if at_least is not None else f"below {below:g}"
        target = Target(what, self.where, f"{wanted} {unit}".strip(), f"{value:,.2f} {unit}".strip(), met)
        self.targets.append(target)
        self.lines(f"{'met    ' if met else 'NOT MET'} {what}: {target.value} (wanted: {target.wanted})")

    def summary(self) -> str:
        rows = ["| target | on | wanted | measured | |", "|---|---|---|---|---|", *(it.line() for it in self.targets)]
        return "\n".join([*rows, *(f"failed: {it}" for it in self.failed)])
