"""Units in one cell (一格里的单位): cut apart, brackets kept, letter-spaced or broken names mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.ledger.units import Register


@dataclass(frozen=True)
class CellUnits:
    """The units (单位) in one cell in their order; `repeated` ones were written twice."""

    units: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    unclosed: bool = False


_TOKEN = re.compile(r"[（(]|[）)]|\n|[、，,；;/／|｜]")
# `1.区教委` and `区财政局。`: a list's number before a name, a stop behind it.
_NUMBER = re.compile(r"(?:^|\s)\d{1,2}[.．)）](?!\d)|^\s*\d{1,2}\s*$")
_STOPS = "。.．"
_NO_UNIT = frozenset({"无", "—", "-", "/", "暂无"})
_ONLY_BRACKETS = re.compile(r"(?:（[^（）]*）)+")
# A narrow cell cuts one name into so many lines at most.
_MOST_PIECES = 5
# From the first space on only: else a long row of spaces would be looked through from each of them.
_BEFORE_BRACKET = re.compile(r"(?<!\s)\s+（")
_FULL_WIDTH = str.maketrans("()", "（）")


def split_units(text: str, register: Register | None = None) -> CellUnits:
    """The units named in one cell.

    Cut at line breaks, 、，；/ and at spaces that part whole names (区 财 政 局 is one name), never inside brackets. A
    piece that is only a bracket belongs to the unit before it. With a register, a name that white space cut
    is mended.
    """
    pieces = _pieces(text, keep_brackets=True)
    unclosed = pieces is None
    names: list[str] = []
    for piece in _mended(pieces or _pieces(text, keep_brackets=False) or [], register):
        if names and _ONLY_BRACKETS.fullmatch(piece):
            names[-1] += piece
        else:
            names.append(piece)
    units = tuple(dict.fromkeys(names))
    counts = Counter(names)
    repeated = tuple(name for name in units if counts[name] > 1)
    return CellUnits(units, repeated, unclosed)


def _by_spaces(text: str) -> list[str]:
    """The names that spaces part; a name that is only letter-spaced or padded stays one."""
    words = _NUMBER.sub(" ", _tight_brackets(text.translate(_FULL_WIDTH))).split()
    if any(len(word.partition("（")[0]) < 3 for word in words):
        words = ["".join(words)]
    names = [word.rstrip(_STOPS) for word in words]
    return [name for name in names if name and name not in _NO_UNIT]


def _tight_brackets(text: str) -> str:
    """The text without the white space in and before its brackets; unchanged if they do not close."""
    kept: list[str] = []
    depth = 0
    for character in _BEFORE_BRACKET.sub("（", text):
        depth = max(0, depth + (character == "（") - (character == "）"))
        if not (depth and character.isspace()):
            kept.append(character)
    return text if depth else "".join(kept)


def _mended(pieces: Sequence[tuple[str, bool]], register: Register | None) -> Iterator[str]:
    """The pieces, those put together again that are one name of the register, cut by white space."""
    start = 0
    while start < len(pieces):
        end = _end_of_name(pieces, start, register) if register else start + 1
        yield "".join(piece for piece, _ in pieces[start:end])
        start = end


def _end_of_name(pieces: Sequence[tuple[str, bool]], start: int, register: Register) -> int:
    name = pieces[start][0]
    if register.knows_plain(name):
        return start + 1
    for end in range(start + 1, min(start + _MOST_PIECES, len(pieces))):
        piece, after_space = pieces[end]
        if not after_space or register.knows_plain(piece):
            break
        name += piece
        if register.knows_plain(name):
            return end + 1
    return start + 1


def _pieces(text: str, keep_brackets: bool) -> list[tuple[str, bool]] | None:
    """Pieces of the text, each with whether only white space parts it from the one before.

    None if the brackets are to be kept together but do not close.
    """
    pieces: list[tuple[str, bool]] = []
    depth = start = 0
    only_breaks = True

    def cut(end: int) -> None:
        nonlocal only_breaks
        for piece in _by_spaces(text[start:end]):
            pieces.append((piece, bool(pieces) and only_breaks))
            only_breaks = True

    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "（(" or mark in "）)":
            depth = max(0, depth + (1 if mark in "（(" else -1)) if keep_brackets else 0
        elif depth == 0:
            cut(token.start())
            only_breaks = only_breaks and mark == "\n"
            start = token.end()
    if depth:
        return None
    cut(len(text))
    return pieces
