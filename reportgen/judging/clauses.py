"""The clauses of an entry's texts (分句): what a figure is said of stands in its clause, or in the heading above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount

# A task asks for so many things at most, and its progress states so many figures: more is no task, but a table.
MOST_TARGETS = 20
MOST_ACTUALS = 400

_PART = re.compile(r"[^，。；！？\n,;!?]+")
_LISTED = re.compile(r"[^、]+")
# A comma inside a number ends no clause.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ITEM = re.compile(
    r"^[\s\u3000]*(?:[①-⑳]|[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d))"
)
_HEADING = re.compile(r"^[^：:]{1,40}[：:](?!\d)")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause (分句): `text[start:end]` of the whole, the figures in it, the heading that it stands under.

    The places of the figures are those in the whole text. `listed` is what stands before it in the same list, parted by
    、 and without figures of its own: 花椒、中药材2万亩 is 2万亩 of both. `part` is all from comma to comma.
    """

    start: int
    end: int
    words: str
    figures: tuple[Amount, ...]
    heading: str = ""
    listed: str = ""
    part: str = ""

    @property
    def lead(self) -> str:
        """The words without the figures; a gap stands where each was."""
        parts, at = [self.listed] if self.listed else [], self.start
        for figure in self.figures:
            parts.append(self.words[at - self.start : figure.start - self.start])
            at = figure.end
        return " ".join((*parts, self.words[at - self.start :]))

    def before(self, figure: Amount) -> str:
        """What the clause, and the list that it ends, say before a figure."""
        return self.listed + self.words[: max(figure.start - self.start, 0)]

    def after(self, figure: Amount) -> str:
        """What it says behind it."""
        return self.words[figure.end - self.start :]


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text (分句) in their order, those that hold no figure included."""
    return tuple(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    figures = iter(amounts(text))
    figure = next(figures, None)
    heading, last = "", 0
    for part in _PART.finditer(_THOUSANDS.sub("\x00", text)):
        # A new line or a new item ends what its heading stood over.
        if _ITEM.match(part[0]) or "\n" in text[last : part.start()]:
            heading = ""
        last = part.end()
        listed = ""
        for piece in _LISTED.finditer(part[0]):
            start, end = part.start() + piece.start(), part.start() + piece.end()
            if lead := _HEADING.match(piece[0]):
                heading = _ITEM.sub("", listed + lead[0])[:-1]
                start, listed = start + lead.end(), ""
            while figure and figure.start < start:
                figure = next(figures, None)
            own: list[Amount] = []
            while figure and figure.start < end:
                own.append(figure)
                figure = next(figures, None)
            yield Clause(start, end, text[start:end], tuple(own), heading, listed, part[0])
            listed = "" if own else f"{listed}{text[start:end]} "


@lru_cache(maxsize=16384)
def pairs_of_signs(words: str) -> frozenset[str]:
    """Every two signs side by side (相邻二字): what two names of one thing have in common, however they are worded."""
    return frozenset(run[i : i + 2] for run in _RUN.findall(words) for i in range(len(run) - 1))


def likeness(one: str, other: str) -> float:
    """How much two names have in common (相近程度): 1 where they are the same, 0 where nothing is."""
    mine, theirs = pairs_of_signs(one), pairs_of_signs(other)
    if not mine or not theirs:
        return 1.0 if one and one == other else 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))
