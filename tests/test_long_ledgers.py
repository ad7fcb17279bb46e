"""Long ledgers: rows, places and cells that are made when they are asked for are the same as those that are kept."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS

from reportgen.document import Cell, Table
from reportgen.generate import Request, generate
from reportgen.ledger.files.formats import BUILT_IN
from reportgen.ledger.files.sheet import RowCells
from reportgen.ledger.files.sheet_table import as_ledger_table, as_table
from reportgen.ledger.files.xlsx import open_workbook, read_sheet
from reportgen.ledger.model import Entry, Sheet
from reportgen.ledger.reading import read_ledger
from reportgen.ledger.tables import used_columns
from reportgen.problems import InputError, Location, error
from reportgen.source import clean_text, is_plain, private_characters
from reportgen.template.annexes import build_table
from reportgen.template.filters import PlainEntries, Unfit, plus
from reportgen.template.schema import ColumnSpec
from tests.conftest import Hold
from tests.ledger_files import WANTS_TASKS, task, tasks
from tests.projects import CONFIG, project

WHERE = Location(file="台账.xlsx", sheet="重点任务")
COLUMNS = tuple(
    ColumnSpec.model_validate({"title": title, "field": field, "width": 10, "merge_down": field == "category"})
    for title, field in (("类别", "category"), ("任务", "text"), ("单位", "lead_units"))
)


def entries(count: int) -> list[Entry]:
    return [
        Entry(sheet=Sheet.TASKS, category=f"类{n // 7}", text=f"第{n}项\n第二行", lead_units=("甲", "乙")[: n % 3])
        for n in range(count)
    ]


def built(count: int, sections: tuple[str, ...] = ()) -> Table:
    return build_table(COLUMNS, entries(count), None, sections)


def test_the_rows_of_a_long_table_equal_those_of_a_short_one_that_keeps_them() -> None:
    long, short = built(2_100), built(1_400)
    assert isinstance(short.body, tuple)
    assert not isinstance(long.body, tuple)
    assert tuple(long.body)[:1_393] == short.body[:1_393] == long.body[:1_393]
    assert (len(long.body), long.body[-1], long.body[2_099]) == (2_100, tuple(long.body)[-1], tuple(long.body)[2_099])
    assert [cell.row_span for cell in long.body[0]] == [7, 1, 1]
    assert [cell.paragraphs for cell in long.body[1]] == [("第1项", "第二行"), ("甲",)]


def test_a_long_table_is_compared_hashed_and_pickled_like_its_rows() -> None:
    long = built(2_100, ("category",))
    kept = replace(long, body=tuple(long.body))
    assert long == kept
    assert kept == long
    assert hash(long) == hash(kept)
    assert pickle.loads(pickle.dumps(long)) == kept
    assert long != replace(kept, body=kept.body[:-1])
    assert long != replace(kept, body=(*kept.body[:-1], (Cell(paragraphs=("别的",)), *kept.body[-1][1:])))
    assert [(cell.section_level, cell.col_span) for cell in long.body[0]] == [(1, 3)]
    assert [cell.row_span for cell in long.body[1]] == [7, 1, 1]


def test_entries_in_a_template_are_a_list_like_any_other() -> None:
    plain = PlainEntries(entries(5), ("text", "lead_units"))
    assert plain[1] == {"text": "第1项\n第二行", "lead_units": ["甲"]}
    assert plain[1:2] == [plain[1]]
    assert plus(plain, [1]) == [*plain, 1]
    with pytest.raises(Unfit):
        plus(plain, 1)


def test_a_long_ledger_has_the_cells_of_the_table_that_keeps_them_and_knows_their_places() -> None:
    def merged(book: object) -> None:
        book["重点任务"].merge_cells("B2:B3")  # type: ignore[index]

    blob = tasks(task(), task(category="", text="乙"), task(category="", text="丙", no=None), edit=merged)
    with open_workbook(blob, "台账.xlsx") as workbook:
        sheet = read_sheet(workbook, 0)
    long, kept = as_ledger_table(sheet).rows, as_table(sheet).rows
    assert list(long) == list(kept)
    assert long[1:] == kept[1:]
    assert used_columns(long, 1) == used_columns(kept, 1) == [True] * 7
    assert used_columns(long, 3) == used_columns(kept, 3)
    found = read_ledger(blob, "台账.xlsx", WANTS_TASKS).value.tasks
    cells = [entry.cells["category"].cell for entry in found]
    assert cells == ["B2", "B2", "B2"]
    assert dict(found[2].cells)["text"] == replace(WHERE, cell="C4")
    assert pickle.loads(pickle.dumps(found[2].cells)) == found[2].cells
    assert "phrase" not in found[0].cells
    assert found[0].where("phrase") == replace(WHERE, cell="C2")
    assert len(found[0].cells) == 7


def test_a_row_remembers_texts_and_faults_by_column() -> None:
    fault = error("ledger.error-cell", "错", "改")
    row = RowCells()
    for column, shown in ((3, ("丙", fault)), (1, ("甲", None)), (3, ("丁", None)), (4, ("", fault))):
        row.put(column, shown)
    assert dict(row) == {1: ("甲", None), 3: ("丁", None), 4: ("", fault)}
    assert (row.width, len(row), row.get(2), row.get(0), row.text(9)) == (4, 3, None, None, "")


def test_what_needs_no_cleaning_is_all_that_cleaning_leaves_as_it_is() -> None:
    every = "".join(map(chr, range(0x110000)))
    _, invisible, illegal = clean_text(every)
    changed = {*"\r\x0b\x0c\x85\u2028\u2029\u00a0", *invisible, *illegal, *private_characters(every)}
    assert not any(map(is_plain, changed))
    assert is_plain("正常的 text，①“引号”—\n")


def test_the_built_in_number_formats_are_those_of_the_standard() -> None:
    assert BUILT_IN == BUILTIN_FORMATS


def test_rows_over_the_limit_of_what_is_made_are_refused(tmp_path: Path, hold: Hold) -> None:
    three = tasks(*(task(text=f"任务{n}") for n in range(3)))
    assert len(read_ledger(three, "台账.xlsx", replace(WANTS_TASKS, most_rows=3)).value.tasks) == 3
    with pytest.raises(InputError, match=r"ledger\.too-many-rows.*超过 2 行"):
        read_ledger(three, "台账.xlsx", replace(WANTS_TASKS, most_rows=2))
    hold(tables={"rows": 2, "long_rows": 3})
    settings = CONFIG.replace("half-year-report", "task-table").replace("台账.yaml", "台账.xlsx")
    config = project(tmp_path, config=settings)
    (tmp_path / "台账.xlsx").write_bytes(three)
    assert generate(Request(config, ("docx",))).manifest["counts"]["tasks"] == 3
    with pytest.raises(InputError, match=r"超过 2 行"):
        generate(Request(config, ("docx", "pdf")))


def test_a_word_report_loads_no_engine_and_no_library_that_it_does_not_use(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reportgen.generate import Request, generate;"
        "generate(Request(Path('configs/qingping-2026h1.yaml'), ('docx',)));"
        "print(*sorted({'openpyxl', 'numpy', 'pandas', 'weasyprint', 'typst', 'matplotlib', 'PIL',"
        " 'reportgen.changes.between', 'reportgen.judging.judge'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []
