"""Templates written for one unit (写给一个单位的模板): what they may use, what the shipped one says, and to whom."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from reportgen.document import AnnexList, AnnexTitle, Document, Letterhead, Signature, Table, Title
from reportgen.generate import Request, generate
from reportgen.intake.tailoring import tailored
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.problems import InputError, Location, Problem
from reportgen.review.findings import Examiner
from reportgen.review.format_docx import check_docx
from reportgen.review.format_pdf import check_pdf
from reportgen.template.compose import compose, file_stem, needed_fields
from reportgen.template.loading import load_template
from reportgen.template.per_unit import UnitFacts, not_for_units, only_for_units
from reportgen.template.schema import ColumnSpec
from reportgen.testing.goldens import Golden
from reportgen.writers.docx import write_docx
from reportgen.writers.fit import misfits
from reportgen.writers.fonts import find_fonts
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf import write_pdf
from tests.builders import styles
from tests.projects import ROOT, project
from tests.units_documents import (
    SHIPPED,
    duties_of,
    for_unit,
    goal,
    ledger_of,
    ready,
    sample,
    sound,
    task,
)

LEDGER = ledger_of(
    goal("甲"),
    goal("乙", "不达预期", lead_units=("区城管局",), support_units=("区教委",)),
    task("修路", support_units=("各镇街",), progress="已开工。"),
    task("办学", "推进较为滞后", lead_units=("区教委", "区城管局"), support_units=("石渡街道", "各镇街")),
    task("架桥", lead_units=("石渡街道",), support_units=("区城管局",)),
)


def text_of(document: Document) -> list[str]:
    """The outline but the rows of its tables."""
    return [line for line in outline_lines(document) if not line.startswith("表")]


def tables(document: Document) -> dict[str, list[str]]:
    """The rows of each table under its annex's title: the texts of its cells."""
    found: dict[str, list[str]] = {}
    title = ""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, AnnexTitle):
                title = block.entry.name
            elif isinstance(block, Table):
                rows = ["│".join("".join(cell.paragraphs) for cell in row) for row in block.body]
                found[title] = rows
    return found


def refused(act: Any) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as fault:
        act()
    return fault.value.problems


# ---- the shipped template


def test_a_unit_with_something_of_everything_reads_its_own_counts() -> None:
    said = text_of(for_unit(SHIPPED, "区教委", LEDGER).value)
    assert said[:8] == [
        "节 纵向",
        "标题 区教委⏎2026年区政府工作报告目标任务⏎上半年推进情况核对表",
        "主送机关 区教委：",
        "正文 甲区督查室已汇总2026年区政府工作报告目标任务1—6月推进情况，现将涉及你单位的内容送请核对。",
        "一级标题 一、承担的目标任务和推进情况",
        "正文 你单位牵头预期目标1项、重点任务1项；配合预期目标1项。共同承担的，各单位均计1项。",
        "正文 预期目标2项，其中1项符合预期，1项不达预期（详见附件1）。",
        "正文 重点任务1项推进较为滞后（详见附件2）。滞后任务中你单位牵头的1项是：",
    ]
    assert "三级标题 1.办学。" in said


def test_a_unit_that_only_supports_is_told_so_and_why_it_is_named() -> None:
    said = text_of(for_unit(SHIPPED, "柳荫镇", LEDGER).value)
    assert ("正文 你单位配合重点任务2项。共同承担的，各单位均计1项。以统称列入的，本单位职责栏注明统称。") in said
    assert "正文 重点任务2项，其中1项正常推进（详见附件2），1项推进较为滞后（详见附件1）。" in said
    assert not any("预期目标" in line or "牵头" in line for line in said)


def test_its_rows_say_the_place_in_the_report_the_duty_and_the_group() -> None:
    assert tables(for_unit(SHIPPED, "柳荫镇", LEDGER).value) == {
        "柳荫镇滞后任务1—6月进展表": ["1│附件2│1│配合（各镇街）│办学│区教委区城管局│石渡街道各镇街│"],
        "柳荫镇正常推进任务1—6月进展表": ["1│附件3│1│配合（各镇街）│修路│区城管局│各镇街│已开工。"],
    }
    assert tables(for_unit(SHIPPED, "区城管局", LEDGER).value) == {
        "区城管局预期目标1—6月进展表": ["1│附件1│2│牵头│乙│区城管局│区教委││不达预期"],
        "区城管局滞后任务1—6月进展表": ["1│附件2│1│牵头│办学│区教委区城管局│石渡街道各镇街│"],
        "区城管局正常推进任务1—6月进展表": [
            "1│附件3│1│牵头│修路│区城管局│各镇街│已开工。",
            "2│附件3│2│配合│架桥│石渡街道│区城管局│",
        ],
    }


