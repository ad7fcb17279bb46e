"""The campaign's own tests (可靠性演练): every row is tried, and what is counted is what happened."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projects import ROOT
from tests.readme import write_between
from tests.reliability import chapter
from tests.reliability.counted import Counted
from tests.reliability.rows import ROWS

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.row("T1", "refused")
@pytest.mark.parametrize("number", range(3))
def test_refused(number):
    pass

@pytest.mark.row("R4")
@pytest.mark.row("S4")
def test_many(tally):
    tally.survived(20)
    tally.refused(2)

@pytest.mark.row("I2", "refused")
def test_lost():
    assert False

@pytest.mark.row("I3")
def test_half(tally):
    tally.survived(7)
    assert False

@pytest.mark.row("S2")
def test_no_room():
    pytest.skip("no room")
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.syspathinsert(ROOT)
    pytester.makeconftest('pytest_plugins = ["tests.reliability.tally"]')
    pytester.path.joinpath("README.md").write_text("\n".join(chapter.MARKS))
    return pytester


def table_of(run: pytest.Pytester, tests: str, *arguments: str) -> str:
    run.makepyfile(tests)
    output = run.runpytest_subprocess("-p", "no:cacheprovider", "--reliability", "README.md", *arguments)
    return f"{output.stdout}\n{output.stderr}"


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_what_each_test_counted_is_added_up_over_all_processes(
    run: pytest.Pytester, processes: tuple[str, ...]
) -> None:
    told = table_of(run, TESTS, *processes)
    assert "T1  模板里越权的写法：拒绝：试过 3，挺住 0，拒绝且指对位置 3，丢失 0（" in told
    assert "试过 22，挺住 20，拒绝且指对位置 2，丢失 0（" in told
    assert told.count("试过 22，") == 2
    assert "I2  XML 实体：拒绝：试过 1，挺住 0，拒绝且指对位置 0，丢失 1（" in told
    assert "试过 8，挺住 7，拒绝且指对位置 0，丢失 1（" in told
    assert "丢失 0，没有条件试 1（" in told
    assert "没有写入：有测试没通过（1）；丢失：I2、I3；没有试：" in told
    assert (run.path / "README.md").read_text() == "\n".join(chapter.MARKS)


def test_a_mark_of_no_row_is_refused(run: pytest.Pytester) -> None:
    told = table_of(run, 'import pytest\n@pytest.mark.row("X9")\ndef test_a(): pass')
    assert "there is no row ('X9',)" in told


def test_a_whole_campaign_is_written_with_a_line_for_each_row(tmp_path: Path) -> None:
    totals = dict.fromkeys(ROWS, Counted(survived=1_000, refused=2, seconds=3))
    assert chapter.faults(totals, 0) == []
    place = tmp_path / "README.md"
    place.write_text("前\n" + "\n上次的表\n".join(chapter.MARKS) + "\n后", encoding="utf-8")
    chapter.write(place, totals)
    text = place.read_text(encoding="utf-8")
    assert "上次的表" not in text
    assert text.startswith("前\n")
    assert text.endswith("\n后")
    for number, title in ROWS.items():
        assert f"| {number} | {title} | 1,002 | 1,000 | 2 | 0 |\n" in text


def test_a_loss_a_failure_and_a_row_that_was_not_tried_are_not_for_the_readme() -> None:
    totals = dict.fromkeys(ROWS, Counted(survived=1))
    assert chapter.faults({**totals, "R1": Counted(lost=1)}, 1) == ["有测试没通过（1）", "丢失：R1"]
    assert chapter.faults({**totals, "R1": Counted()}, 0) == ["没有试：R1"]
    assert chapter.faults({**totals, "R1": Counted(survived=1, skipped=1)}, 0) == ["本机没有条件全试：R1"]


def test_a_text_goes_nowhere_without_its_marks(tmp_path: Path) -> None:
    place = tmp_path / "README.md"
    place.write_text("无", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the marks"):
        write_between(place, chapter.MARKS, "表")


def marked_rows() -> Iterator[str]:
    """The rows of all tests that are not of a release alone."""
    for path in (ROOT / "tests").glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(each) for each in node.decorator_list]
                if "pytest.mark.campaign" not in marks:
                    yield from (mark.split('"')[1] for mark in _rows(marks))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
                yield from (mark.split('"')[1] for mark in _rows([ast.unparse(node.value)]))


def _rows(marks: list[str]) -> list[str]:
    return [piece.replace("'", '"') for mark in marks for piece in mark.split("pytest.mark.row(")[1:]]


def test_every_row_is_tried_in_the_normal_run() -> None:
    assert set(ROWS) - set(marked_rows()) == set()


def test_the_readme_has_a_whole_table_of_the_last_campaign_or_none_yet() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    between = text.split(chapter.MARKS[0])[1].split(chapter.MARKS[1])[0]
    rows = [line.split("|")[1].strip() for line in between.splitlines() if line.startswith("| ")][2:]
    assert rows in ([], list(ROWS))
