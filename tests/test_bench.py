"""The benchmark (和别的做法比) compares only what says the same: readers, peers, the course, the table."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.bench import course, report, table
from tests.bench.case import Case
from tests.bench.contents import Unlike, check_docx, check_pdf
from tests.bench.course import Results, Wanted
from tests.bench.peers import Kind
from tests.bench.peers.taking_part import PEERS, peer
from tests.bench.plain import Grid, Report, plain
from tests.bench.worker import Cost, measured
from tests.kept import kept
from tests.projects import ROOT
from tests.readme import write_between

CASE = Case(6, 3)


@cache
def wanted() -> Report:
    return plain(CASE.document)


def output(name: str) -> bytes:
    """What a peer makes of the case, once in a run of the tests."""

    def make() -> bytes:
        ready = peer(name).ready()
        try:
            return measured(ready, CASE)[1]
        finally:
            ready.close()

    return kept(f"bench-{name}", make)


def changed_docx(old: str, new: str) -> bytes:
    """Our Word file with something else in its text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(output("docx"))) as archive, zipfile.ZipFile(buffer, "w") as other:
        for name in archive.namelist():
            text = archive.read(name)
            if name == "word/document.xml":
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            other.writestr(name, text)
    return buffer.getvalue()


def with_rows(rows: int) -> Report:
    """The report as it would have to be with so many rows more or fewer in its last table."""
    last = wanted().parts[-1]
    assert isinstance(last, Grid)
    kept_rows = last.rows[:rows] if rows < 0 else (*last.rows, last.rows[-1])
    return replace(wanted(), parts=(*wanted().parts[:-1], replace(last, rows=kept_rows)))


# Reading back


def test_every_row_of_a_case_and_every_round_has_texts_of_its_own() -> None:
    texts = [entry.text + entry.progress for number in (1, 2) for entry in Case(300, number).ledger.tasks]
    assert len({*texts}) == 600


@pytest.mark.parametrize("name", [each.name for each in PEERS if each.kind is Kind.DOCX])
def test_every_peer_s_word_file_is_the_same_report(name: str) -> None:
    if lacks := peer(name).lacks():
        pytest.skip(lacks)
    check_docx(output(name), wanted())


@pytest.mark.parametrize("name", ["weasyprint", "typst", "typst-plain"])
def test_a_pdf_of_any_engine_is_the_same_report(name: str) -> None:
    if lacks := peer(name).lacks():
        pytest.skip(lacks)
    check_pdf(output(name), wanted())


def test_weasyprint_as_it_comes_draws_our_page_in_our_look_but_for_its_tables() -> None:
    if lacks := peer("weasyprint-auto").lacks():
        pytest.skip(lacks)
    page = peer("weasyprint-auto").ready().given(CASE)
    css = page.partition("<style>")[2].partition("</style>")[0]
    assert "bench-latin" in css
    assert "@page" in css
    assert css.rindex("table-layout:auto") > css.rindex("table-layout:fixed")
    assert "<colgroup>" not in page


def test_a_point_that_stands_elsewhere_in_a_figure_is_another_figure() -> None:
    last = wanted().parts[-1]
    assert isinstance(last, Grid)
    moved = [tuple(cell and re.sub(r"(\d)\.(\d)", r".\1\2", cell) for cell in row) for row in last.rows]
    assert moved != [*last.rows]
    with pytest.raises(Unlike, match="应为"):
        check_pdf(output("typst"), replace(wanted(), parts=(*wanted().parts[:-1], replace(last, rows=tuple(moved)))))


@pytest.mark.parametrize("name", ["read", "pandas"])
def test_a_ledger_is_read_with_every_text_of_every_row(name: str) -> None:
    Wanted(CASE, Kind.READ).check(output(name))
    with pytest.raises(Unlike, match="台账第1行"):
        Wanted(replace(CASE, round=4), Kind.READ).check(output(name))


def test_a_whole_report_of_another_round_is_refused() -> None:
    for kind, name in ((Kind.DOCX, "docx"), (Kind.PDF, "typst-plain")):
        with pytest.raises(Unlike, match=r"第4轮.*第3轮"):
            Wanted(replace(CASE, round=4), kind).check(output(name))


def test_a_word_file_with_one_other_character_is_refused_at_that_place() -> None:
    blob = changed_docx("第3轮第6项", "第3轮第9项")
    with pytest.raises(Unlike, match=r"应为「.*第3轮第6项.*」，却是「.*第3轮第9项"):
        check_docx(blob, wanted())


@pytest.mark.parametrize("rows", [-1, 1])
@pytest.mark.parametrize(("name", "check"), [("docx", check_docx), ("typst-plain", check_pdf)])
def test_a_row_too_many_or_too_few_is_refused(name: str, check: object, rows: int) -> None:
    assert callable(check)
    with pytest.raises(Unlike):
        check(output(name), with_rows(rows))


