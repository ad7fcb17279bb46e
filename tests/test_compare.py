"""Comparing two files (两份文件的比对): kinds by content, what is refused in a sentence, how long it may take."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from reportgen.compare import Compared, Relation, Request, compare_blobs, compare_paths
from reportgen.compare_view import summary, text_lines
from reportgen.comparison.contents.sheet_content import sheet_content
from reportgen.comparison.contents.text_content import text_content, without_fingerprints
from reportgen.comparison.files.ignoring import IgnoreRule, Ignoring
from reportgen.comparison.files.members import Member
from reportgen.comparison.files.pair import Long, compare_pair
from reportgen.comparison.model import FileKind, Layer, Paragraph, Table
from reportgen.confine import LIMITS
from reportgen.limits import STANDARD
from reportgen.problems import InputError, Location, Problem, has_errors
from tests.bad_files import BAD_FILES, LETTERS, SCAN, BadFile, pdf, text, word_file
from tests.bad_workbooks import OLE
from tests.ledger_files import TASK_ROW, repacked, tasks, with_sheet_xml
from tests.samples import made

WORD = Request(layers=frozenset((Layer.TEXT,)))


def check_message(problem: Problem) -> None:
    """One or two plain Chinese sentences with what to do, at a file."""
    assert len(str(problem)) <= 300
    assert problem.where
    assert problem.where.file
    assert re.search("[\u4e00-\u9fff]", problem.what)
    assert re.search("[\u4e00-\u9fff]", problem.fix)
    assert not re.search(r"Traceback|Error|None|object at|<class", str(problem))


def refused(first: tuple[str, bytes], second: tuple[str, bytes], request: Request | None = None) -> list[Problem]:
    with pytest.raises(InputError) as fault:
        compare_blobs(first, second, request or Request())
    for problem in fault.value.problems:
        check_message(problem)
    return list(fault.value.problems)


def said(compared: Compared) -> list[str]:
    return [difference.said for difference in compared.every_difference()]


def word(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: Any) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def book(*rows: tuple[str | int | None, ...], title: str = "重点任务") -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(workbook)


# ---- what cannot be compared

# Told as other kinds than those of the format check: text and tables are read here.
_READ_HERE = {"text.docx", "page.docx", "flat.docx", "sheet.docx", "table.et", "zip.docx", "picture.pdf", "show.docx"}


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD_FILES if bad.name not in _READ_HERE | {"noise.docx"}], ids=lambda bad: bad.name
)
def test_a_file_that_cannot_be_read_is_told_by_name_with_what_to_do(bad: BadFile) -> None:
    problems = refused(("原来.docx", word_file()), (bad.name, bad.make()))
    (problem,) = [each for each in problems if each.code != "compare.kinds-differ"]
    assert problem.code == bad.code
    assert problem.where
    assert problem.where.file == bad.name
    assert "查" not in problem.what.replace("查不出", "")
    assert "再查" not in problem.fix


@pytest.mark.parametrize("name", sorted(_READ_HERE | {"noise.docx"}))
def test_a_word_file_is_not_compared_with_what_is_none(name: str) -> None:
    blob = next(bad.make() for bad in BAD_FILES if bad.name == name)
    (problem,) = refused(("原来.docx", word_file()), (name, blob))
    assert problem.code in ("compare.kinds-differ", "file.wrong-kind")
    assert "原来.docx" in problem.what or problem.where is not None


def test_all_that_is_wrong_with_both_files_is_told() -> None:
    problems = refused(("空.docx", b""), ("旧.doc", OLE + "WordDocument".encode("utf-16-le")))
    assert [(each.code, each.where.file if each.where else "") for each in problems] == [
        ("file.wrong-kind", "空.docx"),
        ("file.wrong-kind", "旧.doc"),
    ]
    problems = refused(("锁.pdf", pdf("")), ("坏.docx", word_file()[:4000]))
    assert [each.code for each in problems] == ["file.damaged"]


def test_files_of_different_kinds_are_refused_and_a_word_file_with_a_pdf_is_not() -> None:
    (problem,) = refused(("a.docx", word_file()), ("b.xlsx", tasks(TASK_ROW)))
    assert problem.what == "「a.docx」是 Word 文件，「b.xlsx」是表格文件，不能互相比对"
    assert problem.code == "compare.kinds-differ"
    compared = compare_blobs(("a.docx", word(LETTERS)), ("b.pdf", pdf(text(LETTERS))), WORD)
    assert compared.files[0].kinds == (FileKind.DOCX, FileKind.PDF)
    assert compared.equal


def test_old_formats_are_told_even_where_both_are_so() -> None:
    old = OLE + "WordDocument".encode("utf-16-le")
    problems = refused(("a.doc", old), ("b.wps", old + b"x"))
    assert ["另存为 .docx" in each.fix for each in problems] == [True, True]


def test_a_scan_of_five_hundred_pages_is_refused_quickly_by_name() -> None:
    scan = pdf(*[SCAN] * 500)
    begun = time.monotonic()
    (problem,) = refused(("扫描.pdf", scan), ("报告.pdf", pdf(text(LETTERS))))
    assert problem.code == "file.scanned"
    assert problem.what == "「扫描.pdf」是扫描件，没有文字层，比不了"
    assert time.monotonic() - begun < 30


def test_what_is_not_there_is_told_on_both_sides(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        compare_paths(tmp_path / "甲.docx", tmp_path / "没有" / "乙.docx")
    assert [(each.code, each.where.file if each.where else "") for each in fault.value.problems] == [
        ("file.not-found", "甲.docx"),
        ("file.not-found", "乙.docx"),
    ]
    for name in ("甲\0.docx", "长" * 300):
        with pytest.raises(InputError):
            compare_paths(tmp_path / name, tmp_path)


def test_a_layer_that_no_such_file_has_is_refused_and_one_of_several_is_a_warning() -> None:
    page = Request(layers=frozenset((Layer.PAGE,)))
    files = ("a.docx", word("甲")), ("b.docx", word("乙"))
    (problem,) = refused(*files, page)
    assert problem.code == "compare.no-layer"
    assert "版面" in problem.what
    compared = compare_blobs(*files, Request(layers=frozenset((Layer.PAGE, Layer.TEXT))))
    assert [problem.code for problem in compared.problems] == ["compare.no-layer"]
    assert compared.layers == {Layer.TEXT}
    assert not has_errors(compared.problems)


# ---- equal ones


def test_equal_bytes_are_equal_at_once_whatever_they_are() -> None:
    for blob in (word_file(), b"", b"\x89PNG", OLE, word_file()[:3000], bytes(range(256)) * 9):
        compared = compare_blobs(("a.docx", blob), ("b.docx", blob))
        assert compared.equal
        assert compared.files[0].relation is Relation.SAME_BYTES
        assert summary(compared) == "文件内容完全一样。"


def test_the_same_file_twice_is_a_warning(tmp_path: Path) -> None:
    place = tmp_path / "报告.docx"
    place.write_bytes(word_file())
    (tmp_path / "链接.docx").symlink_to(place)
    for other in (place, tmp_path / "链接.docx", tmp_path / "." / "报告.docx"):
        compared = compare_paths(place, other)
        assert compared.same_place
        assert [problem.code for problem in compared.problems] == ["compare.same-file"]
        assert compared.equal
        assert not compared.passes(strict=True)
    assert compare_paths(tmp_path, tmp_path).problems[0].what == "两边是同一个文件夹"


def test_a_package_written_otherwise_is_equal_and_a_wrong_suffix_is_a_warning() -> None:
    compared = compare_blobs(("a.docx", word_file()), ("b.pdf", repacked(word_file())))
    assert compared.equal
    assert [problem.code for problem in compared.every_problem()] == ["file.wrong-suffix"]
    assert list(text_lines(compared)) == [
        "原：a.docx",
        "现：b.pdf（Word 文件，比了文字、结构、样式）",
        "没有不同。",
    ]


def test_two_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder, words in (("旧", "甲"), ("新", "乙")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "报告.docx").write_bytes(word(words))
    compared = compare_paths(tmp_path / "旧" / "报告.docx", tmp_path / "新" / "报告.docx")
    assert (compared.first, compared.second) == ("旧/报告.docx", "新/报告.docx")


# ---- what differs


def test_a_word_file_changed_in_one_cell_has_one_difference_and_so_has_its_pdf() -> None:
    sample = made()
    document = Document(BytesIO(sample[".docx"]))
    cells = (cell for row in document.tables[-1].rows for cell in row.cells)
    runs = (run for cell in cells for paragraph in cell.paragraphs for run in paragraph.runs)
    run = next(run for run in runs if "侵权案件64件" in run.text)
    run.text = run.text.replace("64件", "65件")
    compared = compare_blobs(("原.docx", sample[".docx"]), ("现.docx", saved(document)))
    assert said(compared) == ["附件3 第58行「任务进展情况」：“…侵权案件64件。” → “…侵权案件65件。”"]
    with_pdf = compare_blobs(("现.docx", saved(document)), ("原.pdf", sample[".pdf"]))
    assert len(said(with_pdf)) == 1
    assert "65件" in with_pdf.files[0].differences[0].before


def test_a_changed_cell_of_a_workbook_is_told_by_sheet_row_and_column() -> None:
    rows: list[tuple[str | int | None, ...]] = [
        ("序号", "工作任务", "进展"),
        (1, "甲", "完成3件"),
        (2, "乙", "完成4件"),
    ]
    changed = [*rows[:2], (2, "乙", "完成5件")]
    compared = compare_blobs(("a.xlsx", book(*rows)), ("b.xlsx", book(*changed)))
    (difference,) = compared.every_difference()
    assert difference.said == "重点任务 第3行「进展」：“完成4件” → “完成5件”"
    assert compare_blobs(("a.xlsx", book(*rows)), ("b.xlsx", repacked(book(*rows)))).equal


def test_a_changed_line_of_a_text_is_told_by_its_number_however_it_is_encoded() -> None:
    lines = "一\n二  \n三\n"
    compared = compare_blobs(("a.txt", lines.encode()), ("b.txt", lines.replace("三", "四").encode("gb18030")))
    (difference,) = compared.every_difference()
    assert difference.said == "第3行：“三” → “四”"
    assert compare_blobs(("a.txt", lines.encode()), ("b.txt", lines.replace("\n", "\r\n").encode("utf-16"))).equal


def test_an_inserted_line_among_ten_thousand_is_one_difference() -> None:
    lines = [f"第{i}项" for i in range(10_000)]
    compared = compare_blobs(
        ("a.csv", "\n".join(lines).encode()), ("b.csv", "\n".join([*lines[:5000], "新的", *lines[5000:]]).encode())
    )
    (difference,) = compared.every_difference()
    assert difference.after == "新的"


# ---- contents


def test_a_workbook_is_read_with_its_titles_heads_merges_and_comments() -> None:
    from openpyxl.comments import Comment

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "重点任务"
    for row in (("重点任务表",), ("序号", "任务", "进展"), (1, "甲", None), (2, None, "=1+1")):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B3:B4")
    sheet["C3"].comment = Comment("请核实", "某人")
    workbook.create_sheet("空表")
    content = sheet_content(saved(workbook), "a.xlsx")
    (table,) = content.blocks
    assert isinstance(table, Table)
    assert (table.part, table.head_rows, table.row_count, table.column_count) == ("重点任务", 2, 4, 3)
    spans = {(cell.row, cell.column): (cell.rows, cell.columns) for cell in table.cells if cell.rows * cell.columns > 1}
    assert spans == {(0, 0): (1, 3), (2, 1): (2, 1)}
    assert [cell.text for cell in table.rows[3]] == ["2", "（公式，没有算好的结果）"]
    assert [(name, each.text) for name, each in content.beside] == [("重点任务·批注", "C3：请核实")]


def test_a_column_merged_to_the_end_of_the_sheet_takes_no_time() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A2:A1048576"/></mergeCells><pageMargins'
    blob = with_sheet_xml(book(("甲", "乙"), ("一", "二")), "<pageMargins", merged)
    (table,) = sheet_content(blob, "a.xlsx").blocks
    assert isinstance(table, Table)
    assert table.row_count == 2


def test_a_text_is_its_lines_without_what_nobody_sees() -> None:
    content = text_content("\ufeff甲 \r\n\r\n乙\n\n\n".encode(), "a.txt")
    assert [block.text for block in content.blocks if isinstance(block, Paragraph)] == ["甲", "", "乙"]


def test_a_text_of_far_too_many_lines_is_refused() -> None:
    with pytest.raises(InputError) as fault:
        text_content(b"\n" * STANDARD.texts.compared_lines + "尾".encode(), "a.txt")
    (problem,) = fault.value.problems
    check_message(problem)
    assert problem.code == "compare.too-long"


def test_a_list_of_files_says_nothing_of_their_bytes_where_they_lie_beside_it() -> None:
    lines = '{\n  "reportgen": "0.1.0",\n  "files": [{"file": "a.docx", "bytes": 12, "sha256": "0a1b"}]\n}\n'
    plain = without_fingerprints(text_content(lines.encode(), "manifest.json"))
    assert '"bytes": …, "sha256": "…"' in "".join(each.text for each in plain.paragraphs())
    other = text_content(lines.replace("reportgen", "别的").encode(), "manifest.json")
    assert without_fingerprints(other) == other


# ---- time


def test_what_is_long_gets_the_time_that_it_needs() -> None:
    lines = "一行字\n" * 600_000
    first, second = (Member(name=name, blob=(lines + name).encode()) for name in "ab")
    told = compare_pair(first, second, Request())
    assert isinstance(told, Long)
    assert told.seconds > LIMITS.seconds
    lines = "\n".join(f"第{i}行" for i in range(20_000))
    compared = compare_blobs(
        ("a", lines.encode()), ("b", (lines + "尾").encode()), Request(limits=replace(LIMITS, seconds=4))
    )
    assert len(said(compared)) == 1


def test_what_never_ends_is_ended_and_told() -> None:
    endless = IgnoreRule(reason="算不完", where=Location(file="规则.yaml"), text="(甲|甲甲)+$")
    request = Request(ignoring=Ignoring(rules=(endless,)), limits=replace(LIMITS, seconds=0.5, wall_factor=2))
    problems = refused(("a.txt", ("甲" * 80 + "乙").encode()), ("b.txt", "丙".encode()), request)
    assert [problem.code for problem in problems] == ["file.too-slow"]