def test_a_unit_without_tasks_gets_a_document_that_says_so_without_tables() -> None:
    outcome = for_unit(SHIPPED, "区教委", ledger_of(task()), returns={"contact": "督查室 6000-1234"})
    assert outcome.problems == ()
    assert text_of(outcome.value) == [
        "节 纵向",
        "标题 区教委⏎2026年区政府工作报告目标任务⏎上半年推进情况核对表",
        "主送机关 区教委：",
        "正文 经核，2026年区政府工作报告目标任务1—6月没有由你单位牵头或者配合的事项，本期没有需要核对的内容。",
        "正文 如与实际不符，请于收到本表之日起3个工作日内告知甲区督查室（联系人：督查室 6000-1234）。",
        "署名 甲区督查室",
        "成文日期 2026年7月10日",
    ]


def test_what_has_no_judgement_stands_in_a_table_of_its_own() -> None:
    entries = ledger_of(goal("甲", ""), task("修路", "", lead_units=("区教委",)), task("架桥", lead_units=("区教委",)))
    outcome = for_unit(SHIPPED, "区教委", entries, {"body": "正文", "partial": True})
    assert outcome.problems == ()
    assert "正文 预期目标1项没有填写评价（详见附件1）。" in text_of(outcome.value)
    assert ("正文 重点任务2项，其中1项正常推进（详见附件2），1项没有填写推进情况（详见附件3）。") in text_of(
        outcome.value
    )
    assert tables(outcome.value)["区教委其他任务1—6月进展表"] == ["1│牵头│修路│区教委│"]


def test_a_report_that_judges_nothing_at_all_is_not_said_to_have_left_it_out() -> None:
    entries = ledger_of(task("修路", "", lead_units=("区教委",)))
    said = text_of(for_unit(SHIPPED, "区教委", entries, {"body": "正文", "partial": True}).value)
    assert "正文 重点任务1项，进展情况详见附件。" in said
    assert "附件标题 区教委重点任务1—6月进展表" in said


@pytest.mark.parametrize("judgement", ["", "符合预期", "不达预期", "符合时间节点", "正常推进", "推进较为滞后"])
@pytest.mark.parametrize("unit", ["区教委", "区城管局", "石渡街道", "柳荫镇"])
def test_every_duty_of_a_unit_has_a_row_whatever_its_judgement(judgement: str, unit: str) -> None:
    make = task if judgement in ("", "正常推进", "推进较为滞后") else goal
    entries = ledger_of(*(make(e.text, judgement, lead_units=e.lead_units, support_units=e.support_units)
    for e in LEDGER))  # fmt: skip
    outcome = for_unit(SHIPPED, unit, entries, {"body": "正文", "partial": True})
    assert outcome.problems == ()
    assert sum(map(len, tables(outcome.value).values())) == len(duties_of(entries, unit).duties)


def test_the_ledger_need_not_have_more_columns_than_the_report_itself() -> None:
    """A report on tasks alone, whose ledger has neither supporting units nor statuses, can be sent to its units."""
    needed = needed_fields(sound(SHIPPED))
    assert needed == dict.fromkeys(Sheet, frozenset({"text", "lead_units", "progress"}))


# ---- the sample


def test_the_rows_of_all_units_of_the_sample_are_their_duties() -> None:
    rows: Counter[Sheet] = Counter()
    duties: Counter[Sheet] = Counter()
    for each in sample().duties:
        made = tables(sample().documents[each.unit])
        goals = sum(len(rows) for title, rows in made.items() if "预期目标" in title)
        rows += Counter({Sheet.GOALS: goals, Sheet.TASKS: sum(map(len, made.values())) - goals})
        duties += Counter({sheet: len(each.of_sheet(sheet)) for sheet in Sheet})
        assert rows == duties, each.unit
    entries = sample().inputs.ledger
    register = sample().inputs.register
    assert register
    expected = sum(
        len({unit.name for name in (*e.lead_units, *e.support_units) for unit in register.members(name)})
        for e in entries
    )
    assert sum(rows.values()) == expected > 700


def test_each_unit_of_the_sample_is_named_on_its_document_and_no_title_is_too_long() -> None:
    for unit, document in sample().documents.items():
        assert document.title.startswith(f"{unit}2026年")
        assert list(misfits(document, styles())) == []


