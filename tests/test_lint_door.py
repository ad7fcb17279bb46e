"""The door of the format check (格式检查的入口): what is refused and how, styles in three layers, what is printed."""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import reportgen
from reportgen.confine import LIMITS, Limits
from reportgen.document import Addressee, Title
from reportgen.lint import SHOWN_ALIKE, Basis, Checked, lint_file, read_basis, rules_of, summary, text_lines
from reportgen.problems import InputError, error, warning
from reportgen.review.findings import Examiner, Finding, Place
from reportgen.review.opening import FileFormat, Opened, open_outside
from reportgen.rules import Rule
from reportgen.styles import Level, TextRole
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.bad_files import BAD_FILES, ELECTRONIC, LETTERS, SCAN, BadFile, locked, pdf, text, word_file
from tests.builders import document, p, section, sentences
from tests.ledger_files import repacked
from tests.projects import CONFIG, ROOT, project, run, run_anew
from tests.test_template_loading import check_message

GB = ROOT / "configs/styles/gb9704.yaml"


@pytest.fixture(scope="module")
def basis() -> Basis:
    return read_basis("gb9704")


# ---- files that cannot be checked


@pytest.mark.row("I10", "refused")
@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_a_file_that_cannot_be_checked_is_refused_by_name_with_what_to_do(bad: BadFile) -> None:
    blob = bad.make()
    begun = time.process_time()
    with pytest.raises(InputError) as fault:
        open_outside(blob, bad.name, LIMITS)
    assert time.process_time() - begun < 2
    (problem,) = fault.value.problems
    assert problem.code == bad.code
    assert bad.says in problem.what
    assert bad.fix in problem.fix
    assert problem.where
    assert problem.where.file == bad.name
    check_message(problem)


@pytest.mark.parametrize("prefix", ["~$", ".~"])
def test_the_file_beside_an_open_document_is_not_the_document(prefix: str, tmp_path: Path, basis: Basis) -> None:
    (tmp_path / f"{prefix}报告.docx").write_bytes(b"\x05admin")
    (problem,) = lint_file(tmp_path / f"{prefix}报告.docx", basis).problems
    assert problem.code == "file.wrong-kind"
    assert "临时文件，不是公文" in problem.what
    assert "「报告.docx」" in problem.fix


def test_missing_files_and_folders_are_told(tmp_path: Path, basis: Basis) -> None:
    (tmp_path / "报告.docx").write_bytes(b"")
    (missing,) = lint_file(tmp_path / "报搞.docx", basis).problems
    assert (missing.code, "「报告.docx」" in missing.fix) == ("file.not-found", True)
    assert [problem.code for problem in lint_file(tmp_path, basis).problems] == ["file.is-folder"]


def test_a_refused_file_is_told_by_the_worker_as_by_the_door(tmp_path: Path, basis: Basis) -> None:
    (tmp_path / "old.docx").write_bytes(BAD_FILES[1].make())
    result = lint_file(tmp_path / "old.docx", basis)
    assert (result.format, result.passes()) == (None, False)
    assert [problem.code for problem in result.problems] == ["file.wrong-kind"]


def test_reading_is_ended_at_the_limit(tmp_path: Path, basis: Basis) -> None:
    """A few kilobytes of content that unpack to millions of pictures."""
    (tmp_path / "deep.pdf").write_bytes(pdf(text(LETTERS, "/I Do " * 3_000_000)))
    (problem,) = lint_file(tmp_path / "deep.pdf", basis, Limits(seconds=0.5)).problems
    assert problem.code == "file.too-slow"
    assert re.search(r"在 0\.[56] 秒内", problem.what)


def told(opened: Opened) -> list[tuple[str, str]]:
    return [(problem.code, problem.what) for problem in opened.problems]


def test_a_wrong_suffix_is_said_and_the_file_is_taken_for_what_it_is() -> None:
    opened = open_outside(word_file(), "报告.pdf", LIMITS)
    assert (opened.format, opened.pages) == (FileFormat.DOCX, None)
    assert [code for code, _ in told(opened)] == ["file.wrong-suffix"]
    opened = open_outside(pdf(text(LETTERS)), "报告.docx", LIMITS)
    assert (opened.format, opened.pages) == (FileFormat.PDF, 1)
    assert [problem.fix for problem in opened.problems] == ["请把扩展名改为 .pdf"]
    for name in ("报告.DOCX", "报告.docm"):
        assert told(open_outside(word_file(), name, LIMITS)) == []


