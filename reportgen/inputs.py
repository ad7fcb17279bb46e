"""What a configuration names (配置所指的输入): register, ledger files and words, read for every road.

A road gathers the problems of all its inputs before it raises any of them (Law 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from reportgen.ledger.periods import last_day
from reportgen.ledger.reading import Wants
from reportgen.ledger.register_file import read_register
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.problems import Location, Outcome, Problem, ReportError
from reportgen.source import Source, read_file, read_source, shown_path
from reportgen.template.compose import needed_fields, prepare
from reportgen.template.loading import load_template
from reportgen.template.schema import Config

T = TypeVar("T")


def attempt(problems: list[Problem], read: Callable[[], T], asked: Location | None = None) -> T | None:
    """What `read` gives (试读), or None and its problems.

    `asked` is where the configuration names the file, if it is that which is missing.
    """
    try:
        return read()
    except ReportError as fault:
        for problem in fault.problems:
            named = (asked,) if asked and problem.code.startswith("file.") else ()
            problems.append(replace(problem, related=(*problem.related, *named)))
        return None


def configured_register(config: Config, beside: Path) -> tuple[Outcome[Register] | None, Source | None]:
    """The register (单位名录) that a configuration names, and its file; nothing if it names none."""
    if config.units is None:
        return None, None
    shown = shown_path(Path(config.units))
    source = read_source(read_file(beside / config.units, shown), shown)
    return read_register(source), source


def units_day(config: Config) -> date | None:
    """The day (单位名称以哪一天为准) on which the register's units must stand.

    A report calls units as they are called when it is issued; without that date, as at the end of its period. None
    where neither says a day: then no unit is judged to have ended.
    """
    return config.date or last_day(config.year, config.period)


def ledger_files(config: Config, beside: Path, instead: Sequence[Path] = ()) -> tuple[tuple[str, bytes], ...]:
    """Name and bytes of the ledger's files (台账文件): `instead`, or those that the configuration names."""
    if instead:
        return tuple((shown_path(path), read_file(path, shown_path(path))) for path in instead)
    named = [(shown_path(Path(name)), beside / name) for name in config.ledger]
    return tuple((shown, read_file(path, shown)) for shown, path in named)


def configured_words(config: Config, source: Source) -> Words:
    """The words (用词) of the office: the standard ones and those that its configuration adds."""
    words = STANDARD_WORDS.extended(config.columns, {}, source.locate(("columns",)))
    return words.extended({}, config.judgements, source.locate(("judgements",)))


def wanted_sheets(config: Config, source: Source, beside: Path, problems: list[Problem]) -> Wants | None:
    """The sheets (工作表) of the ledger that the report's template uses, whatever stands in their columns yet.

    None where the template cannot be read, which `problems` then say.
    """
    if not config.template:
        return None
    template = attempt(problems, lambda: load_template(config.template, beside, source.locate(("template",))))
    if template is None:
        return None
    return Wants({sheet: frozenset() for sheet in needed_fields(prepare(*template, config, source).value)})
