"""Limits (限额): each holds to the last one, in every door and worker; one more is refused, with the number."""

from __future__ import annotations

import csv
import io
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from reportgen import limits
from reportgen.arrivals import arrivals
from reportgen.check import check_file
from reportgen.collect import Request, collect
from reportgen.comparison.contents.text_content import text_content
from reportgen.comparison.files.members import Member, members_of_archive, members_of_folder
from reportgen.confine import bounds_of, confined, confined_each, read_outside
from reportgen.generate import Request as Order
from reportgen.generate import generate
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook_edit import set_cells
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.limits import GROUPS, STANDARD, RenderLimits, held, holding, holding_values, meanings, values_of
from reportgen.package import WORKBOOK, check_package
from reportgen.problems import InputError, Problem, ReportError
from reportgen.review.opening import open_outside
from reportgen.service.settings_file import read_settings
from reportgen.source import read_source
from reportgen.template.limits_block import limits_in
from tests.bad_returns import ods, ods_row, ods_table, zipped
from tests.conftest import Hold
from tests.ledger_files import WANTS_TASKS, WANTS_TEXT, repacked, task, tasks, with_shared_strings, workbook
from tests.limits_chapter import limits_table
from tests.pdf_by_hand import pdf_of
from tests.projects import CONFIG, ROOT, ledger, project
from tests.projects import goal as goal_record
from tests.projects import task as task_record
from tests.reliability.tally import Tally
from tests.test_template_phrases import fill

MB = 1024**2
KEYS = [f"{name}.{each.key}" for name in GROUPS for each in meanings(getattr(STANDARD, name)).values()]

Try = Callable[[Path, int], object]
"""Does something of a size; raises `ReportError`, or gives the problems, where it is too much."""


def put(path: Path, blob: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(blob)
    return path


# ---- what is done of each size


def of_bytes(folder: Path, size: int) -> object:
    return read_outside(put(folder / "来件.bin", bytes(size)), "来件.bin")


def of_pages(folder: Path, size: int) -> object:
    page = '<p style="break-after: page">一二三四五六七八九十</p>'
    return open_outside(pdf_of(page * (size - 1) + "<p>完</p>"), "报告.pdf", held().outside).problems


def swallow(size: int) -> int:
    return len(bytearray(size))


def of_memory(folder: Path, size: int) -> object:
    return confined("来件.xlsx", held().outside, swallow, size * MB)


def spin(rounds: int) -> int:
    return sum(range(rounds))


def of_computing(folder: Path, size: int) -> object:
    return confined("来件.xlsx", held().outside, spin, 10 if size == 1 else 10**13)


def write_so_much(folder: str, size: int) -> int:
    with open(os.path.join(folder, "临时"), "wb") as file:
        return file.write(bytes(size))


def of_writing(folder: Path, size: int) -> object:
    return confined("来件.xlsx", held().outside, write_so_much, str(folder), size)


def open_so_many(number: int) -> int:
    here = len(os.listdir("/proc/self/fd")) - 1
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(number - here)]
    return len(files)


def of_opening(folder: Path, size: int) -> object:
    return confined("来件.xlsx", held().outside, open_so_many, size)


def of_parts(folder: Path, size: int) -> object:
    own = len(ZipFile(io.BytesIO(tasks(task()))).infolist())
    return read_contents(repacked(tasks(task()), parts=[(f"more/{n}.bin", b"") for n in range(size - own)]), "表.xlsx")


def of_unpacked(folder: Path, size: int) -> object:
    check_package(zipped(("a.bin", os.urandom(size))), "表.xlsx", WORKBOOK)
    return None


def of_ratio(folder: Path, size: int) -> object:
    # Noise does not shrink, zeros shrink to nearly nothing: so much noise in two million bytes makes the ratio.
    noise = 2_000_000 // size
    blob = zipped(("a.bin", os.urandom(noise) + bytes(2_000_000 - noise)), method=ZIP_DEFLATED)
    check_package(blob, "表.xlsx", WORKBOOK)
    return None


def of_returns(folder: Path, size: int) -> object:
    for number in range(size):
        put(folder / "反馈" / f"{number}.xlsx", str(number).encode())
    return arrivals([folder / "反馈"], {}, held().outside)


