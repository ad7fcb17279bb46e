"""What becomes of a file that chance has spoilt (改坏的文件的下场): read with all its texts, refused rightly, or lost.

Every number gives the same file again, so that a file that was lost is found by its number alone.
"""

from __future__ import annotations

import re
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from openpyxl import Workbook
from openpyxl.comments import Comment

from reportgen.confine import LIMITS, confined_each
from reportgen.ledger.files.outside import read_contents
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import Problem, ReportError
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts
from tests.builders import document, h, p, row, section, styles, table
from tests.kept import kept
from tests.ledger_files import TASK_HEAD, as_csv, with_shared_strings, workbook
from tests.reliability import visible
from tests.reliability.mutations import broken_bytes, broken_package, broken_pdf
from tests.word_generated import Author
from tests.word_returns import complex_field, gone, ins, sdt, span, t, tbl, tc, tr, word_return
from tests.word_returns import p as par

# An evening's run reads for longer than anybody's collection.
_LIMITS = replace(LIMITS, total_seconds=24 * 3600)

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "xlsx": ("xlsx", "xlsm", "et"),
    "xls": ("xls", "et"),
    "ods": ("ods",),
    "csv": ("csv", "txt"),
    "docx": ("docx", "docm", "wps"),
    "pdf": ("pdf",),
}
"""The formats (格式) of files from outside, each under the endings that it comes with."""

_SPOIL: Mapping[str, Callable[[bytes, Random], bytes]] = {"csv": broken_bytes, "xls": broken_bytes, "pdf": broken_pdf}

READ, REFUSED, LOST = "read", "refused", "lost"


def fates(kind: str, numbers: range, door: str = "return") -> Iterator[tuple[int, str, str]]:
    """Number, end and reason of each file (逐份结果), read in processes with the limits of files from outside."""
    names = [f"{kind} {number}" for number in numbers]
    count = len(names)
    ends = confined_each(names, _LIMITS, _fate, [kind] * count, list(numbers), [door] * count)
    for number, end in zip(numbers, ends, strict=True):
        # A fault here is none of reading: the process hung, had no memory left, or ended by a signal.
        yield (number, LOST, str(end)) if isinstance(end, ReportError) else (number, *end)


def spoilt(kind: str, number: int) -> tuple[bytes, str]:
    """A spoilt file (改坏的文件) of a kind, and its name."""
    chance = Random(f"{kind} {number}")
    whole = _docx(number) if kind == "docx" else _whole(kind, number % 2)
    spoil = _SPOIL.get(kind, broken_package)
    return spoil(whole, chance), f"反馈.{chance.choice(ENDINGS[kind])}"


def _fate(kind: str, number: int, door: str) -> tuple[str, str]:
    blob, name = spoilt(kind, number)
    try:
        return _seen(kind, blob, name, door)
    except Exception:
        return LOST, traceback.format_exc(limit=-4)


def _seen(kind: str, blob: bytes, name: str, door: str) -> tuple[str, str]:
    try:
        problems, read, faults = DOORS[door](blob, name)
    except ReportError as fault:
        if not fault.problems:
            return LOST, "refused without a problem"
        return _told(fault.problems) or (REFUSED, "")
    if said := _told(problems):
        return said
    if door == "return" and kind != "xls":
        missing = not_told(kind, blob, read, problems, faults)
        if missing:
            return LOST, f"in silence: {missing[:5]}"
    return READ, ""


def _told(problems: tuple[Problem, ...]) -> tuple[str, str] | None:
    """What is wrong with how it is told (报错不合格), if anything is."""
    for problem in problems:
        said = problem.what + problem.fix
        if problem.where is None or not problem.where.file:
            return LOST, f"nowhere: {problem}"
        # What no row takes is repeated in full, however long it is.
        if (
            (len(said) > 300 and not problem.code.startswith("return.unread"))
            or not problem.fix
            or not re.search("[一-龥]", said)
        ):
            return LOST, f"not in plain words: {problem}"
        if _PYTHON.search(said):
            return LOST, f"in Python's words: {problem}"
    return None


_PYTHON = re.compile(r"Traceback|(?:Error|Exception)\b|0x[0-9a-f]{6}|<\w+ object|lxml|openpyxl|xlrd|NoneType")


# ---- the sum check

_VISIBLE: Mapping[str, Callable[[bytes], list[str]]] = {
    "xlsx": visible.in_workbook,
    "ods": visible.in_open_document,
    "csv": visible.in_text,
    "docx": visible.in_word_file,
}
# Of what is told, long and frequent things are counted.
_CUT = re.compile(r"（共 \d+ 字）|后面还有 \d+ 处|…")


def not_told(kind: str, blob: bytes, read: list[str], problems: tuple[Problem, ...], faults: int) -> list[str]:
    """The texts that a file shows (悄悄丢了的文字) but that are neither in what was read nor in what was told."""
    has = visible.plain("\n".join(read)) + "\n" + visible.plain("\n".join(map(str, problems)))
    shown = dict.fromkeys(visible.plain(text) for text in _VISIBLE[kind](blob))
    lost = [text for text in shown if text not in has]
    covered = re.findall(r"有 (\d+) 格被合并单元格盖住", "".join(problem.what for problem in problems))
    cut = [each for each in problems if _CUT.search(each.what) and each.code.startswith(("word.", "ledger.unseen-"))]
    return [] if cut else lost[faults + sum(map(int, covered)) :]


