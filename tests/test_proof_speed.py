"""All rules together: nonsense costs no time, and many tasks theirs in proportion."""

from __future__ import annotations

import time

import pytest

from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.proofread import proofread
from tests.judged import standard_rules
from tests.manuscripts import listing, manuscript, row, standard_settings, text


def findings(paper: Manuscript) -> tuple[Finding, ...]:
    return proofread(paper, standard_settings(), standard_rules())


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
    findings(paper)
    assert time.perf_counter() - start < 10, piece[:20]


@pytest.mark.campaign
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
        assert len(findings(paper)) > count // 2
        return time.perf_counter() - start

    small, large = taken(500), taken(5000)
    assert large < 40 * max(small, 0.05)
