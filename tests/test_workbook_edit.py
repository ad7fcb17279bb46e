"""Texts into somebody's workbook: what is asked for changes, and nothing else (无损改写)."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.worksheet.table import Table

from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.files.workbook_edit import set_cells
from reportgen.ledger.files.workbook_put import put_sheet
from reportgen.ledger.reading import read_ledger
from reportgen.problems import InputError
from tests.conftest import Hold
from tests.ledger_files import (
    TASK_HEAD,
    WANTS_TEXT,
    repacked,
    task,
    tasks,
    with_shared_strings,
    with_sheet_xml,
    workbook,
)
from tests.rich_workbooks import changed_parts, parts, picture, prefixed, protect, rich, sheet_of, values, with_macros

TASKS = "重点任务"
FILLED = {(TASKS, "G3"): "正常推进", (TASKS, "G4"): "推进较为滞后"}


def refused(blob: bytes, texts: dict[tuple[str, str], str], **more: object) -> list[tuple[str, str]]:
    """The codes and places of what stands against an edit."""
    with pytest.raises(InputError) as caught:
        set_cells(blob, texts, "台账.xlsx", **more)  # type: ignore[arg-type]
    for problem in caught.value.problems:
        assert len(problem.what + problem.fix) <= 300
    return [(each.code, (each.where and each.where.cell) or "") for each in caught.value.problems]


@pytest.mark.row("D2")
@pytest.mark.parametrize("make", [rich, lambda: with_macros(rich()), lambda: prefixed(rich())])
def test_only_the_sheet_with_the_filled_cells_changes(make: Callable[[], bytes]) -> None:
    blob = make()
    filled = set_cells(blob, FILLED, "台账.xlsm")
    # The main part says that formulas are to be calculated anew: one of them counts the filled cells.
    assert changed_parts(blob, filled) == {"xl/worksheets/sheet2.xml", "xl/workbook.xml"}
    before, after = values(blob, TASKS), values(filled, TASKS)
    assert (before[2][6], after[2][6]) == (None, "正常推进")
    assert (before[3][6], after[3][6]) == (None, "推进较为滞后")
    assert [row for i, row in enumerate(before) if i not in (2, 3)] == [
        row for i, row in enumerate(after) if i not in (2, 3)
    ]
    old, new = sheet_of(blob, TASKS), sheet_of(filled, TASKS)
    assert new["G3"].fill.start_color.rgb == old["G3"].fill.start_color.rgb == "00FFEE99"
    assert (new["G3"].font.name, new["G3"].font.bold) == ("仿宋", True)
    assert new.merged_cells.ranges == old.merged_cells.ranges
    assert new.data_validations.dataValidation[0].sqref == old.data_validations.dataValidation[0].sqref
    assert [cell.comment and cell.comment.text for cell in new["C"]] == [c.comment and c.comment.text for c in old["C"]]
    assert new.freeze_panes == "C2"
    assert new.row_dimensions[5].hidden


def test_the_sheets_own_text_differs_only_in_the_filled_cells() -> None:
    from lxml import etree

    blob = rich()
    part = "xl/worksheets/sheet2.xml"
    # The text as it is written anew without any change: openpyxl writes Chinese as numbers of characters.
    old = etree.tostring(etree.fromstring(parts(blob)[part]), encoding="unicode")
    new = parts(set_cells(blob, FILLED, "a.xlsx"))[part].decode().partition("?>\n")[2]
    added = re.compile(r' t="inlineStr"><is><t xml:space="preserve">(?:正常推进|推进较为滞后)</t></is></c>')
    assert len(added.findall(new)) == 2
    assert added.sub(' t="n"/>', new) == old


@pytest.mark.row("D1")
def test_the_same_edit_gives_the_same_bytes_and_our_own_reader_sees_it() -> None:
    blob = rich()
    filled = set_cells(blob, FILLED, "台账.xlsx")
    assert filled == set_cells(blob, dict(reversed(FILLED.items())), "台账.xlsx")
    before, after = (read_ledger(each, "台账.xlsx", WANTS_TEXT).value.tasks for each in (blob, filled))
    assert [entry.judgement for entry in before] != [entry.judgement for entry in after]
    assert [entry.judgement for entry in after][1:3] == ["正常推进", "推进较为滞后"]
    assert [entry.text for entry in before] == [entry.text for entry in after]


@pytest.mark.row("C4")
@pytest.mark.parametrize("text", ["=1+1", "+5%", "-19%", "@某单位", " 前后有空 ", "甲\n乙", "_x0041_", "<&>\"'", "𠮷"])
def test_a_text_is_never_a_formula_and_comes_back_as_it_was_written(text: str) -> None:
    filled = set_cells(tasks(task(status=None)), {(TASKS, "G2"): text}, "a.xlsx")
    cell = sheet_of(filled, TASKS)["G2"]
    assert cell.data_type in ("s", "inlineStr")
    # openpyxl does not decode what Excel decodes.
    assert str(cell.value).replace("_x005F_", "_") == text


def test_characters_that_no_file_can_hold_are_left_out() -> None:
    filled = set_cells(tasks(task(status=None)), {(TASKS, "G2"): "正\x00常\ud800\u200b推进"}, "a.xlsx")
    assert sheet_of(filled, TASKS)["G2"].value == "正常推进"


def test_rows_and_cells_that_are_not_there_are_made_in_order() -> None:
    blob = workbook({TASKS: [TASK_HEAD, [None], task(), [None], [None]]})
    new = {(TASKS, "C7"): "七", (TASKS, "A5"): "五", (TASKS, "Z3"): "边", (TASKS, "J3"): "间", (TASKS, "B2"): "二"}
    filled = set_cells(blob, new, "a.xlsx")
    sheet = parts(filled)["xl/worksheets/sheet1.xml"].decode()
    rows = [int(number) for number in re.findall(r'<row [^>]*?r="(\d+)"', sheet)]
    assert rows == sorted(set(rows))
    assert {2, 5, 7} <= set(rows)
    third = re.findall(r'r="([A-Z]+)3"', sheet)
    assert third == ["A", "B", "C", "D", "E", "F", "G", "J", "Z"]
    assert 'ref="A1:Z7"' in sheet
    assert {place: sheet_of(filled, TASKS)[place].value for _, place in new} == {at: t for (_, at), t in new.items()}


def test_rows_and_cells_without_numbers_are_counted() -> None:
    blob = tasks(task(status=None), task(no=2, status=None))
    bare = repacked(blob, lambda name, data: re.sub(rb' r="[A-Z]*\d+"', b"", data) if "sheet1" in name else data)
    filled = set_cells(bare, {(TASKS, "G3"): "正常推进", (TASKS, "H4"): "新"}, "a.xlsx")
    tasks_read = read_ledger(filled, "a.xlsx", WANTS_TEXT).value.tasks
    assert [entry.judgement for entry in tasks_read[:2]] == ["", "正常推进"]
    assert sheet_of(filled, TASKS)["H4"].value == "新"


def test_a_new_row_may_look_like_another_one() -> None:
    blob = rich()
    filled = set_cells(blob, {(TASKS, "G9"): "新", (TASKS, "A9"): "9"}, "a.xlsx", like={(TASKS, 9): 3})
    assert sheet_of(filled, TASKS)["G9"].fill.start_color.rgb == "00FFEE99"


def test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done() -> None:
    wrong = {(TASKS, "H2"): "甲", (TASKS, "B6"): "乙", (TASKS, "C2"): "丙", ("没有", "A1"): "丁"}
    assert sorted(refused(rich(), {**wrong, **FILLED})) == [
        ("edit.covered-cell", "B6"),
        ("edit.filled", "C2"),
        ("edit.formula", "H2"),
        ("edit.no-sheet", "A1"),
    ]
    assert refused(rich(), {(TASKS, "G3"): "长" * 32_768, (TASKS, "ZZZZ1"): "", (TASKS, "A0"): ""}) == [
        ("edit.long-text", "G3"),
        ("edit.no-cell", "ZZZZ1"),
        ("edit.no-cell", "A0"),
    ]


def test_an_array_formula_keeps_all_its_cells() -> None:
    array = '<c r="G2"><f t="array" ref="G2:H3">A2</f><v>1</v></c></row></sheetData>'
    blob = with_sheet_xml(tasks(task(status=None)), "</row></sheetData>", array)
    assert refused(blob, {(TASKS, "G3"): "甲"}, replace=True) == [("edit.formula", "G3")]


def test_a_text_is_replaced_where_that_is_asked_for() -> None:
    filled = set_cells(rich(), {(TASKS, "F2"): "改过"}, "a.xlsx", replace=True)
    assert sheet_of(filled, TASKS)["F2"].value == "改过"
    emptied = set_cells(filled, {(TASKS, "F2"): ""}, "a.xlsx", replace=True)
    assert sheet_of(emptied, TASKS)["F2"].value is None


def test_a_cell_with_an_empty_shared_text_is_empty() -> None:
    blob = with_shared_strings(tasks(task(status="甲")))
    blob = repacked(blob, lambda name, data: data.replace(b"&#30002;", b" ") if "sharedStrings" in name else data)
    filled = set_cells(blob, {(TASKS, "G2"): "正常推进"}, "a.xlsx")
    assert sheet_of(filled, TASKS)["G2"].value == "正常推进"
    assert changed_parts(blob, filled) == {"xl/worksheets/sheet1.xml"}


def test_locked_cells_stay_closed_and_open_ones_do_not() -> None:
    blob = tasks(task(status=None), task(no=2, status=None), edit=protect)
    assert refused(blob, {(TASKS, "G2"): "正常推进", (TASKS, "G3"): "正常推进"}) == [("edit.protected", "G2")]
    assert sheet_of(set_cells(blob, {(TASKS, "G3"): "甲"}, "a.xlsx"), TASKS)["G3"].value == "甲"


def test_signed_and_locked_workbooks_are_told() -> None:
    signed = repacked(tasks(task(status=None)), parts=[("_xmlsignatures/origin.sigs", b"")])
    assert refused(signed, FILLED) == [("edit.signed", "")]

    def locked(name: str, data: bytes) -> bytes:
        sharing = b'<fileSharing userName="a" reservationPassword="CC1A"/><workbookPr'
        return data.replace(b"<workbookPr", sharing, 1) if name == "xl/workbook.xml" else data

    assert refused(repacked(tasks(task(status=None)), locked), FILLED) == [("edit.locked", "")]


def test_what_is_no_workbook_is_refused_in_words() -> None:
    assert refused(b"", FILLED) == [("file.wrong-kind", "")]
    assert refused(b"PK\x03\x04 nothing", FILLED) == [("file.damaged", "")]
    broken = repacked(rich(), lambda name, data: data[:400] if name == "xl/worksheets/sheet2.xml" else data)
    assert refused(broken, FILLED) == [("file.damaged", "")]
    assert refused(repacked(rich(), lambda name, data: data[:9] if name == "xl/workbook.xml" else data), FILLED) == [
        ("file.damaged", "")
    ]


def test_a_workbook_too_large_to_be_changed_is_told(hold: Hold) -> None:
    hold(tables={"tags": 200})
    assert refused(rich(), FILLED) == [("edit.too-large", "")]


def test_a_thousand_cells_are_filled_at_once() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(TASKS)
    sheet.append(TASK_HEAD)
    for number in range(1_000):
        sheet.append(task(no=number, status=None))
    stream = io.BytesIO()
    book.save(stream)
    texts = {(TASKS, f"G{row}"): "正常推进" for row in range(2, 1_002)}
    filled = load_workbook(io.BytesIO(set_cells(stream.getvalue(), texts, "a.xlsx")), read_only=True)
    assert {row[6] for row in filled[TASKS].iter_rows(min_row=2, values_only=True)} == {"正常推进"}


# ---- a sheet of the program's own

OWN = SheetText(name="校核意见", columns=(Column(title="编号", width=12),), rows=[["甲"], ["=1+1"], ["_x0041_"]])


def test_a_sheet_is_put_at_the_end_and_its_links_lead_to_cells() -> None:
    blob = rich()
    new = put_sheet(blob, OWN, "a.xlsx", {"A2": ("汇总 & <统计>'表", "A1")})
    sheet = sheet_of(new, OWN.name)
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["编号", "甲", "=1+1", "_x005F_x0041_"]
    assert sheet["A3"].data_type in ("s", "inlineStr")
    link = sheet["A2"].hyperlink
    assert link
    assert link.location == "'汇总 & <统计>''表'!A1"
    assert load_workbook(io.BytesIO(new)).sheetnames[-1] == OWN.name
    # One sheet alone is selected: what is typed goes into each that is.
    assert parts(new)["xl/worksheets/sheet4.xml"].count(b"tabSelected") == 0


def test_a_sheet_in_place_of_the_old_one_keeps_what_was_laid_on_it() -> None:
    def edit(book: Workbook) -> None:
        book.create_sheet(OWN.name).add_image(Image(io.BytesIO(picture())), "C3")

    blob = tasks(task(), edit=edit)
    new = put_sheet(blob, OWN, "a.xlsx")
    assert load_workbook(io.BytesIO(new)).sheetnames == [TASKS, OWN.name]
    assert len(sheet_of(new, OWN.name)._images) == 1  # type: ignore[attr-defined]
    assert sheet_of(new, OWN.name)["A2"].value == "甲"
    assert changed_parts(blob, new) == {"xl/worksheets/sheet2.xml", "xl/styles.xml"}


def test_a_workbook_without_styles_gets_a_plain_sheet() -> None:
    def bare(name: str, data: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return None
        data = re.sub(rb"<(Override|Relationship)[^>]*styles[^>]*/>", b"", data)
        return re.sub(rb' s="\d+"', b"", data)

    blob = repacked(tasks(task()), bare)
    assert sheet_of(put_sheet(blob, OWN, "a.xlsx"), OWN.name)["A2"].value == "甲"


def test_a_sheet_is_not_put_where_it_must_not_be() -> None:
    def lock(book: Workbook) -> None:
        book.security.lockStructure = True

    def bind(book: Workbook) -> None:
        sheet = book.create_sheet(OWN.name)
        sheet.append(["编号"])
        sheet.append(["甲"])
        sheet.add_table(Table(displayName="T1", ref="A1:A2"))

    def close(book: Workbook) -> None:
        book.create_sheet(OWN.name).protection.sheet = True

    codes = []
    for edit in (lock, bind, close):
        with pytest.raises(InputError) as caught:
            put_sheet(tasks(task(), edit=edit), OWN, "a.xlsx")
        codes += [problem.code for problem in caught.value.problems]
    assert codes == ["edit.locked-structure", "edit.table", "edit.protected"]


def test_broken_parts_are_told_and_never_a_fault_of_the_program() -> None:
    base = rich()
    names = [name for name in parts(base) if name.endswith((".xml", ".rels"))]
    odd = (b"", b"0", b"-1", b"99999999999", b"A", b"XFE1", b"NaN", b"<a/>", b"&#0;", b"<row/>", b"<f>")
    outcomes = set()
    for seed in range(80):
        chance = random.Random(seed)
        broken = chance.choice(names)

        def change(name: str, data: bytes, broken: str = broken, chance: random.Random = chance) -> bytes:
            if name != broken:
                return data
            found = chance.choice([*re.finditer(rb'(?<==")[^"]{0,60}(?=")|<[^>]{1,80}>', data)])
            return data[: found.start()] + chance.choice(odd) + data[found.end() :]

        blob = repacked(base, change)
        for put in (True, False):
            try:
                if put:
                    put_sheet(blob, OWN, "a.xlsx")
                else:
                    set_cells(blob, FILLED, "a.xlsx")
                outcomes.add("changed")
            except InputError as fault:
                outcomes.update(problem.code for problem in fault.problems)
    assert outcomes >= {"changed", "file.damaged"}
