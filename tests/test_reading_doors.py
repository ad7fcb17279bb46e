"""Files from outside at every door (各个入口): named for what they are, refused in plain words before they harm."""

from __future__ import annotations

import re
from random import Random

import pytest

from reportgen.confine import Limits, confined_each
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.reading import read_ledger
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import Problem, ReportError
from tests.bad_files import LETTERS, pdf, text, zipped
from tests.bad_returns import as_html, bombs, entity_bombs, ole, sparse
from tests.ledger_files import TASK_ROW, WANTS_TEXT, as_csv, repacked, task, tasks, with_shared_strings, with_sheet_xml
from tests.reliability.fuzzing import DOORS
from tests.reliability.tally import Tally
from tests.word_returns import edited, p, t, tbl, tr, word_return

# What of a file that is refused may be used up: its own process ends at more.
_TIGHT = Limits(seconds=5, memory_bytes=500 * 1024**2)
_PYTHON = re.compile(r"Traceback|(?:Error|Exception)\b|0x[0-9a-f]{6}|<\w+ object|lxml|openpyxl|xlrd|NoneType")
# Which files each door opens.
_OPENS = {
    "return": (".xlsx", ".ods", ".docx"),
    "ledger": (".xlsx",),
    "check": (".xlsx", ".docx"),
    "compare": (".xlsx", ".docx"),
    "lint": (".docx",),
    "import": (".docx",),
}


def refusal(door: str, blob: bytes, name: str) -> tuple[Problem, ...]:
    """Why a door refuses a file, in words that an office understands."""
    with pytest.raises(ReportError) as fault:
        DOORS[door](blob, name)
    for problem in fault.value.problems:
        assert problem.where
        assert problem.where.file == name
        assert problem.fix
        assert len(problem.what + problem.fix) <= 300
        assert not _PYTHON.search(str(problem))
    return fault.value.problems


# ---- what would harm whoever opens it


def _refused_in_time(door: str, made: dict[str, bytes]) -> dict[str, tuple[str, ...]]:
    """The codes of each refusal, every file opened within five seconds and 500 MB."""
    opened = {name: blob for name, blob in made.items() if name.endswith(_OPENS[door])}
    ends = confined_each(list(opened), _TIGHT, refusal, [door] * len(opened), opened.values(), list(opened))
    told = {}
    for name, end in zip(opened, ends, strict=True):
        assert not isinstance(end, ReportError), end
        told[name] = tuple(problem.code for problem in end)
    return told


@pytest.mark.row("I1", "refused")
@pytest.mark.parametrize("door", _OPENS)
def test_a_package_that_unpacks_to_too_much_is_refused_at_every_door(door: str, tally: Tally) -> None:
    told = _refused_in_time(door, {name: make() for name, make in bombs().items()})
    assert set(told.values()) == {("file.unsafe",)}
    tally.refused(len(told))


@pytest.mark.row("I2", "refused")
@pytest.mark.parametrize("door", _OPENS)
def test_entities_are_refused_at_every_door(door: str, tally: Tally) -> None:
    told = _refused_in_time(door, entity_bombs())
    assert set(told.values()) == {("file.unsafe",)}
    tally.refused(len(told))


@pytest.mark.row("I3", "refused")
@pytest.mark.parametrize("door", ["return", "ledger", "check", "compare"])
def test_a_cell_in_the_last_corner_is_refused_at_every_door(door: str, tally: Tally) -> None:
    told = _refused_in_time(door, {"远.xlsx": sparse()})
    assert set(told.values()) == {("ledger.too-many-columns",)}
    tally.refused(len(told))


# ---- which file it is

_KINDS = {
    "旧版 Word 文档": (ole("WordDocument"), ".doc"),
    "PDF": (pdf(text(LETTERS)), ".pdf"),
    "压缩包": (zipped(("a.txt", b"x")), ".zip"),
    "RTF": (b"{\\rtf1 x}", ".rtf"),
    "图片": (b"\x89PNG\r\n\x1a\n" + bytes(50) + b"x", ".png"),
    "网页": (as_html(), ".xls"),
    "密码": (ole("EncryptedPackage"), ".xlsx"),
    "空文件": (b"", ".xlsx"),
    "压缩包不完整": (tasks(TASK_ROW)[:900], ".xlsx"),
    "临时文件": (tasks(TASK_ROW), ".xlsx"),
    "二进制工作簿": (zipped(("xl/workbook.bin", b"x")), ".xlsb"),
    "演示文稿": (zipped(("ppt/presentation.xml", b"<a/>")), ".pptx"),
}
# What a door reads, what `compare` holds against another byte for byte, and what `lint` sees by the name before that.
_TAKEN = {
    "check": {"PDF"},
    "compare": {"PDF", "压缩包", "图片", "网页", "演示文稿", "临时文件"},
    "lint": {"PDF", "临时文件"},
}


