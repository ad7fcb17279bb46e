"""What the tests of each row counted (计数): a pytest plugin that adds it up, over all processes of a run.

A test that passes counts as one input that was `survived`, or `refused` if its mark says so:

    @pytest.mark.row("T1", "refused")
    @pytest.mark.parametrize("text", ESCAPES)
    def test_an_escape_is_refused(text): ...

One that tries many inputs takes the fixture `tally` and counts each where it has seen what became of it:

    @pytest.mark.row("I11")
    def test_broken_files_are_read_or_refused(tally):
        ...
        tally.refused()

A test that fails counts as one that was lost, beside what it had counted before.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.reliability import chapter
from tests.reliability.counted import Counted
from tests.reliability.rows import ROWS

ENDS = ("survived", "refused")
_PROPERTY = "reliability"


class Tally:
    """What one test has seen so far (一项测试的计数)."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(ENDS, 0)

    def survived(self, number: int = 1) -> None:
        """So many inputs gave a whole and right result, or so many faults did no harm."""
        self.counts["survived"] += number

    def refused(self, number: int = 1) -> None:
        """So many inputs were refused with the right place and in plain words."""
        self.counts["refused"] += number


_TALLY = pytest.StashKey[Tally]()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Counts what becomes of the inputs of this test."""
    found: Tally = request.node.stash.setdefault(_TALLY, Tally())
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--reliability", metavar="FILE", help="print what each row of the campaign counted, and write it into FILE"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "row(number, end='survived'): the row of tests/reliability/rows.py it belongs to"
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Totals(config), "reliability-totals")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("row"):
            number, *end = mark.args
            if number not in ROWS or not set(end) <= set(ENDS) or mark.kwargs:
                raise pytest.UsageError(f"{item.nodeid}: there is no row {mark.args}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    counted = [(mark.args[0], counted_by(item, mark, report)) for mark in item.iter_markers("row")]
    if counted and (report.when == "call" or not report.passed):
        told = [(row, one.survived, one.refused, one.lost, one.skipped, round(one.seconds, 3)) for row, one in counted]
        report.user_properties.append((_PROPERTY, told))
    return report


def counted_by(item: pytest.Item, mark: pytest.Mark, report: pytest.TestReport) -> Counted:
    """What one report says of a row."""
    if report.skipped:
        return Counted(skipped=1, seconds=report.duration)
    lost = int(report.failed)
    if _TALLY in item.stash:
        counts = item.stash[_TALLY].counts if report.when == "call" else {}
        return Counted(**counts, lost=lost, seconds=report.duration)
    end = mark.args[1] if len(mark.args) > 1 else ENDS[0]
    return Counted(**{end: 1 - lost}, lost=lost, seconds=report.duration)


class _Totals:
    """Adds up what all processes of the run report, and tells it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._place: str | None = config.getoption("--reliability")
        self._totals: dict[str, Counted] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, told in report.user_properties:
            if name == _PROPERTY:
                for row, *numbers in cast(Any, told):
                    self._totals[row] = self._totals.get(row, Counted()) + Counted(*numbers)

    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        if not self._place:
            return
        terminalreporter.section("可靠性演练")
        for line in chapter.lines(self._totals):
            terminalreporter.write_line(line)
        if faults := chapter.faults(self._totals, exitstatus):
            terminalreporter.write_line("没有写入：" + "；".join(faults))
            return
        chapter.write(Path(self._place), self._totals)
        terminalreporter.write_line(f"已写入 {self._place}")
