"""How elements are written (公文各要素的写法), right and wrong: one standard for Word files and PDF files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportgen.review import forms
from reportgen.review.forms import annex_list_faults, is_black, is_color, is_red, mark_fault, rgb
from reportgen.styles import TextRole

RIGHT: tuple[tuple[Callable[[str], bool], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        forms.is_date,
        ("2026年7月10日", "2024年2月29日", "2026年12月31日"),
        ("2026年13月45日", "2026年2月29日", "2026年07月10日", "26年7月10日", "二〇二六年七月十日", "0000年1月1日"),
    ),
    (forms.is_annex_label, ("附件", "附件1", "附件12"), ("附件01", "附件0", "附件：", "附件 1", "附件一", "附件１")),
    (
        forms.is_number,
        ("某督〔2026〕5号", "某政办发〔2026〕120号"),
        ("某督[2026]5号", "某督〔2026〕05号", "某督〔26〕5号", "某督〔2026〕第5号", "〔2026〕5号"),
    ),
    (forms.is_issue, ("第5期", "（总第12期）", "第十二期"), ("第05期", "5")),
    (forms.is_copy_number, ("000012",), ("12", "0000012", "００００１２")),
    (forms.is_note, ("（此件公开发布）",), ("(此件公开发布)", "此件公开发布", "（此件公开发布")),
    (
        forms.is_imprint_line,
        ("抄送：区委办公室。", "分送：各科室。", "某室2026年7月10日印发", "2026年7月10日 印 发"),
        ("方案已经印发", "主动抄送有关单位。", "2026年7月10日印发。"),
    ),
)


@pytest.mark.parametrize(("form", "right", "wrong"), RIGHT, ids=lambda each: getattr(each, "__name__", ""))
def test_a_form_takes_what_is_right_and_nothing_else(
    form: Callable[[str], bool], right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    assert [text for text in right if not form(text)] == []
    assert [text for text in wrong if form(text)] == []


@pytest.mark.parametrize(
    ("role", "right", "wrong"),
    [
        (TextRole.HEADING_1, "十二、总体情况", "一.总体情况"),
        (TextRole.HEADING_2, "（一）主要进展", "（一），主要进展"),
        (TextRole.HEADING_2, "（二）主要进展", "(二)主要进展"),
        (TextRole.HEADING_3, "1.停车", "1、停车"),
        (TextRole.HEADING_4, "（1）停车", "（1）、停车"),
    ],
)
def test_an_ordinal_is_held_against_the_form_of_its_level(role: TextRole, right: str, wrong: str) -> None:
    assert mark_fault(role, right) is None
    fault = mark_fault(role, wrong)
    assert fault is not None
    assert wrong.startswith(fault.found.strip("「」"))


@pytest.mark.parametrize(
    ("entries", "faults"),
    [
        (["附件：清单"], []),
        (["附件：1.甲表", "2.乙表"], []),
        (["附件：2026年清单"], []),
        (["附件：1.清单"], [(0, "附件说明的序号")]),
        (["附件:清单"], [(0, "附件说明")]),
        (["附件：1.甲表", "3.乙表"], [(1, "附件说明的序号")]),
        (["附件：1、甲表", "2.乙表；"], [(0, "附件说明的序号"), (1, "附件名称末尾")]),
        (["附件：1.甲表,", "2.《乙表》"], [(0, "附件名称末尾"), (1, "附件名称")]),
    ],
)
def test_an_annex_list_is_held_against_its_wording(entries: list[str], faults: list[tuple[int, str]]) -> None:
    assert [(index, fault.what) for index, fault in annex_list_faults(entries)] == faults


def test_printers_reds_and_blacks_are_red_and_black() -> None:
    assert [name for name in ("FF0000", "E60000", "C00000", "ED1C24") if not is_red(rgb(name))] == []
    assert [name for name in ("800000", "FF8000", "0000FF", "black", "") if is_red(rgb(name))] == []
    assert (is_black(rgb("231F20")), is_black(rgb("404040"))) == (True, False)
    pairs = [("C00000", "FF0000"), ("231F20", "000000"), ("1F4E79", "1F4E79"), ("000000", "FF0000")]
    assert [is_color(rgb(found), rgb(wanted)) for found, wanted in pairs] == [True, True, True, False]