# ---- the doors

_Seen = tuple[tuple[Problem, ...], list[str], int]


def _return(blob: bytes, name: str) -> _Seen:
    from reportgen.intake.returns import read_return
    from reportgen.ledger.words import STANDARD_WORDS

    outcome = read_contents(blob, name)
    back = read_return(outcome.value, "0", STANDARD_WORDS, None)
    cells = [cell for table in outcome.value.tables for row in table.rows for cell in row]
    told = [fault for cell in cells for fault in cell.faults]
    read = [cell.text for cell in cells] + [passage.text for passage in outcome.value.passages]
    return (*outcome.problems, *back.problems, *told), read, len(told)


def _ledger(blob: bytes, name: str) -> _Seen:
    from reportgen.ledger.reading import read_ledger
    from tests.ledger_files import WANTS_TASKS

    return read_ledger(blob, name, WANTS_TASKS).problems, [], 0


def _lint(blob: bytes, name: str) -> _Seen:
    from reportgen.review.format_docx import check_docx
    from reportgen.review.format_pdf import check_pdf
    from reportgen.review.opening import open_outside

    opened = open_outside(blob, name, LIMITS)
    (check_pdf if name.endswith(".pdf") else check_docx)(blob, styles())
    return opened.problems, [], 0


def _import(blob: bytes, name: str) -> _Seen:
    from reportgen.importing import Setting, read_report, written

    read = read_report(blob, name, Setting())
    return written(read, Setting()).problems, [], 0


def _compare(blob: bytes, name: str) -> _Seen:
    from reportgen.comparison.files.opening import kind_of, open_document
    from reportgen.comparison.files.pair import content_of

    kind = kind_of(blob, name)
    if kind.reader is None:
        return (), [], 0  # compared byte by byte
    problems = open_document(blob, name, kind.reader, LIMITS)
    content_of(blob, name, kind.reader, {})
    return tuple(problems), [], 0


def _check(blob: bytes, name: str) -> _Seen:
    from reportgen.check import at_once
    from reportgen.check_basis import read_basis

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(blob)
        return at_once(path, name, read_basis(), LIMITS).problems, [], 0


DOORS: Mapping[str, Callable[[bytes, str], _Seen]] = {
    "return": _return,
    "ledger": _ledger,
    "lint": _lint,
    "import": _import,
    "compare": _compare,
    "check": _check,
}


# ---- sound files


def _rows(first: int) -> list[list[object]]:
    """Rows whose texts are all different, so that each can be missed."""
    return [
        [i, f"城市更新{i}", f"新建公园{i}处", f"区城管局{i}", f"第{i}处已建成", "正常推进"]
        for i in range(first, first + 4)
    ]


@cache
def _whole(kind: str, variety: int) -> bytes:
    head: list[object] = [each for each in TASK_HEAD if each != "配合单位"]
    rows: list[list[object]] = [["重点任务进展"], ["填报单位：区民政局"], head, *_rows(1)]
    match kind:
        case "xlsx" if variety:
            return with_shared_strings(workbook({"重点任务": rows[2:], "附表": [head, *_rows(11)]}, _edit))
        case "xlsx":
            return workbook({"重点任务": rows[2:], "附表": [head, *_rows(11)]}, _edit)
        case "xls" | "ods":
            from tests.test_outside import as_old_workbook, as_open_document

            texts = [[str(value) for value in row] for row in rows]
            return as_old_workbook(texts) if kind == "xls" else as_open_document(texts)
        case "pdf":
            engine = (PdfEngine.TYPST, PdfEngine.WEASYPRINT)[variety]
            return kept(f"fuzz-{engine.value}", lambda: _pdf(rows, engine))
    return as_csv(rows[2:], "utf-8" if variety else "gb18030")


def _pdf(rows: list[list[object]], engine: PdfEngine) -> bytes:
    said = [row(*map(str, each)) for each in rows[3:]]
    tree = document(
        section(h(1, "一、", "第一章"), p("督查" * 60), table([1 / 6] * 6, [row(*map(str, rows[2]))], said))
    )
    return writer_of("pdf", engine).write(tree, styles(), find_fonts({})).value


def _edit(book: Workbook) -> None:
    sheet = book["重点任务"]
    sheet["A3"].number_format = "000"
    sheet["C4"] = 46203
    sheet["C4"].number_format = "yyyy-mm-dd"
    sheet["G3"] = "备注甲"
    sheet.merge_cells("B4:B5")
    sheet.row_dimensions[4].hidden = True
    sheet["D2"].comment = Comment("请核实", "甲")


def _docx(number: int) -> bytes:
    if number % 3:
        return Author(number).file()
    head = tr("序号", "工作任务", "责任单位", "进展情况")
    rows = [tr(str(i), f"新建公园{i}处", f"区城管局{i}", f"第{i}处已建成") for i in range(4)]
    odd = [
        tr(tc("甲一", tcpr=span(2)), tc(par(ins(t("甲二")), gone("旧字"), t("甲三"))), sdt(tc("甲四"))),
        sdt(tr("乙一", "乙二", tc(sdt(par("乙三"))), tc(par(complex_field("REF 甲", t("乙四")))))),
    ]
    return word_return(par("填报单位：区民政局") + tbl(head, *rows, *odd) + par("附注：丙一", sdt(t("丙二"))))
