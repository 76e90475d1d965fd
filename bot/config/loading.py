"""`load`: read, check, build."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from bot.config.checks import check, check_days
from bot.config.holidays import HolidaysFile
from bot.config.problems import ConfigError, Problem, translate
from bot.config.settings import Settings
from bot.config.sources import Raw, places, read, read_toml


def load(path: Path | None, env: Mapping[str, str]) -> Settings:
    """The settings of `path` (None: environment only) and `env`. Raises ConfigError with everything that is wrong.

    A relative `data_dir` becomes an absolute path: it is meant from where the file is, as `holidays_file` is.
    """
    raw = read(path, env)
    base = path.parent if path else Path()
    holidays, wrong = _read_holidays(base, raw)
    problems = [*raw.problems, *wrong, *check(raw.data)]
    try:
        settings = Settings.model_validate(raw.data, context=holidays)
    except ValidationError as error:
        told = {problem.path for problem in problems}
        variables = {location: name for name, location in places(raw.data)}
        found = translate(error, Settings, raw.origins, variables)
        problems += [problem for problem in found if problem.path not in told]
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.path))
    general = settings.dragoman
    placed = general.model_copy(update={"data_dir": (base / general.data_dir).resolve()})
    return settings.model_copy(update={"dragoman": placed})


def _read_holidays(base: Path, raw: Raw) -> tuple[HolidaysFile, list[Problem]]:
    """What `holidays_file` names, and what is wrong with it, with the file's name before each path."""
    general = raw.data.get("dragoman")
    name = general.get("holidays_file") if isinstance(general, dict) else None
    if not name or not isinstance(name, str):
        return HolidaysFile(), []
    try:
        data = read_toml(base / name)
    except ConfigError as error:
        return HolidaysFile(), [_unreadable(name, problem) for problem in error.problems]
    found = list(check_days(data))
    try:
        return HolidaysFile.model_validate(data), [_of_file(name, problem) for problem in found]
    except ValidationError as error:
        found += translate(error, HolidaysFile, {}, {})
        return HolidaysFile(), [_of_file(name, problem) for problem in found]


def _unreadable(name: str, problem: Problem) -> Problem:
    if problem.key == "config.no_file":
        return Problem("dragoman.holidays_file", "config.unreadable_file")
    return replace(problem, path=name)


def _of_file(name: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{name}: {problem.path}")
