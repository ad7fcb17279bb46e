"""The words of a comparison page (比对网页的文字): which letters differ, what is cut out, nothing invisible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from reportgen.comparison.model import Piece
from reportgen.pages.comparing_looks import Looks

Span: TypeAlias = tuple[int, int]

AROUND = 60
"""Of a long text so many letters stand around each change (上下文字数)."""
LONG = 600
"""A changed text up to this length is shown whole (全文显示的长度)."""
GLANCE = 120
"""Of an unchanged text so many letters are shown (未变文字显示的长度)."""

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(0x00, 0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)
_UNSEEN = (0x00AD, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0x2060, 0xFEFF)
_SAFE = {code: f"⟨{code:04X}⟩" for code in (*_BIDI, *_CONTROLS)} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_CHANGED = {code: f"⟨{code:04X}⟩" for code in _UNSEEN} | {0x0A: "↵\n", 0x09: "⇥"}
_BLANKS = {0x20: "␣", 0xA0: "␣", 0x3000: "□"}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters shown alike (一截文字): `look` is their class, `mark` is `del`, `ins` or nothing; `cut` counts letters
    that are left out in its place."""

    text: str
    look: str = ""
    mark: str = ""
    cut: int = 0


def safe(text: str) -> str:
    """A text in which nothing is hidden and nothing turns the line around (可显示的文字)."""
    return text.translate(_SAFE)


def visible(text: str) -> str:
    """Changed letters: line ends, letters without a look, and blanks that stand alone are seen, too (看得见的改动)."""
    shown = safe(text).translate(_CHANGED)
    return shown if text.strip() else shown.translate(_BLANKS)


def runs(
    pieces: Iterable[Piece], looks: Looks, spans: Sequence[Span] = (), mark: str = "", whole: bool = False
) -> tuple[Run, ...]:
    """The letters of a paragraph as they are shown (显示的文字): those in `spans` marked, a long rest left out."""
    pieces = tuple(pieces)
    length = sum(len(piece.text) for piece in pieces)
    kept = _kept(length, spans, whole)
    found: list[Run] = []
    at = 0
    for piece in pieces:
        look = looks.letters(piece.setting)
        for begin, end in _cuts(at, at + len(piece.text), [edge for span in (*spans, *kept) for edge in span]):
            text = piece.text[begin - at : end - at]
            changed = any(first <= begin and end <= last for first, last in spans)
            if any(first <= begin and end <= last for first, last in kept):
                found.append(Run(visible(text) if changed else safe(text), look, mark if changed else ""))
            elif found and found[-1].cut:
                found[-1] = Run("", cut=found[-1].cut + len(text))
            else:
                found.append(Run("", cut=len(text)))
        at += len(piece.text)
    return tuple(found)


def _kept(length: int, spans: Sequence[Span], whole: bool) -> tuple[Span, ...]:
    """Which letters are shown at all."""
    if length <= (LONG if spans or whole else GLANCE):
        return ((0, length),)
    if not spans:
        return ((0, LONG if whole else GLANCE),)
    found: list[Span] = []
    for begin, end in spans:
        # Of a very long change its beginning and its end are enough.
        parts = [(begin, end)] if end - begin <= LONG else [(begin, begin + LONG // 2), (end - LONG // 2, end)]
        for first, last in parts:
            first, last = max(0, first - AROUND), min(length, last + AROUND)
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            else:
                found.append((first, last))
    return tuple(found)


def _cuts(begin: int, end: int, edges: Iterable[int]) -> Iterator[Span]:
    """A stretch cut at those edges that lie in it."""
    places = sorted({begin, end, *(edge for edge in edges if begin < edge < end)})
    yield from pairwise(places)
