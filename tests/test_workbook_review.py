"""The Excel copy of a ledger with comments and the list of findings (校核副本)."""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from reportgen.check import check_file
from reportgen.check_files import excel_copy
from reportgen.ledger.acceptances import ACCEPTANCE_SHEET, Acceptance, accept, read_acceptances
from reportgen.ledger.files.workbook_notes import AUTHOR
from reportgen.ledger.files.workbook_review import CellNote, note_text, review_ledger, review_workbook
from reportgen.ledger.files.xlsx import MARK
from reportgen.ledger.reading import read_ledger
from reportgen.problems import InputError, Location
from tests.ledger_files import (
    GOAL_HEAD,
    GOAL_ROW,
    TASK_HEAD,
    WANTS_BOTH,
    WANTS_TASKS,
    WANTS_TEXT,
    as_csv,
    as_yaml,
    repacked,
    task,
    tasks,
)
from tests.libreoffice import SOFFICE, needs_libreoffice, profile
from tests.rich_workbooks import changed_parts, parts, prefixed, rich, sheet_of, values, with_macros

TASKS, NAME = "重点任务", "台账.xlsx"


def at(cell: str, sheet: str = TASKS, file: str = NAME) -> Location:
    return Location(file=file, sheet=sheet, cell=cell)


RATE = Acceptance(
    key="aab12345",
    level="错误",
    rule="完成率",
    spot="「重点任务」第3行「进展情况」",
    quote="=43.2%",
    what="完成率写 43.2%，按 144÷330 应为 43.6%",
    fix="请核对这几个数",
    at=at("F3"),
)
UNIT = Acceptance(
    key="b2222222", level="警告", rule="单位名称", spot="第3行", what="名录里没有「区城管队」", at=at("D3")
)
BODY = Acceptance(key="c3333333", level="警告", rule="附件", spot="正文第2段", what="没有附件4")
ROWS = (RATE, UNIT, BODY)
NOTES = tuple(CellNote(where=row.at, text=note_text(row)) for row in ROWS if row.at)


def comments(blob: bytes, title: str = TASKS) -> dict[str, tuple[str, str]]:
    """Author and text of the comments by cell, as openpyxl sees them."""
    cells = (cell for row in sheet_of(blob, title).iter_rows() for cell in row)
    return {cell.coordinate: (cell.comment.author, cell.comment.text) for cell in cells if cell.comment}


@pytest.mark.parametrize("make", [lambda: rich(comments=False), lambda: with_macros(rich(comments=False))])
def test_the_copy_has_comments_and_list_and_all_else_stays(make: Callable[[], bytes]) -> None:
    blob = make()
    copy = review_workbook(blob, NAME, NOTES, ROWS)
    assert copy.problems == ()
    assert comments(copy.value) == {
        "F3": (AUTHOR, f"{MARK}\n［错误］完成率写 43.2%，按 144÷330 应为 43.6%\n建议：请核对这几个数\n编号：aab12345"),
        "D3": (AUTHOR, f"{MARK}\n［警告］名录里没有「区城管队」\n编号：b2222222"),
    }
    for title in load_workbook(io.BytesIO(blob)).sheetnames:
        assert values(copy.value, title) == values(blob, title)
    assert changed_parts(blob, copy.value) == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/worksheets/sheet4.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    sheet = "xl/worksheets/sheet2.xml"
    without = re.sub(rb"<legacyDrawing[^>]*/>", b"", parts(copy.value)[sheet])
    assert same_xml(without, parts(blob)[sheet])
    assert review_workbook(blob, NAME, NOTES, ROWS).value == copy.value


def same_xml(one: bytes, other: bytes) -> bool:
    from lxml import etree

    return str(etree.canonicalize(one.decode())) == str(etree.canonicalize(other.decode()))