def of_depth(folder: Path, size: int) -> object:
    put(folder / "反馈" / "甲.xlsx")
    put(folder / "反馈" / Path(*["套"] * (size - 1)) / "乙.xlsx", b"y")
    found = arrivals([folder / "反馈"], {}, held().outside)
    return [problem for each in found.files for problem in each.problems]


def of_compared(folder: Path, size: int) -> object:
    for number in range(size):
        put(folder / "甲" / f"{number}.txt")
    return members_of_folder(folder / "甲", "甲", held().outside)


def of_compared_depth(folder: Path, size: int) -> object:
    put(folder / "甲" / Path(*["套"] * (size - 1)) / "底.txt")
    found = members_of_folder(folder / "甲", "甲", held().outside)
    return [problem for each in found.files for problem in each.problems]


def archive_of(folder: Path, blob: bytes) -> Member:
    path = folder / "甲.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a.txt", blob)
    return Member(name="甲.zip", path=path)


def of_archive(folder: Path, size: int) -> object:
    beside = archive_of(folder, b"").path
    assert beside
    return members_of_archive(archive_of(folder, os.urandom(size - beside.stat().st_size)), held().outside)


def of_archive_unpacked(folder: Path, size: int) -> object:
    return members_of_archive(archive_of(folder, bytes(size)), held().outside)


def rows(size: int) -> bytes:
    return tasks(*(task(text=f"建成公园{number}个") for number in range(size)))


def of_rows(folder: Path, size: int) -> object:
    return read_ledger(rows(size), "台账.xlsx", Wants(WANTS_TASKS.fields))


def of_long_rows(folder: Path, size: int) -> object:
    config = CONFIG.replace("half-year-report", "task-table").replace("台账.yaml", "台账.xlsx")
    put(folder / "台账.xlsx", rows(size))
    return generate(Order(project(folder, config=config), ("docx",)))


def csv_of(*lines: list[str]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode()


def of_columns(folder: Path, size: int) -> object:
    head = ["工作任务", "责任单位", *(f"列{n}" for n in range(size - 2))]
    return read_ledger(csv_of(head, ["建成公园", "区城管局"] + [""] * (size - 2)), "重点任务.csv", WANTS_TEXT)


def of_cell(folder: Path, size: int) -> object:
    return read_ledger(csv_of(["工作任务", "责任单位"], ["汉" * size, "区城管局"]), "重点任务.csv", WANTS_TEXT)


def of_read_rows(folder: Path, size: int) -> object:
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, size + 1))
    return read_ledger(_with_sheet(blank), "台账.xlsx", WANTS_TEXT)


def of_read_cells(folder: Path, size: int) -> object:
    blank = '<row r="3">' + '<c s="0"/>' * (size - 2 * 7) + "</row>"
    return read_ledger(_with_sheet(blank), "台账.xlsx", WANTS_TEXT)


