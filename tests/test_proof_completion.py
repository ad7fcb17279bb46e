"""Said to be done, reached or beyond half, while the figures beside it say less."""

from __future__ import annotations

import pytest

from reportgen.proof.families import completion
from tests.manuscripts import listing, manuscript, row, said, standard_settings


def told(words: str, task: str = "") -> list[str]:
    paper = manuscript(listing(row(text=task or "推进有关工作", progress=words)))
    return [quote for _, quote in said(completion.examine(paper, standard_settings()))]


@pytest.mark.parametrize(
    ("words", "task", "quote"),
    [
        ("社会融资规模余额达1937.6亿元，已完成年度目标。", "力争社会融资规模突破2000亿元", "已完成年度目标"),
        ("新增托位300个，提前完成全年任务。", "新增550个婴幼儿托位", "提前完成全年任务"),
        ("完成投资8.1亿元，占年内18亿元任务的45.0%，达到任务过半要求。", "", "任务过半"),
        ("发现问题112个，已整改109个，全部整改到位。", "", "全部整改"),
        ("新增托位200个，任务过半。", "新增550个婴幼儿托位", "任务过半"),
    ],
)
def test_a_claim_that_the_figures_do_not_bear_out_is_told_at_the_claim(words: str, task: str, quote: str) -> None:
    assert told(words, task) == [quote]


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("社会融资规模余额达2037.6亿元，已完成年度目标。", "力争社会融资规模突破2000亿元"),
        ("完成投资9.8亿元，占年内18亿元任务的54.4%，达到时间过半、任务过半要求。", ""),
        ("优良天数158天，预计能够完成年度目标任务。", "优良天数达306天"),
        ("优良天数158天，达到既定目标要求。", "优良天数达306天"),
        ("民间投资增长-7.3%，未实现“双过半”。", ""),
        ("巡查发现3122处问题，已全部整改。", ""),
        ("新增托位300个，力争年底完成全年任务。", "新增550个婴幼儿托位"),
        ("城镇调查失业率5.1%，已完成年度目标。", "城镇调查失业率控制在5.5%以内"),
        ("建成学校3所、医院2所，已完成年度目标。", "建成学校3所、医院4所"),
        ("", ""),
    ],
)
def test_a_claim_that_holds_or_cannot_be_reckoned_is_not_told(words: str, task: str) -> None:
    assert told(words, task) == []
