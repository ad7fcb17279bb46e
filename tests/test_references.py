"""The two issued documents come out again: every row, every cell, in order, and the body of the first one."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen.generate import Request, generate
from reportgen.ledger.model import Sheet
from reportgen.ledger.named_units import named_units, vague_names
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.register_file import read_register
from reportgen.ledger.units import Standing
from reportgen.review.format_docx import check_docx
from reportgen.review.format_pdf import check_pdf
from reportgen.source import read_source
from tests.builders import styles
from tests.projects import REFERENCE, ROOT

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference documents lie outside the project and are not on this machine"
)

REPORT = "000_e60aa22c5259564f.txt"


@cache
def body_lines() -> list[str]:
    """The lines of the first document before its first annex, the rests of the extraction taken away."""
    text = (REFERENCE / REPORT).read_text(encoding="utf-8").replace("[bookmark: _GoBack]", "")
    lines = [line.strip() for line in text[: text.index("附件1\n经济")].split("\n")]
    # A11.3 of the facts on the standard: the blank behind `1.` is a slip of the document.
    return [re.sub(r"^(\d)\. ", r"\1.", line) for line in lines if line]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory) -> Path:
    """Both ledgers as the reference's own script writes them."""
    folder: Path = tmp_path_factory.mktemp("ledgers")
    spec = importlib.util.spec_from_file_location("make_ledgers", REFERENCE / "make_ledgers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(REFERENCE / "tables.json", REFERENCE / REPORT, folder)
    _mend_third_phrase(folder / "shapingba.xlsx")
    return folder


def _mend_third_phrase(path: Path) -> None:
    """The script takes the third lagging task's wording from the annex list, which also begins with `3.`."""
    right = re.sub(r"（责任单位：.*）$", "", next(line for line in body_lines() if line.startswith("3."))[2:])
    book = openpyxl.load_workbook(path)
    sheet = book["重点任务"]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(4, head.index("报告用语") + 1).value = right
    book.save(path)


def tables() -> Any:
    return json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))


def outline(config: Path, ledger: Path) -> list[str]:
    delivery = generate(Request(config, ("txt",), (ledger,)))
    blob = next(blob for name, blob in delivery.files.items() if name.endswith(".txt"))
    return blob.decode().rstrip("\n").split("\n")


def rows_of(lines: list[str]) -> list[list[list[str]]]:
    """The tables of an outline: rows of cells, spans taken off."""
    found: list[list[list[str]]] = []
    for line in lines:
        if line.startswith("表头 │ "):
            found.append([])
        elif line.startswith("表格文字 │ "):
            cells = line.removeprefix("表格文字 │ ").split(" │ ")
            found[-1].append([re.sub(r" ↓\d+$", "", cell) for cell in cells])
    return found


def lines_of(text: str) -> str:
    """A cell's text as the outline writes it."""
    return "⏎".join(line.strip() for line in text.split("\n") if line.strip())


def expected_rows(tasks: list[dict[str, Any]]) -> list[list[str]]:
    """Number, category (only where it changes), task, units, progress."""
    rows, above = [], None
    for number, task in enumerate(tasks, 1):
        category = [] if task["category"] == above else [task["category"]]
        above = task["category"]
        units = [lines_of("\n".join(task["lead"])), lines_of("\n".join(task["support"]))]
        rows.append([str(number), *category, lines_of(task["task"]), *units, lines_of(task["progress"])])
    return rows


def test_all_rows_and_cells_of_the_first_document_come_out_in_order(ledgers):
    goals, lagging, normal = rows_of(outline(ROOT / "configs/shapingba-2022h1.yaml", ledgers / "shapingba.xlsx"))
    wanted = tables()["shapingba_2022h1"]
    assert (len(goals), len(lagging), len(normal)) == (10, 7, 124)
    assert goals == [
        [str(n), goal["goal"], "⏎".join(goal["lead"]), lines_of(goal["progress"])]
        for n, goal in enumerate(wanted["goals"], 1)
    ]
    assert lagging == expected_rows(wanted["lagging"])
    assert normal == expected_rows(wanted["normal"])


