"""From template and ledger to the tree (成文): counts, order, ordinals, annexes, merges, and what vanishes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from reportgen.document import (
    AnnexEntry,
    AnnexList,
    AnnexTitle,
    Cell,
    ColumnKind,
    Document,
    Heading,
    Paragraph,
    Signature,
    Table,
    Title,
)
from reportgen.grid import resolve
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.problems import InputError, Location, Outcome, refuse_errors
from reportgen.source import read_source
from reportgen.template.annexes import build_table
from reportgen.template.compose import compose, needed_fields, prepare
from reportgen.template.loading import check_model
from reportgen.template.schema import ColumnSpec, Config, Template
from tests.bad_configs import ROOT

SHIPPED = (ROOT / "templates/half-year-report.yaml").read_text(encoding="utf-8")
CONFIG = {
    "version": 1, "template": "x", "ledger": "x.xlsx", "year": 2026, "period": "1—6月", "issuer": "甲区督查室",
    "addressee": "区政府", "date": "2026-07-10",
}  # fmt: skip


def goal(text: str = "增长5%", judgement: str = "符合预期", **more: Any) -> Entry:
    return Entry(sheet=Sheet.GOALS, text=text, judgement=judgement, **{"phrase": text, **more})


def task(text: str = "任务", judgement: str = "正常推进", **more: Any) -> Entry:
    more = {"category": "城建", "lead_units": ("区城管局",), **more}
    return Entry(sheet=Sheet.TASKS, text=text, judgement=judgement, **more)


def ledger(*entries: Entry) -> Ledger:
    goals = tuple(entry for entry in entries if entry.sheet is Sheet.GOALS)
    tasks = tuple(entry for entry in entries if entry.sheet is Sheet.TASKS)
    return Ledger(file="台账.xlsx", goals=goals, tasks=tasks)


def composed(template: str | dict[str, Any], *entries: Entry, **config: Any) -> Outcome[Document]:
    """The document of a template's text, or of parts of one, for these entries."""
    if isinstance(template, dict):
        template = yaml.safe_dump({"version": 1, "name": "试验", **template}, allow_unicode=True, sort_keys=False)
    source = read_source(template.encode(), "templates/t.yaml")
    data = {key: value for key, value in {**CONFIG, **config}.items() if value is not None}
    config_source = read_source(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), "c.yaml")
    parts = check_model(Template, source), source, check_model(Config, config_source), config_source
    prepared = prepare(*parts)
    refuse_errors(prepared.problems)
    return compose(prepared.value, ledger(*entries))


def blocks(template: str | dict[str, Any], *entries: Entry, **config: Any) -> list[Any]:
    """All blocks of the document, in order."""
    return [block for section in composed(template, *entries, **config).value.sections for block in section.blocks]


def outline(found: list[Any]) -> list[str]:
    """Headings with their ordinals and paragraphs, as text."""
    return [
        b.label + b.text + b.body if isinstance(b, Heading) else b.text
        for b in found
        if isinstance(b, (Heading, Paragraph))
    ]


def body(text: str, *entries: Entry, **config: Any) -> list[str]:
    """The lines that a body becomes."""
    return outline(blocks({"body": text}, *entries, **config))


# ---- the shipped report: none, one and many of everything

LEAD = "按照区政府工作部署，甲区督查室对2026年区政府工作报告确定的各项目标任务逐项督查。现将1—6月推进情况报告如下。"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([goal("甲")], ["一、1项经济社会发展预期目标情况", "1—6月，1项指标符合预期，是：甲（详见附件）。"]),
        (
            [goal("甲"), goal("乙"), goal("丙", "不达预期")],
            ["一、3项经济社会发展预期目标情况",
            "1—6月，①2项指标符合预期，分别是：甲，乙；②1项指标不达预期，是：丙（详见附件）。"],
        ),
        (
            [goal("甲", "符合时间节点"), goal("乙", "符合时间节点")],
            ["一、2项经济社会发展预期目标情况",
            "1—6月，2项指标符合时间节点要求，预计能够如期完成，分别是：甲和乙（详见附件）。"],
        ),
        ([task()], ["一、1项重点工作任务进展情况", "1项重点工作任务中，1项任务正常推进（详见附件）。"]),
        (
            [task("修路", "推进较为滞后", progress="征地未完成。", lead_units=("甲局", "乙局"))],
            [
                "一、1项重点工作任务进展情况",
                "1项重点工作任务中，1项任务推进较为滞后（详见附件）。推进较为滞后的1项任务是：",
                "1.修路。征地未完成。（责任单位：甲局、乙局）",
            ],
        ),
        (
            [goal("甲"), task("修路", "推进较为滞后", phrase="修路滞后。"), task("架桥",
            "推进较为滞后", phrase="架桥滞后。"), task()],
            [
                "一、1项经济社会发展预期目标情况",
                "1—6月，1项指标符合预期，是：甲（详见附件1）。",
                "二、3项重点工作任务进展情况",
                "3项重点工作任务中，1项任务正常推进（详见附件3），"
                "2项任务推进较为滞后（详见附件2）。推进较为滞后的2项任务分别是：",
                "1.修路滞后。（责任单位：区城管局）",
                "2.架桥滞后。（责任单位：区城管局）",
            ],
        ),
    ],
    ids=["one goal", "three goals", "two on schedule", "one task", "one late", "all"],
)  # fmt: skip
def test_the_shipped_report_counts_and_leaves_out(entries: list[Entry], expected: list[str]) -> None:
    outcome = composed(SHIPPED, *entries)
    assert outline([b for section in outcome.value.sections for b in section.blocks]) == [LEAD, *expected]
    assert outcome.problems == ()


