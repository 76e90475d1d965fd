"""Pictures become small and stay what they are."""

import struct
import zlib
from pathlib import Path

import pytest

from tools.small_png import SIGNATURE, make_small

RED, BLUE, GREY = b"\xff\x00\x00", b"\x00\x00\xff", b"\x80\x80\x80"
ROWS = [[RED, RED, BLUE], [GREY, RED, BLUE], [GREY, GREY, GREY], [BLUE, RED, GREY], [RED, GREY, BLUE]]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def chunks(png: bytes) -> dict[bytes, bytes]:
    found, at = {}, len(SIGNATURE)
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        found[kind] = png[at + 8 : at + 8 + size]
        at += size + 12
    return found


def predicted(kind: int, left: int, up: int, corner: int) -> int:
    """https://www.w3.org/TR/png-3/#9Filter-types"""
    by_path = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
    return (0, left, up, (left + up) // 2, by_path)[kind]


def filtered(kind: int, row: bytes, above: bytes, size: int) -> bytes:
    def line(at: int) -> int:
        before = at >= size
        left, corner = (row[at - size], above[at - size]) if before else (0, 0)
        return (row[at] - predicted(kind, left, above[at], corner)) & 255

    return bytes([kind, *map(line, range(len(row)))])


@pytest.mark.parametrize(("colour", "alpha"), [(2, b""), (6, b"\xff")])
def test_every_pixel_keeps_its_colour(colour: int, alpha: bytes, tmp_path: Path) -> None:
    size, rows = 3 + len(alpha), [b"".join(pixel + alpha for pixel in row) for row in ROWS]
    above = [bytes(len(rows[0])), *rows]
    body = b"".join(filtered(kind, row, above[kind], size) for kind, row in enumerate(rows))
    head = struct.pack(">IIBBBBB", 3, len(ROWS), 8, colour, 0, 0, 0)
    picture = tmp_path / "picture.png"
    made = [(b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b"")]
    picture.write_bytes(SIGNATURE + b"".join(chunk(*each) for each in made))
    make_small(picture)
    small = chunks(picture.read_bytes())
    raw, palette = zlib.decompress(small[b"IDAT"]), small[b"PLTE"]
    shown = [[palette[3 * at : 3 * at + 3] for at in raw[4 * row + 1 : 4 * row + 4]] for row in range(len(ROWS))]
    assert shown == ROWS
    make_small(picture)
    assert chunks(picture.read_bytes()) == small
