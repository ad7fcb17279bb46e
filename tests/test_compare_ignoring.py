"""Ignore rules of an office (忽略规则): the file and its faults, what is masked, what is left out and why."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from reportgen.compare import Compared, Request, compare_blobs
from reportgen.compare_view import as_json, text_lines
from reportgen.comparison.files.ignoring import IgnoreRule, Ignoring, like, sorted_out
from reportgen.comparison.files.ignoring_file import _Tolerance, read_ignoring
from reportgen.comparison.files.masking import MASK, masked
from reportgen.comparison.kinds import KINDS
from reportgen.comparison.model import (
    Cell,
    Content,
    Difference,
    FileKind,
    Layer,
    Paragraph,
    Piece,
    Section,
    Setting,
    Spot,
    Table,
    Tolerance,
)
from reportgen.problems import InputError, Location, Problem
from tests.projects import ROOT
from tests.test_template_loading import check_message

README = (ROOT / "README.md").read_text(encoding="utf-8")
HERE = Location(file="规则.yaml", line=2, column=5)


def written(folder: Path, text: str) -> Path:
    place = folder / "规则.yaml"
    place.write_text(text, encoding="utf-8")
    return place


def read(folder: Path, text: str) -> Ignoring:
    return read_ignoring(written(folder, text))


def faults(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(InputError) as fault:
        read(folder, text)
    for problem in fault.value.problems:
        check_message(problem)
    return list(fault.value.problems)


def rule(**named: object) -> IgnoreRule:
    return IgnoreRule(reason="说好的", where=HERE, **named)  # type: ignore[arg-type]


def said(text: str) -> Paragraph:
    return Paragraph(pieces=(Piece(text, Setting()),))


# ---- the file


def test_the_rules_of_the_readme_are_read(tmp_path: Path) -> None:
    start = README.index("# 不计的.yaml")
    found = read(tmp_path, README[start : README.index("```", start)])
    assert len(found.rules) >= 4
    assert all(each.reason for each in found.rules)
    assert found.tolerance != Tolerance()


def test_a_file_of_rules_sets_rules_with_their_places_and_the_tolerance(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "rules:\n  - layer: style\n    subject: 字号\n    reason: 换了模板\n  - text: \\d+月\n    reason: 日期\n"
        "tolerance:\n  length_mm: 1.5\n",
    )
    first, second = found.rules
    assert (first.layer, first.subject, first.reason, first.where.line) == (Layer.STYLE, "字号", "换了模板", 2)
    assert (second.text, second.where.line) == (r"\d+月", 5)
    assert found.tolerance == Tolerance(length_mm=1.5)


def test_the_file_knows_every_tolerance_and_no_other() -> None:
    assert set(_Tolerance.model_fields) == {each.name for each in fields(Tolerance)}


def test_unknown_keys_are_told_with_the_nearest_names_and_their_lines(tmp_path: Path) -> None:
    problems = faults(tmp_path, "rule: []\nrules:\n  - laier: text\n    reason: 甲\n  - layer: txt\n    reason: 乙\n")
    told = [(each.code, each.where.line if each.where else 0, each.fix) for each in problems]
    assert [each[:2] for each in told] == [
        ("config.unknown-key", 3),
        ("config.bad-value", 5),
        ("config.unknown-key", 1),
    ]
    assert "是否要写「layer」" in told[0][2]
    assert "是否要写「text」" in told[1][2]
    assert "是否要写「rules」" in told[2][2]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("rules:\n  - layer: text\n", "config.missing-key", 2),
        ("rules:\n  - reason: 就是不计\n", "compare.bad-rule", 2),
        ("rules:\n  - layer: text\n    reason: ' '\n", "compare.bad-rule", 3),
        ("rules:\n  - text: 甲\n    kind: text.changed\n    reason: 乙\n", "compare.bad-rule", 3),
        ("rules:\n  - text: 甲\n    layer: style\n    reason: 乙\n", "compare.bad-rule", 3),
        ("rules:\n  - reason: 乙\n    kind: text.change\n", "compare.unknown-kind", 3),
        ("rules:\n  - reason: 乙\n    text: '(甲'\n", "compare.bad-pattern", 3),
        ("rules:\n  - reason: 乙\n    text: '[9-1]'\n", "compare.bad-pattern", 3),
        ("rules:\n  - reason: 乙\n    text: ''\n", "config.bad-value", 3),
        ("tolerance:\n  length_mm: -1\n", "config.bad-value", 2),
        ("tolerance:\n  picture_level: 300\n", "config.bad-value", 2),
        ("- 甲\n", "config.wrong-type", 1),
        ("rules: [\n", "text.syntax", 2),
        ("", "text.empty", 1),
    ],
)
def test_what_is_wrong_with_a_file_of_rules_is_told_at_its_line(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    (problem,) = faults(tmp_path, text)
    assert (problem.code, problem.where.line if problem.where else 0) == (code, line)


def test_all_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    text = "rules:\n  - reason: 甲\n    text: '('\n  - reason: 乙\n  - reason: 丙\n    text: a\n    subject: 字号\n"
    assert [each.code for each in faults(tmp_path, text)] == [
        "compare.bad-pattern",
        "compare.bad-rule",
        "compare.bad-rule",
    ]


# ---- which differences


def test_every_kind_of_difference_has_a_name_and_stands_in_the_readme() -> None:
    import reportgen.comparison

    families = "|".join(sorted({kind.partition(".")[0] for kind in KINDS}))
    found: set[str] = set()
    for path in Path(reportgen.comparison.__path__[0]).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(rf'"((?:{families})\.[a-z][a-z-]*)"', text))
        # Of both ways of one change the code is put together.
        for family, one, other in re.findall(r'f"([a-z-]+)\.\{\'([a-z]+)\' if .*? else \'([a-z]+)\'\}"', text):
            found |= {f"{family}.{one}", f"{family}.{other}"}
    put_together = {f"{what}.{change}" for what in ("paragraph", "table", "blank") for change in ("gone", "added")}
    assert found | put_together == set(KINDS)
    assert [kind for kind in KINDS if f"`{kind}`" not in README] == []


def difference(**named: object) -> Difference:
    values: dict[str, object] = {
        "layer": Layer.STYLE,
        "kind": "setting.changed",
        "subject": "字号",
        "before": "16磅",
        "after": "15磅",
        "first": Spot(part="附件3", column="任务进展情况"),
        "second": Spot(part="附件3", column="任务 进展情况"),
        "said": "附件3：字号 16磅 → 15磅",
    }
    return Difference(**(values | named))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        ({"layer": Layer.STYLE}, True),
        ({"layer": Layer.TEXT}, False),
        ({"kind": "setting.*"}, True),
        ({"kind": "setting"}, False),
        ({"part": "附件?"}, True),
        ({"part": "附件*", "column": "任务进展*"}, True),
        ({"part": "正文"}, False),
        ({"column": "责任单位"}, False),
        ({"subject": "字号"}, True),
        ({"subject": "字"}, False),
        ({"file": "*.docx"}, True),
        ({"file": "附件*"}, False),
        ({"layer": Layer.STYLE, "subject": "字体"}, False),
    ],
)
def test_a_rule_takes_what_has_all_that_it_names(named: dict[str, object], fits: bool) -> None:
    told, ignored = sorted_out([difference()], [rule(**named)], ("报告.docx", "报告二.docx"))
    assert (len(told), len(ignored)) == ((0, 1) if fits else (1, 0))


def test_the_first_rule_that_fits_is_named() -> None:
    rules = [rule(kind="x"), rule(layer=Layer.STYLE), rule(subject="字号")]
    _, (ignored,) = sorted_out([difference()], rules, ("a", "a"))
    assert ignored.rule == 1


def test_signs_that_mean_something_elsewhere_mean_themselves_in_names() -> None:
    assert like("附件[1].docx", "附件[1].docx")
    assert not like("附件[1].docx", "附件1.docx")
    assert like("a.b*", "A.B.c")


# ---- what is masked


def content(*blocks: Paragraph | Table, edges: Sequence[Paragraph] = ()) -> Content:
    section = Section(setup={}, first_block=0, edges={"偶数页页脚": tuple(edges)})
    return Content(kind=FileKind.DOCX, name="a", blocks=blocks, sections=(section,), beside=(("脚注", said("6月")),))


def texts(found: Content) -> list[str]:
    edges = [each.text for section in found.sections for edge in section.edges.values() for each in edge]
    return [*(each.text for each in found.paragraphs()), *edges, *(each.text for _, each in found.beside)]


def test_what_a_rule_matches_is_covered_wherever_it_stands() -> None:
    pieces = (Piece("截至6", Setting()), Piece("月底，", Setting(bold=True)), Piece("12月", Setting()))
    found = masked(content(Paragraph(pieces=pieces), edges=[said("7月")]), [rule(text=r"\d+月")], ("a",))
    assert texts(found.content) == [f"截至{MASK}底，{MASK}", MASK, MASK]
    assert found.used == {0}
    first = found.content.blocks[0]
    assert isinstance(first, Paragraph)
    assert [piece.setting.bold for piece in first.pieces] == [False, True, False]


def test_a_rule_covers_words_in_its_part_and_its_column_alone() -> None:
    grid = (("序号", "进展"), ("6月", "6月"))
    table = Table(
        cells=tuple(
            Cell(row=r, column=c, paragraphs=(said(text),)) for r, row in enumerate(grid) for c, text in enumerate(row)
        ),
        row_count=2,
        column_count=2,
        head_rows=1,
        part="附件3",
    )
    whole = content(Paragraph(pieces=(Piece("6月", Setting()),), part="正文"), table, edges=[said("6月")])

    def after(**named: str) -> list[str]:
        return texts(masked(whole, [rule(text=r"\d月", **named)], ("a",)).content)

    assert after(part="正文") == [MASK, "序号", "进展", "6月", "6月", "6月", "6月"]
    assert after(part="附件*") == ["6月", "序号", "进展", MASK, MASK, "6月", "6月"]
    assert after(column="进展") == ["6月", "序号", "进展", "6月", MASK, "6月", "6月"]
    assert after(part="页脚") == ["6月", "序号", "进展", "6月", "6月", MASK, "6月"]
    assert after(part="脚注") == ["6月", "序号", "进展", "6月", "6月", "6月", MASK]
    assert after(file="b*") == texts(whole)


def test_a_pattern_that_never_ends_is_stopped_and_its_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.comparison.files import masking

    monkeypatch.setattr(masking, "_SECONDS", 0.3)
    begun = time.process_time()
    with pytest.raises(InputError) as fault:
        masked(content(said("甲" * 60 + "乙")), [rule(text="丙"), rule(text="(甲|甲甲)+$")], ("a",))
    assert time.process_time() - begun < 3
    (problem,) = fault.value.problems
    check_message(problem)
    assert problem.code == "compare.slow-rule"
    assert problem.what.startswith("第 2 条忽略规则")
    assert problem.where == HERE


# ---- the whole way


def compared(first: str, second: str, *rules: IgnoreRule) -> Compared:
    request = Request(ignoring=Ignoring(rules=rules))
    return compare_blobs(("报告.txt", first.encode()), ("报告.txt", second.encode()), request)


def test_masked_words_are_no_difference_and_are_counted_with_the_reason() -> None:
    found = compared("截至6月底\n完成3件\n", "截至7月底\n完成3件\n", rule(text=r"\d+月"))
    assert found.equal
    (pair,) = found.files
    assert [(each.difference.kind, each.rule) for each in pair.ignored] == [("text.changed", 0)]
    assert list(text_lines(found))[-1] == "没有不同。按忽略规则不计 1 处。"
    assert any("（不计：说好的）" in line for line in text_lines(found, everything=True))
    (told,) = as_json(found)["files"][0]["ignored"]
    assert (told["rule"], told["reason"]) == (1, "说好的")


def test_what_else_differs_beside_masked_words_is_told() -> None:
    found = compared("截至6月底完成3件\n", "截至7月底完成4件\n", rule(text=r"\d+月"))
    (difference,) = found.every_difference()
    assert "3" in difference.before
    assert "4" in difference.after
    assert "6月" not in difference.before


def test_a_rule_that_nothing_came_under_is_a_warning_at_its_line() -> None:
    found = compared("甲\n", "乙\n", rule(text=r"\d+月"), rule(layer=Layer.TEXT), rule(layer=Layer.STYLE))
    assert found.equal
    told = [problem.what for problem in found.problems]
    assert [problem.code for problem in found.problems] == ["compare.unused-rule"] * 2
    assert [what[:3] for what in told] == ["第 1", "第 3"]
    assert not found.passes(strict=True)
    for problem in found.problems:
        check_message(problem)


def test_a_rule_for_other_files_does_nothing() -> None:
    found = compared("6月\n", "7月\n", rule(text=r"\d+月", file="*.docx"))
    assert not found.equal
    assert [problem.code for problem in found.problems] == ["compare.unused-rule"]
