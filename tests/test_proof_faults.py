"""One fault in a right report is found: 200 of them, planted by a seed in the clean sample."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from reportgen.check_basis import CheckBasis, read_basis
from reportgen.document import Document
from reportgen.generate import Request, read_inputs
from reportgen.proof.findings import Finding
from reportgen.proof.manuscripts.from_document import from_document
from reportgen.proof.proofread import proofread
from reportgen.template.compose import compose
from tests.projects import ROOT
from tests.proof_faults import COUNT, DIGIT, LOST_ROW, PERIOD, RATE, SUM, SUMS, SURE, UNIT, Fault, planted, texts_of

CONFIG = ROOT / "configs" / "qingping-2026h1.yaml"
FAULTS, SEED = 200, 2026
ENOUGH = 0.95


@cache
def report() -> Document:
    inputs = read_inputs(Request(CONFIG), [])
    return compose(inputs.prepared, inputs.ledger).value


@cache
def basis() -> CheckBasis:
    return read_basis(CONFIG)


def findings(document: Document) -> tuple[Finding, ...]:
    by = basis()
    manuscript = from_document(document, "报告", by.words, by.period, by.register)
    return proofread(manuscript, by.settings, by.judging)


def test_the_clean_sample_has_no_finding():
    assert [(each.rule, each.what) for each in findings(report())] == []


def test_the_sums_of_the_kit_stand_in_the_sample():
    said = "\n".join(text for _, text in texts_of(report()))
    assert [sentence for sentence in SUMS if sentence not in said] == []


@cache
def faults() -> list[Fault]:
    return planted(report(), FAULTS, SEED)


def test_faults_are_of_every_kind_and_each_report_has_exactly_one():
    kinds = Counter(fault.kind for fault in faults())
    assert sum(kinds.values()) == FAULTS
    assert set(kinds) == {COUNT, LOST_ROW, SUM, RATE, DIGIT, UNIT, PERIOD}
    right = [text for _, text in texts_of(report())]
    for fault in faults():
        changed = [text for _, text in texts_of(fault.report)]
        if fault.kind == LOST_ROW:
            assert len(changed) < len(right)
        else:
            assert sum(one != other for one, other in zip(right, changed, strict=True)) == 1


# A quarter of them on every run, all two hundred before a release.
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("kind", [COUNT, LOST_ROW, SUM, RATE, DIGIT, UNIT, PERIOD])
def test_most_faults_are_found_and_nearly_all_in_counts_sums_and_rates(kind, every, record_property):
    planted_here = [fault for fault in faults() if fault.kind == kind][::every]
    rules: Counter[str] = Counter()
    missed = []
    for fault in planted_here:
        found = {each.rule.value for each in findings(fault.report)}
        rules.update(found)
        if not found:
            missed.append(f"{fault.was} → {fault.now}")
    share = 1 - len(missed) / len(planted_here)
    listed = "，".join(f"{rule} {count}" for rule, count in rules.most_common())
    said = f"{len(planted_here)} 处差错，查出 {share:.0%}（{listed}）"
    record_property(kind, said)
    print(f"{kind}：{said}")
    assert share >= (ENOUGH if kind in SURE else 0.7), missed
