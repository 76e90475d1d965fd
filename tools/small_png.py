"""Screenshots as small files: with a palette of 256 colours, found by median cut. No library is needed for it."""

import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
MANY = 12_000
"""A picture of more colours is one of gradients, which would show steps."""
CHANNELS = {2: 3, 6: 4}
"""Bytes of a pixel, by the type of colour that browsers write."""
Colour = bytes
Box = list[Colour]


def make_small(picture: Path) -> None:
    """In place. What has a palette already, or needs more than one, stays as it is."""
    chunks = _chunks(picture.read_bytes())
    width, _, _, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if kind not in CHANNELS:
        return
    pixels = _pixels(zlib.decompress(chunks[b"IDAT"]), width, CHANNELS[kind])
    counts = Counter(pixels)
    if len(counts) > MANY:
        return
    boxes = _boxes(counts)
    place = {colour: bytes([number]) for number, (_, box) in enumerate(boxes) for colour in box}
    lines = (pixels[at : at + width] for at in range(0, len(pixels), width))
    body = b"".join(b"\0" + b"".join(map(place.__getitem__, line)) for line in lines)
    head = chunks[b"IHDR"][:8] + bytes((8, 3, 0, 0, 0))
    made = [(b"IHDR", head), (b"PLTE", b"".join(mean for mean, _ in boxes)), (b"IDAT", zlib.compress(body, 9))]
    picture.write_bytes(SIGNATURE + b"".join(_chunk(*each) for each in [*made, (b"IEND", b"")]))


def _boxes(counts: Counter[Colour]) -> list[tuple[Colour, Box]]:
    """Mean and members. The box that errs most is cut in two across its longest side, until there are enough."""
    boxes = [_box(list(counts), counts)]
    while len(boxes) < COLOURS:
        boxes.sort(key=lambda box: box[0])
        error, side, worst = boxes.pop()
        if not error:
            boxes.append((error, side, worst))
            break
        worst.sort(key=lambda colour: colour[side])
        middle = _middle(worst, side, counts)
        boxes += [_box(worst[:middle], counts), _box(worst[middle:], counts)]
    return [(_mean(box, counts), box) for _, _, box in boxes]


def _box(colours: Box, counts: Counter[Colour]) -> tuple[float, int, Box]:
    """How much it errs, and along which side."""
    spans = [max(part) - min(part) for part in zip(*colours, strict=True)]
    side = max(range(3), key=spans.__getitem__)
    weight: int = sum(counts[each] for each in colours)
    return spans[side] ** 2 * weight**0.5, side, colours


def _middle(colours: Box, side: int, counts: Counter[Colour]) -> int:
    """Where the mean colour would stand; either part has something in it."""
    mean = _mean(colours, counts)[side]
    return min(max(1, sum(colour[side] <= mean for colour in colours)), len(colours) - 1)


def _mean(colours: Box, counts: Counter[Colour]) -> Colour:
    weight = sum(counts[each] for each in colours)
    return bytes(round(sum(each[part] * counts[each] for each in colours) / weight) for part in range(3))


def _pixels(raw: bytes, width: int, size: int) -> Sequence[Colour]:
    """Undo the filters (https://www.w3.org/TR/png-3/#9Filters); what is transparent counts as it is."""
    stride, before, found = width * size, bytearray(width * size), list[Colour]()
    for start in range(0, len(raw), stride + 1):
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], line, before, size)
        found += [bytes(line[at : at + 3]) for at in range(0, stride, size)]
        before = line
    return found


def _unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    for at, value in enumerate(line):
        left, up = line[at - size] if at >= size else 0, above[at]
        match kind:
            case 1:
                line[at] = (value + left) & 255
            case 2:
                line[at] = (value + up) & 255
            case 3:
                line[at] = (value + (left + up) // 2) & 255
            case 4:
                line[at] = (value + _nearest(left, up, above[at - size] if at >= size else 0)) & 255


def _nearest(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))


def _chunks(png: bytes) -> dict[bytes, bytes]:
    """By kind, what is in pieces put together."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        found[kind] = found.get(kind, b"") + png[at + 8 : at + 8 + size]
        at += size + 12
    return found


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