def test_an_empty_ledger_leaves_the_opening_alone() -> None:
    found = blocks(SHIPPED)
    assert outline(found) == [LEAD]
    assert not any(isinstance(block, (AnnexList, AnnexTitle, Table)) for block in found)


def test_the_annex_list_is_the_annex_heads_word_for_word() -> None:
    for entries in ([goal()], [goal(), task()], [goal(), task(judgement="推进较为滞后"), task()]):
        found = blocks(SHIPPED, *entries)
        (listed,) = [block.entries for block in found if isinstance(block, AnnexList)]
        heads = tuple(block.entry for block in found if isinstance(block, AnnexTitle))
        assert listed == heads
        numbers = [entry.number for entry in heads]
        assert numbers == ([None] if len(entries) == 1 else list(range(1, len(entries) + 1)))


@pytest.mark.parametrize(
    ("first", "entries", "labels"),
    [
        (None, 1, ["附件"]), (1, 1, ["附件1"]), (2, 1, ["附件2"]), (None, 2, ["附件1", "附件2"]), (3, 2, ["附件3",
        "附件4"]),
    ],
)  # fmt: skip
def test_annex_numbers(first: int | None, entries: int, labels: list[str]) -> None:
    found = blocks(SHIPPED, *[goal(), task()][:entries], first_annex=first)
    assert [block.entry.label for block in found if isinstance(block, AnnexTitle)] == labels


def test_title_signature_and_properties() -> None:
    document = composed(SHIPPED, goal()).value
    found = document.sections[0].blocks
    assert found[0] == Title(lines=("甲区督查室", "关于2026年区政府工作报告目标任务", "上半年推进情况的报告"))
    assert found[-1] == Signature(issuers=("甲区督查室",), date="2026年7月10日")
    assert document.title == "甲区督查室关于2026年区政府工作报告目标任务上半年推进情况的报告"
    assert not any(isinstance(block, Signature) for block in blocks(SHIPPED, goal(), date=None))
    assert not any(type(block).__name__ == "Addressee" for block in blocks(SHIPPED, goal(), addressee=None))


# ---- lines and ordinals


def test_headings_renumber_when_a_part_vanishes() -> None:
    text = (
        "一、甲\n{% if goals %}\n二、乙\n（一）乙一\n{% endif %}\n三、丙\n（一）丙一\n"
        "（二）丙二\n1.细\n2.目\n（1）小\n四、丁\n（一）丁一"
    )
    short = ["一、甲", "二、丙", "（一）丙一", "（二）丙二", "1.细", "2.目", "（1）小", "三、丁", "（一）丁一"]
    assert body(text) == short
    assert body(text, goal())[1:5] == ["二、乙", "（一）乙一", "三、丙", "（一）丙一"]
    # As people type them.
    assert body("(一) 乙\n（二)丙\n1、丁\n(1)己") == ["（一）乙", "（二）丙", "1.丁", "（1）己"]


def test_ordinals_in_data_make_no_heading() -> None:
    found = blocks({"body": "{{ tasks[0].text }}\n{% for t in tasks %}\n{{ t.text }}\n{% endfor %}"}, task("一、甲"))
    assert [type(block) for block in found] == [Paragraph, Paragraph]
    assert outline(found) == ["一、甲", "一、甲"]


