"""What changed between two ledgers (两期变化): the road of the command `changes`, and of a report that tells it.

Ledgers that somebody hands over are read in a worker process; those that a configuration names as `build` reads them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reportgen.changes.between import ledger_changes
from reportgen.changes.model import LedgerChanges
from reportgen.confine import Limits, confined, confined_each, read_outside
from reportgen.inputs import attempt, configured_register, configured_words, units_day
from reportgen.ledger.model import Ledger
from reportgen.ledger.periods import last_day
from reportgen.ledger.reading import Wants, read_ledger_files
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.limits import held
from reportgen.package import called
from reportgen.problems import InputError, Location, Outcome, Problem, ReportError, error, refuse_errors, warning
from reportgen.quantities.periods import reporting_period
from reportgen.source import read_source, shown_path
from reportgen.template.changes import ChangesText, PreparedChanges, changes_text, prepare_changes
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_changes_template, load_sound_config

STANDARD = "standard"
"""The wording of the changes (变化用语) where nobody names another."""

# What an office mends with `check`, before its report goes out; here it would only hide what changed.
_OF_CHECKING = frozenset(
    {"ledger.unknown-unit", "ledger.empty-progress", "ledger.no-progress", "ledger.duplicate-row",
     "ledger.unclosed-bracket", "ledger.no-rows"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What changed, and how it is said (两期变化结果); `files` are those of both ledgers, which no output replaces."""

    changes: LedgerChanges
    text: ChangesText
    template: PreparedChanges
    files: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangesBasis:
    """What both ledgers are read by (读台账的依据); periods are empty where nobody says them."""

    words: Words = STANDARD_WORDS
    register: Register | None = None
    day: date | None = None
    old_period: str = ""
    new_period: str = ""


@by_limits_of(lambda old, new, config=None, *_, **__: config)
def changes_between(
    old: Path, new: Path, config: Path | None = None, template: str | None = None, limits: Limits | None = None
) -> Changed:
    """What became of each entry of the ledger `old` in the ledger `new` (两期变化).

    Each is a file, or a folder with the CSV files of one ledger. `config` gives register, words and periods, `template`
    the wording. Raises `InputError` with all that is wrong with any of them.
    """
    problems: list[Problem] = []
    limits = limits or held().outside
    basis, wording = _read_basis(config, template, problems)
    files = [attempt(problems, lambda path=path: _files(path)) for path in (old, new)]  # type: ignore[misc]
    read: Outcome[LedgerChanges] | None = None
    if files[0] and files[1]:
        both = (files[0], files[1])
        read = attempt(problems, lambda: _read_both(both, basis, limits))
    problems += read.problems if read else ()
    refuse_errors(problems)
    assert read, "refused above"
    assert wording, "refused above"
    assert files[0], "refused above"
    assert files[1], "refused above"
    return Changed(
        changes=read.value,
        text=changes_text(wording, read.value),
        template=wording,
        files=(*files[0], *files[1]),
        problems=tuple(problems),
    )


def _read_basis(
    config: Path | None, template: str | None, problems: list[Problem]
) -> tuple[ChangesBasis, PreparedChanges | None]:
    asked = Location(file="--template")
    if config is None:
        wording = attempt(problems, lambda: read_wording(template or STANDARD, Path(), asked))
        return ChangesBasis(), wording
    sound = attempt(problems, lambda: load_sound_config(config, shown_path(config)))
    if sound is None:
        return ChangesBasis(), None
    (said, source), beside = sound.value, config.parent
    problems += sound.problems
    named = (template, Path(), asked) if template else (said.changes, beside, source.locate(("changes",)))
    wording = attempt(problems, lambda: read_wording(*named))
    found = attempt(problems, lambda: configured_register(said, beside), source.locate(("units",)))
    register = found[0] if found else None
    problems += register.problems if register else ()
    words = attempt(problems, lambda: configured_words(said, source)) or STANDARD_WORDS
    basis = ChangesBasis(
        words=words,
        register=register.value if register else None,
        day=None if sound.problems else units_day(said),
        old_period=with_year(said.year, said.previous_period),
        new_period=with_year(said.year, said.period),
    )
    return basis, wording


def read_wording(name: str, beside: Path, asked: Location) -> PreparedChanges:
    """The wording of that name (变化用语) made ready, or at that path relative to the folder `beside`."""
    return prepare_changes(*load_changes_template(name, beside, asked))


def with_year(year: int, period: str | None) -> str:
    """A period with the year that it lies in: its own, else that of the report."""
    told = reporting_period(year, period) if period else None
    if told is None or period is None:
        return period or ""
    return period if re.match(r"\s*\d{4}年", period) else f"{year}年{period}"


