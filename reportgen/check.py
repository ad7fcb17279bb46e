"""Proofreading of any input (校核): a configuration with its ledger and report, a ledger, a Word file, a PDF.

What comes from outside is read and looked through in worker processes; what a configuration names is read as `build`
reads it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from reportgen.check_basis import CheckBasis, read_basis
from reportgen.confine import Limits, confined, read_outside
from reportgen.document import Document
from reportgen.former import Former
from reportgen.generate import Request, read_inputs
from reportgen.inputs import attempt
from reportgen.ledger.acceptances import Acceptance, kept_in, read_acceptances, unfound
from reportgen.ledger.files.word import read_word_contents
from reportgen.ledger.model import Ledger
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.limits import held
from reportgen.package import DOCX, PDF, called, file_kind
from reportgen.problems import InputError, Location, Outcome, Problem, ReportError, error, has_errors
from reportgen.proof.findings import Finding, in_order
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.manuscripts.from_contents import from_contents
from reportgen.proof.manuscripts.from_document import from_document
from reportgen.proof.manuscripts.from_ledger import from_ledger
from reportgen.proof.manuscripts.pdf_contents import read_pdf_contents
from reportgen.proof.proofread import not_yet_told, proofread
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Period
from reportgen.quantities.periods import reporting_period
from reportgen.review.opening import open_outside
from reportgen.source import read_file, read_source, shown_path
from reportgen.styles import Level
from reportgen.template.compose import compose
from reportgen.template.limits_block import by_limits_of


class Kind(Enum):
    """What is checked (校核对象)."""

    CONFIG = "config"
    LEDGER = "ledger"
    DOCX = "docx"
    PDF = "pdf"


# So much computing time a character of a text may take; measured are 12 µs in a ledger of 10,000 rows.
_SECONDS_PER_CHARACTER = 0.0001
# Much more than a report or a ledger of 10,000 rows has (2 million); a file made to cost hours is not looked through.
# What only the configuration of a report says.
_OF_CONFIGURATIONS = {"template", "ledger", "issuer", "period"}


@dataclass(frozen=True, kw_only=True)
class Proofed:
    """What the check of one file gave (校核结果); without a kind it could not be read, its problems say why.

    `findings` are those that nobody accepted, `accepted` the others, `reasons` why, by their keys. `manuscripts` are
    what was looked through: of a configuration the ledger, then the report, which is `document`, and `former` what
    changed since the former ledger, if its template asks for it. `files` are those that the accepted findings stay
    with.
    """

    file: str
    kind: Kind | None = None
    basis: CheckBasis | None = None
    period: str = ""
    findings: tuple[Finding, ...] = ()
    accepted: tuple[Finding, ...] = ()
    kept: tuple[Acceptance, ...] = ()
    manuscripts: tuple[Manuscript, ...] = ()
    ledger: Ledger | None = None
    document: Document | None = None
    former: Former | None = None
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()

    def passes(self, strict: bool = False) -> bool:
        """Whether nothing is wrong that nobody accepted; `strict` takes what is only to be looked at for wrong, too."""
        if strict and (self.findings or self.problems):
            return False
        return not has_errors(self.problems) and all(each.level is not Level.ERROR for each in self.findings)

    @property
    def rules(self) -> int:
        """How many rules were looked at."""
        return sum(map(self.basis.settings.looks_at, Rule)) if self.basis else 0

    @property
    def reasons(self) -> dict[str, str]:
        """Why findings are accepted, by their keys."""
        return {each.key: each.reason for each in self.kept if each.reason}


def with_acceptances(checked: Proofed, kept: Sequence[Acceptance]) -> Proofed:
    """The result with these findings accepted (认可后的结果)."""
    reasons = {each.key for each in kept if each.reason}
    texts = [text for manuscript in checked.manuscripts for text in manuscript.every_text()]
    found = in_order((*checked.findings, *checked.accepted), texts)
    return replace(
        checked,
        findings=tuple(finding for finding in found if finding.key not in reasons),
        accepted=tuple(finding for finding in found if finding.key in reasons),
        kept=tuple(kept),
    )


@by_limits_of(lambda path, config=None, *_, **__: config or path)
def check_file(
    path: Path,
    config: Path | None = None,
    checking: str | None = None,
    limits: Limits | None = None,
    ledgers: Sequence[Path] = (),
) -> Proofed:
    """The check of one file (校核一个文件); nothing is raised, why it could not be checked is among the problems.

    `ledgers` stand in for those that the file, a configuration, names.
    """
    name = shown_path(path)
    limits = limits or held().outside
    try:
        if _is_config(path, name):
            return _check_config(path, name, checking, limits, ledgers)
        basis = read_basis(config, checking)
        read = _read(path, name, basis, limits)
    except ReportError as fault:
        return Proofed(file=name, problems=fault.problems)
    assert read.manuscript, "read by now"
    found = Proofed(
        file=name,
        kind=read.kind,
        basis=basis,
        period=_said(read.manuscript.period),
        findings=read.findings or (),
        manuscripts=(read.manuscript,),
        ledger=read.ledger,
        files=(path,),
        problems=(*basis.problems, *_untold(read.problems, read.findings or (), basis.settings)),
    )
    return _accepting(found, read.kept)


def _accepting(checked: Proofed, kept: Outcome[tuple[Acceptance, ...]]) -> Proofed:
    """The result without what was accepted before."""
    problems = [*checked.problems, *kept.problems]
    # What was accepted in the report is no finding of its ledger alone.
    if checked.kind is not Kind.LEDGER:
        problems += unfound(kept.value, {finding.key for finding in checked.findings}, checked.file)
    return with_acceptances(replace(checked, problems=tuple(problems)), kept.value)


def _kept(files: Sequence[Path], limits: Limits) -> Outcome[tuple[Acceptance, ...]]:
    """What was accepted before, in the files or beside them."""
    kept: list[Acceptance] = []
    problems: list[Problem] = []
    for place in dict.fromkeys(map(kept_in, files)):
        if os.path.isfile(place):
            name = shown_path(place)
            found = read_acceptances(read_outside(place, name, limits), name)
            kept += found.value
            problems += found.problems
    return Outcome(tuple(kept), tuple(problems))


# What reading a ledger warns of and a rule looks at, too.
_RULES_TOO = {
    "ledger.unknown-unit": Rule.UNIT_UNKNOWN,
    "ledger.empty-progress": Rule.PROGRESS_EMPTY,
    "ledger.no-progress": Rule.PROGRESS_MEANINGLESS,
    "ledger.duplicate-row": Rule.TASK_REPEATED,
    "ledger.unclosed-bracket": Rule.MARK_UNPAIRED,
}


def _untold(problems: Sequence[Problem], findings: Sequence[Finding], settings: Settings) -> Iterator[Problem]:
    """The problems of reading without those that a rule tells of the same cell, or is told not to look at."""
    told = {(finding.rule, mark.text.spot.where) for finding in findings for mark in finding.marks}
    for problem in problems:
        rule = _RULES_TOO.get(problem.code)
        if rule is None or (settings.looks_at(rule) and (rule, problem.where) not in told):
            yield problem


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


def _check_config(path: Path, name: str, checking: str | None, limits: Limits, ledgers: Sequence[Path]) -> Proofed:
    problems: list[Problem] = []
    inputs = attempt(problems, lambda: read_inputs(Request(path, ledgers=ledgers), problems))
    basis = attempt(problems, lambda: read_basis(path, checking))
    if inputs is None or basis is None:
        raise InputError(dict.fromkeys(problems))
    files = tuple(ledgers or (path.parent / file for file in inputs.prepared.config.ledger))
    kept = _kept(files, limits)
    document = compose(inputs.prepared, inputs.ledger, changes=inputs.changes, basis=inputs.basis)
    ledger = from_ledger(inputs.ledger, basis.period, inputs.register)
    cells = {text.spot.where for text in ledger.every_text() if text.spot.where}
    report = from_document(document.value, name, inputs.words, basis.period, inputs.register, cells)
    first = proofread(ledger, basis.settings, basis.judging)
    second = not_yet_told(proofread(report, basis.settings, basis.judging), first)
    findings = (*first, *second)
    told = dict.fromkeys((*problems, *document.problems))
    found = Proofed(
        file=name,
        kind=Kind.CONFIG,
        basis=basis,
        period=_said(basis.period),
        findings=findings,
        manuscripts=(ledger, report),
        ledger=inputs.ledger,
        document=document.value,
        former=inputs.former,
        files=files,
        problems=tuple(_untold(tuple(told), findings, basis.settings)),
    )
    return _accepting(found, kept)


# ---- a file from outside, in workers


# A process costs more than a short file: what is longer than this is read, and looked through, in further ones.
_FEW_PAGES = 100
_FEW_CHARACTERS = 200_000
_NONE_KEPT: Outcome[tuple[Acceptance, ...]] = Outcome(())


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What a worker read of a file: its kind, what it says, what was found; None for what is too long for one go."""

    kind: Kind
    manuscript: Manuscript | None = None
    ledger: Ledger | None = None
    pages: int = 0
    findings: tuple[Finding, ...] | None = None
    kept: Outcome[tuple[Acceptance, ...]] = _NONE_KEPT
    problems: tuple[Problem, ...] = ()


