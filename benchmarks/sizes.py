"""How much is measured: for figures, for a quick look, and to see that a benchmark works at all."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one run. Rounds are those that count; one more comes before them to warm up."""

    rounds: int
    acks: int
    """Webhooks a round."""
    seconds: float
    """How long a load at a given rate lasts."""
    steady: int
    """Messages before all rounds: with the first 500 of the stream its customers begin; from then on one in five is a
    customer's first."""
    intake: int
    """Messages a round that become tickets."""
    single: int
    """Messages a round of what takes them one by one."""
    sustained: int
    """Messages a round for ack and intake together."""
    posts: int
    """First messages whose way to the thread is timed, a round."""
    queued: int
    """First messages that wait for Slack's own limits."""
    commands: int
    """Agents' commands whose answer is timed, a round."""
    memory: int
    """Messages between the two looks at the memory."""
    idle: float
    """Seconds of doing nothing."""
    few: int
    """Tickets of the house that the large one is compared with."""
    open: int
    all: int
    """Tickets of the large house."""
    looks: int
    """Lists and searches there, of each kind."""
    due: int
    """Steps of clocks that are due within a minute; of the open tickets each contender takes so many a round."""

    def of_rounds(self, rounds: int) -> "Sizes":
        return replace(self, rounds=rounds)


FULL = Sizes(
    rounds=5, acks=5_000, seconds=4, steady=500, intake=2_500, single=500, sustained=5_000, posts=100, queued=20,
    commands=50, memory=100_000, idle=30, few=1_000, open=100_000, all=1_000_000, looks=40, due=5_000,
)  # fmt: skip
QUICK = Sizes(
    rounds=2, acks=1_000, seconds=1, steady=500, intake=500, single=100, sustained=1_000, posts=20, queued=3,
    commands=10, memory=2_000, idle=3, few=200, open=1_000, all=10_000, looks=5, due=50,
)  # fmt: skip
TINY = Sizes(
    rounds=1, acks=20, seconds=0.05, steady=5, intake=20, single=5, sustained=20, posts=2, queued=1, commands=1,
    memory=20, idle=0.1, few=10, open=20, all=50, looks=1, due=3,
)  # fmt: skip
