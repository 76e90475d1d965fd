"""The databases that are measured: SQLite files and a PostgreSQL of our own, both as durable as they come.

The tests' PostgreSQL has fsync off; this one runs with PostgreSQL's defaults. All contenders of a run use it, each
with a database of its own. `TEST_PG_URL` names another server, whose settings then count and whose CPU is not seen.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.processes import cpu_of_tree
from tests.databases import Dialect, fresh_database, start_server


class Databases:
    """`with databases(...) as them:`; gone at the end, with everything in them."""

    def __init__(self, folder: Path, shared: Path, postmaster: int | None) -> None:
        self.folder = folder
        self._shared = shared
        self._postmaster = postmaster
        self._made = 0

    @contextmanager
    def fresh(self, dialect: Dialect) -> Iterator[tuple[str, Path]]:
        """The address of a database with the program's tables, and an empty folder beside it."""
        self._made += 1
        folder = self.folder / f"{dialect}-{self._made}"
        folder.mkdir()
        with fresh_database(dialect, folder, self._shared, migrated=True) as url:
            yield url, folder

    def cpu(self, dialect: Dialect) -> float:
        """Seconds of CPU that PostgreSQL has used so far; 0 on SQLite, which is part of our own process."""
        return cpu_of_tree(self._postmaster) if dialect == "postgres" and self._postmaster else 0.0


@contextmanager
def databases(*, postgres: bool) -> Iterator[Databases]:
    """On the disk of the folder for temporary files. `postgres`: whether a server is wanted at all."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dragoman-bench-")))
        shared = folder / "shared"
        shared.mkdir()
        postmaster = None
        if postgres and "TEST_PG_URL" not in os.environ:
            # Beside the folder, which is closed to the user whom PostgreSQL runs as.
            home = Path(tempfile.mkdtemp(prefix="dragoman-bench-pg-"))
            stack.callback(shutil.rmtree, home)
            server, url = start_server(home, ())
            stack.callback(server.stop)
            (shared / "postgres.url").write_text(url)
            postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
        yield Databases(folder, shared, postmaster)


def milliseconds_of_fsync(folder: Path) -> float:
    """What one durable write of a page costs here: the floor of every commit."""
    with (folder / "fsync").open("wb") as file:
        begun = time.perf_counter()
        for _ in range(20):
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - begun) * 50
