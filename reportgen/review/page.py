"""The laid-out page (版面实测): what stands where on the paper, in millimetres from the sheet's upper left corner.

Nothing is known here of styles or of what a text is; `page_reading` fills these nouns from a PDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Setting:
    """How a letter is set (字符格式): the face as the file names it, size, colour, and whether it is made bold."""

    face: str
    size_pt: float
    color: tuple[int, int, int]
    bold: bool
    embedded: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter (字符): its cell from `left` to `right` on the baseline `y`, and the ink's box."""

    text: str
    left: float
    right: float
    y: float
    ink: tuple[float, float, float, float]
    setting: Setting


@dataclass(frozen=True)
class Line:
    """A line of letters on one baseline (行), from left to right."""

    letters: tuple[Letter, ...]

    @cached_property
    def text(self) -> str:
        """The letters without white space."""
        return "".join(letter.text for letter in self.letters)

    @property
    def left(self) -> float:
        """Where its first cell begins."""
        return self.letters[0].left

    @cached_property
    def right(self) -> float:
        """Where its last cell ends."""
        return max(letter.right for letter in self.letters)

    @cached_property
    def y(self) -> float:
        """The baseline that most of its letters share."""
        ys = sorted(letter.y for letter in self.letters)
        return ys[len(ys) // 2]

    @cached_property
    def size_pt(self) -> float:
        """The size that most of its letters have."""
        sizes = sorted(letter.setting.size_pt for letter in self.letters)
        return sizes[len(sizes) // 2]

    @property
    def middle(self) -> float:
        """The middle between its ends."""
        return (self.left + self.right) / 2

    @property
    def ink_top(self) -> float:
        """The upper edge of its ink."""
        return min(letter.ink[1] for letter in self.letters)


@dataclass(frozen=True)
class Ruling:
    """A ruled line (线段), across if `across`, else upright: from `start` to `end` at `at`, all in mm."""

    across: bool
    at: float
    start: float
    end: float
    thick_pt: float
    color: tuple[int, int, int]

    @property
    def length(self) -> float:
        """Its length in mm."""
        return self.end - self.start


@dataclass(frozen=True)
class TurnedLine:
    """A line of turned letters (转向文字): `clockwise` in quarter turns, its cells' box on the sheet as it is read."""

    text: str
    clockwise: int
    box: tuple[float, float, float, float]
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class Page:
    """A page (页): its size in mm and all that stands on it."""

    number: int
    width: float
    height: float
    letters: tuple[Letter, ...]
    rulings: tuple[Ruling, ...]
    pictures: tuple[tuple[float, float, float, float], ...]
    turned: tuple[TurnedLine, ...]

    @property
    def landscape(self) -> bool:
        """Whether it is wider than high."""
        return self.width > self.height

    @property
    def blank(self) -> bool:
        """Whether nothing stands on it."""
        return not (self.letters or self.turned or self.pictures)


@dataclass(frozen=True)
class LaidOut:
    """A laid-out document (版面): its pages and the program that made the file."""

    pages: tuple[Page, ...]
    producer: str


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """The letters put together to lines, from the top down; small figures stand on their neighbours' line."""
    found: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (each.y, each.left)):
        # A raised figure is off by a third of its size; lines are at least a letter's height apart.
        near = 0.4 * letter.setting.size_pt * MM_PER_POINT
        if found and letter.y - found[-1][0].y <= near:
            found[-1].append(letter)
        else:
            found.append([letter])
    return [Line(tuple(sorted(line, key=lambda each: each.left))) for line in found]


def parts_of(line: Line, gap: float) -> list[Line]:
    """A line parted where at least `gap` mm are free between two letters: what stands left and what right."""
    parts: list[list[Letter]] = [[line.letters[0]]]
    for letter in line.letters[1:]:
        if letter.left - parts[-1][-1].right >= gap:
            parts.append([])
        parts[-1].append(letter)
    return [Line(tuple(part)) for part in parts]


def joined_rulings(rulings: Sequence[Ruling]) -> tuple[Ruling, ...]:
    """Rulings that run on in one another made one: renderers draw the borders of a table cell by cell."""
    result: list[Ruling] = []
    order = sorted(rulings, key=lambda each: (each.across, round(each.thick_pt, 1), round(each.at, 1), each.start))
    for ruling in order:
        last = result[-1] if result else None
        if (
            last
            and last.across is ruling.across
            and abs(last.at - ruling.at) < 0.15
            and abs(last.thick_pt - ruling.thick_pt) < 0.15
            and last.color == ruling.color
            and ruling.start <= last.end + 0.4
        ):
            result[-1] = Ruling(last.across, last.at, last.start, max(last.end, ruling.end), last.thick_pt, last.color)
        else:
            result.append(ruling)
    return tuple(result)
