"""What differs in the text (文字差异): one difference for each paragraph or cell, however many places of it changed.

Ordinals that only shift because something before them came or went are one difference for all (序号顺延).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.comparison.counterparts.grids import Grid
from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.counterparts.paired_tables import Region, TablePair
from reportgen.comparison.differences.same_edits import Edit, edit_of, is_lines, same_edits
from reportgen.comparison.differences.text_pages import on_its_page
from reportgen.comparison.letters import ordinal_of, unspaced
from reportgen.comparison.model import Difference, Layer, Spot
from reportgen.comparison.places import boxes_of
from reportgen.comparison.telling import Told, difference, quote_of, shortened, told_change
from reportgen.numbering import number_value


def text_differences(held: Held) -> Iterator[Difference]:
    """Where both contents say something else (文字差异)."""
    if Layer.TEXT not in held.layers:
        return
    yield from _paragraphs(held)
    for pair in held.tables:
        yield from _cells(held, pair)
    yield from _beside(held)


def _changed(where: str, before: str, after: str, first: Spot | None, second: Spot | None) -> Difference:
    if before and after:
        told = told_change(before, after)
    elif before:
        told = Told(shortened(before, 40), "", f"删去“{shortened(before, 40)}”")
    else:
        told = Told("", shortened(after, 40), f"增加“{shortened(after, 40)}”")
    return difference(
        Layer.TEXT,
        "text.changed",
        "文字",
        where=where,
        what=told.said,
        before=told.before,
        after=told.after,
        first=first,
        second=second,
    )


# ---- ordinals


@dataclass(frozen=True, slots=True)
class _Shift:
    """An ordinal that changed (序号变化): of which kind, from, to, and whether what came and went explains it."""

    form: str
    before: int
    after: int
    expected: int
    texts: tuple[str, str]
    spots: tuple[Spot, Spot]
    at: int

    @property
    def delta(self) -> int:
        """By how much."""
        return self.after - self.before

    @property
    def is_shift(self) -> bool:
        """Whether it is what the ordinals before it make it."""
        return self.delta == self.expected != 0


def _shifted(shifts: Sequence[_Shift]) -> tuple[list[_Shift], list[_Shift]]:
    """Those that shifted together, and those that were changed one by one."""
    together: list[_Shift] = []
    alone: list[_Shift] = []
    runs: list[list[_Shift]] = []
    for shift in shifts:
        last = runs[-1][-1] if runs else None
        if last and (last.form, last.delta, last.at) == (shift.form, shift.delta, shift.at - 1):
            runs[-1].append(shift)
        else:
            runs.append([shift])
    for run in runs:
        if len(run) > 1 or run[0].is_shift:
            together += run
        else:
            alone += run
    return together, alone


def _shift_told(held: Held, shifts: Sequence[_Shift], unit: str) -> Difference:
    first = shifts[0]
    count = len(shifts)
    before, after = first.texts
    what = f"序号顺延，“{before}” → “{after}”" + (f"等{count}{unit}" if count > 1 else "")
    spots = replace(first.spots[0], count=count), replace(first.spots[1], count=count)
    where = held.sides.second.words(replace(first.spots[1], column="", label="")) + ("起" if count > 1 else "")
    return difference(
        Layer.TEXT,
        "ordinal.shifted",
        "序号",
        where=where,
        what=what,
        before=before,
        after=after,
        first=spots[0],
        second=spots[1],
    )


# ---- paragraphs


def _paragraphs(held: Held) -> Iterator[Difference]:
    shifts: list[_Shift] = []
    told: list[tuple[int, Difference]] = []
    pending: dict[int, tuple[str, str, Spot, Spot]] = {}
    counted = 0
    kinds = _ordinals_that_came_or_went(held)
    edits: dict[int, Edit] = {}
    for pair, ones, twos in held.paragraphs:
        before, after = ("".join(held.fold(p.text) for p in side) for side in (ones, twos))
        marks = ordinal_of(before), ordinal_of(after)
        has_ordinal = bool(marks[0][0] and marks[1][0])
        counted += has_ordinal
        split = len(ones) != len(twos) and unspaced(before) == unspaced(after)
        # Blank lines and where a paragraph ends are of the structure.
        if before == after or split or not (before + after).strip():
            continue
        first = held.sides.first.block(pair.first[0], len(pair.first))
        second = held.sides.second.block(pair.second[0], len(pair.second))
        if len(pair.first) > 1 or len(pair.second) > 1:
            first, second = replace(first, boxes=boxes_of(ones)), replace(second, boxes=boxes_of(twos))
        numbers = _number_in(marks[0][0]), _number_in(marks[1][0])
        form = _form(marks[0][0])
        same_words = unspaced(marks[0][1]) == unspaced(marks[1][1])
        if has_ordinal and same_words and form == _form(marks[1][0]) and None not in numbers:
            one, two = numbers[0] or 0, numbers[1] or 0
            expected = two - one if form in kinds else 0
            pending[len(shifts)] = before, after, first, second
            shifts.append(_Shift(form, one, two, expected, (marks[0][0], marks[1][0]), (first, second), counted))
            continue
        first, second = on_its_page(held, first, ones, second, twos, before, after)
        where = held.sides.where(first, second, "" if len(after) < 20 or is_lines(held) else quote_of(after))
        told.append((pair.second[0], _changed(where, before, after, first, second)))
        edits[id(told[-1][1])] = edit_of(before, after)
    together, alone = _shifted(shifts)
    by_form: dict[str, list[_Shift]] = {}
    for shift in together:
        by_form.setdefault(shift.form, []).append(shift)
    for group in by_form.values():
        told.append((group[0].spots[1].block or 0, _shift_told(held, group, "处")))
    lonely = {id(shift) for shift in alone}
    for number, shift in enumerate(shifts):
        if id(shift) in lonely:
            before, after, first, second = pending[number]
            where = held.sides.where(first, second, "" if len(after) < 20 else quote_of(after))
            told.append((second.block or 0, _changed(where, before, after, first, second)))
    yield from same_edits(held, [each for _, each in sorted(told, key=lambda pair: pair[0])], edits)


_NOT_NUMBER = re.compile(r"[第章节条款部分、（()）．\s]|\.$")


def _form(ordinal: str) -> str:
    """The kind of an ordinal without its number: （#）, #、."""
    return "".join("#" if number_value(c) is not None or c in "十百" else c for c in ordinal).replace("##", "#")


