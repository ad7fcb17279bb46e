"""Faces as files in a folder (字体文件): for an engine that finds a face by the name that stands in it."""

from __future__ import annotations

import hashlib
import io
import threading
from functools import lru_cache
from pathlib import Path

_NAMES = {1: None, 2: "Regular", 4: None, 6: None}
"""Family, style, full name and PostScript name; None is the family's own. All other texts of the face fall away."""
FACE = "face.otf"
"""What the file of a face is called in its folder (字体文件名)."""


def write_faces(faces: tuple[tuple[str, bytes], ...], folder: Path) -> tuple[Path, ...]:
    """A folder for each face, which holds it under the family name given for it (写出字体), within `folder`.

    A face that stands there already is not written again: other reports may need it beside other faces.
    """
    return tuple(_written(blob, family, folder) for family, blob in faces)


def _written(blob: bytes, family: str, folder: Path) -> Path:
    place = folder / f"{_digest(blob)}-{hashlib.sha256(family.encode()).hexdigest()[:8]}"
    face = place / FACE
    if not face.is_file():
        place.mkdir(parents=True, exist_ok=True)
        # All at once: what a full disk cut off, or another thread has only begun, is no face.
        begun = place / f"{threading.get_ident()}.part"
        begun.write_bytes(_named(blob, family))
        begun.replace(face)
    return place


@lru_cache(maxsize=64)
def _digest(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()[:32]


def _named(blob: bytes, family: str) -> bytes:
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(blob), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        table = font["name"]
        table.names = []
        for number, name in _NAMES.items():
            table.setName(name or family, number, 3, 1, 0x409)
        buffer = io.BytesIO()
        font.save(buffer, reorderTables=None)
    return buffer.getvalue()
