"""Where the text of two PDFs parts on their pages (版面逐段核对): from unit to unit, what moves, and since when.

One cause is one finding: what stands below a unit that another layer has told of, or below one that has moved, goes
its way with it, over page ends, until a page begins on both sides with the same unit at the same height.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from reportgen.comparison.model import Box, Tolerance
from reportgen.comparison.pages.page_units import Pair, Unit


class Kind(Enum):
    """What is found of a piece of a page (版面差异种类); the value is the code of its difference."""

    MOVED = "page.moved"
    SHIFTED = "page.shifted"
    BREAK = "page.break-moved"
    BLANK = "page.blank"
    LINES = "page.line-ends"
    PITCH = "page.pitch"
    HEIGHT = "page.row-height"
    WIDTH = "page.line-width"
    TEXT = "page.content"


@dataclass(slots=True)
class Finding:
    """A finding (版面发现): its kind, by how many mm (down, or to the right), its places, its units in order."""

    kind: Kind
    down: float = 0.0
    right: float = 0.0
    first: list[Box] = field(default_factory=list)
    second: list[Box] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    others: list[Unit] = field(default_factory=list)
    to_end: bool = False


@dataclass(slots=True)
class PagePair:
    """Two pages that begin alike (对应的两页): above `cut` all stands alike but for what is `masked`."""

    first: int
    second: int
    cut: float = 10_000.0
    masked: list[Box] = field(default_factory=list)
    over: list[Box] = field(default_factory=list)
    over_masked: bool = False
    moved: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Walk:
    """What a walk through both files finds (核对结果)."""

    findings: list[Finding] = field(default_factory=list)
    pages: dict[tuple[int, int], PagePair] = field(default_factory=dict)


Sizes: TypeAlias = tuple[tuple[int, int], ...]
"""Width and height of each page of a file, in whole mm (各页大小)."""


def walk(pairs: Sequence[Pair], tolerance: Tolerance, sizes: tuple[Sizes, Sizes] | None) -> Walk:
    """The findings about all pairs (逐对核对); that pages of both `sizes` differ in them is told elsewhere."""
    state = _State(tolerance, sizes)
    for pair in pairs:
        if pair.first is None or pair.second is None:
            state.single(pair)
        else:
            state.pair(pair, pair.first, pair.second)
    state.end_run()
    return state.walk


@dataclass(slots=True)
class _State:
    """How far the second file is off at the moment: `shift` is explained, what is beyond it is not."""

    tolerance: Tolerance
    sizes: tuple[Sizes, Sizes] | None
    walk: Walk = field(default_factory=Walk)
    page_first: int = 0
    page_second: int = 0
    shift: float = 0.0
    absorbs: bool = False
    dirty: bool = False
    run: Finding | None = None
    last: Finding | None = None
    stirred: set[int] = field(default_factory=set)
    stirs_next: bool = False
    alone: tuple[list[Box], list[Box]] = field(default_factory=lambda: ([], []))

    # ---- units that one side alone has

    def single(self, pair: Pair) -> None:
        unit = pair.first or pair.second
        assert unit is not None
        self.end_run()
        self.absorbs = self.dirty = True
        if pair.first:
            self.stirred.add(pair.first.block)
        else:
            self.stirs_next = True
        self.alone[0 if pair.first else 1].extend((*unit.frames, *unit.over))
        for frame in (*unit.frames, *unit.over):
            for page in self.walk.pages.values():
                if frame.page == (page.first if pair.first else page.second):
                    page.masked.append(frame)
                    page.cut = min(page.cut, frame.top)
        if pair.changed:
            last = self.walk.findings[-1] if self.walk.findings else None
            if last is None or last.kind is not Kind.TEXT or not last.to_end:
                last = Finding(Kind.TEXT, to_end=True)
                self.walk.findings.append(last)
            (last.first if pair.first else last.second).extend(unit.frames)
            (last.units if pair.first else last.others).append(unit)

    # ---- pairs

    def pair(self, pair: Pair, one: Unit, two: Unit) -> None:
        self._close_text()
        if pair.changed:
            self.walk.findings.append(Finding(Kind.TEXT, 0, 0, [*one.frames], [*two.frames], [one], [two]))
        if self.stirs_next or pair.told or self.dirty:
            self.stirred.add(one.block)
            self.stirs_next = False
        told = pair.told or pair.changed or any(map(self._is_sized, one.frames, two.frames))
        parted = len(one.frames) != len(two.frames) or _splits(one) != _splits(two)
        if not told and not parted and self._grown(one, two):
            told = True
        for index, (frame, other) in enumerate(zip(one.frames, two.frames, strict=False)):
            told = self._portion(one, two, frame, other, told, index > 0 and parted)
        if told:
            self._mask(one, two)
            self.dirty = self.absorbs = True
        elif parted:
            self._break(one, two, one.frames[-1], two.frames[-1])
            self.absorbs = True
        else:
            self._across(one, two)
        self.page_first, self.page_second = one.frames[-1].page, two.frames[-1].page

    def _is_sized(self, frame: Box, other: Box) -> bool:
        return self.sizes is not None and self.sizes[0][frame.page - 1] != self.sizes[1][other.page - 1]

    def _portion(self, one: Unit, two: Unit, frame: Box, other: Box, told: bool, parted: bool) -> bool:
        """How a unit's part on a page stands; whether the unit goes its way for a reason that was told."""
        new, other_new = frame.page != self.page_first, other.page != self.page_second
        raw = other.top - frame.top
        ahead = (frame.page - other.page) != (self.page_first - self.page_second)
        if new and other_new and not parted:
            if ahead and not self.dirty and not told and self.page_first:
                shown = Finding(Kind.BLANK, 0, 0, [frame], [other], [one], [two])
                shown.down = (other.page - self.page_second) - (frame.page - self.page_first)
                self.walk.findings.append(shown)
            self.end_run(to_end=True)
            self.shift, self.absorbs = 0.0, False
            self.dirty = self.dirty and abs(raw) > self.tolerance.box_mm
            self._begin_page(frame.page, other.page)
            if self.dirty:
                self.shift = raw
        elif new != other_new or parted:
            self.end_run(to_end=True)
            for begun in self.walk.pages.values():
                if begun.first == frame.page and not new:
                    begun.cut = min(begun.cut, frame.top)
                if begun.second == other.page and not other_new:
                    begun.cut = min(begun.cut, other.top)
            if not told:
                self._break(one, two, frame, other)
            self.shift, self.absorbs = raw, False
        elif self.absorbs or told:
            self.end_run()
            self.shift, self.absorbs = raw, False
        self.page_first, self.page_second = frame.page, other.page
        page = self.walk.pages.get((frame.page, other.page))
        off = raw - self.shift
        if page:
            page.over += one.over
            if abs(raw) > self.tolerance.box_mm:
                page.cut = min(page.cut, frame.top, other.top)
        if told:
            self.shift = raw
            return True
        if abs(off) > self.tolerance.box_mm:
            self._goes_down(one, two, frame, other, off)
        else:
            self.end_run()
        return False

    def _begin_page(self, first: int, second: int) -> None:
        """Two pages with a common unit; what stands above it may be of one side alone, and is told."""
        if (first, second) not in self.walk.pages:
            masked = [box for box in self.alone[0] if box.page == first]
            masked += [box for box in self.alone[1] if box.page == second]
            self.walk.pages[first, second] = PagePair(first, second, masked=masked)

    def _goes_down(self, one: Unit, two: Unit, frame: Box, other: Box, off: float) -> None:
        if self.run is None or abs(self.run.down - off) > 2 * self.tolerance.box_mm:
            self.end_run()
            self.run = Finding(Kind.MOVED, down=off)
            self.walk.findings.append(self.run)
        self.run.first.append(frame)
        self.run.second.append(other)
        self.run.units.append(one)
        self.run.others.append(two)
        self.dirty = True

    def end_run(self, to_end: bool = False) -> None:
        """What has moved so far is one finding."""
        if self.run is not None:
            self.run.to_end = to_end
            self.run = None

    def _break(self, one: Unit, two: Unit, frame: Box, other: Box) -> None:
        if not self.dirty:
            self.walk.findings.append(Finding(Kind.BREAK, 0, 0, [frame], [other], [one], [two]))
        self.dirty = True

    def _found(
        self,
        kind: Kind,
        one: Unit,
        two: Unit,
        down: float = 0.0,
        right: float = 0.0,
        lines: list[tuple[Box, Box]] | None = None,
    ) -> None:
        last = self.walk.findings[-1] if self.walk.findings else None
        near = 2 * self.tolerance.box_mm
        same = last is not None and last.kind is kind and last is self.last
        if not same or last is None or abs(last.down - down) > near or abs(last.right - right) > near:
            last = Finding(kind, down, right)
            self.walk.findings.append(last)
        lines = [] if lines is None else lines
        last.first += [line for line, _ in lines] or one.frames
        last.second += [line for _, line in lines] or two.frames
        last.units.append(one)
        last.others.append(two)
        self.last = last

    def _close_text(self) -> None:
        last = self.walk.findings[-1] if self.walk.findings else None
        if last is not None and last.kind is Kind.TEXT:
            last.to_end = False

    def _mask(self, one: Unit, two: Unit) -> None:
        for page in self.walk.pages.values():
            masked = [box for box in (*one.frames, *one.over) if box.page == page.first]
            masked += [box for box in (*two.frames, *two.over) if box.page == page.second]
            page.masked += masked
            page.over_masked = page.over_masked or (bool(masked) and one.row is not None)

    # ---- inside a unit that stands where it stood

    def _grown(self, one: Unit, two: Unit) -> bool:
        """Tells what makes a unit take another height: other line ends, another pitch, a row's height."""
        heights = [(a.bottom - a.top, b.bottom - b.top) for a, b in zip(one.frames, two.frames, strict=True)]
        limit = self.tolerance.box_mm
        if [len(cell) for cell in one.lines] != [len(cell) for cell in two.lines]:
            self._found(Kind.LINES, one, two)
        elif one.row is not None and any(abs(b - a) > limit for a, b in heights):
            self._found(Kind.HEIGHT, one, two, down=sum(b - a for a, b in heights))
        elif abs(down := max(_steps(one, two), key=abs, default=0.0)) > limit:
            # Programs place the text of cells anew in all of a table that flows otherwise than before.
            if not (one.row is not None and one.block in self.stirred):
                self._found(Kind.PITCH, one, two, down=down)
        else:
            return False
        return True

    def _across(self, one: Unit, two: Unit) -> None:
        """Tells what moved sideways."""
        limit = self.tolerance.box_mm
        moves = [
            (now.left - line.left, now.right - line.right, line, now)
            for cell, other in zip(one.lines, two.lines, strict=True)
            for line, now in zip(cell, other, strict=True)
        ]
        moved = [(line, now) for left, right, line, now in moves if max(abs(left), abs(right)) > limit]
        right = max((move[0] for move in moves), key=abs, default=0.0)
        wider = max((move[1] - move[0] for move in moves), key=abs, default=0.0)
        if abs(wider) > limit:
            self._found(Kind.WIDTH, one, two, right=wider, lines=moved)
        elif abs(right) > limit:
            self._found(Kind.SHIFTED, one, two, right=right, lines=moved)
        else:
            self.last = None
            return
        self._mask(one, two)
        for frame, other in zip(one.frames, two.frames, strict=True):
            page = self.walk.pages.get((frame.page, other.page))
            if page:
                page.moved.add(one.block)


def _splits(unit: Unit) -> list[tuple[tuple[int, int], ...]]:
    """How many lines of each cell stand on each of its pages, counted from the first."""
    first = unit.frames[0].page
    found = []
    for cell in unit.lines:
        pages = [box.page - first for box in cell]
        found.append(tuple((page, pages.count(page)) for page in sorted(set(pages))))
    return found if len(unit.frames) > 1 else []


def _steps(one: Unit, two: Unit) -> Iterator[float]:
    """How far each line went down within its unit."""
    tops = {a.page: b.top - a.top for a, b in zip(one.frames, two.frames, strict=True)}
    for cell, other in zip(one.lines, two.lines, strict=True):
        for line, now in zip(cell, other, strict=True):
            raw = now.top - line.top
            yield raw - tops.get(line.page, raw)