@pytest.mark.parametrize("line", ["1.5万元", "2026.1", "12.50%", "一是甲", "（附件）", "100.甲", "1、2月", "(附件)"])
def test_what_only_looks_like_an_ordinal_is_text(line: str) -> None:
    assert [type(block) for block in blocks({"body": line + "\n"})] == [Paragraph]


def test_a_heading_ends_at_its_first_full_stop() -> None:
    first, second, _ = blocks({"body": "（一）甲。乙。丙。\n（一）丁。\n一、 {{ issuer }}"})
    assert (first.label, first.text, first.body) == ("（一）", "甲。", "乙。丙。")
    assert (second.label, second.text, second.body) == ("（二）", "丁。", "")


def test_tags_before_an_ordinal_do_not_hide_it() -> None:
    text = "{% if tasks %}一、甲{% endif %}\n{% for t in tasks %}1.{{ t.text }}{% endfor %}\n{# 注 #}二、乙"
    assert body(text, task("子"), task("丑")) == ["一、甲", "1.子", "2.丑", "二、乙"]


def test_a_loop_inside_a_line_stays_in_its_line() -> None:
    text = (
        "{% for t in tasks %}{{ t.text }}；{% endfor %}完\n"
        "责任单位：{% for u in tasks[0].lead_units %}{{ u }}{% endfor %}"
    )
    assert body(text, task("子"), task("丑")) == ["子；丑；完", "责任单位：区城管局"]


def test_if_lines_vanish_and_keep_line_ends() -> None:
    text = (
        "甲\n{% if goals\n  and tasks %}\n乙\n{% endif %}\n丙{% if tasks %}丁{% endif %}\n"
        "戊{%- if tasks -%}\n  己\n{%- endif %}\n庚"
    )
    assert body(text, task()) == ["甲", "丙丁", "戊己", "庚"]
    assert body(text, goal()) == ["甲", "丙", "戊", "庚"]


def test_data_of_several_lines_makes_several_paragraphs() -> None:
    assert body("一、{{ tasks[0].progress }}", task(progress="甲\n\n乙")) == ["一、甲", "乙"]


def test_markup_in_data_comes_out_letter_for_letter() -> None:
    evil = "{{ 7*7 }}{% if x %}&<b>\"'{# x #}\\n"
    assert body("甲{{ tasks[0].text }}", task(evil)) == ["甲" + evil]
    assert blocks({"annexes": [annex()]}, task(evil))[1].body[0][0].paragraphs == (evil,)


def test_blocks_keep_their_template_line() -> None:
    text = (
        "version: 1\nname: 试验\n# 注\nbody: |\n  甲\n\n  {% for t in tasks %}\n  1.{{ t.text }}"
        "\n  {% endfor %}\n  {{\n  issuer }}\ntitle: 题\n"
    )
    found = blocks(text, task("子"), task("丑"))
    assert [(type(b).__name__, b.origin.line) for b in found] == [
        ("Title", 12), ("Paragraph", 5), ("Heading", 8), ("Heading", 8), ("Paragraph", 10),
    ]  # fmt: skip
    assert str(found[1].origin) == "templates/t.yaml:5（body）"


def test_folded_bodies_keep_their_line_too() -> None:
    found = blocks("version: 1\nname: 试验\nbody: >-\n  甲\n  乙\n\n  一、丙\n  丁\n")
    assert [(b.origin.line, b.text) for b in found] == [(4, "甲 乙"), (7, "丙 丁")]


# ---- wording


def test_wordings_may_use_each_other_in_any_order() -> None:
    wording = {"a": "{{ b }}！", "b": "{{ c }}{{ c }}", "c": "{{ year }}"}
    assert outline(blocks({"wording": wording, "body": "{{ a }}"})) == ["20262026！"]


def refused(template: str | dict[str, Any], *entries: Entry, **config: Any) -> list[tuple[str, str]]:
    """(code, place) of all that is wrong."""
    with pytest.raises(InputError) as fault:
        composed(template, *entries, **config)
    return [(problem.code, str(problem.where)) for problem in fault.value.problems]


def test_the_configuration_overrides_a_wording_and_its_faults_stand_there() -> None:
    template = {"wording": {"a": "旧"}, "body": "{{ a }}"}
    assert outline(blocks(template, wording={"a": "{{ year }}年"})) == ["2026年"]
    (fault,) = refused(template, wording={"a": "{{ yaer }}"})
    assert fault == ("template.undefined", "c.yaml:10:3（wording.a）")


