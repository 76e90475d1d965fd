"""What every test gets: no outside world, strict words, a database of its own, the same examples in every run."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot import i18n
from tests.databases import Dialect, clean_up, fresh_database
from tests.network import close_the_outside_world

close_the_outside_world()
i18n.be_strict()
# A machine that is busy for a moment must not fail a property, and a change must not fail by luck.
settings.register_profile("dragoman", deadline=None, derandomize=True)
settings.load_profile("dragoman")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that sets up logging does so for the whole process; the next test starts without."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    logging.captureWarnings(False)
    logging.raiseExceptions = True
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all xdist workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    """An empty database on each engine in turn: for tests of how the schema comes into it."""
    dialect: Dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    """A database on each engine in turn, ready for `open_store`."""
    dialect: Dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        yield url


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that began the run, not its workers, takes away the databases that any of them made."""
    if hasattr(session.config, "workerinput"):
        return
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined] # as xdist does
    clean_up(factory.getbasetemp())
