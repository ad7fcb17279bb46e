"""How units really fill in what they are sent (填报习惯): a filled form made into the file that comes back.

A habit takes the filled tables of one unit and gives the file's name and bytes; none of them changes an answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import docx
from docx.enum.section import WD_ORIENT
from openpyxl import Workbook, load_workbook


@dataclass(frozen=True)
class Filled:
    """One filled table (填好的表) of a unit's form: the lines above its head, head, and rows."""

    sheet: str
    above: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, *endings: str) -> int:
        """The index of the last header that ends like one of these: 上期进展情况 stands before 1—6月进展情况."""
        return max(i for i, title in enumerate(self.head) if title.endswith(endings))


Answers: TypeAlias = Mapping[str, tuple[str, str]]
"""Progress and status by the number of the entry."""
Tables: TypeAlias = Sequence[Filled]
Files: TypeAlias = list[tuple[str, bytes]]
Habit: TypeAlias = Callable[[str, Tables], Files]

PROGRESS, STATUS, ROLE = ("进展情况",), ("推进情况", "评价"), ("职责",)
HELPED = "按职责做好了配合工作。"


def filled(form: bytes, answers: Answers) -> list[Filled]:
    """The tables of a form with the answers in their cells, as a person would type them.

    Where the unit only supports, it says so in a sentence.
    """
    tables = []
    for sheet in load_workbook(io.BytesIO(form)).worksheets:
        texts = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
        top = next((i for i, row in enumerate(texts) if "编号" in row), None)
        if top is None or sheet.sheet_state != "visible":
            continue
        head = tuple(texts[top])
        table = Filled(sheet.title, tuple(row[0] for row in texts[:top] if row[0]), head, ())
        number, progress, role = head.index("编号"), table.column(*PROGRESS), table.column(*ROLE)
        rows = []
        for row in texts[top + 1 :]:
            if row[role].startswith("配合"):
                row[progress] = HELPED
            elif row[number] in answers:
                row[progress], row[table.column(*STATUS)] = answers[row[number]]
            if any(row):
                rows.append(tuple(row))
        tables.append(replace(table, rows=tuple(rows)))
    return [table for table in tables if table.rows]


# ---- the shapes of tables


def renamed(table: Filled) -> Filled:
    """Every header in other words."""
    other = {
        "编号": "任务编号",
        "工作任务": "督查事项",
        "预期目标": "目标任务",
        "推进情况": "推进状态",
        "评价": "评价结果",
        "责任单位": "牵头单位",
    }
    head = [other.get(title, title) for title in table.head]
    head[table.column(*PROGRESS)] = "截至目前进展情况"
    return replace(table, head=tuple(head))


def reordered(table: Filled) -> Filled:
    """The columns from right to left."""
    return replace(table, head=table.head[::-1], rows=tuple(row[::-1] for row in table.rows))