@pytest.mark.parametrize("content", [text(LETTERS, SCAN), text("few", "q 100 0 0 100 0 0 cm /I Do Q"), text("few")])
def test_text_on_a_picture_is_no_scan(content: str) -> None:
    assert told(open_outside(pdf(content), "a.pdf", LIMITS)) == []


def test_a_partly_scanned_pdf_is_checked_and_its_scanned_pages_are_named() -> None:
    opened = open_outside(pdf(text(LETTERS), SCAN, SCAN, "", SCAN), "a.pdf", LIMITS)
    assert opened.pages == 5
    assert told(opened) == [("file.scanned-pages", "第 2—3、5 页是扫描的图片，没有文字层，这些页没有查")]
    assert opened.problems[0].fix.startswith(ELECTRONIC)
    many = open_outside(pdf(*[text(LETTERS), SCAN] * 12), "a.pdf", LIMITS)
    assert "22 页等 12 页" not in told(many)[0][1]
    assert "、20 页等 12 页" in told(many)[0][1]


def in_text(xml: str) -> bytes:
    """A sound Word file with something before the end of its first run."""
    new = xml.encode() + b"</w:r>"
    return repacked(
        word_file(), lambda name, data: data.replace(b"</w:r>", new, 1) if name == "word/document.xml" else data
    )


def test_what_of_a_word_file_is_not_looked_at_is_said() -> None:
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>红头</w:t></w:r></w:p></w:txbxContent></w:pict>"
    opened = open_outside(in_text(box + '<w:footnoteReference w:id="1"/>'), "a.docx", LIMITS)
    assert told(opened) == [("file.unseen-text", "文本框、脚注里的文字没有查")]
    for nothing in ("", box.replace("红头", "")):
        assert told(open_outside(in_text(nothing), "a.docx", LIMITS)) == []


def test_a_pdf_that_only_may_not_be_changed_is_checked() -> None:
    assert told(open_outside(locked(""), "a.pdf", LIMITS)) == []


def test_a_pdf_with_noise_behind_its_end_is_read() -> None:
    assert told(open_outside(pdf(text(LETTERS)) + bytes(5000) + b"\r\n", "a.pdf", LIMITS)) == []


# ---- what files are held against, in three layers

OWN = "version: 1\nextends: gb9704\npage: {lines: 24}\ntext:\n  正文: {size_pt: 小三, pitch_pt: 27}\n"
CHANGES = """\
style: 本单位.yaml
style_changes:
  text:
    正文: {pitch_pt: 26}
  checks:
    grid.lines: {level: 警告, within: 2}
"""


def layered(folder: Path, changes: str = CHANGES) -> Path:
    (folder / "本单位.yaml").write_text(OWN, encoding="utf-8")
    return project(folder, config=CONFIG + changes)


def test_a_report_s_own_changes_lie_on_the_unit_s_style_and_that_on_the_standard(tmp_path: Path) -> None:
    standard, report = read_basis("gb9704"), read_basis(str(layered(tmp_path)))
    unit = read_basis(str(tmp_path / "本单位.yaml"))
    pitches = [each.styles.text[TextRole.BODY].pitch_pt for each in (standard, unit, report)]
    assert pitches == [None, 27, 26]
    assert [each.styles.text[TextRole.BODY].size_pt for each in (standard, unit, report)] == [16, 15, 15]
    assert [each.styles.page.lines for each in (standard, unit, report)] == [22, 24, 24]
    lines = report.styles.checks[Rule.LINES]
    assert (lines.level, lines.within, lines.clause) == (Level.WARNING, 2, "5.2.3")
    assert unit.styles.checks == standard.styles.checks
    assert [Path(source.file).name for source in report.sources] == ["报告.yaml", "本单位.yaml", "gb9704.yaml"]
    assert (standard.name, unit.name, report.name) == ("gb9704", "本单位.yaml", "报告.yaml")


