"""A short run on each database: the program as its own processes, killed three times in the middle of everything."""

from pathlib import Path

import pytest

from tests.crash.plan import Size, make_plan
from tests.crash.run import Options, run
from tests.crash.verify import verify
from tests.databases import Dialect, fresh_database

SEED = 7
SHORT = Size(messages=45, replies=12, kills=3)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_nothing_is_lost_and_nothing_is_done_twice(engine: Dialect, tmp_path: Path, shared_folder: Path) -> None:
    with fresh_database(engine, tmp_path, shared_folder, migrated=True) as url:
        evidence, told = await run(make_plan(SEED, SHORT), Options(SEED, engine), tmp_path, url)
    assert [str(violation) for violation in verify(evidence)] == []
    assert told.troubles == []
    assert told.kills == SHORT.kills
    assert len(evidence.typed) == SHORT.replies


def test_a_seed_is_a_plan() -> None:
    plan = make_plan(SEED, Size(messages=200, replies=50, kills=20))
    assert plan == make_plan(SEED, Size(messages=200, replies=50, kills=20))
    assert plan != make_plan(SEED + 1, Size(messages=200, replies=50, kills=20))
    said = [text for script in plan.scripts for text in script.says]
    assert (len(said), len(set(said)), len(plan.kills)) == (200, 200, 20)
    assert sum(turn.reply is not None for script in plan.scripts for turn in script.turns) == 50
    assert {script.where for script in plan.scripts} == {"whatsapp", "messenger", "site"}
