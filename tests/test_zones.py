"""What each paragraph of a finished document is taken for, by its wording, place and order."""

from __future__ import annotations

import pytest

from reportgen.review.zones import Passage, zones
from reportgen.styles import TextRole as T


def passage(text: str, where: str = "in", tall: float = 16, *, top: bool = False, red: bool = False) -> Passage:
    """A paragraph: `where` is in (two characters in), flush, mid or right."""
    return Passage(
        text=text,
        centred=where == "mid",
        right=where == "right",
        indented=where != "flush",
        starts_page=top,
        tall_pt=tall,
        red=red,
    )


TITLE = passage("关于重点工作推进情况的报告", "mid", 22)


def roles(*passages: Passage) -> list[T]:
    return [zone.role for zone in zones(passages)]


def test_a_whole_report_is_taken_apart():
    found = roles(
        passage("000001", "flush"),
        passage("特急", "flush"),
        passage("某某区人民政府文件", "mid", 48, red=True),
        passage("某督〔2026〕5号", "mid"),
        TITLE,
        passage("区政府：", "flush"),
        passage("现将有关情况报告如下。"),
        passage("一、总体情况"),
        passage("（一）主要做法"),
        passage("1.明确责任。各单位落实。"),
        passage("（1）按月调度。"),
        passage("特此报告。"),
        passage("附件：1.任务清单"),
        passage("2.进展情况表"),
        passage("某某区人民政府", "right"),
        passage("2026年7月10日", "right"),
        passage("（联系人：某某）"),
        passage("附件1", "flush", top=True),
        passage("任务清单", "mid", 18),
        passage("抄送：区委督查室。", "flush", 14),
        passage("某某区人民政府督查室2026年7月10日印发", "flush", 14),
    )
    assert found == [
        T.COPY_NUMBER,
        T.SECRECY,
        T.ISSUER_MARK,
        T.DOCUMENT_NUMBER,
        T.TITLE,
        T.ADDRESSEE,
        T.BODY,
        T.HEADING_1,
        T.HEADING_2,
        T.HEADING_3,
        T.HEADING_4,
        T.CLOSING,
        T.ANNEX_LIST,
        T.ANNEX_LIST,
        T.ISSUER,
        T.DATE,
        T.NOTE,
        T.ANNEX_LABEL,
        T.ANNEX_TITLE,
        T.IMPRINT,
        T.IMPRINT,
    ]


@pytest.mark.parametrize(
    "title", [passage("关于重点工作推进情况的报告", "flush", 22), passage("关于重点工作推进情况的报告", "mid", 16)]
)
def test_a_title_that_is_too_small_or_at_the_left_is_still_one(title):
    assert roles(title, passage("区政府：", "flush"), passage("正文。")) == [T.TITLE, T.ADDRESSEE, T.BODY]


def test_an_addressee_that_is_indented_is_still_one_but_a_leading_sentence_is_none():
    assert roles(TITLE, passage("区政府："))[1] is T.ADDRESSEE
    assert roles(TITLE, passage("现将情况报告如下："))[1] is T.BODY


@pytest.mark.parametrize("label", ["附件1：", "附件 2", "附件一"])
def test_an_annex_label_is_known_in_the_forms_that_people_type(label):
    assert roles(TITLE, passage("正文。"), passage(label, top=True), passage("清单", "flush"))[2:] == [
        T.ANNEX_LABEL,
        T.ANNEX_TITLE,
    ]


def test_only_the_heading_of_a_run_in_paragraph_is_a_heading():
    (zone,) = zones([passage("1.明确责任。各单位落实。")])
    assert (zone.role, zone.length) == (T.HEADING_3, 7)