@pytest.mark.parametrize(
    ("change", "code", "place", "says"),
    [
        ("style_changes: {page: {lnies: 20}}\n", "config.unknown-key", "9:24（style_changes.page.lnies）", "lines"),
        ("style_changes: {pgae: {lines: 20}}\n", "config.unknown-key", "9:17（style_changes.pgae）", "page"),
        (
            "style_changes: {checks: {gird.lines: {within: 1}}}\n",
            "config.unknown-key",
            "9:26（style_changes.checks.gird.lines）",
            "grid.lines",
        ),
        (
            "style_changes:\n  checks:\n    grid.lines: {level: 提醒}\n",
            "config.bad-value",
            "11:18（style_changes.checks.grid.lines.level）",
            "警告",
        ),
        (
            "style_changes: {text: {正文: {size_pt: 三豪}}}\n",
            "style.unknown-size",
            "9:29（style_changes.text.正文.size_pt）",
            "三号",
        ),
        ("style_changes: {page: {lines: 0}}\n", "style.out-of-range", "9:24（style_changes.page.lines）", "200"),
        ("style_changes: {extends: gb9704}\n", "config.unknown-key", "9:17（style_changes.extends）", ""),
        ("style_changes: {text: 5}\n", "config.wrong-type", "9:17（style_changes.text）", "键: 值"),
        ("style_changes: [5]\n", "config.wrong-type", "9:1（style_changes）", "键: 值"),
    ],
)
def test_a_fault_in_a_report_s_changes_is_placed_in_its_configuration(
    change: str, code: str, place: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as fault:
        read_basis(str(project(tmp_path, config=CONFIG + change)))
    (problem,) = fault.value.problems
    assert (problem.code, str(problem.where)) == (code, f"报告.yaml:{place}")
    assert says in problem.what + problem.fix
    check_message(problem)


def test_what_no_layer_has_is_not_missing_in_the_changes(tmp_path: Path) -> None:
    config = layered(tmp_path, CHANGES)
    bare = re.sub(r"(?ms)^seal:.*?(?=^\S)", "", GB.read_text(encoding="utf-8"))
    (tmp_path / "本单位.yaml").write_text(bare, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_basis(str(config))
    (problem,) = fault.value.problems
    assert (problem.code, problem.where and problem.where.file) == ("config.missing-key", "本单位.yaml")


@pytest.mark.parametrize(
    ("name", "code"),
    [("gb970", "config.unknown-name"), ("无.yaml", "file.not-found"), ("README.yaml", "file.not-found")],
)
def test_a_style_that_is_not_there_is_told(name: str, code: str) -> None:
    with pytest.raises(InputError) as fault:
        read_basis(name)
    assert [problem.code for problem in fault.value.problems] == [code]


# ---- what is told, of findings that the test writes itself


def examined(basis: Basis, *findings: tuple[Rule, int | None, str]) -> list[Finding]:
    examiner = Examiner(basis.styles.checks)
    for rule, page, spot in findings:
        examiner.breach(rule, Place(page=page, spot=spot), "字号", "四号", "三号")
    return examiner.findings


def checked(findings: Sequence[Finding], **more: Any) -> Checked:
    return Checked("报告.pdf", FileFormat.PDF, 12, tuple(findings), **more)


def test_findings_are_told_line_by_line(basis: Basis) -> None:
    result = checked(examined(basis, (Rule.SIZE, 1, "标题"), (Rule.LATIN_FACE, 2, "正文")))
    assert list(text_lines(result, basis)) == [
        "报告.pdf（PDF 文件，12 页，版式 gb9704）",
        "  第1页，标题：错误 [text.size] 字号为四号，应为三号（GB/T 9704—2012 5.2.2）",
        "  第2页，正文：警告 [text.latin-face] 字号为四号，应为三号（惯例）",
        "共 1 处不合格，1 处警告。",
    ]


def test_of_many_alike_the_first_are_told_and_the_rest_is_counted(basis: Basis) -> None:
    found = [(Rule.SIZE, page, "正文") for page in range(1, 9)]
    result = checked(examined(basis, *found, (Rule.FACE, 9, "正文")))
    lines = list(text_lines(result, basis))
    assert len(lines) == 1 + SHOWN_ALIKE + 1 + 1 + 1
    assert lines[SHOWN_ALIKE + 1] == "  ……[text.size] 同类还有 3 处"
    assert lines[-1] == "共 9 处不合格，0 处警告。"
    assert len(list(text_lines(result, basis, everything=True))) == 1 + 9 + 1
    few = checked(examined(basis, *found[:SHOWN_ALIKE]))
    assert not any("同类" in line for line in text_lines(few, basis))


def test_without_findings_it_is_said_what_was_looked_at(basis: Basis) -> None:
    pages, word = len(rules_of(FileFormat.PDF)), len(rules_of(FileFormat.DOCX))
    assert list(text_lines(checked([]), basis))[-1] == f"没有发现格式问题：按 {pages} 条规则查了 12 页。"
    told = list(text_lines(Checked("a.docx", FileFormat.DOCX), basis))
    assert told[-1] == f"没有发现格式问题：按 {word} 条规则查了全文。"


def test_a_rule_that_is_off_or_that_the_check_does_not_know_is_not_counted(basis: Basis) -> None:
    off = dict.fromkeys((Rule.SIZE, Rule.EMBEDDED), replace(basis.styles.checks[Rule.SIZE], level=Level.OFF))
    fewer = replace(basis, styles=replace(basis.styles, checks={**basis.styles.checks, **off}))
    assert basis.rules(FileFormat.PDF) - fewer.rules(FileFormat.PDF) == 2
    assert basis.rules(FileFormat.DOCX) - fewer.rules(FileFormat.DOCX) == 1


REVIEW = Path(reportgen.__file__).parent / "review"


def spoken_of(path: Path) -> set[Rule]:
    """The rules that a module's source measures or breaches; whose tolerance it borrows does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aside: set[int] = set()
    for node in ast.walk(tree):
        borrowed = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "within"
        listed = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RULES"
        if borrowed or listed:
            aside |= {id(below) for below in ast.walk(node)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in aside)
    return {Rule[node.attr] for node in names if ast.unparse(node.value) == "Rule"}


def test_what_a_check_says_to_look_at_is_what_its_source_looks_at() -> None:
    word = sorted(REVIEW.glob("format_docx*.py"))
    for path in word[1:]:
        module = import_module(f"reportgen.review.{path.stem}")
        assert getattr(module, "RULES", set()) == spoken_of(path), path.stem
    assert rules_of(FileFormat.DOCX) == set().union(*map(spoken_of, word))
    assert rules_of(FileFormat.PDF) == set().union(*map(spoken_of, REVIEW.glob("format_pdf_*.py")))
    assert rules_of(FileFormat.DOCX) | rules_of(FileFormat.PDF) == set(Rule)


def test_warnings_pass_unless_they_are_taken_for_errors(basis: Basis) -> None:
    wrong, doubtful = (examined(basis, (rule, 1, "")) for rule in (Rule.SIZE, Rule.LATIN_FACE))
    said = (warning("file.wrong-suffix", "甲", "乙"),)
    passes = [
        (each.passes(), each.passes(strict=True))
        for each in (checked([]), checked(doubtful), checked([], problems=said), checked(wrong))
    ]
    assert passes == [(True, True), (True, False), (True, False), (False, False)]
    assert not Checked("x", problems=(error("file.damaged", "甲", "乙"),)).passes()


def test_several_files_are_summed_up(basis: Basis) -> None:
    refused = Checked("x", problems=(error("file.damaged", "甲", "乙"),))
    wrong = checked(examined(basis, (Rule.SIZE, 1, "")))
    assert summary([checked([]), wrong, refused]) == "共 3 个文件：1 个没有不合格处，1 个有，1 个没有查成。"


def test_the_json_says_all_of_it(basis: Basis) -> None:
    examiner = Examiner(basis.styles.checks)
    examiner.number(Rule.TOP, Place(page=3, spot="上白边"), "上白边", 35.2, 37, "mm")
    examiner.number(Rule.LEFT, Place(page=3, spot="左白边"), "左白边", 28.1, 28, "mm")
    said = (warning("file.wrong-suffix", "甲", "乙"),)
    result = checked(examiner.findings, measures=tuple(examiner.measures), problems=said)
    told = json.loads(json.dumps(result.as_json(basis, everything=True)))
    assert told.pop("style")["files"][0]["sha256"] == basis.sources[0].sha256
    assert told == {
        "ok": False,
        "file": "报告.pdf",
        "kind": "pdf",
        "pages": 12,
        "rules": basis.rules(FileFormat.PDF),
        "findings": [
            {
                "rule": "page.top",
                "clause": "5.2.1",
                "severity": "error",
                "page": 3,
                "place": "上白边",
                "what": "上白边",
                "found": "35.2mm",
                "wanted": "37mm",
            }
        ],
        "problems": [said[0].as_json()],
        "measures": [
            {
                "rule": f"page.{rule}",
                "page": 3,
                "place": what,
                "what": what,
                "found": found,
                "wanted": wanted,
                "unit": "mm",
            }
            for rule, what, found, wanted in (("top", "上白边", 35.2, 37), ("left", "左白边", 28.1, 28))
        ],
    }
    assert "measures" not in result.as_json(basis)
    assert [row[2:] for row in result.measure_rows()] == [("35.2mm", "37mm", "-1.80"), ("28.1mm", "28mm", "+0.10")]


# ---- the command


def test_the_command_refuses_each_file_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "旧.docx").write_bytes(BAD_FILES[1].make())
    (tmp_path / "扫描.pdf").write_bytes(pdf(SCAN))
    done = run_anew("lint", tmp_path / "旧.docx", tmp_path / "扫描.pdf")
    assert done.returncode == 1
    assert f"{tmp_path}/旧.docx：错误 [file.wrong-kind] 「旧.docx」的内容是旧版 Word 文档" in done.stderr
    assert "[file.scanned]" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == "共 2 个文件：0 个没有不合格处，0 个有，2 个没有查成。"


def test_the_command_s_json_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "扫描.pdf").write_bytes(pdf(SCAN))
    done = run("lint", tmp_path / "扫描.pdf", "--style", layered(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (told["ok"], told["kind"], told["pages"], told["findings"]) == (False, None, None, [])
    assert [problem["code"] for problem in told["problems"]] == ["file.scanned"]
    assert [each["file"] for each in told["style"]["files"]] == [
        "报告.yaml",
        "本单位.yaml",
        "configs/styles/gb9704.yaml",
    ]
    two = json.loads(run("lint", tmp_path / "扫描.pdf", tmp_path / "无.docx", "--json").stdout)
    assert two["ok"] is False
    assert [each["problems"][0]["code"] for each in two["files"]] == ["file.scanned", "file.not-found"]


def test_the_command_refuses_a_style_that_is_none() -> None:
    done = run("lint", "a.docx", "--style", "gb970")
    assert done.returncode == 1
    assert "--style：错误 [config.unknown-name] 没有名为「gb970」的版式" in done.stderr
    assert "「gb9704」" in done.stderr
    assert run("lint").returncode == 2


# ---- whole runs on good files

MOVED = "style_changes: {page: {left_mm: 33, right_mm: 21}}\n"


def written(path: Path, basis: Basis) -> Path:
    """A small report as our writers write it by that style."""
    tree = document(section(Title(lines=("关于甲的报告",)), Addressee(text="区政府："), p(sentences(9))))
    if path.suffix == ".docx":
        path.write_bytes(write_docx(tree, basis.styles).value)
    else:
        path.write_bytes(write_pdf(tree, basis.styles, find_fonts({})).value)
    return path


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_our_own_file_passes_and_a_change_of_the_wanted_style_is_seen(kind: str, tmp_path: Path, basis: Basis) -> None:
    file = written(tmp_path / f"报告.{kind}", basis)
    done = run("lint", file, "--json", "--all")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["kind"]) == (0, True, kind), told["findings"]
    assert told["findings"] == []
    assert (told["pages"] is None) == (kind == "docx")
    assert told["measures"]
    # Held against other margins, the same file is wrong.
    config = project(tmp_path, config=CONFIG + MOVED)
    done = run("lint", file, "--style", config, "--all")
    assert done.returncode == 1
    assert "[page.left]" in done.stdout
    assert "实测" in done.stdout


def test_a_report_made_with_its_own_changes_is_right_by_them_alone(tmp_path: Path, basis: Basis) -> None:
    own = read_basis(str(project(tmp_path, config=CONFIG + MOVED)))
    file = written(tmp_path / "报告.pdf", own)
    assert [str(finding) for finding in lint_file(file, own).findings] == []
    assert not lint_file(file, basis).passes()