def test_a_pdf_with_one_other_character_is_refused_at_that_place() -> None:
    last = wanted().parts[-1]
    assert isinstance(last, Grid)
    row = (*last.rows[-1][:-1], (last.rows[-1][-1] or "").replace("第6项", "第9项"))
    other = replace(wanted(), parts=(*wanted().parts[:-1], replace(last, rows=(*last.rows[:-1], row))))
    with pytest.raises(Unlike, match=r"应为「.*第9项.*」，第\d+页却是「.*第6项"):
        check_pdf(output("typst-plain"), other)


def test_a_merged_cell_that_is_not_there_is_refused_in_both_formats() -> None:
    last = wanted().parts[-1]
    assert isinstance(last, Grid)
    first = (last.rows[0][0], "别的分类", *last.rows[0][2:])
    other = replace(wanted(), parts=(*wanted().parts[:-1], replace(last, rows=(first, *last.rows[1:]))))
    with pytest.raises(Unlike, match="应为「别的分类」"):
        check_docx(output("docx"), other)
    with pytest.raises(Unlike, match="应为"):  # where an engine draws a merged cell is its own affair
        check_pdf(output("typst-plain"), other)


# The course and the table


def test_who_does_not_say_the_same_has_no_time_and_the_others_go_on(tmp_path: Path) -> None:
    results, docx = Results(), peer("docx")
    liar = replace(peer("help"), title="说谎者", kind=Kind.DOCX, sizes=(), why="太慢", most=5)
    course.run([docx, liar], {5: 2}, tmp_path, results, lambda text: None)
    assert set(results.costs) == {("docx", 5)}
    assert sorted(results.costs["docx", 5]) == [1, 2]
    assert all(0 < cost.seconds < 5 and 20 < cost.megabytes < 500 for cost in results.costs["docx", 5].values())
    (fault,) = results.faults
    assert fault.startswith("说谎者（Word 文件，5 行）内容不同：读不出来，")
    assert results.left_out == ["说谎者：只比到 5 行，太慢"]


def test_a_peer_that_is_not_there_is_named_with_its_reason(tmp_path: Path) -> None:
    results = Results()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        course.run([peer("soffice"), peer("soffice-open")], {5: 1}, tmp_path, results, lambda text: None)
    reason = "没有参加，没有 LibreOffice（libreoffice-writer-nogui）"
    assert results.left_out == [f"LibreOffice，每份启动一次：{reason}", f"LibreOffice，一直开着：{reason}"]
    assert results.costs == {}


def results_of(**seconds: float) -> Results:
    results = Results()
    for name, value in seconds.items():
        peer_name, _, size = name.rpartition("_")
        results.costs[peer_name, int(size)] = {n: Cost(value * n, value, 50) for n in (1, 2, 3)}
    return results


def test_the_table_has_medians_ratios_of_the_same_round_and_exponents() -> None:
    told = table.table(results_of(docx_131=0.01, docxtpl_131=0.1, docx_1310=0.1, docxtpl_1310=10.0), PEERS)
    assert told.splitlines()[2:] == [
        "| Word 文件 | **本程序** | 131 | 0.0200 | 50 |  |  |",
        "|  | docxtpl（Word 模板套打） | 131 | 0.20 | 50 | 10.0 |  |",
        "|  | **本程序** | 1,310 | 0.20 | 50 |  | 1.00 |",
        "|  | docxtpl（Word 模板套打） | 1,310 | 20.00 | 50 | 100 | 2.00 |",
    ]


def test_the_table_is_told_with_versions_how_many_sets_a_second_and_who_was_left_out() -> None:
    results = results_of(**{"sets-typst_131": 1.0})
    results.left_out.append("某软件：没有参加，没有装")
    text = table.told(results, PEERS)
    assert "本程序，Typst 引擎，一直开着 24.5 套。" in text
    assert "没有比的：\n\n- 某软件：没有参加，没有装。" in text
    assert f"lxml {version('lxml')}" in text.splitlines()[0]
    assert len(Wanted(Case(131, 1), Kind.SETS).units) == table.UNITS


def test_the_readme_has_one_place_for_the_table_and_nothing_else_of_it_changes(tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    copy = tmp_path / "README.md"
    copy.write_bytes(readme.read_bytes())
    for text in ("一", "二"):
        write_between(copy, table.MARKS, text)
    between = ".*".join(table.MARKS)
    before, after = (re.sub(between, "", path.read_text(encoding="utf-8"), flags=re.S) for path in (readme, copy))
    assert before == after
    assert "\n\n二\n\n".join(table.MARKS) in copy.read_text(encoding="utf-8")
    copy.write_text("没有记号", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        write_between(copy, table.MARKS, "三")


def test_every_peer_can_be_loaded_and_says_why_it_goes_no_further() -> None:
    assert len({each.name for each in PEERS}) == len(PEERS)
    for each in PEERS:
        assert isinstance(each.lacks(), str)
        assert each.why or each.most == 100_000 or each.ours
        assert any(each.takes(size) for size in report.FULL[each.kind])
        assert each.name == "help" or not each.takes(0)