def test_the_list_has_all_findings_and_leads_to_their_cells() -> None:
    copy = review_workbook(rich(), NAME, NOTES, ROWS).value
    assert [each.key for each in read_acceptances(copy, NAME).value] == [row.key for row in ROWS]
    sheet = sheet_of(copy, ACCEPTANCE_SHEET)
    links = {cell.coordinate: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {"D4": "'重点任务'!F3", "D5": "'重点任务'!D3"}
    assert [cell.value for cell in sheet["E"]][3:] == ["=43.2%", None, None]


def test_reading_the_copy_gives_the_same_ledger_without_a_word_more() -> None:
    blob = tasks(task(), task(no=2, text="新建学校2所"), task(no=3, text="修路3公里"))
    before = read_ledger(blob, NAME, WANTS_TASKS)
    copy = review_workbook(blob, NAME, NOTES, ROWS).value
    after = read_ledger(copy, NAME, WANTS_TASKS)
    assert after == before


def test_a_persons_comment_keeps_its_words_and_its_box() -> None:
    blob = rich()
    note = CellNote(where=at("C3"), text="［错误］甲")
    copy = review_workbook(blob, NAME, [*NOTES, note], ROWS).value
    assert comments(copy)["C3"] == ("王科", f"请区城管局再核一下\n\n{MARK}\n［错误］甲")
    vml = next(name for name in parts(blob) if name.lower().endswith(".vml"))
    old, new = parts(blob)[vml], parts(copy)[vml]
    # Boxes are added; that of the person is as large as the words ask now, and else as it was drawn.
    assert new.count(b"ObjectType=") == old.count(b"ObjectType=") + 2
    kept = new[: new.index(b"<v:shape ")]
    assert b"width:240pt;height:72pt" in kept
    assert kept.replace(b"width:240pt;height:72pt", b"width:144px;height:79px") == old[: old.rfind(b"</xml>")]
    warned = [each.what for each in read_ledger(copy, NAME, WANTS_TEXT).problems if each.code == "ledger.comment"]
    assert warned == ["这一格有批注「请区城管局再核一下」，没有读入"]


@pytest.mark.parametrize("comments_there", [True, False])
def test_a_second_check_replaces_the_comments_of_the_first(comments_there: bool) -> None:
    blob = rich(comments=comments_there)
    mine = CellNote(where=at("C3"), text="［错误］甲")
    first = review_workbook(blob, NAME, [*NOTES, mine], ROWS).value
    again = review_workbook(first, NAME, [NOTES[0]], ROWS[:1]).value
    left = {"F3": comments(first)["F3"]}
    if comments_there:
        left["C3"] = ("王科", "请区城管局再核一下")
    assert comments(again) == left
    vml = next(data for name, data in parts(again).items() if name.lower().endswith(".vml"))
    assert vml.count(b"ObjectType=") == len(left)
    assert review_workbook(again, NAME, [NOTES[0]], ROWS[:1]).value == again
    assert comments(review_workbook(again, NAME, [], []).value) == {k: v for k, v in left.items() if k == "C3"}


def test_reasons_given_in_the_copy_hold_in_the_next_one() -> None:
    first = review_workbook(rich(), NAME, NOTES, ROWS).value
    accepted = accept(first, NAME, [Acceptance(key="b2222222", reason="名录要改")])
    again = review_workbook(accepted, NAME, [], [RATE]).value
    assert [(each.key, each.reason) for each in read_acceptances(again, NAME).value] == [
        ("aab12345", ""),
        ("b2222222", "名录要改"),
    ]


def test_several_findings_of_one_cell_are_one_comment_and_a_merged_cell_has_it_on_its_first() -> None:
    notes = [CellNote(where=at(cell), text=text) for cell, text in (("B5", "甲"), ("B6", "乙"), ("B5", "丙"))]
    copy = review_workbook(rich(comments=False), NAME, notes, []).value
    assert comments(copy) == {"B5": (AUTHOR, f"{MARK}\n甲\n\n丙\n\n乙")}


def test_places_that_are_not_in_this_workbook_stand_in_the_list_alone() -> None:
    odd = [at("A1", file="别的.xlsx"), at("A1", sheet="没有"), Location(file=NAME, line=3)]
    copy = review_workbook(rich(comments=False), NAME, [CellNote(where=where, text="甲") for where in odd], ROWS).value
    assert comments(copy) == {}


def test_a_conversation_is_left_alone_and_that_is_told() -> None:
    def talk(book: Workbook) -> None:
        book[TASKS]["F3"].comment = Comment("[Threaded comment]", "tc={00000000-0000-0000-0000-000000000001}")

    blob = tasks(task(), task(no=2), edit=talk)
    copy = review_workbook(blob, NAME, NOTES, ROWS)
    assert [(each.code, each.where) for each in copy.problems] == [("review.thread", at("F3"))]
    assert comments(copy.value)["F3"][1] == "[Threaded comment]"
    assert set(comments(copy.value)) == {"D3", "F3"}


def test_a_drawing_that_is_none_is_refused() -> None:
    blob = repacked(rich(), lambda name, data: b"<nothing/>" if name.lower().endswith(".vml") else data)
    with pytest.raises(InputError, match=r"edit\.drawing"):
        review_workbook(blob, NAME, NOTES, ROWS)
    with pytest.raises(InputError, match=r"edit\.no-cell"):
        review_workbook(rich(), NAME, [CellNote(where=at("A0"), text="甲")], ROWS)


def test_what_is_written_beside_the_list_is_told() -> None:
    def note(book: Workbook) -> None:
        book[ACCEPTANCE_SHEET]["K5"] = "记得问统计局"

    blob = edited(review_workbook(rich(), NAME, NOTES, ROWS).value, note)
    told = review_workbook(blob, NAME, NOTES, ROWS).problems
    assert [(each.code, each.where) for each in told] == [("review.left-out", at("K5", ACCEPTANCE_SHEET))]
    # An office's own sheet of that name is not written over.
    own = tasks(task(), edit=lambda book: book.create_sheet(ACCEPTANCE_SHEET).append(["会上意见", "办理人"]))
    with pytest.raises(InputError, match=r"accept\.no-head"):
        review_workbook(own, NAME, NOTES, ROWS)


def edited(blob: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook as somebody changed it."""
    book = load_workbook(io.BytesIO(blob))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.row("C4")
def test_hostile_words_stay_words() -> None:
    text = "</t></comment><x>&amp;\x00\ud800=cmd|'/c calc'!A1" + "长" * 40_000
    copy = review_workbook(rich(), NAME, [CellNote(where=at("F3"), text=text)], [Acceptance(key="a", what=text)]).value
    said = comments(copy)["F3"][1]
    assert said.startswith(f"{MARK}\n</t></comment><x>&amp;=cmd|'/c calc'!A1长长")
    assert len(said) <= 32_767


@pytest.mark.parametrize(("words", "least", "most"), [("短", 50, 80), ("长" * 200, 100, 200), ("长" * 5_000, 400, 430)])
def test_the_box_is_as_large_as_its_words_ask(words: str, least: int, most: int) -> None:
    copy = review_workbook(rich(comments=False), NAME, [CellNote(where=at("F3"), text=words)], []).value
    height = int(re.search(rb"height:(\d+)pt", parts(copy)["xl/drawings/vmlDrawing1.vml"])[1])  # type: ignore[index]
    assert least <= height <= most


def test_a_thousand_comments_are_written_quickly() -> None:
    blob = tasks(*(task(no=number, text=f"第{number}件") for number in range(1_000)))
    notes = [CellNote(where=at(f"F{row}"), text="［错误］甲\n编号：a1234567") for row in range(2, 1_002)]
    start = time.perf_counter()
    copy = review_workbook(blob, NAME, notes, ROWS).value
    assert time.perf_counter() - start < 5
    assert len(comments(copy)) == 1_000
    numbers = re.findall(rb'id="_x0000_s(\d+)"', parts(copy)["xl/drawings/vmlDrawing1.vml"])
    assert len(set(numbers)) == 1_000


# ---- ledgers in other files


def test_a_ledger_in_csv_becomes_a_workbook_with_the_comments_on_its_cells() -> None:
    rows = [TASK_HEAD, task(), task(no=2, text="修路3公里", progress="完成43.2%。")]
    read = read_ledger(as_csv(rows), "台账.csv", WANTS_TASKS).value
    where = read.tasks[1].cells["progress"]
    row = Acceptance(key="a1234567", what="甲", at=where)
    copy = review_ledger(read, [CellNote(where=where, text="甲")], [row]).value
    ((cell, said),) = comments(copy).items()
    assert said == (AUTHOR, f"{MARK}\n甲")
    assert sheet_of(copy, TASKS)[cell].value == "完成43.2%。"
    again = read_ledger(copy, "副本.xlsx", WANTS_TASKS)
    assert (again.value.goals, again.value.tasks) == (read.goals, read.tasks)
    assert again.problems == ()
    link = sheet_of(copy, ACCEPTANCE_SHEET)["D4"].hyperlink
    assert link
    assert link.location == f"'重点任务'!{cell}"


def test_a_ledger_in_yaml_and_a_task_without_category_find_their_cells() -> None:
    rows = [TASK_HEAD, task(), task(no=2, category=None, text="修路3公里")]
    sheets: dict[str, list[Any]] = {"预期目标": [GOAL_HEAD, GOAL_ROW], "重点任务": rows}
    read = read_ledger(as_yaml(sheets), "台账.yaml", WANTS_BOTH).value
    entries = [*read.goals, *read.tasks]
    notes = [CellNote(where=entry.cells["text"], text=entry.text) for entry in entries]
    copy = review_ledger(read, notes, []).value
    for entry, title in zip(entries, ("预期目标", TASKS, TASKS), strict=True):
        cells = [cell for cell, (_, said) in comments(copy, title).items() if said == f"{MARK}\n{entry.text}"]
        assert [sheet_of(copy, title)[cell].value for cell in cells] == [entry.text]


# ---- seen by another program


@needs_libreoffice
def test_libreoffice_opens_the_copy_and_keeps_its_comments(tmp_path: Path) -> None:
    blob = rich()
    copy = review_workbook(blob, NAME, NOTES, ROWS).value
    (tmp_path / "副本.xlsx").write_bytes(copy)
    command = [*SOFFICE, profile(), "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "副本.xlsx")], check=True, capture_output=True, timeout=120)
    saved = (tmp_path / "out" / "副本.xlsx").read_bytes()
    kept = comments(saved)
    assert {cell: text for cell, (_, text) in kept.items()} == {c: text for c, (_, text) in comments(copy).items()}
    assert load_workbook(io.BytesIO(saved)).sheetnames == load_workbook(io.BytesIO(copy)).sheetnames
    assert [each.key for each in read_acceptances(saved, NAME).value] == [row.key for row in ROWS]
    # … and what it saved can be checked again.
    again = review_workbook(saved, NAME, [NOTES[0]], ROWS[:1]).value
    assert set(comments(again)) == {"C3", "F3"}


def test_comments_of_other_sheets_are_not_touched() -> None:
    def remark(book: Workbook) -> None:
        other = book.create_sheet("预期目标")
        other.append(GOAL_HEAD)
        other["A1"].comment = Comment("别动", "王科")

    blob = tasks(task(), task(no=2), edit=remark)
    changed = changed_parts(blob, review_workbook(blob, NAME, NOTES, ROWS).value)
    assert not [name for name in changed if name in parts(blob) and ("sheet2" in name or "comment" in name.lower())]


def test_the_comments_stand_in_the_sheet_where_excel_wants_them() -> None:
    behind = '<tableParts count="0"/><extLst><ext uri="{0}"><a xmlns="urn:a"/></ext></extLst></worksheet>'
    head = '<worksheet xmlns:mc="urn:mc" xmlns:x14ac="urn:x14ac" mc:Ignorable="x14ac" '

    def dressed(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet2.xml"):
            return data
        return data.replace(b"</worksheet>", behind.encode()).replace(b"<worksheet ", head.encode())

    blob = repacked(rich(comments=False), dressed)
    sheet = parts(review_workbook(blob, NAME, NOTES, ROWS).value)["xl/worksheets/sheet2.xml"].decode()
    assert re.findall(r"<(drawing|legacyDrawing|tableParts|extLst)\b", sheet) == [
        "drawing",
        "legacyDrawing",
        "tableParts",
        "extLst",
    ]
    # What programs of today add to the head of a part, and name by prefix in an attribute, is still declared.
    assert 'mc:Ignorable="x14ac"' in sheet
    assert 'xmlns:x14ac="urn:x14ac"' in sheet


def test_a_workbook_with_prefixes_gets_comments_and_list() -> None:
    copy = review_workbook(prefixed(rich()), NAME, NOTES, ROWS).value
    assert set(comments(copy)) == {"C3", "D3", "F3"}
    assert b"<x:legacyDrawing" in parts(copy)["xl/worksheets/sheet2.xml"]
    assert len(read_acceptances(copy, NAME).value) == 3


@pytest.mark.parametrize("name", ["重点任务.csv", "台账.yaml"])
def test_a_check_of_a_ledger_that_is_no_workbook_gives_a_copy_with_its_comments(name: str, tmp_path: Path) -> None:
    rows = [TASK_HEAD, task(progress="1—6月优良天数144天，占全年目标330天的43.2%。")]
    blob = as_csv(rows) if name.endswith(".csv") else as_yaml({TASKS: rows})
    (tmp_path / name).write_bytes(blob)
    checked = check_file(tmp_path / name)
    (finding,) = checked.findings
    ((cell, (_, said)),) = comments(excel_copy(checked).value).items()
    assert said.endswith(f"编号：{finding.key}")
    assert "43.2%" in str(sheet_of(excel_copy(checked).value, TASKS)[cell].value)
