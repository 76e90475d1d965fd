"""`dragoman people duty`, `away` and `back` on real databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app

TOML = """
[dragoman]
organisation = "Fernweh"
[[queues]]
name = "support"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
[[queues]]
name = "sales"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
[[shifts]]
name = "early"
calendar = { zone = "Asia/Shanghai", weekly = { mon = ["06:00-14:00"] } }
[[shifts]]
name = "late"
calendar = { zone = "Asia/Shanghai", weekly = { mon = ["14:00-22:00"] } }
"""
Dragoman = Callable[..., str]


@pytest.fixture
def dragoman(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Dragoman:
    """Runs a command in a house with two queues and two shifts, where Anna and Mei work; what it says."""
    (tmp_path / "dragoman.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["people", *arguments])
        assert result.exit_code == code, result.output
        return result.output.rstrip("\n")

    run("add", "Anna", "--role", "admin", "--queue", "sales")
    run("add", "Mei", "--queue", "support")
    return run


def test_somebody_comes_with_their_duty(dragoman: Dragoman) -> None:
    duty = ["--shift", "early", "-s", "late", "--speaks", "zh-CN", "--speaks", "en", "--capacity", "20"]
    said = dragoman("add", "Bo", "--queue", "support", *duty, "--substitute", "Mei").splitlines()[0]
    assert said == "3  Bo  Agent  [support]  shifts: early, late  speaks: en, zh  tickets: 0 of 20  substitute: Mei"
    assert dragoman("list").splitlines()[2] == said


def test_what_is_not_said_stays_and_none_takes_it_away(dragoman: Dragoman) -> None:
    dragoman("duty", "Mei", "--shift", "early", "--speaks", "zh", "--capacity", "5", "--substitute", "Anna")
    assert dragoman("duty", "Mei", "--shift", "late") == (
        "2  Mei  Agent  [support]  shifts: late  speaks: zh  tickets: 0 of 5  substitute: Anna"
    )
    said = dragoman("duty", "Mei", "--shift", "none", "--speaks", "none", "--capacity", "none", "--substitute", "none")
    assert said == "2  Mei  Agent  [support]"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--shift", "erly"], "there is no shift “erly”; did you mean early?"),
        (["--shift", "moon"], "there is no shift “moon”"),
        (["--speaks", "Chinese"], "“Chinese” is no language; write its code, as en or zh."),
        (["--speaks", ""], "“” is no language"),
        (["--capacity", "many"], "“many” is no number of tickets from 0 to 10,000; none: no limit."),
        (["--capacity", "-1"], "“-1” is no number of tickets"),
        (["--capacity", "10001"], "“10001” is no number of tickets"),
        (["--substitute", "Zoe"], "Nobody is called Zoe."),
    ],
)
def test_what_does_not_fit_is_refused_in_words(dragoman: Dragoman, arguments: list[str], reason: str) -> None:
    assert dragoman("duty", "Mei", *arguments, code=2).startswith(reason)
    assert dragoman("add", "Bo", "--queue", "support", *arguments, code=2).startswith(reason)
    assert dragoman("list").splitlines() == ["1  Anna  Admin  [sales]", "2  Mei  Agent  [support]"]


def test_who_cannot_stand_in_is_refused(dragoman: Dragoman) -> None:
    dragoman("add", "Bo", "--queue", "sales")
    assert dragoman("duty", "Mei", "--substitute", "Bo", code=2) == (
        "Bo is in none of those queues and would not see the tickets."
    )
    assert dragoman("duty", "Mei", "--substitute", "Mei", code=2) == "Mei cannot stand in for themselves."
    dragoman("queue", "Bo", "--add", "support")
    dragoman("deactivate", "Bo")
    assert dragoman("duty", "Mei", "--substitute", "Bo", code=2) == "Bo is not active and cannot stand in for anybody."


def test_a_house_without_shifts_is_told_where_they_are_written(dragoman: Dragoman, tmp_path: Path) -> None:
    file = tmp_path / "dragoman.toml"
    file.write_text(TOML.partition("[[shifts]]")[0])
    assert dragoman("duty", "Mei", "--shift", "early", code=2).splitlines() == [
        "there is no shift “early”",
        "  The configuration has no shifts: write [[shifts]] into dragoman.toml.",
    ]


def test_somebody_is_away_who_cannot_say_so(dragoman: Dragoman) -> None:
    assert dragoman("away", "Mei") == "2  Mei  Agent  [support] (away)"
    said = dragoman("away", "Mei", "--until", "3d", "--substitute", "Anna")
    assert said.startswith("2  Mei  Agent  [support] (away until ")
    assert said.endswith(" UTC)  substitute: Anna")
    assert dragoman("back", "Mei") == "2  Mei  Agent  [support]  substitute: Anna"


@pytest.mark.parametrize("until", ["soon", "-2h", "2020-01-01", "500d"])
def test_until_no_moment_ahead_nobody_is_away(dragoman: Dragoman, until: str) -> None:
    assert dragoman("away", "Mei", "--until", until, code=2).startswith(f"“{until}” is no moment ahead within a year")
    assert dragoman("list").splitlines()[1] == "2  Mei  Agent  [support]"


def test_an_address_is_set_and_is_one_persons(dragoman: Dragoman) -> None:
    assert dragoman("email", "Mei", "Mei@example.com") == "2  Mei  Agent  [support]"
    assert dragoman("email", "mei@example.com", "mei@example.org") == "2  Mei  Agent  [support]"
    taken = dragoman("email", "Anna", "MEI@example.org", code=2)
    assert taken == "Somebody else has the address MEI@example.org."
    assert dragoman("email", "Anna", "anna", code=2) == "“anna” is no e-mail address"
    dragoman("email", "Mei", "none")
    assert dragoman("email", "Anna", "mei@example.org") == "1  Anna  Admin  [sales]"