@pytest.mark.parametrize(
    ("unit", "name"), [("区委组织部", "组织部"), ("团区委", "团区委"), ("临港物流园管委会", "物流园")]
)
def test_a_sample_unit_s_document_says_what_it_said(unit: str, name: str, golden: Golden) -> None:
    lines = outline_lines(sample().documents[unit])
    golden.check(("\n".join(lines) + "\n").encode(), f"outlines/unit-{name}.txt")


@pytest.mark.parametrize("unit", ["临港物流园管委会", "团区委"])
def test_a_sample_unit_s_document_has_no_finding_of_the_format_check(unit: str) -> None:
    document = sample().documents[unit]
    pdf = write_pdf(document, styles(), find_fonts({}))
    assert pdf.problems == ()
    assert told(check_pdf(pdf.value, styles())) == []
    assert told(check_docx(write_docx(document, styles()).value, styles())) == []


def told(examiner: Examiner) -> list[str]:
    assert examiner.measures, "nothing was measured"
    return [str(finding) for finding in examiner.findings]


# ---- how an office writes its own: duties are data

TWO_TABLES = """\
version: 1
name: 分工表
per_unit: true
file_name: "{{ unit_no }}-{{ unit_kind }}-{{ unit }}"
lists:
  led: {sheet: 重点任务, duty: 牵头}
  supported: {sheet: 重点任务, duty: 配合}
body: |
  {{ unit }}牵头{{ led | count }}项、配合{{ supported | count }}项。
  {% for task in tasks %}
  {{ task.duty }}{% if task.duty_group %}（{{ task.duty_group }}）{% endif %}：{{ task.text }}，{{ task.report_annex }}第{{ task.report_no }}项。
  {% endfor %}
annexes:
  - id: led
    rows: led
    title: 牵头的任务
    columns: [{title: 序号, number: true, width: 1}, {title: 任务, field: text, width: 4}]
  - id: supported
    rows: supported
    title: 配合的任务
    columns: [{title: 序号, number: true, width: 1}, {title: 任务, field: text, width: 4}]
"""  # noqa: E501


def test_lead_and_support_can_be_two_tables() -> None:
    made = for_unit(TWO_TABLES, "石渡街道", ledger_of(*LEDGER.tasks)).value
    assert tables(made) == {"牵头的任务": ["1│架桥"], "配合的任务": ["1│修路", "2│办学"]}
    assert text_of(made)[1:5] == [
        "正文 石渡街道牵头1项、配合2项。",
        "正文 牵头：架桥，附件2第2项。",
        "正文 配合（各镇街）：修路，附件2第1项。",
        "正文 配合：办学，附件1第1项。",
    ]


def test_lead_and_support_can_be_two_parts_of_one_table_in_the_office_s_own_words() -> None:
    columns = [{"title": "职责", "field": "duty", "width": 1}, {"title": "任务", "field": "text", "width": 4}]
    template = {
        "per_unit": True, "file_name": "{{ unit }}", "lead": "{{ word }}", "support": "协办",
        "wording": {"word": "主办"},
        "annexes": [{"id": "a", "rows": "tasks", "title": "表", "sections": ["duty"], "columns": columns}],
    }  # fmt: skip
    own = {"unit_sets": {"wording": {"word": "承办"}}}
    assert tables(for_unit(template, "石渡街道", ledger_of(*LEDGER.tasks), **own).value)["表"] == [
        "一、承办", "承办│架桥", "二、协办", "协办（各镇街）│修路", "协办│办学",
    ]  # fmt: skip


def test_an_office_can_make_a_letter_to_each_unit() -> None:
    letter = yaml.safe_load((ROOT / "templates/letter.yaml").read_text(encoding="utf-8"))
    letter |= {"per_unit": True, "file_name": "函_{{ unit }}", "addressee": "{{ unit }}："}
    letter["lists"] = {"lagging": {"sheet": "重点任务", "judgement": "推进较为滞后", "duty": "牵头"}}
    letter["wording"]["lagging_annex"] = "{{ unit }}滞后任务{{ period }}进展情况表"
    made = for_unit(letter, "区教委", LEDGER, number="甲督函〔2026〕5号").value
    assert isinstance(made.sections[0].blocks[0], Letterhead)
    assert "主送机关 区教委：" in text_of(made)
    assert list(tables(made)) == ["区教委滞后任务1—6月进展情况表"]