def test_circles_are_refused_once_each() -> None:
    wording = {"a": "{{ b }}", "b": "{{ c }}", "c": "{{ a }}", "d": "{{ d }}", "e": "{{ a }}"}
    found = refused({"wording": wording, "body": "{{ e }}"})
    assert [code for code, _ in found] == ["template.circle", "template.circle"]
    own = refused({"wording": {"a": "{{ b }}", "b": "x"}, "body": "{{ a }}"}, wording={"b": "{{ a }}"})
    assert [code for code, _ in own] == ["template.circle"]


def test_a_long_chain_of_wordings_is_followed_or_refused() -> None:
    for length, codes in ((300, []), (301, ["config.bad-value"])):
        wording = {f"w{n}": f"{{{{ w{n + 1} }}}}" for n in range(length - 1)} | {f"w{length - 1}": "末"}
        if codes:
            assert [code for code, _ in refused({"wording": wording, "body": "{{ w0 }}"})] == codes
        else:
            assert outline(blocks({"wording": wording, "body": "{{ w0 }}"})) == ["末"]


def test_long_names_do_not_make_long_messages() -> None:
    name = "x" * 3000
    lists = {"normal": {"sheet": "重点任务", "judgement": name}}
    template = {
        "name": name,
        "wording": {name: "{{ " + name + " }}"},
        "lists": lists,
        "annexes": [annex(id=name, rows=name)],
    }
    with pytest.raises(InputError) as fault:
        composed(template, wording={name + "y": "甲"})
    assert len(fault.value.problems) == 4
    assert all(len(str(problem).replace(name, "")) <= 300 for problem in fault.value.problems)


def test_a_wording_that_fails_is_told_once() -> None:
    found = refused({"wording": {"a": "{{ 1 / 0 }}"}, "body": "{{ a }}{{ a }}", "title": "{{ a }}"})
    assert [code for code, _ in found] == ["template.cannot-render"]


def test_faults_of_all_texts_come_together() -> None:
    found = refused(
        {"wording": {"a": "{{ x1 }}"}, "body": "{{ x2 }}", "title": "{{ x3 }}", "annexes": [annex(title="{{ x4 }}")]}
    )
    assert [code for code, _ in found] == ["template.undefined"] * 4


# ---- annexes


def annex(**parts: Any) -> dict[str, Any]:
    """An annex of all tasks with one column."""
    columns = [{"title": "任务", "field": "text", "width": 1}]
    return {"id": "all", "rows": "tasks", "title": "任务表", "columns": columns, **parts}


def test_a_reference_to_an_annex_that_vanished_is_refused() -> None:
    template = {"annexes": [annex(), annex(id="goals", rows="goals")], "body": "甲\n见{{ annex.goals }}"}
    with pytest.raises(InputError, match="附件「goals」没有内容") as fault:
        composed(template, task())
    assert [p.code for p in fault.value.problems] == ["template.no-annex"]


def test_entries_that_no_annex_takes_are_told() -> None:
    lists = {"normal": {"sheet": "重点任务", "judgement": "正常推进"}}
    late = [
        task(f"迟{n}", "推进较为滞后", cells={"text": Location(file="台账.xlsx", cell=f"C{n}")}) for n in (5, 6, 7, 8)
    ]
    outcome = composed({"lists": lists, "annexes": [annex(rows="normal")]}, task(), *late)
    (problem,) = outcome.problems
    assert (problem.code, problem.severity.value) == ("template.left-out", "warning")
    assert str(problem.where) == "台账.xlsxC5"
    assert "有4条没有进入任何附件" in problem.what


def columns(text: str) -> tuple[ColumnSpec, ...]:
    return tuple(ColumnSpec.model_validate_json(each) for each in map(json.dumps, yaml.safe_load(text)))


def texts(rows: Any) -> list[list[tuple[str, int, int]]]:
    """(text, columns, rows) of each cell of each row."""
    return [[("|".join(c.paragraphs), c.col_span, c.row_span) for c in row] for row in rows]