def _read(path: Path, name: str, basis: CheckBasis, limits: Limits) -> _Read:
    read = confined(name, limits, at_once, path, name, basis, limits)
    if read.manuscript is None:
        room = limits.for_pages(read.pages)
        long = confined(name, room, _as_manuscript, read_outside(path, name, limits), name, read.kind, basis, limits)
        read = replace(long, kept=read.kept)
    if read.findings is None and read.manuscript:
        room = replace(limits, seconds=limits.seconds + _SECONDS_PER_CHARACTER * _size(read.manuscript))
        manuscript, findings = confined(name, room, _proofread, read.manuscript, basis)
        read = replace(read, manuscript=manuscript, findings=findings)
    return read


def at_once(path: Path, name: str, basis: CheckBasis, limits: Limits) -> _Read:
    """What the worker does with a file of usual length (一次查完); of a long one it tells the kind and the pages."""
    blob = read_outside(path, name, limits)
    kind = {DOCX: Kind.DOCX, PDF: Kind.PDF}.get(file_kind(blob), Kind.LEDGER)
    kept = _kept((path,), limits)
    if kind is Kind.PDF and (pages := open_outside(blob, name, limits).pages or 0) > _FEW_PAGES:
        return _Read(kind=kind, pages=pages, kept=kept)
    read = replace(_as_manuscript(blob, name, kind, basis, limits), kept=kept)
    if read.manuscript is None or _size(read.manuscript) > _FEW_CHARACTERS:
        return read
    return replace(read, findings=proofread(read.manuscript, basis.settings, basis.judging))


