"""`load`: read, check, build."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.config.checks import check
from bot.config.problems import ConfigError, translate
from bot.config.settings import Settings
from bot.config.sources import places, read


def load(path: Path | None, env: Mapping[str, str]) -> Settings:
    """The settings of `path` (None: environment only) and `env`. Raises ConfigError with everything that is wrong.

    A relative `data_dir` becomes an absolute path: it is meant from where the file is.
    """
    raw = read(path, env)
    problems = [*raw.problems, *check(raw.data)]
    try:
        settings = Settings.model_validate(raw.data)
    except ValidationError as error:
        told = {problem.path for problem in problems}
        variables = {location: name for name, location in places(raw.data)}
        found = translate(error, Settings, raw.origins, variables)
        problems += [problem for problem in found if problem.path not in told]
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.path))
    base = path.parent if path else Path()
    general = settings.dragoman
    placed = general.model_copy(update={"data_dir": (base / general.data_dir).resolve()})
    return settings.model_copy(update={"dragoman": placed})
