"""What differs between a golden file and what a test made (比对结论), as `reportgen compare` tells it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from reportgen.compare import Request, compare_blobs
from reportgen.comparison.ignoring import Ignoring, read_ignoring
from reportgen.comparison.model import Layer
from reportgen.comparison.pdf_content import pdf_content
from reportgen.comparison.word_content import word_content
from reportgen.problems import InputError, did_you_mean, error

Layers: TypeAlias = str | Layer | Iterable[str | Layer] | None
"""Layers as a test names them (比对层次): `"text,structure"`, several names, or None for all that the files have."""

MAX_LINES = 60
"""So many differences are told in a failure (最多列出几处); `compare` tells all of them."""


def request_of(layer: Layers, ignore: Path | None) -> Request:
    """What a test asks for (比对要求). Raises `InputError` for a layer that there is not, and for bad rules."""
    return Request(layers=_layers(layer), ignoring=Ignoring() if ignore is None else read_ignoring(ignore))


def _layers(layer: Layers) -> frozenset[Layer]:
    named = [layer] if isinstance(layer, (str, Layer)) else list(layer or ())
    words = [word for each in named for word in ([each] if isinstance(each, Layer) else each.split(","))]
    known = {each.value: each for each in Layer}
    found: set[Layer] = set()
    for word in words:
        name = word.value if isinstance(word, Layer) else word.strip()
        if name not in known:
            fix = f"层次只有 {'、'.join(known)}" + did_you_mean(name, known)
            raise InputError([error("compare.unknown-layer", f"没有「{name}」这个比对层次", fix)])
        found.add(known[name])
    return frozenset(found)


def difference_lines(first: tuple[str, bytes], second: tuple[str, bytes], request: Request) -> list[str]:
    """What differs, a sentence each (差异逐条); nothing where the two are equal."""
    if first[1] == second[1]:
        return []
    compared = compare_blobs(first, second, request)
    if compared.equal:
        return []
    told = [difference.said for difference in compared.every_difference()]
    left = len(told) - MAX_LINES
    return [*map(str, compared.every_problem()), *told[:MAX_LINES], *([f"……还有 {left} 处"] if left > 0 else [])]


def refuse_unreadable(name: str, blob: bytes) -> None:
    """Raise `InputError` for a file that its reader cannot read (读不了的文件): no golden file is made of it."""
    if name.casefold().endswith(".docx"):
        word_content(blob, name)
    elif name.casefold().endswith(".pdf"):
        pdf_content(blob, name)