def _as_manuscript(blob: bytes, name: str, kind: Kind, basis: CheckBasis, limits: Limits) -> _Read:
    """The file as a manuscript; one with far too much text never leaves the worker."""
    read = _manuscript_of(blob, name, kind, basis, limits)
    most = held().texts.checked_characters
    if read.manuscript and (size := _size(read.manuscript)) > most:
        what = f"「{called(name)}」有 {size} 字，超过 {most} 字，没有校核"
        raise InputError([error("check.too-long", what, "请分成几份，逐份校核", Location(file=name))])
    return read


def _manuscript_of(blob: bytes, name: str, kind: Kind, basis: CheckBasis, limits: Limits) -> _Read:
    if kind is Kind.LEDGER:
        ledger = read_ledger(blob, name, Wants(), basis.register, basis.words)
        period = basis.period or _period_of(ledger.value)
        manuscript = from_ledger(ledger.value, period, basis.register)
        return _Read(kind=kind, manuscript=manuscript, ledger=ledger.value, problems=ledger.problems)
    if kind is Kind.DOCX:
        word = read_word_contents(blob, name)
        manuscript = from_contents(word.value, basis.words, basis.period, basis.register)
        return _Read(kind=kind, manuscript=manuscript, problems=word.problems)
    opened = open_outside(blob, name, limits)
    contents, places = read_pdf_contents(blob, name, basis.styles)
    manuscript = from_contents(contents, basis.words, basis.period, basis.register, places)
    return _Read(kind=kind, manuscript=manuscript, problems=opened.problems)


def _period_of(ledger: Ledger) -> Period | None:
    """The period that the ledger's own record (汇总记录) states."""
    year = re.match(r"\s*(\d{4})年", ledger.period)
    return reporting_period(int(year[1]), ledger.period) if year else None


def _proofread(manuscript: Manuscript, basis: CheckBasis) -> tuple[Manuscript, tuple[Finding, ...]]:
    """The findings in a long manuscript, which comes back with them: they mark its very texts."""
    return manuscript, proofread(manuscript, basis.settings, basis.judging)


def _size(manuscript: Manuscript) -> int:
    return sum(len(text.content) for text in manuscript.every_text())