def _number_in(ordinal: str) -> int | None:
    bare = _NOT_NUMBER.sub("", ordinal)
    return number_value(bare.rpartition(".")[2])


def _ordinals_that_came_or_went(held: Held) -> frozenset[str]:
    """The kinds of ordinals of blocks that are gone, added or moved: those behind shift by that."""
    blocks = [held.first.blocks[n] for n in held.blocks.gone] + [held.second.blocks[n] for n in held.blocks.added]
    blocks += [held.first.blocks[n] for pair in held.blocks.pairs if pair.moved for n in pair.first]
    marks = (ordinal_of(held.fold(block.text))[0] for block in blocks if not hasattr(block, "cells"))
    return frozenset(_form(mark) for mark in marks if mark)


# ---- cells


def _cells(held: Held, pair: TablePair) -> Iterator[Difference]:
    shifts: list[tuple[_Shift, Difference]] = []
    edits: dict[int, Edit] = {}
    told: list[tuple[int, Difference]] = []
    first, second = pair.first, pair.second
    counted = {one for one, two in pair.columns if first.ordinal == one or second.ordinal == two}
    expected = _expected_shifts(pair) if counted else {}
    at = 0
    for a, b in pair.cells:
        one, two = first.cells[a], second.cells[b]
        is_ordinal = one.cell.column in counted and one.columns == 1 and one.row >= first.heads
        at += is_ordinal
        # Where a line of a cell ends its page leaves open: a narrower column ends it elsewhere.
        if one.text == two.text or (held.paged and one.text.replace("\n", "") == two.text.replace("\n", "")):
            continue
        spots = held.sides.first.of_cell(first, one), held.sides.second.of_cell(second, two)
        spots = on_its_page(held, spots[0], one.cell.paragraphs, spots[1], two.cell.paragraphs, one.text, two.text)
        # An ordinal that changed is no name for its own row.
        named = (replace(spots[0], label=""), replace(spots[1], label="")) if is_ordinal else spots
        changed = _changed(held.sides.where(*named), one.text, two.text, *spots)
        numbers = number_value(one.text.strip()), number_value(two.text.strip())
        if is_ordinal and numbers[0] is not None and numbers[1] is not None:
            texts = one.text.strip(), two.text.strip()
            due = expected.get((one.row, two.row), 0)
            shifts.append((_Shift("", numbers[0], numbers[1], due, texts, spots, at), changed))
            continue
        told.append((b, changed))
        edits[id(changed)] = edit_of(one.text, two.text)
    together, alone = _shifted([shift for shift, _ in shifts])
    # Where rows only changed places the column of ordinals says what it said.
    if together and _ordinals(pair, 0) != _ordinals(pair, 1):
        told.append((0, _shift_told(held, together, "行")))
    lonely = {id(shift) for shift in alone}
    told += [(_at(changed), changed) for shift, changed in shifts if id(shift) in lonely]
    for region in pair.regions:
        texts = (
            _joined(first.cells[n].text for n in region.first),
            _joined(second.cells[n].text for n in region.second),
        )
        if unspaced(texts[0]) == unspaced(texts[1]) or (Layer.STRUCTURE in held.layers and lost_texts(pair, region)):
            continue
        one_spot = held.sides.first.of_cell(first, first.cells[region.first[0]]) if region.first else None
        two_spot = held.sides.second.of_cell(second, second.cells[region.second[0]]) if region.second else None
        where = held.sides.where(one_spot, two_spot)
        told.append((region.second[0] if region.second else 0, _changed(where, *texts, one_spot, two_spot)))
    yield from same_edits(held, [each for _, each in sorted(told, key=lambda pair: pair[0])], edits)