def test_a_list_that_must_not_be_empty_is_refused_for_the_unit_that_has_none() -> None:
    template = {
        "per_unit": True, "file_name": "{{ unit }}", "body": "正文", "partial": True,
        "lists": {"lagging": {"sheet": "重点任务", "judgement": "推进较为滞后", "required": True}},
    }  # fmt: skip
    (problem,) = refused(lambda: for_unit(template, "区教委", ledger_of(task(lead_units=("区教委",)))))
    assert problem.code == "template.no-entries"


def test_a_template_that_lists_only_what_a_unit_leads_says_what_it_leaves_out() -> None:
    annex = {"id": "a", "rows": "led", "title": "表", "columns": [{"title": "任务", "field": "text", "width": 1}]}
    template = {
        "per_unit": True, "file_name": "{{ unit }}", "lists": {"led": {"sheet": "重点任务", "duty": "牵头"}},
        "annexes": [annex],
    }  # fmt: skip
    outcome = for_unit(template, "区城管局", LEDGER)
    assert [(p.code, p.what) for p in outcome.problems] == [
        ("template.left-out", "「预期目标」有1条没有进入任何附件"),
        ("template.left-out", "「重点任务」有1条没有进入任何附件"),
    ]


# ---- columns that are there only where they say something


def test_an_optional_column_goes_where_all_its_cells_would_be_empty() -> None:
    columns = [
        {"title": "任务", "field": "text", "width": 4},
        {"title": "单位", "columns": [{"title": "配合", "field": "support_units", "width": 2, "optional": True}]},
    ]
    template = {
        "per_unit": True, "file_name": "{{ unit }}",
        "annexes": [{"id": "a", "rows": "tasks", "title": "表", "columns": columns}],
    }  # fmt: skip
    alone = ledger_of(task("修路"), task("架桥"))
    assert tables(for_unit(template, "区城管局", alone).value)["表"] == ["修路", "架桥"]
    helped = ledger_of(task("修路"), task("架桥", support_units=("区教委",)))
    assert tables(for_unit(template, "区城管局", helped).value)["表"] == ["修路│", "架桥│区教委"]
    assert needed_fields(sound(template)) == {Sheet.TASKS: frozenset({"text", "lead_units"})}


def test_a_report_without_places_leaves_their_columns_out() -> None:
    made = for_unit(SHIPPED, "区教委", ledger_of(task(lead_units=("区教委",))), {"body": "正文", "partial": True}).value
    (table,) = [block for section in made.sections for block in section.blocks if isinstance(block, Table)]
    assert [cell.paragraphs[0] for cell in table.head[0]] == [
        "序号",
        "本单位职责",
        "工作任务",
        "责任单位",
        "任务进展情况",
    ]
    assert sum(column.share for column in table.columns) == pytest.approx(1)


def test_only_a_column_of_a_field_can_be_optional() -> None:
    with pytest.raises(ValueError, match="optional 只能写在有 field 的列上"):
        ColumnSpec.model_validate({"title": "甲", "width": 1.0, "number": True, "optional": True})


# ---- the configuration


def test_the_report_and_the_units_documents_each_have_their_own_wordings() -> None:
    """Both templates have an `opening`: a change for the one must not change the other, nor be unknown to it."""
    own = {"opening": "请核对。", "deadline": "7月8日前"}
    made = for_unit(SHIPPED, "区教委", LEDGER, wording={"opening": "现报告如下。"}, unit_sets={"wording": own})
    said = text_of(made.value)
    assert "正文 请核对。" in said
    assert any("于7月8日前回复甲区督查室。" in line for line in said)
    assert "正文 现报告如下。" not in said


def test_an_unknown_wording_of_the_units_documents_is_told_at_its_line() -> None:
    (problem,) = ready(SHIPPED, unit_sets={"wording": {"openning": "甲"}}).problems
    assert (problem.code, str(problem.where)) == ("config.unknown-wording", "c.yaml:10:5（unit_sets.wording.openning）")
    assert "是否要写「opening」" in problem.fix


def test_a_wrong_wording_of_the_units_documents_is_told_in_the_configuration() -> None:
    (problem,) = ready(SHIPPED, unit_sets={"wording": {"opening": "{{ unti }}"}}).problems
    assert (problem.code, str(problem.where)) == ("template.undefined", "c.yaml:10:5（unit_sets.wording.opening）")
    (problem,) = ready(SHIPPED, unit_sets={"wording": {"nothing": "{{ nothing }}"}}).problems
    assert (problem.code, str(problem.where)) == ("template.circle", "c.yaml:10:5（unit_sets.wording.nothing）")


