"""[[digests]] in dragoman.toml: what they become, and every way to get them wrong."""

from datetime import time
from pathlib import Path

import pytest

from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError
from core.digests import Digest
from core.ids import QueueName

HOUSE = """
[dragoman]
organisation = "Fernweh Lamps"
[[queues]]
name = "support"
title = "Support"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
[[queues]]
name = "sales"
calendar = { zone = "Europe/Berlin", weekly = "always" }
"""
SUPPORT, SALES = QueueName("support"), QueueName("sales")
TWICE = (time(9), time(17))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dragoman.toml"


def digests(file: Path, text: str, above: str = "") -> tuple[Digest, ...]:
    file.write_text(above + HOUSE + text)
    return policy_of(load(file, {})).digests


def refusals(file: Path, text: str) -> list[str]:
    file.write_text(HOUSE + text)
    with pytest.raises(ConfigError) as error:
        load(file, {})
    return str(error.value).splitlines()


def test_each_queue_has_one_on_its_own_clock(file: Path) -> None:
    assert digests(file, "") == (
        Digest("Support", (SUPPORT,), "Asia/Shanghai", TWICE),
        Digest("sales", (SALES,), "Europe/Berlin", TWICE),
    )


def test_they_can_be_turned_off(file: Path) -> None:
    assert digests(file, "", above="digests = []\n") == ()
    file.write_text(HOUSE + "[roster]\nhandover = false\n")
    assert not policy_of(load(file, {})).handovers


def test_a_region_is_read(file: Path) -> None:
    row = '[[digests]]\nregion = "East"\nzone = "Asia/Tokyo"\ncountries = ["JP", "KR"]\nat = ["17:30", "08:15"]\n'
    countries = frozenset({"JP", "KR"})
    assert digests(file, row) == (
        Digest("East", (SUPPORT, SALES), "Asia/Tokyo", (time(8, 15), time(17, 30)), countries),
    )
    [one] = digests(file, '[[digests]]\nregion = "S"\nzone = "UTC"\nqueues = ["sales"]\n')
    assert (one.queues, one.at) == ((SALES,), TWICE)


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ('zone = "UTC"', "digests[0].region"),
        ('region = "A"', "digests[0].zone"),
        ('region = "A"\nzone = "Mars/Olympus"', "digests[0].zone"),
        ('region = "A"\nzone = "UTC"\nat = ["25:00"]', "digests[0].at[0]"),
        ('region = "A"\nzone = "UTC"\nat = []', "digests[0].at"),
        ('region = "A"\nzone = "UTC"\nqueues = ["suport"]', "digests[0].queues[0]"),
        ('region = "A"\nzone = "UTC"\ncountries = ["Germany"]', "digests[0].countries[0]"),
        ('region = "A"\nzone = "UTC"\ntimes = ["09:00"]', "digests[0].times"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(file: Path, row: str, path: str) -> None:
    said = refusals(file, f"[[digests]]\n{row}\n")
    assert len(said) >= 1
    assert any(path in line for line in said), said


def test_a_queue_that_is_nearly_named_is_suggested(file: Path) -> None:
    [line] = [
        line
        for line in refusals(file, '[[digests]]\nregion = "A"\nzone = "UTC"\nqueues = ["suport"]\n')
        if "suport" in line
    ]
    assert "support" in line


def test_a_region_is_known_by_its_name(file: Path) -> None:
    row = '[[digests]]\nregion = "A"\nzone = "UTC"\n'
    assert any("digests[1].region" in line for line in refusals(file, row + row))
