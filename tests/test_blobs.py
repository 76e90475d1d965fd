"""Files on a disk: named by their content, whole or not there, and nothing else can be read through a key."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.blobs import DiskBlobs
from core.errors import Unavailable
from core.ports import Blob


@pytest.fixture
def blobs(tmp_path: Path) -> Blob:
    return DiskBlobs(tmp_path / "files")


async def test_what_is_put_can_be_got(blobs: Blob) -> None:
    key = await blobs.put(b"hello")
    assert key == hashlib.sha256(b"hello").hexdigest()
    assert await blobs.get(key) == b"hello"


async def test_an_empty_file_is_a_file(blobs: Blob) -> None:
    assert await blobs.get(await blobs.put(b"")) == b""


async def test_the_same_bytes_are_kept_once(blobs: Blob, tmp_path: Path) -> None:
    keys = await asyncio.gather(*[blobs.put(b"album") for _ in range(20)])
    assert len(set(keys)) == 1
    assert [file.name for file in (tmp_path / "files").rglob("*") if file.is_file()] == [keys[0]]


async def test_files_spread_over_folders(blobs: Blob, tmp_path: Path) -> None:
    key = await blobs.put(b"hello")
    assert (tmp_path / "files" / key[:2] / key[2:4] / key).read_bytes() == b"hello"


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "/etc/passwd", "0" * 63, "A" * 64, "0" * 64 + "\n", "0" * 64])
async def test_a_key_is_a_hash_or_nothing(blobs: Blob, key: str) -> None:
    with pytest.raises(KeyError):
        await blobs.get(key)


async def test_nothing_is_left_of_a_write_that_failed(tmp_path: Path) -> None:
    """The file's place is taken by a folder, so that the rename fails."""
    key = hashlib.sha256(b"hello").hexdigest()
    folder = tmp_path / key[:2] / key[2:4]
    (folder / key / "in the way").mkdir(parents=True)
    with pytest.raises(Unavailable, match="io"):
        await DiskBlobs(tmp_path).put(b"hello")
    assert [one.name for one in folder.iterdir()] == [key]
