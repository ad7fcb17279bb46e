"""All rules of figures together: on both reference documents every slip and nothing else; nonsense costs no time.

The references were read by eye: each finding below is right, with the reason where it is not plain.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import completion, negative_growth, rates, sums, times, values
from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Listing, Manuscript
from tests.manuscripts import HALF_YEAR, body, listing, manuscript, row, standard_settings, text, title

_FAMILIES = (values, rates, sums, completion, negative_growth, times)
_FOLDER = Path(__file__).parent.parent.parent / "shared" / "reference"
_TABLES = _FOLDER / "tables.json"
needs_references = pytest.mark.skipif(not _TABLES.exists(), reason=f"the references are not there: {_FOLDER}")


def findings(paper: Manuscript) -> Iterator[Finding]:
    settings = standard_settings()
    for family in _FAMILIES:
        yield from family.examine(paper, settings)


def told(paper: Manuscript) -> list[tuple[str, str, str]]:
    found = [(each.rule.value, each.marks[0].text.spot.words, each.marks[0].quote) for each in findings(paper)]
    return sorted(found)


def half_year(year: int) -> Any:
    return replace(HALF_YEAR, words=f"{year}年1—6月", first=date(year, 1, 1), last=date(year, 6, 30), year=year)


def table(rows: Sequence[Mapping[str, Any]], kind: Kind, annex: int) -> Listing:
    parts = [
        row(text=each.get("task") or each["goal"], progress=each["progress"], lead_units="\n".join(each["lead"]))
        for each in rows
    ]
    return listing(parts, kind=kind, annex=annex)


@needs_references
def test_in_the_first_reference_every_slip_of_figures_is_found_and_nothing_else() -> None:
    tables = json.loads(_TABLES.read_text(encoding="utf-8"))["shapingba_2022h1"]
    report = next(_FOLDER.glob("000_*.txt")).read_text(encoding="utf-8")
    opening = report[: report.index("附件1\n")].split("\n", 1)[1]
    annexes = [
        table(tables["goals"], Kind.GOALS, 1),
        table(tables["lagging"], Kind.LAGGING, 2),
        table(tables["normal"], Kind.NORMAL, 3),
    ]
    paper = manuscript(body(opening), *annexes, period=half_year(2022))
    assert told(paper) == [
        ("arithmetic.rate", "附件3第101行「进展情况」", "88.76%"),  # 1212 of 1370 are 88.47%
        ("arithmetic.rate", "附件3第99行「进展情况」", "94.28%"),  # 33 of 35 are 94.29%: cut off, not rounded
        ("period.mixed", "附件3第123行「进展情况」", "1—6月"),  # 1-6月 everywhere else
        ("period.outside", "附件2第4行「进展情况」", "截至7月8日"),
        ("period.outside", "附件3第104行「进展情况」", "截至7月上旬"),
        ("period.outside", "附件3第96行「进展情况」", "截至7月7日"),
        ("value.differs", "正文", "10%"),  # 9.7% in 附件1
        ("value.period", "正文", "1-6月"),  # 截至7月8日 in 附件2, of the same 0.75万平方米
        ("wording.negative-growth", "正文", "增长-19%"),
        ("wording.negative-growth", "正文", "增长-36.8%"),
        ("wording.negative-growth", "附件1第6行「进展情况」", "增长-15.6%"),
        ("wording.negative-growth", "附件1第6行「进展情况」", "增长-19%"),
        ("wording.negative-growth", "附件1第7行「进展情况」", "增长-32.06%"),
        ("wording.negative-growth", "附件1第7行「进展情况」", "增长-36.8%"),
    ]


@needs_references
def test_in_the_second_reference_every_slip_of_figures_is_found_and_nothing_else() -> None:
    rows = json.loads(_TABLES.read_text(encoding="utf-8"))["fuling_2023h1"]["rows"]
    head = title("上半年政府工作报告主要目标任务完成情况")
    assert told(manuscript(head, table(rows, Kind.TASKS, 2), period=half_year(2023))) == [
        ("arithmetic.rate", "附件2第191行「进展情况」", "43.2%"),  # 144 of 330天 are 43.6%
        ("arithmetic.rate", "附件2第59行「进展情况」", "68.8%"),  # 952 of 1401件 are 68.0%
        ("arithmetic.sum", "附件2第151行「进展情况」", "13493万元"),  # the same cell again
        ("arithmetic.sum", "附件2第32行「进展情况」", "13493万元"),  # 中央, 市级 and 区级 are 11212万元
        ("period.mixed", "附件2第23行「进展情况」", "1～5月"),  # 1-5月 everywhere else
        ("value.differs", "附件2第113行「进展情况」", "约21.46%"),  # row 47, of the same task: 21.46%
        ("value.unit", "附件2第89行「进展情况」", "2.14万元"),  # of 9.75亿元
        ("wording.negative-growth", "附件2第12行「进展情况」", "增长-7.3%"),
        ("wording.negative-growth", "附件2第156行「进展情况」", "下降-8.82%"),
        ("wording.negative-growth", "附件2第2行「进展情况」", "增长-9.8%"),
    ]


_NONSENSE = [
    "1%的", "其中1个、", "（", "由1个降至2个，", "1个，占3个的50%，", "1月", "6月31日", "1-6月", "增长-", "其中",
    "1个、2个，共4个，", "已完成年度目标", "\ud800", "\u200b", "截至7月8日，", "任务过半", "①", "一是", "1个（2个、3个",
    "其中3个，剩余4个；", "固定资产投资增长5%，", "0.0000001", "《", "9" * 50, "　",
]  # fmt: skip


@pytest.mark.parametrize("piece", _NONSENSE)
def test_a_cell_full_of_nonsense_takes_no_time(piece: str) -> None:
    words = (piece * 32767)[:32767]
    progress = row(text="完成5个项目，投资增长5%", progress=words, phrase=words[:2000])
    paper = manuscript(text(words), listing(progress))
    start = time.perf_counter()
    for _ in findings(paper):
        pass
    assert time.perf_counter() - start < 10, piece[:20]


def test_ten_thousand_tasks_take_their_time_in_proportion() -> None:
    def taken(count: int) -> float:
        parts = [
            row(
                text=f"新建第{number}批站点{wanted}个",
                progress=f"1—6月，已建成{wanted - 5}个，占全年{wanted}个的{number}%，第{number}批其中甲类3个。",
                lead_units="区城管局",
            )
            for number in range(count)
            for wanted in (number % 90 + 10,)
        ]
        paper = manuscript(listing(parts))
        start = time.perf_counter()
        assert sum(1 for _ in findings(paper)) > count // 2
        return time.perf_counter() - start

    small, large = taken(500), taken(5000)
    assert large < 40 * max(small, 0.05)