@pytest.mark.row("I12", "refused")
@pytest.mark.parametrize("door", _OPENS)
def test_every_door_names_the_twelve_kinds_whatever_they_are_called(door: str, tally: Tally) -> None:
    assert len(_KINDS) == 12
    for kind, (blob, ending) in _KINDS.items():
        if kind in _TAKEN.get(door, set()):
            continue
        for name in {f"反馈{ending}", f"反馈{_OPENS[door][0]}"}:
            told = refusal(door, blob, "~$" + name if kind == "临时文件" else name)
            assert kind in "".join(each.what for each in told) + ("密码" if "加了密码" in told[0].what else ""), name
            tally.refused()


@pytest.mark.row("I12", "refused")
def test_who_imports_a_report_is_told_what_can_be_imported() -> None:
    (problem,) = refusal("import", pdf(text(LETTERS)), "报告.pdf")
    assert "这份报告的 Word 文件" in problem.fix
    (problem,) = refusal("import", tasks(TASK_ROW), "报告.docx")
    assert "已印发报告" in problem.fix


# ---- workbooks that only look whole


_ROW = task(text="Plan5", progress="Done3")


def _sheet(old: str, new: str) -> bytes:
    return with_sheet_xml(tasks(_ROW), old, new)


def _shared(old: bytes, new: bytes) -> bytes:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(old, new, 1) if name.endswith("sharedStrings.xml") else data

    blob = repacked(with_shared_strings(tasks(TASK_ROW)), change)
    assert blob != with_shared_strings(tasks(TASK_ROW))
    return blob


def _part(ending: str, old: str, new: str, blob: bytes | None = None) -> bytes:
    def change(name: str, data: bytes) -> bytes:
        if not name.endswith(ending):
            return data
        assert old.encode() in data, data
        return data.replace(old.encode(), new.encode(), 1)

    return repacked(blob or tasks(_ROW), change)


_TWO_SHEETS = repacked(tasks(TASK_ROW, edit=lambda book: book.create_sheet("附表").append(["甲", "乙"])))
_SPOILT = {
    "a row under another name": lambda: _sheet('<row r="2"', '<row r="2"><c r="A2"/></row><odd r="2"'),
    "a wrapper around the cells of a row": lambda: _sheet('<c r="C2"', '<odd><c r="Z9"/></odd><c r="C2"'),
    "a cell that belongs to another row": lambda: _sheet('<c r="C2"', '<c r="C9"'),
    "a text that is none of the list's": lambda: _shared(b"<si>", b"<odd>x</odd><si>"),
    "a sheet without the part with its cells": lambda: _part("sheet1.xml", "sheetData", "sheetDate"),
    "a sheet whose part is not there": lambda: _part("workbook.xml.rels", "sheet2.xml", "sheet3.xml", _TWO_SHEETS),
    "a sheet that is not in the list": lambda: _part("workbook.xml", '<sheet ', '<odd ', _TWO_SHEETS),
    "two sheets that are one": lambda: _part("workbook.xml", 'r:id="rId2"', 'r:id="rId1"', _TWO_SHEETS),
    "a style that is none of the list's": lambda: _part("styles.xml", "<cellXfs count=\"1\">", "<cellXfs><odd/>"),
    "a merged range that begins above the first row": lambda: _sheet(
        "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A0:B2"/></mergeCells>'
    ),
}  # fmt: skip


@pytest.mark.row("I5", "refused")
@pytest.mark.parametrize("name", _SPOILT)
def test_a_workbook_that_would_lose_something_is_refused(name: str) -> None:
    blob = _SPOILT[name]()
    for door in ("return", "ledger"):
        assert {problem.code for problem in refusal(door, blob, "反馈.xlsx")} == {"file.damaged"}


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="inlineStr"><is><t>Plan5</t></is><v>7</v>'),
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="inlineStr"><v>建成口袋公园5个</v>'),
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="Str"><v>建成口袋公园5个</v>'),
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="str"><v>建成口袋公园5个</v><v>7</v>'),
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="str"><odd>建成口袋公园5个</odd>'),
        ('t="inlineStr"><is><t>Plan5</t></is>', 't="str"><v>建成<odd/>口袋公园5个</v>'),
    ],
)
def test_a_cell_that_holds_what_no_cell_does_is_told_with_its_place(old: str, new: str) -> None:
    (table,) = read_contents(_sheet(old, new), "反馈.xlsx").value.tables
    faults = [(fault.code, str(fault.where)) for row in table.rows for cell in row for fault in cell.faults]
    assert faults == [("ledger.unreadable-cell", "反馈.xlsx「重点任务」C2")]


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    "inner",
    ["建成<!-- -->口袋公园5个", "建成<odd/>口袋公园5个", "建成<?x y?>口袋公园5个", "<odd>建成</odd>口袋公园5个"],
)
def test_what_stands_within_a_text_takes_nothing_of_it_away(inner: str) -> None:
    blob = _sheet("<t>Plan5</t>", f"<t>{inner}</t>")
    (table,) = read_contents(blob, "反馈.xlsx").value.tables
    assert table.rows[1][2].text == "建成口袋公园5个"
    word = word_return(tbl(tr("任务", "进展"), tr("甲", "乙")))
    told = read_contents(edited(word, ">甲<", f">{inner}<"), "反馈.docx")
    every = "".join(cell.text for table in told.value.tables for row in table.rows for cell in row)
    assert all(part in every + str(told.problems) for part in ("建成", "口袋公园5个"))


