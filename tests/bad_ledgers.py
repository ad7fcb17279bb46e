"""Bad ledgers and registers (有毛病的输入), one list for every test that walks over them.

Text files lie in `tests/bad/`, each with a side file `<name>.expect` of lines `severity code place`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.ledger.reading import read_ledger_files
from reportgen.ledger.register_file import read_register
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import InputError, Problem
from reportgen.source import read_source
from tests.bad_workbooks import BAD_WORKBOOKS
from tests.ledger_files import REGISTER, TASK_HEAD, TASK_ROW, WANTS_TASKS, as_csv, task

FOLDER = Path(__file__).parent / "bad"


@dataclass(frozen=True)
class BadLedger:
    """A bad input: its bytes, and (code, part of the place) of the problems that it must raise.

    `beside` are files that make one ledger with it. A name that begins with `units-` is a register.
    """

    name: str
    make: Callable[[], bytes]
    expects: list[tuple[str, str]]
    beside: tuple[tuple[str, Callable[[], bytes]], ...] = ()

    def problems(self) -> tuple[Problem, ...]:
        """All problems that reading it raises or gives."""
        try:
            if self.name.startswith("units-"):
                return read_register(read_source(self.make(), self.name)).problems
            files = [(self.name, self.make()), *((name, make()) for name, make in self.beside)]
            return read_ledger_files(files, WANTS_TASKS, REGISTER, on=date(2026, 6, 30)).problems
        except InputError as fault:
            return fault.problems


def _text_ledgers() -> list[BadLedger]:
    """Every file of the folder whose side file stands beside it and whose name this floor knows."""
    found = []
    for side in sorted(FOLDER.glob("*.expect")):
        path = side.with_suffix("")
        if path.name.startswith(("ledger-", "units-")):
            expects = [(code, place) for _, code, place in expected_lines(side)]
            found.append(BadLedger(path.name, path.read_bytes, expects))
    return found


def expected_lines(side: Path) -> list[tuple[str, str, str]]:
    """(severity, code, part of the place) of a side file."""
    lines = [line.split(" ", 2) for line in side.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(line[0], line[1], line[2] if len(line) > 2 else "") for line in lines]


def _bad_words() -> bytes:
    STANDARD_WORDS.extended({"工作任物": ["事项"]}, {})
    return b""


def _long_cell() -> bytes:
    return as_csv([TASK_HEAD, task(text="长" * 32_768)])


def _long_table() -> bytes:
    return as_csv([TASK_HEAD, *[TASK_ROW] * 30_000])


def _wide() -> bytes:
    return as_csv([TASK_HEAD + ["x"] * 60, TASK_ROW + [""] * 60])


def _tasks_csv() -> bytes:
    return as_csv([TASK_HEAD, TASK_ROW])


BAD_LEDGERS = [
    *(BadLedger(name, make, expects) for name, (make, expects) in BAD_WORKBOOKS.items()),
    *_text_ledgers(),
    BadLedger(
        "one-sheet-twice.csv",
        _tasks_csv,
        [("ledger.duplicate-sheet", "重点任务.csv")],
        beside=(("重点任务.csv", _tasks_csv),),
    ),
    BadLedger("cell-too-long.csv", _long_cell, [("ledger.cell-too-long", ":2:3")]),
    BadLedger("too-many-rows.csv", _long_table, [("ledger.too-many-rows", ":10011")]),
    BadLedger("too-many-columns.csv", _wide, [("ledger.too-many-columns", ":1:65")]),
    BadLedger("bad-words.csv", _bad_words, [("ledger.bad-words", "")]),
]

WARNING_CODES = frozenset(
    {
        "ledger.above-head", "ledger.duplicate-row", "ledger.duplicate-unit", "ledger.empty-progress", "ledger.hidden",
        "ledger.no-progress", "ledger.no-rows", "ledger.number-format", "ledger.odd-unit", "ledger.remark-row",
        "ledger.repeated-head", "ledger.comment", "ledger.covered-text", "ledger.long-number", "ledger.picture",
        "ledger.unseen-text",
        "ledger.unclosed-bracket", "ledger.unknown-column", "ledger.unknown-unit", "ledger.unread-sheet",
        "ledger.ended-unit", "ledger.vague-unit", "text.invisible", "text.private-character",
    }
)  # fmt: skip
