"""Hostile returns (恶意反馈): broken at random, full of formulas and odd characters."""

from __future__ import annotations

import json
import random
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook, load_workbook

from reportgen.collect import Request, collect
from reportgen.ledger.register_file import read_register
from reportgen.problems import Problem, ReportError
from reportgen.source import read_source
from tests.ledger_files import as_csv
from tests.reliability.mutations import broken_bytes
from tests.reliability.tally import Tally
from tests.test_collect import CANTEEN, ESTATES, REGISTER, office

HEAD = ["序号", "工作任务", "责任单位", "进展情况", "推进情况"]
ROWS = [HEAD, ["1", CANTEEN, "区民政局", "已建成2个。", "正常推进"], ["2", ESTATES, "区财政局", "已开工。", "滞后"]]
MUTANTS = 500


@pytest.mark.row("I11")
@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_five_hundred_broken_registers_are_read_or_refused_with_a_line(kind: str, tally: Tally) -> None:
    data = yaml.safe_load(REGISTER)
    whole = REGISTER.encode() if kind == "yaml" else json.dumps(data, ensure_ascii=False, indent=1).encode()
    chance = random.Random(kind)
    told: list[Problem] = []
    read = 0
    for _ in range(MUTANTS):
        try:
            read_register(read_source(broken_bytes(whole, chance), f"名录.{kind}"))
            read += 1
        except ReportError as fault:
            told += fault.problems
    assert len(told) > MUTANTS // 10
    assert [problem for problem in told if not (problem.where and problem.where.line)] == []
    tally.survived(read)
    tally.refused(MUTANTS - read)


# ---- what a unit writes into its cells

PAYLOADS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\n=1", "=cmd|'/c calc'!A0", '=HYPERLINK("http://a","b")']
PAYLOADS += [f"{start}{text}" for start in ("=", "+", "-", "@") for text in ("A1", "IMPORTXML(1)", "甲")]


def _collected(folder: Path, config: Path, returns: list[Path]) -> tuple[Workbook, str]:
    collected = collect(Request(config=config, returns=tuple(returns), into=folder / "汇总.xlsx", on=date(2026, 7, 8)))
    (folder / "汇总.xlsx").write_bytes(collected.workbook)
    book = load_workbook(folder / "汇总.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    return book, "\n".join(str(cell.value) for cell in cells if cell.value is not None)


@pytest.mark.row("C4")
def test_twenty_payloads_stay_text_in_every_sheet_of_the_ledger(tmp_path: Path, tally: Tally) -> None:
    assert len(PAYLOADS) == 20
    config = office(tmp_path)
    made = []
    for i, payload in enumerate(PAYLOADS):
        # As text: a formula would have no result in the file.
        blob = as_csv([HEAD, ["", CANTEEN if i % 2 else payload, "区民政局", payload, "正常推进"]])
        path = tmp_path / "反馈" / f"区民政局{i:02}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(blob)
        made.append(path)
    _, text = _collected(tmp_path, config, made)
    for payload in PAYLOADS:
        assert payload.strip() in text, payload
    tally.survived(len(PAYLOADS))


@pytest.mark.row("C2")
@pytest.mark.parametrize("field", [1, 3, 2], ids=["text", "progress", "unit"])
def test_twenty_odd_characters_in_a_field_are_told_or_kept(field: int, tmp_path: Path, tally: Tally) -> None:
    odd = [chr(code) for code in (0x01, 0x07, 0x08, 0x0E, 0x1B, 0x1F, 0x7F, 0xFFFE, 0xFFFF, 0x200B, 0x200D, 0x2060)]
    odd += [chr(code) for code in (0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xE000, 0xF8FF, 0x10FFFD)]
    assert len(odd) == 20
    config = office(tmp_path)
    # Several in one field, as whole texts are pasted; each is looked for by itself.
    for first in range(0, len(odd), 5):
        some = "".join(odd[first : first + 5])
        row = ["", CANTEEN, "区民政局", "已建成2个。", "正常推进"]
        row[field] = row[field][:2] + some + row[field][2:]
        path = tmp_path / "区民政局.csv"
        path.write_bytes(as_csv([HEAD, row]))
        collected = collect(Request(config=config, returns=(path,), into=tmp_path / "汇总.xlsx", on=date(2026, 7, 8)))
        (tmp_path / "看.xlsx").write_bytes(collected.workbook)
        book = load_workbook(tmp_path / "看.xlsx")
        text = "\n".join(str(c.value) for s in book.worksheets for r in s.iter_rows() for c in r if c.value)
        for character in some:
            private = unicodedata.category(character) == "Co"
            assert (character in text) == private, hex(ord(character))
        assert "已建成2个。" in text.translate(dict.fromkeys(map(ord, some))), some.encode()
        tally.survived(len(some))