def test_the_units_documents_can_have_a_day_of_their_own() -> None:
    made = for_unit(SHIPPED, "区教委", LEDGER, unit_sets={"date": "2026-07-06"}).value
    (signature,) = [block for block in made.sections[0].blocks if isinstance(block, Signature)]
    assert signature.date == "2026年7月6日"
    assert sound(SHIPPED, unit_sets={"date": "2026-07-06"}).config.date is not None
    assert str(sound(SHIPPED, unit_sets={"date": "2026-07-06"}).config.date) == "2026-07-10", "units stand on that day"


def test_annexes_of_a_unit_s_document_begin_with_one_whatever_those_of_the_report_do() -> None:
    made = for_unit(SHIPPED, "柳荫镇", LEDGER, first_annex=4).value
    (listed,) = [block for block in made.sections[0].blocks if isinstance(block, AnnexList)]
    assert [entry.number for entry in listed.entries] == [1, 2]
    assert [rows[0].split("│")[1] for rows in tables(made).values()] == ["附件5", "附件6"]


def test_what_the_configuration_says_for_the_report_is_no_loss_in_a_unit_s_document() -> None:
    said = {"number": "甲督〔2026〕5号", "copies_to": "乙办", "signers": "甲某", "sealed": True}
    assert ready(SHIPPED, **said).problems == ()


# ---- the name of the file

UNIT = UnitFacts(name="区商务委", number=18, kind="部门")


def test_the_file_is_called_as_the_template_says() -> None:
    assert file_stem(sound(SHIPPED), UNIT) == "附件18_区商务委"
    assert file_stem(sound(TWO_TABLES), UNIT) == "18-部门-区商务委"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{{ unit_kind }}", "「区商务委」的文件名填出来是空的"),
        ("{{ unit }}\n核对表", "「区商务委」的文件名填出来有几行"),
    ],
)
def test_a_file_name_that_comes_out_empty_or_of_several_lines_is_told_with_the_unit(written: str, says: str) -> None:
    prepared = sound({"per_unit": True, "file_name": written, "body": "正文"})
    (problem,) = refused(lambda: file_stem(prepared, UnitFacts(name="区商务委", number=18)))
    assert (problem.code, problem.what) == ("template.bad-file-name", says)
    assert str(problem.where).startswith("templates/t.yaml:4")


# ---- the right template for the right command


def test_a_template_for_one_unit_is_refused_for_a_report(tmp_path: Path) -> None:
    config = "version: 1\ntemplate: unit-annex\nledger: 台账.yaml\nyear: 2026\nperiod: 1—6月\nissuer: 甲室\n"
    path = project(tmp_path, config=config)
    problems = refused(lambda: generate(Request(path, ("docx",))))
    assert [problem.code for problem in problems] == ["template.per-unit"]
    assert str(problems[0].where).endswith("报告.yaml:2:1（template）")
    assert "reportgen units" in problems[0].fix


def test_another_template_is_refused_for_the_units() -> None:
    asked = Location(file="c.yaml", line=9, key="unit_sets.template")
    report, _ = load_template("half-year-report", ROOT, asked)
    unit_annex, _ = load_template("unit-annex", ROOT, asked)
    (problem,) = not_for_units(report, asked)
    assert (problem.code, problem.where) == ("template.not-per-unit", asked)
    assert not_for_units(unit_annex, asked) == ()
    assert only_for_units(report, asked) == ()


def test_composing_does_not_change_the_ledger_or_depend_on_other_units() -> None:
    prepared = sound(SHIPPED)
    alone = document_for(prepared, "区教委", LEDGER)
    for unit in ("区城管局", "柳荫镇", "区教委"):
        made = document_for(prepared, unit, LEDGER)
    assert made == alone


def document_for(prepared: Any, unit: str, ledger: Ledger) -> Document:
    duties = duties_of(ledger, unit)
    return compose(prepared, tailored(ledger, duties, {}), UnitFacts(name=unit, number=duties.rank + 1)).value


def test_every_title_names_the_unit() -> None:
    made = for_unit(SHIPPED, "石渡街道", LEDGER).value
    (title,) = [block for block in made.sections[0].blocks if isinstance(block, Title)]
    assert title.lines[0] == "石渡街道"
    assert isinstance(LEDGER.tasks[0], Entry)
