"""What proofreading finds in the two issued documents, each finding looked at by a person: 对 or 错, and why.

The lists stand in tests/golden/proof. `--update-golden` takes the findings of today over and keeps the verdicts; what
nobody has looked at yet stands as 未看 and fails.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from reportgen.check import Proofed, check_file
from reportgen.testing.goldens import Golden
from tests import reference_documents
from tests.projects import REFERENCE, ROOT

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference documents lie outside the project and are not on this machine"
)

GOLDEN = Path(__file__).parent / "golden"
RIGHT, WRONG, UNSEEN = "对", "错", "未看"
DOCUMENTS = {
    "shapingba-2022h1": reference_documents.first,
    "fuling-2023h1": reference_documents.second,
}


@pytest.fixture(scope="module")
def proofed(tmp_path_factory) -> dict[str, Proofed]:
    folder: Path = tmp_path_factory.mktemp("issued")
    found = {}
    for name, made in DOCUMENTS.items():
        path = folder / f"{name}.docx"
        path.write_bytes(made())
        found[name] = check_file(path, ROOT / "configs" / f"{name}.yaml")
    return found


def listed(found: Proofed, verdicts: dict[tuple[str, ...], dict[str, str]]) -> list[dict[str, str]]:
    """The findings as the golden file has them: rule, place, what; and what a person said of each."""
    rows = []
    for finding in found.findings:
        key = (finding.rule.value, finding.marks[0].text.spot.words, finding.what)
        said = verdicts.get(key, {"verdict": UNSEEN})
        row = {"rule": key[0], "place": key[1], "what": key[2], "verdict": said["verdict"]}
        rows.append(row | ({"why": said["why"]} if said.get("why") else {}))
    return rows


@cache
def kept(name: str) -> list[dict[str, str]]:
    path = GOLDEN / "proof" / f"{name}.yaml"
    rows: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return rows or []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_finding_is_one_that_a_person_has_looked_at(proofed, golden: Golden, name):
    verdicts: dict[tuple[str, ...], dict[str, str]]
    verdicts = {(row["rule"], row["place"], row["what"]): row for row in kept(name)}
    rows = listed(proofed[name], verdicts)
    made = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=200)
    golden.check(made.encode(), f"proof/{name}.yaml")
    assert [row for row in rows if row["verdict"] not in (RIGHT, WRONG)] == []


def test_at_most_one_finding_in_ten_is_wrong():
    for name in DOCUMENTS:
        wrong = [row for row in kept(name) if row["verdict"] == WRONG]
        assert len(wrong) * 10 <= len(kept(name)), wrong
        assert len(kept(name)) > 20


# Every slip that the issue names, by rule and place, with a figure or word that must stand in the sentence.
NAMED = {
    "shapingba-2022h1": (
        ("value.differs", "正文第3段", "9.7%"),  # trade grew 10% here, 9.7% there
        ("wording.twice", "正文第3段", "预计"),
        ("progress.meaningless", "附件3第8行「任务进展情况」", "近期无进展"),
        ("judgement.differs", "附件3第8行「任务进展情况」", ""),
        ("progress.empty", "附件3第10行「任务进展情况」", ""),
        ("arithmetic.rate", "附件3第99行「任务进展情况」", "94.28%"),  # 33 of 35
        ("arithmetic.rate", "附件3第101行「任务进展情况」", "88.76%"),  # 1212 of 1370
        ("enumeration.gap", "附件3第98行「任务进展情况」", "一是"),  # and no 二是
        ("enumeration.repeat", "附件3第76行「任务进展情况」", "污水处理厂"),  # the same plant twice
        ("wording.negative-growth", "附件1第6行「进展情况」", "-19%"),
        ("period.mixed", "附件3第123行「任务进展情况」", "1—6月"),
        ("value.period", "正文第9段", "7月8日"),
    ),
    "fuling-2023h1": (
        ("arithmetic.rate", "附件2第191行「完成情况」", "43.2%"),  # 144 of 330
        ("wording.twice", "附件2第25行「完成情况」", "产值"),
        ("wording.twice", "附件2第125行「完成情况」", "场"),
        ("arithmetic.sum", "附件2第32行「完成情况」", "13493万元"),
        ("arithmetic.rate", "附件2第59行「完成情况」", "68.8%"),  # 952 of 1401
        ("value.unit", "附件2第89行「完成情况」", "2.14万元"),  # of 9.75亿元
        ("task.repeated", "附件2第50行「目标任务」", "4次"),
        ("value.differs", "附件2第113行「完成情况」", "21.46%"),  # a task repeated with another figure
        ("wording.negative-growth", "附件2第2行「完成情况」", "-9.8%"),
        ("mark.unpaired", "附件2第22行「完成情况」", "”"),
    ),
}


@pytest.mark.parametrize(("name", "slip"), [(name, slip) for name, slips in NAMED.items() for slip in slips])
def test_every_slip_that_the_issue_names_is_found(proofed, name, slip):
    rule, place, word = slip
    found = [(each.rule.value, each.marks[0].text.spot.words, each.what) for each in proofed[name].findings]
    assert [what for r, p, what in found if (r, p) == (rule, place) and word in what]