def without(table: Filled, *titles: str) -> Filled:
    """The table without some of its columns."""
    kept = [i for i, title in enumerate(table.head) if title not in titles]
    return replace(
        table,
        head=tuple(table.head[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def spaced(table: Filled) -> Filled:
    """Headers set wide, as clerks do to fill a column: 责 任 单 位."""
    return replace(table, head=tuple(" ".join(title) if len(title) < 6 else title for title in table.head))


# ---- the files


def workbook(tables: Tables, edit: Callable[[Any, Filled], None] | None = None) -> bytes:
    """The tables as .xlsx, a sheet each; `edit` has its way with a sheet at the end."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        sheet = book.create_sheet(table.sheet)
        for row in (*((line,) for line in table.above), table.head, *table.rows):
            sheet.append([text or None for text in row])
        if edit:
            edit(sheet, table)
    return _saved(book)


def _saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def word_file(unit: str, tables: Tables) -> Any:
    """The tables in a Word file on turned pages, each below a title; lines of a cell are paragraphs."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_paragraph(f"填报单位：{unit}（盖章）")
    for table in tables:
        document.add_paragraph(f"{table.sheet}进展情况表")
        grid = document.add_table(rows=0, cols=len(table.head))
        grid.style = "Table Grid"
        for texts in (table.head, *table.rows):
            for cell, text in zip(grid.add_row().cells, texts, strict=True):
                first, *more = text.split("\n")
                cell.paragraphs[0].text = first
                for line in more:
                    cell.add_paragraph(line)
        document.add_paragraph()
    return document


def _saved_word(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ---- the habits


def as_it_should_be(unit: str, tables: Tables) -> Files:
    """Only filled in."""
    return [(f"{unit}.xlsx", workbook(tables))]


def renames_heads(unit: str, tables: Tables) -> Files:
    """Every header in the unit's own words."""
    return [(f"{unit}上半年进展.xlsx", workbook([renamed(table) for table in tables]))]


def moves_columns(unit: str, tables: Tables) -> Files:
    """The columns in another order, the fixed ones dropped, headers set wide."""
    return [(f"{unit}.xlsx", workbook([spaced(reordered(without(table, "序号", "责任单位"))) for table in tables]))]


def loses_the_numbers(unit: str, tables: Tables) -> Files:
    """A table typed anew: no 编号, only 序号 and the task."""
    return [(f"关于报送{unit}进展的函.xlsx", workbook([without(table, "编号") for table in tables]))]


def sends_word(unit: str, tables: Tables) -> Files:
    """Word instead of Excel."""
    return [(f"{unit}反馈.docx", _saved_word(word_file(unit, tables)))]


def merges_cells(unit: str, tables: Tables) -> Files:
    """Equal categories merged downwards, the title over the whole width."""

    def merge(sheet: Any, table: Filled) -> None:
        head = len(table.above) + 1
        for number in range(1, head):
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(table.head))
        if "分类" not in table.head:
            return
        column = table.head.index("分类")
        start = 0
        for index in range(1, len(table.rows) + 1):
            if index == len(table.rows) or table.rows[index][column] != table.rows[start][column]:
                if index - start > 1:
                    sheet.merge_cells(
                        start_row=head + 1 + start,
                        end_row=head + index,
                        start_column=column + 1,
                        end_column=column + 1,
                    )
                start = index

    return [(f"{unit}.xlsx", workbook(tables, merge))]


def sends_gbk_csv(unit: str, tables: Tables) -> Files:
    """One CSV in GBK, goals and tasks below each other; for one table only."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    for table in tables:
        writer.writerows((table.head, *table.rows))
    return [(f"{unit}.csv", stream.getvalue().encode("gb18030"))]


def puts_all_on_one_sheet(unit: str, tables: Tables) -> Files:
    """Goals and tasks below each other on Sheet1, blank rows between, a title and a remark."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([f"{unit}2026年上半年工作进展情况"])
    sheet.append([f"填报单位：{unit}", None, "填报日期：2026年7月3日"])
    for table in tables:
        sheet.append([])
        for row in (table.head, *table.rows):
            sheet.append([text or None for text in row])
    sheet.append([])
    sheet.append(["备注：以上数据以统计部门核定为准。"])
    return [("上半年进展情况.xlsx", _saved(book))]


def repeats_the_head(unit: str, tables: Tables) -> Files:
    """A table typed page by page: the head again after every five rows, in Word."""
    document = docx.Document()
    document.add_paragraph(f"{unit}进展情况表")
    for table in tables:
        document.add_paragraph(table.sheet)
        grid = document.add_table(rows=0, cols=len(table.head))
        for index, texts in enumerate(table.rows):
            for line in (table.head, texts) if index % 5 == 0 else (texts,):
                for cell, text in zip(grid.add_row().cells, line, strict=True):
                    cell.text = text
    return [(f"{unit}.docx", _saved_word(document))]


def sends_two_files(unit: str, tables: Tables) -> Files:
    """First the odd rows, then 补报 with the others: rows are missing in each."""
    files = []
    for start, name in ((0, f"{unit}.xlsx"), (1, f"{unit}（补报）.xlsx")):
        half = [replace(table, rows=table.rows[start::2]) for table in tables]
        files.append((name, workbook([table for table in half if table.rows])))
    return [file for file, start in zip(files, (0, 1), strict=True) if any(table.rows[start::2] for table in tables)]


HABITS: tuple[Habit, ...] = (
    as_it_should_be,
    renames_heads,
    moves_columns,
    loses_the_numbers,
    sends_word,
    merges_cells,
    sends_gbk_csv,
    puts_all_on_one_sheet,
    repeats_the_head,
    sends_two_files,
)
