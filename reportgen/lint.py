"""The format check of any finished file (格式检查): opened within limits, held against a style sheet, told in lines.

The measuring is done by `review/format_docx` and `review/format_pdf`, in a worker process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.confine import Limits, confined, read_outside
from reportgen.limits import held
from reportgen.package import WORD_FILE, refuse_temporary
from reportgen.problems import Location, Problem, ReportError, Severity, has_errors
from reportgen.review.findings import Examiner, Finding, Measure
from reportgen.review.opening import FORMAT_NAMES, FileFormat, Opened, open_outside
from reportgen.rules import Rule
from reportgen.source import Source, read_file, read_source, shown_name, shown_path
from reportgen.styles import Level, StyleSheet
from reportgen.template.loading import configured_styles, load_config, load_styles

SHOWN_ALIKE = 5
"""Of findings of one rule so many are shown; the rest is counted."""


@dataclass(frozen=True)
class Basis:
    """What files are held against (检查依据): the style sheet and the files that it comes from, the topmost first."""

    name: str
    styles: StyleSheet
    sources: tuple[Source, ...]

    def rules(self, format: FileFormat) -> int:
        """How many rules files of that format are held against: those that its check knows and that are not off."""
        looked_at = {rule for rule, check in self.styles.checks.items() if check.level is not Level.OFF}
        return len(looked_at & rules_of(format))

    def as_json(self) -> dict[str, Any]:
        """Name and files as plain data."""
        return {
            "name": self.name,
            "files": [{"file": source.file, "sha256": source.sha256} for source in self.sources],
        }


# What only the configuration of a report says.
_OF_CONFIGURATIONS = {"template", "ledger", "style", "style_changes", "issuer"}


def read_basis(name: str) -> Basis:
    """The style of that name, in that style file, or of the report which that configuration describes."""
    asked = Location(file="--style")
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        styles, files = load_styles(name, Path(), asked)
        return Basis(name, styles, files)
    shown = shown_path(path)
    source = read_source(read_file(path, shown), shown)
    if isinstance(source.data, dict) and source.data.keys() & _OF_CONFIGURATIONS:
        config, source = load_config(path, shown)
        styles, files = configured_styles(config, source, path.parent)
        return Basis(shown, styles, (source, *files))
    styles, files = load_styles(name, Path(), asked)
    return Basis(shown, styles, files)


@dataclass(frozen=True)
class Checked:
    """What the check of one file gave (检查结果); without a format it was refused, its problems say why."""

    file: str
    format: FileFormat | None = None
    pages: int | None = None
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    problems: tuple[Problem, ...] = ()

    def passes(self, strict: bool = False) -> bool:
        """Whether nothing is wrong with the file; `strict` takes warnings for wrong, too."""
        if strict and (self.findings or self.problems):
            return False
        return not has_errors(self.problems) and all(each.level is not Level.ERROR for each in self.findings)

    def as_json(self, basis: Basis, strict: bool = False, everything: bool = False) -> dict[str, Any]:
        """The result as plain data; all of the findings always, the measures if `everything` is asked for."""
        told = {
            "ok": self.passes(strict),
            "file": self.file,
            "kind": self.format.value if self.format else None,
            "pages": self.pages,
            "style": basis.as_json(),
            "rules": basis.rules(self.format) if self.format else None,
            "findings": [finding.as_json() for finding in self.findings],
            "problems": [problem.as_json() for problem in self.problems],
        }
        return told | ({"measures": [_measure_json(each) for each in self.measures]} if everything else {})

    def measure_rows(self) -> Iterator[tuple[str, ...]]:
        """The measures as texts: place, what, found, wanted, and by how much it is off."""
        for each in self.measures:
            off = each.found - each.wanted
            yield (
                str(each.place),
                each.what,
                f"{each.found:.4g}{each.unit}",
                f"{each.wanted:.4g}{each.unit}",
                f"{off:+.2f}" if round(off, 2) else "0",
            )


def _measure_json(measure: Measure) -> dict[str, Any]:
    return {
        "rule": measure.rule.value,
        "page": measure.place.page,
        "place": measure.place.spot,
        "what": measure.what,
        "found": measure.found,
        "wanted": measure.wanted,
        "unit": measure.unit,
    }


def lint_file(path: Path, basis: Basis, limits: Limits | None = None) -> Checked:
    """The check of one file; nothing is raised, why a file was refused is among the problems."""
    limits = limits or held().outside
    name = shown_name(path.as_posix())
    try:
        refuse_temporary(name, WORD_FILE.programs, "公文")
        opened = confined(name, limits, _open, path, name, limits)
        room = limits.for_pages(opened.pages or 0)
        findings, measures = confined(name, room, _examine, path, name, opened.format, basis.styles, limits)
    except ReportError as fault:
        return Checked(name, problems=fault.problems)
    in_order = tuple(sorted(findings, key=_order))
    return Checked(name, opened.format, opened.pages, in_order, tuple(measures), opened.problems)


def _open(path: Path, name: str, limits: Limits) -> Opened:
    """What the first worker process does: is this a file that can be checked, and how long is it?"""
    return open_outside(read_outside(path, name, limits), name, limits)


def _examine(
    path: Path, name: str, format: FileFormat, styles: StyleSheet, limits: Limits
) -> tuple[Sequence[Finding], Sequence[Measure]]:
    """What the second one does."""
    examiner = _check_of(format)(read_outside(path, name, limits), styles)
    return examiner.findings, examiner.measures


def _check_of(format: FileFormat) -> Callable[[bytes, StyleSheet], Examiner]:
    if format is FileFormat.DOCX:
        from reportgen.review.format_docx import check_docx

        return check_docx
    from reportgen.review.format_pdf import check_pdf

    return check_pdf


def rules_of(format: FileFormat) -> frozenset[Rule]:
    """The rules that the check of files of that format looks at (所查规则)."""
    if format is FileFormat.DOCX:
        from reportgen.review.format_docx import RULES as known
    else:
        from reportgen.review.format_pdf import RULES as known
    return known


def _order(finding: Finding) -> tuple[int, list[tuple[int, str]]]:
    """By page, and on it by spot, the numbers in it as numbers; what concerns the whole file comes first."""
    parts = re.findall(r"\d+|\D+", finding.place.spot)
    return finding.place.page or 0, [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


# ---- what is told of it


def text_lines(checked: Checked, basis: Basis, everything: bool = False) -> Iterator[str]:
    """The result line by line: the file, each finding, how many there are."""
    if checked.format is None:
        yield f"{checked.file}：没有查成，原因见错误提示"
        return
    pages = f"，{checked.pages} 页" if checked.pages is not None else ""
    yield f"{checked.file}（{FORMAT_NAMES[checked.format]}{pages}，版式 {basis.name}）"
    total = Counter(finding.rule for finding in checked.findings)
    shown: Counter[Rule] = Counter()
    for finding in checked.findings:
        shown[finding.rule] += 1
        if everything or shown[finding.rule] <= SHOWN_ALIKE:
            yield f"  {finding}"
        if not everything and shown[finding.rule] == SHOWN_ALIKE and total[finding.rule] > SHOWN_ALIKE:
            yield f"  ……[{finding.rule.value}] 同类还有 {total[finding.rule] - SHOWN_ALIKE} 处"
    if checked.findings:
        wrong = sum(finding.level is Level.ERROR for finding in checked.findings)
        yield f"共 {wrong} 处不合格，{len(checked.findings) - wrong} 处警告。"
    else:
        yield f"没有发现格式问题：按 {basis.rules(checked.format)} 条规则查了{pages.replace('，', ' ') or '全文'}。"


def summary(results: Sequence[Checked]) -> str:
    """One sentence about several files."""
    refused = sum(any(each.severity is Severity.ERROR for each in result.problems) for result in results)
    good = sum(result.passes() for result in results)
    wrong = len(results) - refused - good
    return f"共 {len(results)} 个文件：{good} 个没有不合格处，{wrong} 个有，{refused} 个没有查成。"