def test_all_206_rows_of_the_second_document_come_out_in_its_own_column_order(ledgers):
    lines = outline(ROOT / "configs/fuling-2023h1.yaml", ledgers / "fuling.xlsx")
    assert lines[1:4] == [
        "附件序号 附件2",
        "附件标题 上半年政府工作报告主要目标任务完成情况",
        "表头 │ 序号 │ 目标任务 │ 完成情况 │ 牵头责任单位",
    ]
    (rows,) = rows_of(lines)
    wanted = tables()["fuling_2023h1"]["rows"]
    assert len(rows) == 206
    assert rows == [
        [str(n), lines_of(row["task"]), lines_of(row["progress"]), "⏎".join(row["lead"])]
        for n, row in enumerate(wanted, 1)
    ]


def test_the_body_of_the_first_document_comes_out_word_for_word(ledgers, tmp_path):
    lines = body_lines()
    opening = lines[lines.index("区政府：") + 1]
    on_schedule = re.search(r"符合时间节点要求，(.+?)，分别是", "".join(lines))
    assert on_schedule is not None
    # The document's running sentences are its own: they are read from it here and stand nowhere in the project.
    template = (ROOT / "templates/half-year-report.yaml").read_text(encoding="utf-8")
    sentence = next(line for line in template.split("\n") if line.lstrip().startswith("{% if on_schedule %}"))
    sentence = re.sub(r"要求，.+?，\{\{", f"要求，{on_schedule[1]}，{{{{", sentence.strip())
    config = (ROOT / "configs/shapingba-2022h1.yaml").read_text(encoding="utf-8")
    own = {"opening": opening, "on_schedule_sentence": sentence}
    config += "".join(f"  {name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in own.items())
    config = config.replace("units: units/", f"units: {ROOT}/configs/units/")
    path = tmp_path / "shapingba-2022h1.yaml"
    path.write_text(config, encoding="utf-8")

    made = outline(path, ledgers / "shapingba.xlsx")
    body = made[1 : made.index("节 纵向", 1)]
    texts = [line.split(" ", 1)[1] for line in body]
    assert "\n".join(texts).replace("⏎", "\n").split("\n") == lines


@pytest.mark.parametrize(("name", "count", "vague"), [("shapingba", 96, 19), ("fuling", 43, 0)])
def test_every_unit_name_of_both_documents_is_in_its_register_and_the_vague_ones_are_listed(
    ledgers, name, count, vague
):
    source = ROOT / "configs" / "units" / f"{name}.yaml"
    register = read_register(read_source(source.read_bytes(), source.name)).value
    blob = (ledgers / f"{name}.xlsx").read_bytes()
    outcome = read_ledger(blob, f"{name}.xlsx", Wants({Sheet.TASKS: frozenset()}), register, on=date(2023, 6, 30))
    assert [problem for problem in outcome.problems if problem.code.endswith("-unit")] == []
    named = named_units(outcome.value, register)
    written = {
        unit
        for rows in tables()[{"shapingba": "shapingba_2022h1", "fuling": "fuling_2023h1"}[name]].values()
        for row in rows
        for unit in row["lead"] + row.get("support", [])
    }
    assert {each.resolved.written for each in named} == written
    assert len(written) == count
    assert {each.resolved.standing for each in named} <= {Standing.UNIT, Standing.VAGUE}
    listed = vague_names(outcome.value, register)
    assert len(listed) == vague
    assert all(problem.where and "名录注明" in problem.fix for problem in listed)


@pytest.mark.parametrize("name", ["shapingba-2022h1", "fuling-2023h1"])
def test_both_documents_hold_against_the_format_check(ledgers, name):
    ledger = ledgers / f"{name.partition('-')[0]}.xlsx"
    files = generate(Request(ROOT / "configs" / f"{name}.yaml", ("docx", "pdf"), (ledger,))).files
    for file, blob in files.items():
        check = {".pdf": check_pdf, ".docx": check_docx}.get(Path(file).suffix)
        assert check is None or [str(finding) for finding in check(blob, styles()).findings] == []
