"""Our own pages measured against the standard, in millimetres: `pytest -s tests/test_measured_offsets.py` prints it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from reportgen.review.findings import Measure
from tests.samples import SAMPLES, measured_pdf


@cache
def measured(unit: str) -> dict[str, list[Measure]]:
    """What was measured in a unit, by its name, in the sample reports of every kind."""
    found = defaultdict(list)
    for name in SAMPLES:
        for measure in measured_pdf(name).measures:
            if measure.unit == unit:
                found[measure.what].append(measure)
    return found


def test_every_offset_of_every_kind_is_within_a_millimetre():
    lines = [f"{'处数':>6}{'应为':>14}{'最小差':>8}{'最大差':>8}（毫米）  所测"]
    for what, found in sorted(measured("毫米").items()):
        off = [measure.found - measure.wanted for measure in found]
        wanted = "/".join(f"{each:g}" for each in sorted({round(measure.wanted, 1) for measure in found})[:3])
        lines.append(f"{len(found):>6}{wanted:>16}{min(off):>+10.2f}{max(off):>+10.2f}          {what}")
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
        "发文机关标志上边缘距版心上边缘",
        "发文机关标志上边缘距上页边",
        "发文字号在发文机关标志之下",
        "发文字号在红色双线之下",
        "红色分隔线在发文字号之下",
        "编发单位和日期在期号之下",
        "首页上部的红色双线在标志之下",
        "首页下部的红色双线距下页边",
        "份号距版心左边缘",
        "版记末条分隔线距版心下边缘",
    ],
)
def test_the_places_that_an_office_measures_with_a_ruler_are_measured(what):
    assert measured("毫米")[what]


def test_pages_are_full_and_lines_hold_28_characters():
    assert {measure.found for measure in measured("行")["满页的行数"]} == {22}
    assert {measure.found for measure in measured("字")["满行的字数"]} == {28}
