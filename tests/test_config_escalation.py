"""Escalation in dragoman.toml: chains, triggers and quiet hours, and what of it cannot be."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError
from core.chains import Chain, Deed, EarlyWarning, Hand, Level
from core.ids import QueueName
from core.model import Priority
from core.policy import Policy
from core.quiet import Quiet
from core.targets import DEFAULT_CHAIN

HOUSE = """
[dragoman]
organisation = "Fernweh Lamps"
[[queues]]
name = "support"
calendar = { zone = "UTC", weekly = "always" }
[[queues]]
name = "rescue"
calendar = { zone = "UTC", weekly = "always" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dragoman.toml"


def read(file: Path, more: str = "") -> Policy:
    file.write_text(HOUSE + more)
    return policy_of(load(file, {}))


def refused(file: Path, more: str) -> str:
    file.write_text(HOUSE + more)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    return str(caught.value)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_what_is_shipped(file: Path) -> None:
    policy = read(file)
    assert list(policy.chains) == [DEFAULT_CHAIN]
    assert policy.quiet == Quiet(time(20), time(8), weekends=True, digest=time(8, 30))
    assert policy.triggers.in_text("My lawyer will file a chargeback") == {"lawyer", "chargeback"}
    assert policy.triggers.in_tags(["safety"]) == {"safety"}


def test_a_chain_of_ones_own_beside_the_shipped_one(file: Path) -> None:
    policy = read(
        file,
        """
        [sla]
        ping_again = "5m"
        [[targets]]
        tier = "vip"
        first_reply = "1h"
        next_reply = "1h"
        chain = "vips"
        [[targets]]
        first_reply = "1h"
        next_reply = "1h"
        [[escalation]]
        chain = "vips"
        at = "50%"
        tell = ["assignee", "backup"]
        priority = "urgent"
        [[escalation]]
        chain = "vips"
        at = "100%"
        tell = ["oncall", " Boss@Example.com"]
        assign = "backup"
        until_ack = true
        [[escalation]]
        chain = "vips"
        at = "+20m"
        tell = ["admins"]
        queue = "rescue"
        """,
    )
    assert policy.chains["vips"] == Chain(
        (EarlyWarning(0.5, ("assignee", "backup"), Deed(Priority.URGENT)),),
        (
            Level(("oncall", "boss@example.com"), minutes(20), Deed(assign=Hand.BACKUP), again=minutes(5)),
            Level(("admins",), minutes(20), Deed(queue=QueueName("rescue"))),
        ),
    )
    assert [row.chain for row in policy.targets] == ["vips", DEFAULT_CHAIN]
    assert len(policy.chains[DEFAULT_CHAIN].levels) == 2, "the shipped one is still there"


def test_a_chain_may_only_warn(file: Path) -> None:
    policy = read(file, '[[escalation]]\nat = "75%"\ntell = ["assignee"]\n')
    assert policy.chains[DEFAULT_CHAIN] == Chain((EarlyWarning(0.75, ("assignee",)),))


def test_the_same_times_in_two_chains(file: Path) -> None:
    steps = '[[escalation]]\nat = "100%"\ntell = ["queue"]\n[[escalation]]\nchain = "b"\nat = "100%"\ntell = ["admins"]'
    chains = read(file, steps).chains
    assert [chain.levels[0].tell for chain in chains.values()] == [("queue",), ("admins",)]


def test_words_and_tags_of_the_house(file: Path) -> None:
    triggers = read(
        file,
        """
        [[triggers]]
        kind = "lawyer"
        words = ["Herr Kaiser"]
        level = 2
        [[triggers]]
        kind = "recall"
        words = ["recall*"]
        tags = ["rueckruf"]
        [[triggers]]
        kind = "public_review"
        replace = true
        """,
    ).triggers
    assert triggers.in_text("HERR KAISER recalls my lawyer") == {"lawyer", "recall"}
    assert triggers.in_text("a bad review") == frozenset()
    assert triggers.in_tags(["rueckruf"]) == {"recall"}
    assert triggers.level(["lawyer"]) == 2


def test_quiet_hours_of_the_house(file: Path) -> None:
    quiet = 'begins = "21:30"\nends = "07:00"\nweekends = false\ndigest = "07:15"'
    assert read(file, f"[quiet]\n{quiet}").quiet == Quiet(time(21, 30), time(7), False, time(7, 15))
    assert read(file, "[quiet]\non = false").quiet is None
    siesta = 'begins = "13:00"\nends = "15:00"\ndigest = "15:00"'
    assert read(file, f"[quiet]\n{siesta}").quiet == Quiet(time(13), time(15), digest=time(15))


STEP = '[[escalation]]\nat = "100%"\n'


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (STEP + 'tell = ["asignee"]', "escalation[0].tell[0]: must be one of: assignee, backup, queue, oncall"),
        (STEP + 'tell = ["the boss"]', "escalation[0].tell[0]: must be one of:"),
        (STEP + 'tell = ["a@b@c"]', "escalation[0].tell[0]: “a@b@c” is no"),
        (
            STEP + 'tell = ["queue"]\nqueue = "rescu"',
            "escalation[0].queue: there is no queue “rescu”; did you mean",
        ),
        (
            STEP + 'tell = ["queue"]\npriority = "loud"',
            "escalation[0].priority: must be one of: low, normal, high,",
        ),
        (STEP + 'tell = ["queue"]\nassign = "me"', "escalation[0].assign: must be one of: backup, nobody"),
        (
            STEP + 'tell = ["queue"]\nassign = "backup"\nqueue = "rescue"',
            "escalation[0].assign: a ticket that moves to another queue is nobody's",
        ),
        (
            '[[escalation]]\nat = "75%"\ntell = ["queue"]\nuntil_ack = true',
            "escalation[0].until_ack: before 100% there is nothing to acknowledge",
        ),
        (
            '[[escalation]]\nchain = "b"\nat = "+1h"\ntell = ["queue"]\n' + STEP + 'tell = ["queue"]',
            "escalation[0].at: a time after the target needs a step at 100%",
        ),
        (
            STEP + 'tell = ["queue"]\nchain = "b"\n' + STEP + 'tell = ["queue"]\nchain = "b"',
            "escalation[1].at: “100%” stands in escalation[0]",
        ),
        (
            '[[targets]]\nfirst_reply = "1h"\nnext_reply = "1h"\nchain = "vip"\n'
            + STEP
            + 'tell = ["queue"]\nchain = "vips"',
            "targets[0].chain: there is no chain “vip”; did you mean vips?",
        ),
        ('[[triggers]]\nkind = "lawyer"\nwords = ["!!"]', "triggers[0].words[0]: “!!” cannot be looked for"),
        ('[[triggers]]\nkind = "lawyer"\nwords = ["ab*"]', "triggers[0].words[0]: “ab*” cannot be looked for"),
        ('[[triggers]]\nkind = "lawyer"\nlevel = 0', "triggers[0].level: must be at least 1"),
        ('[[triggers]]\nkind = "a"\n[[triggers]]\nkind = "a"', "triggers[1].kind: “a” stands in triggers[0]"),
        ('[quiet]\nbegins = "8"', "quiet.begins: “8” is no"),
        ('[quiet]\nbegins = "08:00"', "quiet.ends: quiet hours that end at 08:00, when they begin, have no length"),
        ('[quiet]\ndigest = "07:00"', "quiet.digest: 07:00 lies in the quiet hours"),
        ('[quiet]\nends = "09:00"', "quiet.digest: 08:30 lies in the quiet hours"),
        ('[quiet]\nbegins = "08:00"\nends = "12:00"', "quiet.digest: 08:30 lies in the quiet hours"),
        ("[quiet]\nfrom = 1", "quiet.from: there is no such key"),
        ('[[escalation]]\nat = "100%"\ntell = ["queue"]\nchain = ["night"]', "escalation[0].chain: "),
    ],
)
def test_what_does_not_fit_is_refused(file: Path, rows: str, said: str) -> None:
    assert said in refused(file, rows)
