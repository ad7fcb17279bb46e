"""Widths of text before a page is laid out (字宽): the quick ways say what a look at each letter says."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.document import Cell
from reportgen.writers.measure import char_width, line_count, text_width
from reportgen.writers.table_rows import stays_whole
from tests.builders import styles

OFFICE = st.text("督查室进展情况，。：“”‘’—…①⑳㎡％（）　1—6月4.4%il,.;'|!abcXYZ ·•–½ア한\u3018～", max_size=80)
TEXTS = st.one_of(OFFICE, st.text(max_size=40))


def slowly(text: str) -> float:
    return sum(char_width(character) for character in text)


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_a_text_is_as_wide_as_its_letters(text: str) -> None:
    assert text_width(text) == slowly(text)


def test_every_letter_that_needs_no_look_is_as_wide_as_it_is_said() -> None:
    wrong = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000 and alike(chr(code))]
    assert wrong == []


def alike(character: str) -> bool:
    return text_width(character * 20) != 20 * char_width(character)


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, max_size=6), st.floats(1.0, 30.0), st.sampled_from([1, 5]))
def test_a_row_stays_whole_while_no_cell_has_more_lines_than_the_style_says(
    texts: list[str], width: float, down: int
) -> None:
    table = styles().table
    lines = sum(max(1, math.ceil(slowly(text) / width)) for text in texts)
    most = table.keep_row_lines if down == 1 else table.keep_merged_lines
    cell = Cell(paragraphs=tuple(texts), row_span=down)
    assert line_count(texts, width) == lines
    assert stays_whole([(0, cell, False)], [width], table) == (lines <= most)
    assert stays_whole([(0, cell, True)], [width], table)