def _with_sheet(blank: str) -> bytes:
    def change(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        return data.replace(b"</sheetData>", blank.encode() + b"</sheetData>")

    return repacked(tasks(task()), change)


def of_sheets(folder: Path, size: int) -> object:
    return read_contents(ods(*(ods_table(ods_row("甲"), name=f"表{n}") for n in range(size))), "表.ods")


def of_strings(folder: Path, size: int) -> object:
    def change(name: str, data: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return data
        more = size - data.count(b"<si>")
        return data.replace(b"</sst>", b"<si><t>x</t></si>" * more + b"</sst>")

    return read_ledger(repacked(with_shared_strings(tasks(task())), change), "台账.xlsx", WANTS_TEXT)


def of_tags(folder: Path, size: int) -> object:
    sheet = ZipFile(io.BytesIO(rows(1))).read("xl/worksheets/sheet1.xml").count(b"<")
    blob = repacked(
        rows(1),
        lambda name, data: (
            data.replace(b"<sheetData>", b"<!---->" * (size - sheet) + b"<sheetData>")
            if name == "xl/worksheets/sheet1.xml"
            else data
        ),
    )
    return set_cells(blob, {("重点任务", "G2"): "正常推进"}, "台账.xlsx", replace=True)


def office(folder: Path) -> Path:
    return project(folder, ledger([goal_record()], [task_record(f"任务{n}") for n in range(3)]))


def collected(folder: Path, lines: list[list[str]]) -> object:
    config = office(folder)
    put(folder / "区民政局.csv", csv_of(["工作任务", "进展情况"], *lines))
    found = collect(Request(config=config, returns=[folder / "区民政局.csv"], into=folder / "汇总.xlsx"))
    return [each for each in found.collection.findings if "没有收进来" in each.what]


def of_return_texts(folder: Path, size: int) -> object:
    return collected(folder, [[f"任务{n}", "办了。"] for n in range(size)])


def of_return_characters(folder: Path, size: int) -> object:
    return collected(folder, [["任务0", "汉" * size]])


def of_text_bytes(folder: Path, size: int) -> object:
    return read_source(b"a: 1\n".ljust(size, b"#"), "单位.yaml")


def of_nesting(folder: Path, size: int) -> object:
    # The text itself is the first level, the value in the innermost brackets the last.
    return read_source(("[" * (size - 1) + "1" + "]" * (size - 1)).encode(), "单位.yaml")


def of_template(text: str) -> list[Problem]:
    return fill(text)[1]


def of_slot(folder: Path, size: int) -> object:
    return of_template("字" * size)


def of_report(folder: Path, size: int) -> object:
    return of_template("{% for each in tasks %}" + "字" * (size // 2) + "{% endfor %}" + "字" * (size % 2))


def of_expression(folder: Path, size: int) -> object:
    return of_template("{{ ['" + "甲" * (size - 1) + "', '乙'] | join }}")


def of_steps(folder: Path, size: int) -> object:
    return of_template("{% for each in tasks %}{{ each.text }}{% endfor %}" * (1 if size == 20 else 9))


def of_checked(folder: Path, size: int) -> object:
    head = ["工作任务", "责任单位", "任务进展情况"]
    beside = len("建成公园") + len("区城管局")
    path = put(folder / "重点任务.csv", csv_of(head, ["建成公园", "区城管局", "汉" * (size - beside)]))
    return [problem for problem in check_file(path).problems if problem.code == "check.too-long"]


def of_lines(folder: Path, size: int) -> object:
    return text_content(b"\n" * (size - 1) + "尾".encode(), "a.txt")


# By group and key: the limit, what is done of a size, the size that is just enough and the one that is too much,
# and what is said of it.
CASES: dict[str, tuple[float, Try, int, int, str]] = {
    "outside.file_mb": (1, of_bytes, MB, MB + 1, "超过 1 MB"),
    "outside.pages": (2, of_pages, 2, 3, "2 页"),
    "outside.seconds": (1, of_computing, 1, 2, "1 秒"),
    "outside.memory_mb": (600, of_memory, 60, 600, "超过 600 MB"),
    "outside.written_mb": (1, of_writing, MB, MB + 1, "来件.xlsx"),
    "outside.open_files": (64, of_opening, 64, 65, "来件.xlsx"),
    "archives.parts": (30, of_parts, 30, 31, "超过 30 个"),
    "archives.unpacked_mb": (1, of_unpacked, MB, MB + 1, "超过 1 MB"),
    "archives.ratio": (10, of_ratio, 9, 11, "压缩比超过 10"),
    "archives.returns": (2, of_returns, 2, 3, "超过 2 个"),
    "archives.returns_seen": (2, of_returns, 2, 3, "超过 2 个"),
    "archives.returns_depth": (3, of_depth, 3, 4, "3 层以上"),
    "archives.compared_files": (2, of_compared, 2, 3, "超过 2 个"),
    "archives.compared_depth": (3, of_compared_depth, 3, 4, "3 层以上"),
    "archives.compared_archive_mb": (1, of_archive, MB, MB + 1, "超过 1 MB"),
    "archives.compared_unpacked_mb": (1, of_archive_unpacked, MB, MB + 1, "超过 1 MB"),
    "tables.rows": (3, of_rows, 3, 4, "超过 3 行"),
    "tables.long_rows": (3, of_long_rows, 3, 4, "超过 3 行"),
    "tables.columns": (3, of_columns, 3, 4, "最多 3 个"),
    "tables.cell_characters": (20, of_cell, 20, 21, "21 字，超过 20 字"),
    "tables.read_rows": (30, of_read_rows, 30, 31, "超过 30 行"),
    "tables.read_cells": (50, of_read_cells, 50, 51, "超过 50 个"),
    "tables.sheets": (3, of_sheets, 3, 4, "超过 3 张"),
    "tables.strings": (30, of_strings, 30, 31, "超过 30 条"),
    "tables.tags": (500, of_tags, 500, 501, "单元格太多"),
    "tables.return_texts": (4, of_return_texts, 2, 3, "6 条内容，超过 4 条"),
    "tables.return_characters": (50, of_return_characters, 40, 51, "超过 50 字"),
    "texts.file_mb": (1, of_text_bytes, MB, MB + 1, "超过 1 MB"),
    "texts.depth": (8, of_nesting, 8, 9, "超过 8 层"),
    "texts.template_characters": (100, of_slot, 100, 101, "超过 100 字"),
    "texts.report_characters": (101, of_report, 101, 102, "超过 101 字"),
    "texts.expression_characters": (50, of_expression, 50, 51, "超过 50 字"),
    "texts.expression_steps": (20, of_steps, 20, 30, "超过 20 步"),
    "texts.checked_characters": (100, of_checked, 100, 101, "101 字，超过 100 字"),
    "texts.compared_lines": (30, of_lines, 30, 31, "31 行，超过 30 行"),
}
# Those that no size of one file comes to; each has a test of its own below.
APART = {"outside.seconds_per_page", "outside.wall_factor", "outside.total_seconds"}


def refusal(do: Try, folder: Path, size: int) -> list[str]:
    """What is said where a size is too much; nothing where it is not."""
    folder.mkdir()
    try:
        told = do(folder, size)
    except ReportError as fault:
        told = fault.problems
    listed = told if isinstance(told, list | tuple) else []
    return [f"{getattr(each, 'where', None)} {each.what}" for each in listed]


def test_every_limit_is_tried() -> None:
    assert {*CASES, *APART} == {*KEYS}
    assert not CASES.keys() & APART


@pytest.mark.row("L1")
@pytest.mark.parametrize("key", CASES)
def test_the_last_one_is_taken_and_one_more_refused_with_the_number(
    key: str, tmp_path: Path, hold: Hold, tally: Tally
) -> None:
    value, do, enough, too_much, said = CASES[key]
    group, name = key.split(".")
    hold(**{group: {name: value}})
    assert refusal(do, tmp_path / "够", enough) == []
    tally.survived()
    told = refusal(do, tmp_path / "多", too_much)
    assert told
    assert said in told[0]
    assert not told[0].startswith("None "), "it has a place"
    tally.refused()


def as_workbook(lines: list[list[str]]) -> bytes:
    return workbook({"重点任务": lines})


def as_ods(lines: list[list[str]]) -> bytes:
    return ods(ods_table(*(ods_row(*line) for line in lines)))


def as_word(lines: list[list[str]]) -> bytes:
    document = docx.Document()
    made = document.add_table(rows=len(lines), cols=len(lines[0]))
    for line, row in zip(lines, made.rows, strict=True):
        for text, cell in zip(line, row.cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.row("L1")
@pytest.mark.parametrize(
    ("name", "made"),
    [("反馈.xlsx", as_workbook), ("反馈.ods", as_ods), ("反馈.docx", as_word)],
    ids=["xlsx", "ods", "docx"],
)
def test_every_kind_of_table_keeps_to_the_columns_and_rows(
    name: str, made: Callable[[list[list[str]]], bytes], hold: Hold, tally: Tally
) -> None:
    hold(tables={"columns": 5, "rows": 4})
    head = [f"列{number}" for number in range(5)]
    # A head of several rows comes on top: it is counted apart, where the table is understood.
    longest = [head] * (4 + HEAD_ROWS)
    assert read_contents(made(longest), name).problems == ()
    tally.survived()
    for lines, said in (([[*head, "多"]], "第 5 列以后还有内容「多」"), ([*longest, head], "超过 4 行")):
        (problem,) = refused(made(lines), name)
        assert said in problem.what
        assert problem.where
        assert problem.where.file == name
        tally.refused()


def refused(blob: bytes, name: str) -> list[Problem]:
    """Why nothing, or not all, of a file was read."""
    try:
        return list(read_contents(blob, name).problems)
    except InputError as fault:
        return list(fault.problems)


# ---- limits of time that no size of one file comes to


def test_the_time_of_a_file_grows_with_its_pages_and_on_a_busy_machine(hold: Hold) -> None:
    hold(outside={"seconds": 2, "seconds_per_page": 0.5, "wall_factor": 4})
    room = held().outside.for_pages(10)
    bounds = bounds_of(room)
    assert (room.seconds, bounds.computing_seconds, bounds.seconds) == (7, 7, 28)


def nothing(name: str) -> str:
    return name


@pytest.mark.row("L1")
def test_what_is_not_begun_within_the_time_of_all_is_told_with_the_number(hold: Hold, tally: Tally) -> None:
    hold(outside={"total_seconds": 60})
    assert list(confined_each("甲乙", held().outside, nothing, "甲乙")) == ["甲", "乙"]
    tally.survived()
    told = list(confined_each("甲乙", replace(held().outside, total_seconds=-1), nothing, "甲乙"))
    assert all(isinstance(each, InputError) and each.problems[0].code == "file.no-time-left" for each in told)
    tally.refused()


# ---- who sets them, and where they hold


def test_every_process_that_reads_is_bounded_in_files_too() -> None:
    bounds = bounds_of(held().outside)
    assert (bounds.file_bytes, bounds.open_files, bounds.memory_bytes) == (200 * MB, 256, 1024 * MB)


def what_holds() -> limits.Limits:
    return held()


def what_holds_for(name: str) -> limits.Limits:
    return held()


@pytest.mark.row("L1")
def test_what_holds_here_holds_in_the_processes_that_read_and_not_after(hold: Hold) -> None:
    with holding_values({"tables": {"rows": 7}, "outside": {"seconds": 9}}):
        here = held()
        assert (here.tables.rows, here.outside.seconds) == (7, 9)
        assert confined("甲", here.outside, what_holds) == here
        assert list(confined_each("甲乙", here.outside, what_holds_for, "甲乙")) == [here, here]
    assert held() == STANDARD
    assert confined("甲", held().outside, what_holds) == STANDARD


def test_what_is_set_survives_pickling() -> None:
    with holding_values({"texts": {"depth": 9}}):
        function, args = pickle.loads(pickle.dumps(limits.carried(what_holds, (), {})))
    assert function(*args).texts.depth == 9
    assert held().texts.depth == STANDARD.texts.depth


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_set_in_its_unit_comes_back_in_it(group: str) -> None:
    everything = {each.key: each.least for each in meanings(getattr(STANDARD, group)).values()}
    with holding_values({group: everything}):
        assert values_of(held())[group] == everything
        assert {name: values for name, values in values_of(held()).items() if name != group} == {
            name: values for name, values in values_of(STANDARD).items() if name != group
        }


def test_the_standard_is_within_what_may_be_set() -> None:
    for group in (*(getattr(STANDARD, name) for name in GROUPS), RenderLimits(), limits.SERVICE):
        for meaning, value in limits.told(group):
            assert meaning.least <= value <= meaning.most, meaning


def configured(folder: Path, block: str, data: object = None) -> Path:
    return project(folder, data, config=CONFIG + block)


@pytest.mark.row("L1")
def test_the_limits_of_a_configuration_hold_for_all_that_it_names(tmp_path: Path, tally: Tally) -> None:
    two = ledger([goal_record()], [task_record(f"任务{n}") for n in range(2)])
    exact = configured(tmp_path / "够", "limits: {tables: {rows: 2, long_rows: 2}}\n", two)
    assert generate(Order(exact, ("txt",))).manifest["counts"]["tasks"] == 2
    tally.survived()
    config = configured(tmp_path / "多", "limits: {tables: {rows: 1, long_rows: 1}}\n", two)
    by_limits: list[Callable[[], object]] = [
        lambda: generate(Order(config, ("txt",))),
        lambda: collect(Request(config=config, returns=(), into=tmp_path / "汇.xlsx")),
    ]
    for road in by_limits:
        with pytest.raises(InputError, match="超过 1 行"):
            road()
        tally.refused()
    assert "超过 1 行" in check_file(config).problems[0].what
    tally.refused()
    assert held() == STANDARD, "they hold no longer than the road"


@pytest.mark.row("L1")
def test_the_limits_of_a_configuration_hold_in_the_worker_that_reads_a_file_by_it(tmp_path: Path, tally: Tally) -> None:
    config = configured(tmp_path, "limits:\n  texts: {checked_characters: 100}\n")
    path = put(tmp_path / "来件" / "重点任务.csv", csv_of(["工作任务", "任务进展情况"], ["建成公园", "汉" * 97]))
    assert "101 字，超过 100 字" in check_file(path, config).problems[0].what
    tally.refused()
    assert all(each.code != "check.too-long" for each in check_file(path).problems)
    tally.survived()


@pytest.mark.row("L1", "refused")
@pytest.mark.skipif(os.name == "nt", reason="Windows has neither such pipes nor such devices")
@pytest.mark.parametrize("what", ["pipe", "device", "large"])
@pytest.mark.parametrize("which", ["报告.yaml", "台账.yaml"])
def test_what_never_ends_is_read_neither_as_configuration_nor_as_ledger(
    what: str, which: str, tmp_path: Path, hold: Hold
) -> None:
    config = project(tmp_path)
    path = config if which == "报告.yaml" else tmp_path / which
    path.unlink()
    if what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    else:
        hold(outside={"file_mb": 2})
        put(path, bytes(2 * MB + 1))
    with pytest.raises(InputError) as fault:
        generate(Order(config, ("txt",)))
    assert [(each.code, path.name in str(each.where)) for each in fault.value.problems] == [
        ("file.too-big" if what == "large" else "file.unreadable", True)
    ]
    assert path.name in fault.value.problems[0].what


WRONG = [
    ("limits: {tables: {rows: 0}}", "config.bad-value", "不能小于 1"),
    ("limits: {tables: {rows: 100001}}", "config.bad-value", "不能大于 100000"),
    ("limits: {tables: {rows: 1.5}}", "config.wrong-type", "应是整数"),
    ("limits: {tables: {rows: null}}", "config.wrong-type", "应是整数"),
    ("limits: {tables: {row: 5}}", "config.unknown-key", "没有「row」"),
    ("limits: {table: {rows: 5}}", "config.unknown-key", "没有「table」"),
    ("limits: {outside: {seconds: .inf}}", "config.wrong-type", "应是数字"),
    ("limits: 5", "config.wrong-type", "键: 值"),
]


@pytest.mark.row("L1", "refused")
@pytest.mark.parametrize(("block", "code", "said"), WRONG)
def test_a_limit_cannot_be_switched_off_or_misspelt(block: str, code: str, said: str, tmp_path: Path) -> None:
    config = configured(tmp_path, block + "\n")
    with pytest.raises(InputError) as fault:
        generate(Order(config, ("txt",)))
    (problem,) = fault.value.problems
    assert (problem.code, problem.where and problem.where.line) == (code, CONFIG.count("\n") + 1)
    assert said in problem.what + problem.fix
    assert limits_in(config) == {}, "until it is mended, the usual ones hold"


def test_in_the_service_a_configuration_lowers_what_holds_and_never_raises_it() -> None:
    settings = read_settings(read_source(b"limits: {tables: {rows: 50, columns: 10}}\n", "service.yaml"), Path())
    with holding(settings.limits, is_ceiling=True), holding_values({"tables": {"rows": 500, "columns": 5}}):
        tables = confined("甲", held().outside, what_holds).tables
    assert (tables.rows, tables.columns) == (50, 5)


def test_the_table_of_limits_in_the_readme_is_the_one_that_holds() -> None:
    assert limits_table() in (ROOT / "README.md").read_text(encoding="utf-8")
