"""The Office add-in's icons, addin/office/*.png, drawn: two lines that cross, the break-even.

.venv/bin/python tools/icons.py
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

FINE = 4
"""Points a pixel is averaged from, in each direction."""
BLUE, GREEN, WHITE, CLEAR = (31, 78, 121, 255), (112, 173, 71, 255), (255, 255, 255, 255), (0, 0, 0, 0)


def png(size: int, outline: bool = False) -> bytes:
    """A square icon; an outline is white on nothing."""
    rows = []
    for y in range(size):
        row = bytearray(b"\0")
        for x in range(size):
            points = [
                _colour((x + (i + 0.5) / FINE) / size, (y + (j + 0.5) / FINE) / size, outline)
                for i in range(FINE)
                for j in range(FINE)
            ]
            weight = sum(point[3] for point in points)
            row += bytes(sum(p[k] * p[3] for p in points) // max(weight, 1) for k in range(3))
            row.append(weight // len(points))
        rows.append(bytes(row))
    head = struct.pack(">2I5B", size, size, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _colour(x: float, y: float, outline: bool) -> tuple[int, int, int, int]:
    inside = 0.14 <= x <= 0.86
    flat = inside and abs(y - (0.62 - 0.18 * x)) < 0.055
    steep = inside and abs(y - (0.98 - 0.9 * x)) < 0.075
    if outline:
        return WHITE if flat or steep else CLEAR
    corner = 0.16
    dx, dy = max(corner - x, x - 1 + corner, 0), max(corner - y, y - 1 + corner, 0)
    if dx * dx + dy * dy > corner * corner:
        return CLEAR
    if steep:
        return WHITE
    return GREEN if flat else BLUE


if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "addin" / "office"
    for size in (16, 32, 64, 80, 192):
        (folder / f"icon-{size}.png").write_bytes(png(size))
    (folder / "outline.png").write_bytes(png(32, outline=True))
