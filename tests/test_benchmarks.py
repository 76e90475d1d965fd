"""Every benchmark works and gives its figures, at the smallest size. What they are is for `make bench` alone to say."""

from pathlib import Path

import pytest

from benchmarks.databases import Databases
from benchmarks.deliveries import MESSAGES_EACH, deliveries, phone
from benchmarks.fill import House
from benchmarks.measure import Figure, Lap, Times, percentile
from benchmarks.report import Report
from benchmarks.run import BENCHMARKS, measure
from benchmarks.sizes import TINY
from tests.databases import Dialect

ON_SQLITE = [(name, "sqlite") for name in BENCHMARKS]
ON_POSTGRES = [(name, "postgres") for name in ("intake", "scale", "clocks")]


@pytest.mark.parametrize(("name", "dialect"), [*ON_SQLITE, *ON_POSTGRES], ids=lambda each: str(each))
async def test_it_gives_its_figures(
    name: str, dialect: Dialect, tmp_path: Path, shared_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    await measure(Databases(tmp_path, shared_folder, None), TINY, report, [name], [dialect])
    said = capsys.readouterr().out
    assert not report.failed, said
    assert report.targets or name == "sustained"
    assert any(unit in said for unit in ("/s", "ms", "MiB"))
    assert "not the same rows" not in said


async def test_one_that_fails_says_so_and_the_others_go_on(
    tmp_path: Path, shared_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    for title in ("The first", "The second"):
        with report.part(title, "sqlite"):
            report.target("a share", 0.5, at_least=0.7)
            raise OSError("no disk")
    assert report.failed == ["The first · sqlite", "The second · sqlite"]
    assert "FAILED: OSError: no disk" in capsys.readouterr().out
    assert report.summary().count("| a share | sqlite | at least 0.7 | 0.50 | **not met** |") == 2


def test_figures_are_medians_with_their_spread() -> None:
    ours = Figure("ours", [Lap(10, 1.0, 0.5), Lap(10, 2.0, 0.5), Lap(10, 5.0, 0.1)])
    base = Figure("(a) theirs", [Lap(10, 1.0, 0.1)])
    assert (ours.rate, ours.cpu) == (5.0, 50.0)
    assert "(2-10)" in ours.line(base)
    assert "0.50 of (a)" in ours.line(base)
    assert Times("", [[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]]).share(50) == 3.0
    assert [percentile([5, 1, 4, 2, 3], share) for share in (0, 20, 50, 99, 100)] == [1, 1, 3, 5, 5]


def test_one_message_in_five_is_a_customers_first() -> None:
    numbers = [each.body.split(b'"from": "')[1].split(b'"')[0].decode() for each in deliveries(5_000, 1_000)]
    before = {each.body.split(b'"from": "')[1].split(b'"')[0].decode() for each in deliveries(0, 5_000)}
    assert len(set(numbers) - before) == 1_000 // MESSAGES_EACH
    assert len({phone(customer) for customer in range(-500, 2_000)}) == 2_500


def test_no_house_has_fewer_customers_than_open_tickets() -> None:
    assert House(all=1_000, open=900).customers == 900
    assert House(all=1_000, open=10).customers == 200
