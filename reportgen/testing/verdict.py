"""What differs between a golden file and what a test made (比对结论), as `reportgen compare` tells it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from reportgen.compare import Request, compare_blobs
from reportgen.compare_view import text_lines
from reportgen.comparison.files.ignoring import NOTHING_IGNORED
from reportgen.comparison.files.ignoring_file import read_ignoring
from reportgen.comparison.files.opening import kind_of, open_document
from reportgen.comparison.files.pair import content_of
from reportgen.comparison.model import LAYER_NAMES, Layer, layers_named
from reportgen.limits import held
from reportgen.problems import InputError, ReportError, did_you_mean, error

Layers: TypeAlias = str | Layer | Iterable[str | Layer] | None
"""Layers as a test names them (比对层次): `"text,structure"`, several names, or None for all that the files have."""


def request_of(layer: Layers, ignore: Path | None) -> Request:
    """What a test asks for (比对要求). Raises `InputError` for a layer that there is not, and for bad rules."""
    return Request(layers=_layers(layer), ignoring=NOTHING_IGNORED if ignore is None else read_ignoring(ignore))


def _layers(layer: Layers) -> frozenset[Layer]:
    if layer is None:
        return frozenset()
    named = [layer] if isinstance(layer, str | Layer) else list(layer)
    layers, unknown = layers_named(",".join(each.value if isinstance(each, Layer) else each for each in named))
    if unknown or not layers:
        wrong = unknown[0] if unknown else ""
        choices = [each.value for each in Layer]
        fix = f"层次有 {'、'.join(choices)}；都要比，就不写 layer。" + did_you_mean(
            wrong, [*choices, *LAYER_NAMES.values()]
        )
        raise InputError([error("golden.unknown-layer", f"没有「{wrong}」这个比对层次", fix)])
    return layers


def difference_lines(first: tuple[str, bytes], second: tuple[str, bytes], request: Request) -> list[str]:
    """What differs, as `compare` tells it (差异逐条); nothing where the two are equal."""
    if first[1] == second[1]:
        return []
    try:
        compared = compare_blobs(first, second, request)
    except ReportError as fault:
        return [str(problem) for problem in fault.problems]
    return [] if compared.equal else [*map(str, compared.every_problem()), *text_lines(compared)]


def refuse_unreadable(name: str, blob: bytes) -> None:
    """Raise `InputError` for a file that its reader cannot read (读不了的文件): no golden file is made of it."""
    reader = kind_of(blob, name).reader
    if reader:
        open_document(blob, name, reader, held().outside)
        content_of(blob, name, reader, {})
