"""Proofreading of any input (校核): a configuration with its ledger and report, a ledger, a Word file, a PDF.

What comes from outside is read and looked through in a worker process; what a configuration names is read as `build`
reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from reportgen.check_basis import CheckBasis, read_basis
from reportgen.confine import LIMITS, Limits, confined, read_outside
from reportgen.generate import Request, read_inputs
from reportgen.inputs import attempt
from reportgen.ledger.files.word import read_word_contents
from reportgen.ledger.model import Ledger
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.package import DOCX, PDF, file_kind
from reportgen.problems import InputError, Outcome, Problem, ReportError, has_errors
from reportgen.proof.findings import Finding
from reportgen.proof.from_contents import from_contents
from reportgen.proof.from_document import from_document
from reportgen.proof.from_ledger import from_ledger
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.proofread import not_yet_told, proofread
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Period
from reportgen.quantities.periods import reporting_period
from reportgen.review.opening import open_outside
from reportgen.source import read_file, read_source, shown_path
from reportgen.styles import Level
from reportgen.template.compose import compose


class Kind(Enum):
    """What is checked (校核对象)."""

    CONFIG = "config"
    LEDGER = "ledger"
    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True, kw_only=True)
class Proofed:
    """What the check of one file gave (校核结果); without a kind it could not be read, its problems say why.

    `manuscripts` are what was looked through: of a configuration the ledger, then the report.
    """

    file: str
    kind: Kind | None = None
    period: str = ""
    findings: tuple[Finding, ...] = ()
    manuscripts: tuple[Manuscript, ...] = ()
    problems: tuple[Problem, ...] = ()
    settings: Settings | None = None

    def passes(self, strict: bool = False) -> bool:
        """Whether nothing is wrong that nobody accepted; `strict` takes what is only to be looked at for wrong, too."""
        if strict and (self.findings or self.problems):
            return False
        return not has_errors(self.problems) and all(each.level is not Level.ERROR for each in self.findings)

    @property
    def rules(self) -> int:
        """How many rules were looked at."""
        return sum(map(self.settings.looks_at, Rule)) if self.settings else 0


# What only the configuration of a report says.
_OF_CONFIGURATIONS = {"template", "ledger", "issuer", "period"}


def check_file(path: Path, config: Path | None = None, checking: str | None = None, limits: Limits = LIMITS) -> Proofed:
    """The check of one file (校核一个文件); nothing is raised, why it could not be checked is among the problems."""
    name = shown_path(path)
    try:
        if _is_config(path, name):
            return _check_config(path, name, checking)
        basis = read_basis(config, checking)
        kind, manuscript, findings, problems = confined(name, limits, _examine, path, name, basis, limits)
    except ReportError as fault:
        return Proofed(file=name, problems=fault.problems)
    return Proofed(
        file=name,
        kind=kind,
        period=_said(manuscript.period),
        findings=findings,
        manuscripts=(manuscript,),
        problems=(*basis.problems, *problems),
        settings=basis.settings,
    )


def _said(period: Period | None) -> str:
    """The period as a reader is told it: its words with the year."""
    if period is None:
        return ""
    year = period.year or (period.last.year if period.last else None)
    return period.words if re.match(r"\d{4}年", period.words) or year is None else f"{year}年{period.words}"


def _is_config(path: Path, name: str) -> bool:
    """Whether a YAML or JSON file describes a report; any other is a ledger."""
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return False
    try:
        data = read_source(read_file(path, name), name, cleaned_later=True).data
    except InputError:
        return True  # whatever it is, `build` tells best what is wrong in it
    return isinstance(data, dict) and bool(data.keys() & _OF_CONFIGURATIONS)


# ---- a configuration: its ledger and its report


def _check_config(path: Path, name: str, checking: str | None) -> Proofed:
    problems: list[Problem] = []
    inputs = attempt(problems, lambda: read_inputs(Request(path), problems))
    basis = attempt(problems, lambda: read_basis(path, checking))
    if inputs is None or basis is None:
        raise InputError(dict.fromkeys(problems))
    document = compose(inputs.prepared, inputs.ledger)
    ledger = from_ledger(inputs.ledger, basis.period, inputs.register)
    cells = {text.spot.where for text in ledger.every_text() if text.spot.where}
    report = from_document(document.value, name, inputs.words, basis.period, inputs.register, cells)
    first = proofread(ledger, basis.settings, basis.judging)
    second = not_yet_told(proofread(report, basis.settings, basis.judging), first)
    return Proofed(
        file=name,
        kind=Kind.CONFIG,
        period=_said(basis.period),
        findings=(*first, *second),
        manuscripts=(ledger, report),
        problems=tuple(dict.fromkeys((*problems, *document.problems))),
        settings=basis.settings,
    )


# ---- a file from outside, in the worker


def _examine(
    path: Path, name: str, basis: CheckBasis, limits: Limits
) -> tuple[Kind, Manuscript, tuple[Finding, ...], tuple[Problem, ...]]:
    """What the worker process does: the file as a manuscript, and what is found in it."""
    blob = read_outside(path, name, limits)
    what = file_kind(blob)
    if what == DOCX:
        kind, read = Kind.DOCX, _word(blob, name, basis)
    elif what == PDF:
        kind, read = Kind.PDF, _pdf(blob, name, basis, limits)
    else:
        kind, read = Kind.LEDGER, _ledger(blob, name, basis)
    return kind, read.value, proofread(read.value, basis.settings, basis.judging), read.problems


def _word(blob: bytes, name: str, basis: CheckBasis) -> Outcome[Manuscript]:
    contents = read_word_contents(blob, name)
    made = from_contents(contents.value, basis.words, basis.period, basis.register)
    return Outcome(made, contents.problems)


def _pdf(blob: bytes, name: str, basis: CheckBasis, limits: Limits) -> Outcome[Manuscript]:
    from reportgen.proof.pdf_contents import read_pdf_contents

    opened = open_outside(blob, name, limits)
    contents, places = read_pdf_contents(blob, name, basis.styles)
    return Outcome(from_contents(contents, basis.words, basis.period, basis.register, places), opened.problems)


def _ledger(blob: bytes, name: str, basis: CheckBasis) -> Outcome[Manuscript]:
    read = read_ledger(blob, name, Wants(), basis.register, basis.words)
    period = basis.period or _period_of(read.value)
    return Outcome(from_ledger(read.value, period, basis.register), read.problems)


def _period_of(ledger: Ledger) -> Period | None:
    """The period that the ledger's own record (汇总记录) states."""
    year = re.match(r"\s*(\d{4})年", ledger.period)
    return reporting_period(int(year[1]), ledger.period) if year else None
