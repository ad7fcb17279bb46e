"""What is shown of proofreading (校核结果的展示): lines for the terminal, plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reportgen.check import Kind, Proofed
from reportgen.check_basis import CheckBasis
from reportgen.problems import SEVERITY_NAMES
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.proof.telling import quoted, told_spot
from reportgen.styles import Level

SHOWN_ALIKE = 5
"""Of findings of one rule, and of the places of one finding, so many are shown; the rest is counted."""
KIND_NAMES = {
    Kind.CONFIG: "配置：台账和成文",
    Kind.LEDGER: "台账",
    Kind.DOCX: "Word 文件",
    Kind.PDF: "PDF 文件",
}
_QUOTE = 40


def text_lines(checked: Proofed, everything: bool = False) -> Iterator[str]:
    """The result line by line (逐行列出): the file, each finding in the reader's order, how many there are."""
    if checked.kind is None:
        yield f"{checked.file}：没有查成，原因见错误提示"
        return
    period = f"，报告期{checked.period}" if checked.period else ""
    yield f"{checked.file}（{KIND_NAMES[checked.kind]}{period}）"
    total = Counter(finding.rule for finding in checked.findings)
    shown: Counter[Rule] = Counter()
    for finding in checked.findings:
        shown[finding.rule] += 1
        if everything or shown[finding.rule] <= SHOWN_ALIKE:
            yield from finding_lines(finding, checked, everything)
        if not everything and shown[finding.rule] == SHOWN_ALIKE and total[finding.rule] > SHOWN_ALIKE:
            yield f"  ……「{rule_name(finding.rule, checked.basis)}」同类还有 {total[finding.rule] - SHOWN_ALIKE} 处"
    for finding in checked.accepted if everything else ():
        yield from finding_lines(finding, checked, everything)
    yield _sum(checked)
    yield from (f"没有查的：{gap}" for gap in gaps(checked))


def gaps(checked: Proofed) -> Iterator[str]:
    """What could not be looked at for want of a period or a register (没有查的)."""
    if checked.kind is not None and not checked.period:
        yield "与报告期有关的（不知道报告期，可用 --config 给出配置）"
    if checked.basis is not None and checked.basis.register is None:
        here = "在配置里写 units" if checked.kind is Kind.CONFIG else "可用 --config 给出写有 units 的配置"
        yield f"单位是否在名录里（没有单位名录，{here}）"


def finding_lines(finding: Finding, checked: Proofed, everything: bool = False) -> Iterator[str]:
    """One finding (一条意见): where, what, the words, the first of the other places, how to mend it, its number."""
    first, *others = finding.by_text
    name = rule_name(finding.rule, checked.basis)
    yield f"  {finding.level.value} {place(first[0], checked)}：{finding.what}［{name}］"
    yield f"      原文：{_quoted(first)}"
    for marks in others if everything else others[:SHOWN_ALIKE]:
        yield f"      另见 {place(marks[0], checked)}：{_quoted(marks)}"
    if not everything and len(others) > SHOWN_ALIKE:
        yield f"      ……另外还有 {len(others) - SHOWN_ALIKE} 处"
    reason = checked.reasons.get(finding.key)
    yield (
        f"      已认可：{reason}（编号 {finding.key}）"
        if reason
        else f"      怎么改：{finding.fix}（编号 {finding.key}）"
    )


def place(mark: Mark, checked: Proofed) -> str:
    """Where a mark stands (所在处); the cell or template line is named where there is one to go to."""
    spot = mark.text.spot
    if checked.kind in (Kind.DOCX, Kind.PDF):
        return f"第{spot.page}页 {spot.words}" if spot.page else spot.words
    return told_spot(spot, checked.file)


def _quoted(marks: Sequence[Mark]) -> str:
    return quoted(marks, _QUOTE) or "（空）"


def rule_name(rule: Rule, basis: CheckBasis | None) -> str:
    """What a reader calls a rule (规则名称)."""
    return basis.settings.rules[rule].name if basis and rule in basis.settings.rules else rule.value


def _sum(checked: Proofed) -> str:
    wrong = sum(finding.level is Level.ERROR for finding in checked.findings)
    known = f"，{len(checked.accepted)} 处已认可" if checked.accepted else ""
    if not checked.findings:
        new = "新的" if known else ""
        return f"没有发现{new}问题：按 {checked.rules} 条规则查了 {_size(checked)}{known}。{_reading(checked)}"
    return f"共 {wrong} 处错误，{len(checked.findings) - wrong} 处警告{known}。{_reading(checked)}"


def _reading(checked: Proofed) -> str:
    """How many problems of reading are told besides; no rule of proofreading looks at these."""
    counts = Counter(problem.severity for problem in checked.problems)
    told = "、".join(f"{counts[each]} 处{name}" for each, name in SEVERITY_NAMES.items() if counts[each])
    return f"文件本身另有 {told}，列在最前面。" if told else ""


def _size(checked: Proofed) -> str:
    texts = sum(len(manuscript.texts) for manuscript in checked.manuscripts if not manuscript.is_ledger)
    # The rows of a report that was made of a ledger are the ledger's.
    rows = sum(len(listing.rows) for listing in checked.manuscripts[0].listings)
    parts = [f"{texts} 段文字"] * bool(texts) + [f"{rows} 行表格"] * bool(rows)
    return "、".join(parts) or "全文"


def summary(results: Sequence[Proofed]) -> str:
    """One sentence about several files (合计)."""
    unread = sum(result.kind is None for result in results)
    good = sum(result.kind is not None and not result.findings for result in results)
    wrong = len(results) - good - unread
    return f"共 {len(results)} 个文件：{good} 个没有问题，{wrong} 个有问题，{unread} 个没有查成。"


def rule_rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """All rules (规则清单): id, name, level."""
    for rule in Rule:
        if rule in settings.rules:
            setting = settings.rules[rule]
            yield rule.value, setting.name, setting.level.value


def as_json(checked: Proofed, strict: bool = False) -> dict[str, Any]:
    """The result as plain data (结果数据); all of the findings always."""
    sources = checked.basis.sources if checked.basis else ()
    wrong = sum(finding.level is Level.ERROR for finding in checked.findings)
    return {
        "ok": checked.passes(strict),
        "file": checked.file,
        "kind": checked.kind.value if checked.kind else None,
        "period": checked.period or None,
        "rules": checked.rules,
        "checking": [{"file": source.file, "sha256": source.sha256} for source in sources],
        "counts": {"errors": wrong, "warnings": len(checked.findings) - wrong, "accepted": len(checked.accepted)},
        "not_checked": list(gaps(checked)),
        "findings": [_finding_json(finding, checked) for finding in checked.findings],
        "accepted": [
            {**_finding_json(finding, checked), "reason": checked.reasons[finding.key]} for finding in checked.accepted
        ],
        "problems": [problem.as_json() for problem in checked.problems],
    }


def _finding_json(finding: Finding, checked: Proofed) -> dict[str, Any]:
    told = finding.as_json()
    return {"key": told.pop("key"), "rule": told.pop("rule"), "name": rule_name(finding.rule, checked.basis), **told}
