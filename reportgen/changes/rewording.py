"""Which letters of an entry's text changed (表述变化), with a few of those that stand around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.changes.model import Rewording
from reportgen.likeness import letters_of

# A number changes as a whole: 49 → 50, not 4“9” → 5“0”.
_PIECE = re.compile(r"\d+(?:[.,]\d+)*[%％‰]?|[A-Za-zＡ-Ｚａ-ｚ]+|\s+|.", re.DOTALL)
_AROUND = 4
# Changes with so few letters between them are one.
_BETWEEN = 1
_MOST_LETTERS = 4_000


@dataclass(frozen=True, slots=True)
class _Piece:
    key: str
    written: str


def rewordings(before: str, after: str) -> tuple[Rewording, ...]:
    """What changed in the wording (表述变化); nothing where only marks, white space and width differ."""
    if letters_of(before) == letters_of(after):
        return ()
    old, new = _pieces(before[:_MOST_LETTERS]), _pieces(after[:_MOST_LETTERS])
    told = tuple(
        Rewording(
            before=_written(old[a:b]),
            after=_written(new[c:d]),
            lead=_written(new[max(0, c - _AROUND) : c]),
            tail=_written(new[d : d + _AROUND]),
        )
        for a, b, c, d in _changes(old, new)
    )
    return told or (Rewording(before=before, after=after),)


def _pieces(text: str) -> list[_Piece]:
    return [_Piece(unicodedata.normalize("NFKC", each), each) for each in _PIECE.findall(text) if not each.isspace()]


def _written(pieces: Sequence[_Piece]) -> str:
    return "".join(each.written for each in pieces)


def _changes(old: Sequence[_Piece], new: Sequence[_Piece]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that differ, as places in both; those that only lie a letter apart are one."""
    from rapidfuzz.distance import Indel

    open_one: tuple[int, int, int, int] | None = None
    steps = Indel.opcodes([each.key for each in old], [each.key for each in new])
    for step in steps:
        if step.tag == "equal":
            continue
        here = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if open_one and here[0] - open_one[1] <= _BETWEEN and here[2] - open_one[3] <= _BETWEEN:
            open_one = (open_one[0], here[1], open_one[2], here[3])
            continue
        if open_one:
            yield open_one
        open_one = here
    if open_one:
        yield open_one
