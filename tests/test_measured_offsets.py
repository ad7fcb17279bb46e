"""Our own pages measured against the standard, in millimetres: `pytest -s tests/test_measured_offsets.py` prints it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from reportgen.generate import Request, generate
from reportgen.review.findings import Examiner, Measure
from reportgen.review.format_pdf import check_pdf
from tests.builders import styles
from tests.projects import SAMPLE


@cache
def sample() -> Examiner:
    files = generate(Request(SAMPLE, ("pdf",))).files
    return check_pdf(next(blob for name, blob in files.items() if name.endswith(".pdf")), styles())


def measured(unit: str) -> dict[str, list[Measure]]:
    """What was measured in a unit, by its name."""
    found = defaultdict(list)
    for measure in sample().measures:
        if measure.unit == unit:
            found[measure.what].append(measure)
    return found


def test_nothing_is_found_in_the_sample():
    assert [str(finding) for finding in sample().findings] == []


def test_every_offset_of_the_sample_is_within_a_millimetre():
    offsets = measured("毫米")
    lines = [f"{'所测':<20}{'处数':>5}{'应为':>9}{'最小差':>9}{'最大差':>9}（毫米）"]
    for what, found in sorted(offsets.items()):
        off = [measure.found - measure.wanted for measure in found]
        wanted = "/".join(f"{each:g}" for each in sorted({round(measure.wanted, 2) for measure in found})[:2])
        lines.append(f"{what:<20}{len(found):>5}{wanted:>12}{min(off):>+9.2f}{max(off):>+9.2f}")
        assert max(map(abs, off)) <= 1, what
    print("\n".join(["", *lines]))


@pytest.mark.parametrize(
    "what",
    [
        "纸宽",
        "纸高",
        "版心左边缘距纸边",
        "版心右边缘距纸边",
        "版心上边缘距纸边",
        "版心下边缘距纸边",
        "标题的中线偏离版心中线",
        "主送机关距版心左边缘",
        "附件标题的中线偏离版心中线",
        "表格左边缘距纸左边",
        "表格右边缘距纸左边",
        "表格上边缘距纸上边",
        "页码距版心边缘",
        "页码一字线在版心下边缘之下",
        "页码一字线在版心边缘之外",
    ],
)
def test_the_places_that_an_office_measures_with_a_ruler_are_measured(what):
    assert measured("毫米")[what]


def test_pages_are_full_and_lines_hold_28_characters():
    (lines,) = measured("行")["满页的行数"]
    (characters,) = measured("字")["满行的字数"]
    assert (lines.found, characters.found) == (22, 28)