@pytest.mark.row("I5")
def test_days_from_1904_and_formats_that_are_nowhere_are_not_guessed() -> None:
    def dated(number: int) -> bytes:
        style = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" p'
        blob = _part("styles.xml", style, f'<xf numFmtId="{number}" p')
        blob = _part("workbook.xml", "<workbookPr", '<workbookPr date1904="TRUE"', blob)
        return with_sheet_xml(blob, 't="inlineStr"><is><t>Done3</t></is>', "><v>44741</v>")

    def shown(blob: bytes) -> tuple[str, list[str]]:
        (table,) = read_contents(blob, "反馈.xlsx").value.tables
        return table.rows[1][5].text, [fault.code for fault in table.rows[1][5].faults]

    assert shown(dated(14)) == ("2026年6月30日", [])
    assert shown(dated(164)) == ("44741", ["ledger.number-format"])
    styles = repacked(dated(14), lambda name, data: None if name.endswith("styles.xml") else data)
    assert shown(styles) == ("44741", [])
    moved = _part("workbook.xml.rels", "styles.xml", "looks.xml", dated(14))
    moved = repacked(moved, parts=[("xl/looks.xml", _blob(dated(14), "xl/styles.xml"))])
    assert shown(repacked(moved, lambda name, data: None if name == "xl/styles.xml" else data))[0] == "2026年6月30日"


def _blob(package: bytes, part: str) -> bytes:
    import io
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(package)) as archive:
        return archive.read(part)


@pytest.mark.row("I4")
@pytest.mark.parametrize(
    "body",
    [
        p("公开") + "<w:p>散落的字</w:p>",
        p("公开", "<w:odd>散落的字</w:odd>"),
        p("公开", t("甲") + "散落的字"),
        p("公开") + "</w:body><w:p>" + t("散落的字") + "</w:p><w:body>",
        p("公开") + "</w:body><w:body><w:p>" + t("散落的字") + "</w:p>",
        p("公开") + '<y:p xmlns:y="urn:y">散落的字</y:p>',
    ],
)
def test_text_where_no_text_belongs_is_told(body: str) -> None:
    problems = read_contents(word_return(body), "反馈.docx").problems
    assert [problem.code for problem in problems] == ["word.unread"]
    assert "「散落的字」" in problems[0].what


@pytest.mark.row("I5", "refused")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<table:table-cell ><text:p>乙</text:p></table:table-cell>", "<odd><text:p>乙</text:p></odd>"),
        ("<table:table-row >", "<odd >"),
        ("</table:table>", "<table:table-cell><text:p>乙</text:p></table:table-cell></table:table>"),
        ("</table:table>", "</table:table><table:table-cell><text:p>乙</text:p></table:table-cell>"),
    ],
)
def test_an_open_document_that_would_lose_something_is_refused(old: str, new: str) -> None:
    from tests.bad_returns import ods, ods_row, ods_table

    ending = {"<odd >": ("</table:table-row>", "</odd>")}.get(new, ("", ""))

    def change(name: str, data: bytes) -> bytes:
        text = data.decode()
        assert name != "content.xml" or old in text
        return text.replace(old, new, 1).replace(*ending, 1).encode() if name == "content.xml" else data

    blob = repacked(ods(ods_table(ods_row("甲", "乙"), ods_row("丙", "丁"))), change)
    assert {problem.code for problem in refusal("return", blob, "反馈.ods")} == {"file.damaged"}


# ---- tables as text

_CSV = [["序号", "分类", "工作任务", "责任单位", "进展情况", "推进情况"]]
_CSV += [[str(i), "城市更新", f"建成公园{i}", "区城管局", "已建成", "正常推进"] for i in range(60)]


@pytest.mark.row("I7", "refused")
@pytest.mark.parametrize("door", ["return", "ledger"])
def test_every_fault_of_the_structure_of_a_table_names_its_row(door: str, tally: Tally) -> None:
    chance = Random(7)
    for seed in range(100):
        at = chance.randrange(2, 55)
        lines = as_csv(_CSV).split(b"\r\n")
        unit = "区城管局".encode()
        spoilt = (b'"' + unit, unit + b",x", b"\0" + unit, b'"a"b')[seed % 4]
        # Every other row of another length is too short.
        lines[at] = lines[at].replace(*((b"," + unit, b"") if seed % 8 == 1 else (unit, spoilt)), 1)
        told = refusal(door, b"\r\n".join(lines), "重点任务.csv")
        assert [problem.where.line for problem in told if problem.where] == [at + 1], (seed, told)
        tally.refused()


@pytest.mark.row("I6")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_ledger_says_the_same_in_every_encoding(encoding: str) -> None:
    written = as_csv(_CSV).decode("utf-8-sig")
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    tasks_of = [
        read_ledger(blob, "重点任务.csv", WANTS_TEXT, None, STANDARD_WORDS).value.tasks
        for blob in (written.encode(), (mark + written).encode(encoding))
    ]
    assert len(tasks_of[0]) == 60
    assert tasks_of[0] == tasks_of[1]