def _files(path: Path) -> tuple[Path, ...]:
    """The files of one ledger: the file itself, or the CSV files of a folder."""
    if not os.path.isdir(path):
        return (path,)
    name = shown_path(path)
    try:
        names = sorted(each for each in os.listdir(path) if not each.startswith((".", "~$")))
    except OSError:
        what = f"文件夹「{called(name)}」打不开"
        raise InputError([error("file.closed-folder", what, "请检查它的权限", Location(file=name))]) from None
    found = tuple(path / each for each in names if each.lower().endswith(".csv"))
    if not 1 <= len(found) <= 2:
        has = f"有 {len(found)} 个 CSV 文件" if found else "没有 CSV 文件"
        what = f"文件夹「{called(name)}」里{has}，不知道哪一份是台账"
        fix = "请写台账文件；台账是两个 CSV（预期目标、重点任务）的，把这两个单独放在一个文件夹里，写文件夹"
        raise InputError([error("changes.no-ledger", what, fix, Location(file=name))])
    return found


# ---- ledgers from outside, in workers


def _read_both(
    files: tuple[Sequence[Path], Sequence[Path]], basis: ChangesBasis, limits: Limits
) -> Outcome[LedgerChanges]:
    """Both ledgers read and held against each other; what both have wrong comes together."""
    names = [shown_path(each[0]) for each in files]
    days = (until(basis.old_period), basis.day)
    read = list(confined_each(names, limits, _read_one, files, (basis, basis), days, (limits, limits)))
    refuse_errors([problem for each in read if isinstance(each, ReportError) for problem in each.problems])
    old, new = (each for each in read if isinstance(each, Outcome))
    before = replace(old.value, period=old.value.period or basis.old_period)
    after = replace(new.value, period=new.value.period or basis.new_period)
    # All of one are held against all of the other.
    room = replace(limits, seconds=limits.seconds * 2)
    found = confined(names[1], room, ledger_changes, before, after, basis.register, on=basis.day)
    same = [_same(names[1])] if _places(files[0]) == _places(files[1]) else []
    return Outcome(found.value, tuple(dict.fromkeys((*same, *old.problems, *new.problems, *found.problems))))


def _places(files: Sequence[Path]) -> set[str]:
    return {os.path.realpath(each) for each in files}


def _same(name: str) -> Problem:
    fix = "请给出上期和本期的两份台账"
    return warning("changes.same-file", "两边是同一个文件，比不出变化", fix, Location(file=name))


def _read_one(files: Sequence[Path], basis: ChangesBasis, day: date | None, limits: Limits) -> Outcome[Ledger]:
    blobs = [(shown_path(path), read_outside(path, shown_path(path), limits)) for path in files]
    for name, blob in blobs:
        _refuse_config(name, blob)
    return read_whole(blobs, basis, day)


def _refuse_config(name: str, blob: bytes) -> None:
    """Raise `InputError` for a configuration: as a ledger, each of its keys would be told as an unknown sheet."""
    if not name.lower().endswith((".yaml", ".yml", ".json")):
        return
    try:
        data = read_source(blob, name, cleaned_later=True).data
    except InputError:
        return  # what is wrong in it is told by reading it as a ledger
    if isinstance(data, dict) and {"template", "ledger"} & data.keys():
        what = f"「{called(name)}」是配置，不是台账"
        fix = "请写台账文件，它写在配置的 ledger 里；配置写在 --config 后面"
        raise InputError([error("changes.no-ledger", what, fix, Location(file=name))])


def read_whole(files: Sequence[tuple[str, bytes]], basis: ChangesBasis, day: date | None) -> Outcome[Ledger]:
    """A ledger of any template (整份台账), its units as they are called on that day; one without entries is refused."""
    read = read_ledger_files(files, Wants(), basis.register, basis.words, day)
    problems = tuple(_mattering(read.problems))
    if not (read.value.goals or read.value.tasks):
        what = f"「{called(read.value.file)}」里没有读到目标和任务，不能比较"
        fix = "请给出台账：有「预期目标」或「重点任务」表，表头有工作任务、责任单位等列"
        raise InputError([*problems, error("changes.no-ledger", what, fix, Location(file=read.value.file))])
    return Outcome(read.value, problems)


def _mattering(problems: Iterable[Problem]) -> Iterable[Problem]:
    return (problem for problem in problems if problem.code not in _OF_CHECKING)


def until(said: str) -> date | None:
    """The last day of a period that is told with its year (截止日, 2026年1—3月); None for any other."""
    year = re.match(r"\s*(\d{4})年", said)
    return last_day(int(year[1]), said) if year else None
