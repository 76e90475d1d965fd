"""Files on a disk, named by the SHA-256 of their content. What a file is and whose, the database knows."""

import asyncio
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Unavailable

LEAST_ROOM = 64 * 1024 * 1024
"""Bytes: with less left on the disk somebody should know before it is full."""
_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}
_KEY = re.compile(r"[0-9a-f]{64}")


class DiskBlobs:
    """`core.ports.Blob` below a folder: `<folder>/ab/cd/abcd...`. Any number of processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._refused = ""

    async def put(self, body: bytes) -> str:
        """Durable when it returns. Raises `Unavailable` (a full disk), and leaves nothing behind then."""
        try:
            with _in_words():
                key = await asyncio.to_thread(self._put, body)
        except Unavailable as refusal:
            self._refused = refusal.reason
            raise
        self._refused = ""
        return key

    async def get(self, key: str) -> bytes:
        """Raises KeyError for a key that is unknown, or that `put` cannot have made; `Unavailable`."""
        with _in_words():
            return await asyncio.to_thread(self._get, key)

    async def trouble(self) -> str:
        """`core.ports.Confesses`: what the last file met, or that the disk is nearly full."""
        return self._refused or await asyncio.to_thread(self._room)

    def _room(self) -> str:
        """Of the first folder that is there: ours may be made by the first file."""
        folder = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        return "full" if shutil.disk_usage(folder).free < LEAST_ROOM else ""

    def _put(self, body: bytes) -> str:
        key = hashlib.sha256(body).hexdigest()
        target = self._path(key)
        if target.is_file():
            return key
        self._make_folder(target.parent)
        number, name = tempfile.mkstemp(dir=target.parent, prefix=".")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            # Whoever else writes the same bytes meanwhile replaces them with the same bytes.
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return key

    def _get(self, key: str) -> bytes:
        if not _KEY.fullmatch(key):
            raise KeyError(key)
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:4] / key

    def _make_folder(self, folder: Path) -> None:
        """With its parents; a new folder is durable only once its parent is synced."""
        new = [f for f in (folder, *folder.parents) if not f.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for made in reversed(new):
            _sync_folder(made.parent)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        reason = _REASONS.get(failure.errno or 0, "io")
        raise Unavailable(reason, errno.errorcode.get(failure.errno or 0, "")) from failure


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