def _at(changed: Difference) -> int:
    return (changed.second.cell or 0) if changed.second else 0


def lost_texts(pair: TablePair, region: Region) -> tuple[str, ...]:
    """What of merged cells is not shown any more, or of split ones was not shown (合并丢字), if all else is the same.

    It is told with the merge.
    """
    sides = [
        [text for n in numbers if (text := grid.cells[n].text.strip())]
        for grid, numbers in ((pair.first, region.first), (pair.second, region.second))
    ]
    more, less = (sides[0], sides[1]) if len(sides[0]) >= len(sides[1]) else (sides[1], sides[0])
    if not all(text in more for text in less):
        return ()
    return tuple(text for text in more if text not in less)


def _joined(texts: Iterator[str]) -> str:
    """The texts of cells that became one or were one: what several of them repeat stands once."""
    return "\n".join(dict.fromkeys(filter(None, texts)))


def _ordinals(pair: TablePair, side: int) -> list[str]:
    grid = (pair.first, pair.second)[side]
    return [label for row in range(grid.heads, len(grid.slots)) if (label := grid.label(row))]


def _expected_shifts(pair: TablePair) -> dict[tuple[int, int], int]:
    """By how much the ordinal of each pair of rows is due to shift, by the counted rows before it on both sides."""
    before = _counts(pair.first), _counts(pair.second)
    return {(i, j): before[1][j] - before[0][i] for i, j in pair.row_pairs}


def _counts(grid: Grid) -> list[int]:
    """For each row how many counted ones stand before it."""
    found, count = [], 0
    for row, slots in enumerate(grid.slots):
        found.append(count)
        index = slots[grid.ordinal] if grid.ordinal is not None else -1
        count += bool(index >= 0 and grid.cells[index].row == row and grid.label(row))
    return found


# ---- beside the flow


def _beside(held: Held) -> Iterator[Difference]:
    for each in held.beside:
        before = held.fold(each.first.text) if each.first else ""
        after = held.fold(each.second.text) if each.second else ""
        if before == after:
            continue
        first = held.sides.first.beside(each.name, each.first)
        second = held.sides.second.beside(each.name, each.second)
        yield _changed(each.where, before, after, first, second)
