"""Rows with spans as a full grid (表格网格)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.document import Cell, Row
from reportgen.grid import Covered, SpanError, Start, placed, resolve


def cell(text: str, right: int = 1, down: int = 1) -> Cell:
    return Cell(paragraphs=(text,), col_span=right, row_span=down)


def drawn(rows: list[Row], width: int) -> list[str]:
    """The grid as text: a cell's letter where it starts, ← and ↑ (⇖ for both) where it covers."""
    signs = {(False, True): "←", (True, False): "↑", (True, True): "⇖"}
    return [
        "".join(
            slot.cell.paragraphs[0] if isinstance(slot, Start) else signs[slot.from_above, slot.from_left]
            for slot in line
        )
        for line in resolve(rows, width)
    ]


def test_a_plain_table_starts_a_cell_in_every_slot() -> None:
    assert drawn([(cell("a"), cell("b")), (cell("c"), cell("d"))], 2) == ["ab", "cd"]


def test_spans_to_the_right_and_down() -> None:
    rows: list[Row] = [(cell("a", 2, 2), cell("b", 1, 3)), (), (cell("c"), cell("d"))]
    assert drawn(rows, 3) == ["a←b", "↑⇖↑", "cd↑"]


def test_a_section_row_stands_between_merges() -> None:
    rows: list[Row] = [
        (cell("a", 1, 2), cell("b")),
        (cell("c"),),
        (cell("s", 2),),
        (cell("d", 1, 2), cell("e")),
        (cell("f"),),
    ]
    assert drawn(rows, 2) == ["ab", "↑c", "s←", "de", "↑f"]


def test_a_merge_across_a_section_row_is_refused() -> None:
    with pytest.raises(SpanError):
        resolve([(cell("a", 1, 3), cell("b")), (cell("s", 2),), (cell("c"),)], 2)


def test_a_row_is_placed_before_the_next_one_is_asked_for() -> None:
    asked = []

    def rows() -> Iterator[Row]:
        for number in range(3):
            asked.append(number)
            yield (cell("a", 1, 3), cell("b")) if not number else (cell("c"),)

    lines = placed(rows(), 2)
    assert [(column, each.paragraphs, above) for column, each, above in next(lines)] == [
        (0, ("a",), False),
        (1, ("b",), False),
    ]
    assert asked == [0]
    assert [(column, each.paragraphs, above) for column, each, above in next(lines)] == [
        (0, ("a",), True),
        (1, ("c",), False),
    ]
    assert asked == [0, 1]


def test_a_row_may_be_covered_altogether() -> None:
    assert drawn([(cell("a", 2, 2),), ()], 2) == ["a←", "↑⇖"]


def test_a_covered_slot_names_its_cell() -> None:
    wide = cell("a", 2)
    (_, covered), *_ = resolve([(wide,)], 2)
    assert covered == Covered(wide, from_above=False, from_left=True)


def test_no_rows_give_no_grid() -> None:
    assert resolve([], 3) == ()


@pytest.mark.parametrize(
    ("rows", "width", "message"),
    [
        ([(cell("a", 3),)], 2, "第1行第1列：合并超出表格右边界"),
        ([(cell("a", 1, 2),)], 1, "第1行第1列：合并超出表格下边界"),
        ([(cell("a"),)], 2, "第1行第2列：缺少单元格"),
        ([(cell("a"), cell("b"), cell("c"))], 2, "第1行第3列：合并超出表格右边界"),
        ([(cell("a"), cell("b", 1, 2)), (cell("c", 2),)], 2, "第2行第2列：与已有的合并单元格重叠"),
    ],
)
def test_spans_that_fit_no_rectangle_are_refused(rows: list[Row], width: int, message: str) -> None:
    with pytest.raises(SpanError) as fault:
        resolve(rows, width)
    assert str(fault.value) == message


@pytest.mark.row("P2")
@settings(derandomize=True, max_examples=150)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_every_slot_is_filled_exactly_once(height: int, width: int, data: st.DataObject) -> None:
    """Any rectangle cut into spans comes back whole: each cell covers as many slots as its area."""
    taken = [[False] * width for _ in range(height)]
    rows: list[Row] = []
    for r in range(height):
        cells = []
        for c in range(width):
            if taken[r][c]:
                continue
            free = next((i for i in range(c, width) if taken[r][i]), width) - c
            right, down = data.draw(st.integers(1, free)), data.draw(st.integers(1, height - r))
            for y in range(r, r + down):
                for x in range(c, c + right):
                    taken[y][x] = True
            cells.append(cell(f"{r},{c}", right, down))
        rows.append(tuple(cells))
    slots = [slot for line in resolve(rows, width) for slot in line]
    for one in (each for row in rows for each in row):
        owned = [slot for slot in slots if (slot.cell if isinstance(slot, Start) else slot.by) is one]
        assert len(owned) == one.col_span * one.row_span
        assert sum(isinstance(slot, Start) for slot in owned) == 1
