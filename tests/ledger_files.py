"""Small ledgers (台账) for tests, made on the spot."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import yaml
from openpyxl import Workbook

from reportgen.ledger.model import Sheet
from reportgen.ledger.reading import Wants
from reportgen.ledger.units import Group, Register, Unit, Validity

TASK_HEAD = ["序号", "分类", "工作任务", "责任单位", "配合单位", "进展情况", "推进情况"]
TASK_ROW = [1, "城市更新", "建成口袋公园5个", "区城管局", "区财政局", "已建成3个。", "正常推进"]
GOAL_HEAD = ["序号", "2026年预期目标", "责任单位", "进展情况", "评价", "报告用语"]
GOAL_ROW = [1, "地区生产总值增长5%", "区发展改革委", "增长5.1%。", "符合预期", "地区生产总值"]

WANTS_TASKS = Wants({Sheet.TASKS: frozenset({"category", "progress", "judgement"})})
WANTS_BOTH = Wants({Sheet.GOALS: frozenset({"progress", "judgement"}), **WANTS_TASKS.fields})
WANTS_TEXT = Wants({Sheet.TASKS: frozenset()})

REGISTER = Register(
    units=(
        Unit("区城市管理局", "部门", aliases=("区城管局",), second_names=("区整违办",)),
        Unit("区财政局", "部门", second_names=("区金融办",)),
        Unit("区规划自然资源局", "部门"),
        Unit("区教委", "部门"),
        Unit("区文教局", "部门", validity=Validity(last=date(2025, 12, 31)), successor="区教委"),
    ),
    groups=(Group("各镇街", vague=True),),
)

SHARED_STRINGS_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)

Edit = Callable[[Workbook], None]


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], edit: Edit | None = None) -> bytes:
    """An .xlsx with the given rows by sheet; `edit` may merge, hide or format before it is saved."""
    book = Workbook()
    book.remove(book[book.sheetnames[0]])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    if edit:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def tasks(*rows: Sequence[Any], edit: Edit | None = None) -> bytes:
    """An .xlsx with one sheet 重点任务 of the standard head."""
    return workbook({"重点任务": [TASK_HEAD, *rows]}, edit)


def task(**fields: Any) -> list[Any]:
    """The standard row of a task with some of its fields replaced, named as in TASK_HEAD's English twin."""
    names = ["no", "category", "text", "lead", "support", "progress", "status"]
    assert set(fields) <= set(names)
    return [fields.get(name, value) for name, value in zip(names, TASK_ROW, strict=True)]


def repacked(blob: bytes, change: Callable[[str, bytes], bytes | None] = lambda _, data: data, **more: Any) -> bytes:
    """The package with each part changed (None leaves it out) and parts added as `more["parts"]`."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(blob)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (data := change(name, old.read(name))) is not None:
                new.writestr(name, data)
        for name, data in more.get("parts", []):
            new.writestr(name, data)
    return stream.getvalue()


def with_sheet_xml(blob: bytes, old: str, new: str) -> bytes:
    """The workbook with a piece of its sheets' XML replaced."""

    def change(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return data
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode())

    return repacked(blob, change)


def with_shared_strings(blob: bytes) -> bytes:
    """The workbook with its texts in the table of shared strings, where Excel and WPS keep them."""
    texts: list[str] = []

    def share(match: re.Match[str]) -> str:
        texts.append(match[2])
        return f'<c{match[1]} t="s"><v>{len(texts) - 1}</v></c>'

    def change(name: str, data: bytes) -> bytes | None:
        if name.startswith("xl/worksheets/"):
            cell = r'<c((?: [rs]="\w+")*) t="inlineStr"><is>(.*?)</is></c>'
            return re.sub(cell, share, data.decode(), flags=re.DOTALL).encode()
        if name == "[Content_Types].xml" and b"sharedStrings" not in data:
            return data.replace(b"</Types>", SHARED_STRINGS_TYPE + b"</Types>")
        return None if name.endswith("sharedStrings.xml") else data

    changed = repacked(blob, change)
    items = "".join(f"<si>{text}</si>" for text in texts)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return repacked(changed, parts=[("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')])


def as_csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """The rows as CSV, the way Excel writes it."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["" if v is None else v for v in row] for row in rows])
    return stream.getvalue().encode(encoding)


def as_mapping(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> dict[str, Any]:
    """Rows under a head as the records of a YAML or JSON ledger."""
    return {
        title: [{key: value for key, value in zip(rows[0], row, strict=True) if value is not None} for row in rows[1:]]
        for title, rows in sheets.items()
    }


def as_json(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Rows under a head as a JSON ledger."""
    return json.dumps(as_mapping(sheets), ensure_ascii=False, indent=1).encode()


def as_yaml(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Rows under a head as a YAML ledger."""
    return yaml.safe_dump(as_mapping(sheets), allow_unicode=True, sort_keys=False).encode()
