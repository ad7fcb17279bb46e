"""What is wrong, where, and how to mend it (问题): the one form of every message to a user.

Standard library only: every other module may import this one, this one imports none.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import accumulate
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Severity(Enum):
    """Severity (严重程度) of a problem."""

    ERROR = "error"
    WARNING = "warning"


SEVERITY_NAMES = {Severity.ERROR: "错误", Severity.WARNING: "警告"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Place (位置) in an input: a sheet's cell, or a line and column (both from 1) of a text file."""

    file: str
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        text = self.file
        if self.sheet is not None:
            text += f"「{self.sheet}」"
        if self.cell is not None:
            text += self.cell
        if self.line is not None:
            text += f":{self.line}"
            if self.column is not None:
                text += f":{self.column}"
        if self.key:
            text += f"（{self.key}）"
        return text

    def as_json(self) -> dict[str, Any]:
        """The place as plain data, without the parts that it does not have."""
        fields = ("file", "sheet", "cell", "line", "column", "key")
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Problem (问题): `code` is stable, `what` one sentence, `fix` tells how to mend it."""

    code: str
    what: str
    fix: str
    where: Location | None = None
    severity: Severity = Severity.ERROR
    related: tuple[Location, ...] = ()

    def __str__(self) -> str:
        head = f"{self.where}：" if self.where else ""
        text = f"{head}{SEVERITY_NAMES[self.severity]} [{self.code}] {self.what}"
        if self.related:
            text += f"（另见 {listed_places(self.related, self.where)}）"
        return f"{text}\n    怎么改：{self.fix}"

    def as_json(self) -> dict[str, Any]:
        """The problem as plain data, for `--json` and the manifest."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "what": self.what,
            "fix": self.fix,
            "where": self.where.as_json() if self.where else None,
            "related": [place.as_json() for place in self.related],
        }


def listed_places(places: Iterable[Location], after: Location | None = None) -> str:
    """Several places (位置列举) one after the other: of cells on one sheet it is named once."""
    text = ""
    for place in places:
        is_beside = after is not None and place.cell and (place.file, place.sheet) == (after.file, after.sheet)
        if text:
            text += "、" if is_beside else "；"
        text += str(place.cell) if is_beside else str(place)
        after = place
    return text


def error(code: str, what: str, fix: str, where: Location | None = None, related: Sequence[Location] = ()) -> Problem:
    """A problem that stops the run."""
    return Problem(code=code, what=what, fix=fix, where=where, related=tuple(related))


def warning(code: str, what: str, fix: str, where: Location | None = None, related: Sequence[Location] = ()) -> Problem:
    """A problem that travels beside the result; `--strict` makes an error of it."""
    return replace(error(code, what, fix, where, related), severity=Severity.WARNING)


def problem_from(data: Any) -> Problem | None:
    """The problem that `as_json` gave as plain data (读回问题); None for what is none, whoever wrote it."""
    if not isinstance(data, dict) or not all(isinstance(data.get(name), str) for name in ("code", "what", "fix")):
        return None
    severity = next((each for each in Severity if each.value == data.get("severity")), None)
    related = data.get("related")
    if severity is None or not isinstance(related, list):
        return None
    places = [_place_from(each) for each in related]
    where = _place_from(data.get("where"))
    if None in places or (where is None and data.get("where") is not None):
        return None
    return Problem(
        code=data["code"],
        what=data["what"],
        fix=data["fix"],
        where=where,
        severity=severity,
        related=tuple(place for place in places if place),
    )


def _place_from(data: Any) -> Location | None:
    kinds = {"file": str, "sheet": str, "cell": str, "line": int, "column": int, "key": str}
    if not isinstance(data, dict) or "file" not in data:
        return None
    # True is a whole number to Python, and to nobody else.
    if any(type(value) is not kinds.get(name) for name, value in data.items()):
        return None
    return Location(**data)


class ReportError(Exception):
    """Base of every fault that a user can cause or cure; carries all problems of the run (Law 6)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """For the way out of a worker process: as it stands, without its constructor, which has its own arguments."""
        return _as_it_stood, (type(self), self.args), self.__dict__


def _as_it_stood(kind: type[ReportError], arguments: tuple[Any, ...]) -> ReportError:
    return kind.__new__(kind, *arguments)


class InputError(ReportError):
    """Something is wrong in a file that the user gave (输入有误)."""


class EnvironmentLacking(ReportError):
    """This machine cannot render or read: a face, a glyph, Pango, or a process is missing (环境不足)."""


class CannotWrite(ReportError):
    """The result could not be put in its place (无法写出)."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """A value (结果) with the warnings that travel beside it."""

    value: T
    problems: tuple[Problem, ...] = ()


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems stops the run."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def refuse_errors(problems: Sequence[Problem]) -> None:
    """Raise `InputError` with all the problems if one of them is an error."""
    if has_errors(problems):
        raise InputError(problems)


def as_errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The same problems, every warning made an error (`--strict`)."""
    return tuple(replace(problem, severity=Severity.ERROR) for problem in problems)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint in Chinese that names the known words and, where one is near, that one."""
    names = list(known)
    near = difflib.get_close_matches(word[:_MOST_LETTERS], names, n=1, cutoff=0.5)
    most = max(1, sum(length <= _MOST_LETTERS for length in accumulate(len(name) + 1 for name in names[:_MOST_NAMES])))
    listed = "、".join(_cut(name) for name in names[:most]) + ("……" if len(names) > most else "")
    return f"是否要写「{_cut(near[0])}」？可用：{listed}" if near else f"可用：{listed}"


# So much of what is known a message lists: a person reads no more, and not its place either then.
_MOST_NAMES, _MOST_LETTERS = 20, 140


def _cut(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS // 2 else name[: _MOST_LETTERS // 2] + "……"