def test_a_head_of_three_tiers() -> None:
    spec = columns(
        "[{title: 序号, number: true, width: 1}, {title: 甲, columns: [{title: 乙, columns: ["
        "{title: 丙, field: category, width: 1}, {title: 丁, field: text, width: 1}]}, {title: 戊,"
        " field: progress, width: 1}]},"
        "{title: 己, columns: [{field: given_no, width: 1}, {field: judgement, width: 2}]}]"
    )
    table = build_table(spec, [task(given_no="7")], None)
    assert texts(table.head) == [
        [("序号", 1, 3), ("甲", 3, 1), ("己", 2, 3)],
        [("乙", 2, 1), ("戊", 1, 2)],
        [("丙", 1, 1), ("丁", 1, 1)],
    ]
    assert texts(table.body) == [
        [("1", 1, 1), ("城建", 1, 1), ("任务", 1, 1), ("", 1, 1), ("7", 1, 1), ("正常推进", 1, 1)]
    ]
    resolve((*table.head, *table.body), 6)
    assert [column.kind for column in table.columns] == [
        ColumnKind.NUMBER, ColumnKind.LABEL, ColumnKind.TEXT, ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.LABEL,
    ]  # fmt: skip
    assert sum(column.share for column in table.columns) == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "spans"),
    [
        ("aab", [2, 0, 1]), ("aba", [1, 1, 1]), ("aaa", [3, 0, 0]), ("a", [1]), ("  a", [1, 1, 1]), ("a  a",
        [1, 1, 1, 1]),
        ("abbbaa", [1, 3, 0, 0, 2, 0]),
    ],
)  # fmt: skip
def test_equal_neighbours_merge_in_ledger_order_and_empty_cells_never(values: str, spans: list[int]) -> None:
    spec = columns("[{title: 类, field: category, width: 1, merge_down: true}, {title: 任务, field: text, width: 1}]")
    entries = [task(str(n), category=value.strip()) for n, value in enumerate(values)]
    table = build_table(spec, entries, None)
    assert [row[0].row_span if len(row) == 2 else 0 for row in table.body] == spans
    assert [row[-1].paragraphs[0] for row in table.body] == [str(n) for n in range(len(values))]
    resolve(table.body, 2)


def test_cells_keep_their_paragraphs_and_their_place() -> None:
    place = Location(file="台账.xlsx", sheet="重点任务", cell="F2")
    entry = task(progress="①甲\n②乙", lead_units=("甲局", "乙局"), support_units=(), cells={"progress": place})
    spec = columns(
        "[{title: a, field: progress, width: 1}, {title: b, field: lead_units, width: 1}, {title: c,"
        " field: support_units, width: 1}]"
    )
    (row,) = build_table(spec, [entry], None).body
    assert [cell.paragraphs for cell in row] == [("①甲", "②乙"), ("甲局", "乙局"), ("",)]
    assert row[0].origin == place
    assert isinstance(row[0], Cell)


def test_titles_of_columns_are_texts_too() -> None:
    found = blocks({"annexes": [annex(columns=[{"title": "{{ year }}年任务", "field": "text", "width": 1}])]}, task())
    assert found[0].entry == AnnexEntry(number=None, name="任务表")
    assert texts(found[1].head) == [[("2026年任务", 1, 1)]]


def test_the_document_of_a_flat_table_is_named_after_it() -> None:
    document = composed({"annexes": [annex()]}, task()).value
    assert (document.title, len(document.sections)) == ("任务表", 1)


# ---- what a template needs, and what it may be called


def test_needed_fields_follow_lists_and_columns() -> None:
    source = read_source(SHIPPED.encode(), "t.yaml")
    config = read_source(yaml.safe_dump(CONFIG, allow_unicode=True).encode(), "c.yaml")
    prepared = prepare(check_model(Template, source), source, check_model(Config, config), config)
    assert needed_fields(prepared.value) == {
        Sheet.GOALS: {"text", "lead_units", "progress", "judgement"},
        Sheet.TASKS: {"text", "lead_units", "support_units", "progress", "judgement", "category"},
    }


@pytest.mark.parametrize("name", ["period", "tasks", "annex", "loop", "2x", "a b", "a-b", "_x", "true", "in", ""])
def test_a_wording_or_list_needs_a_name_of_its_own(name: str) -> None:
    assert ("template.bad-name") in [code for code, _ in refused({"wording": {name: "甲"}, "body": "甲"})]
    assert ("template.bad-name") in [
        code for code, _ in refused({"lists": {name: {"sheet": "预期目标"}}, "body": "甲"})
    ]


def test_faults_of_a_template_show_without_a_ledger() -> None:
    source = read_source("version: 1\nname: 试验\nbody: '{{ yaer }}'\n".encode(), "t.yaml")
    config_source = read_source(yaml.safe_dump(CONFIG).encode(), "c.yaml")
    template, config = check_model(Template, source), check_model(Config, config_source)
    problems = prepare(template, source, config, config_source).problems
    assert [problem.code for problem in problems] == ["template.undefined"]
