"""What the rules for single texts and twins find in the two issued documents: each finding was read and is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import enumerations, near_duplicates, progress, punctuation, repeated_words
from reportgen.proof.manuscript import Manuscript, Row
from tests.manuscripts import listing, manuscript, row, standard_settings, text
from tests.projects import REFERENCE

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference documents lie outside the project and are not on this machine"
)

FAMILIES = (enumerations, repeated_words, punctuation, progress, near_duplicates)


def rows(given: list[dict[str, Any]]) -> list[Row]:
    """The rows of a table of the reference."""
    return [
        row(
            category=each.get("category") or "",
            text=each.get("task") or each["goal"],
            lead_units="\n".join(each["lead"]),
            support_units="\n".join(each.get("support") or ()),
            progress=each["progress"],
        )
        for each in given
    ]


def found(paper: Manuscript) -> set[tuple[str, str, str]]:
    """Each finding as its rule, the rows of its places, the first letters of its first quote."""
    return {
        (
            each.rule.value,
            " ".join(dict.fromkeys(mark.text.spot.words.split("「")[0] for mark in each.marks)),
            each.marks[0].quote[:9],
        )
        for family in FAMILIES
        for each in family.examine(paper, standard_settings())
    }


def test_the_first_document() -> None:
    tables = json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))["shapingba_2022h1"]
    body = (REFERENCE / "000_e60aa22c5259564f.txt").read_text(encoding="utf-8").split("附件1\n经济")[0]
    paper = manuscript(
        *(text(line.strip()) for line in body.split("\n") if line.strip()),
        listing(*rows(tables["goals"]), kind=Kind.GOALS, annex=1),
        listing(*rows(tables["lagging"]), kind=Kind.LAGGING, annex=2),
        listing(*rows(tables["normal"]), kind=Kind.NORMAL, annex=3),
    )
    assert found(paper) == {
        ("wording.twice", "正文", "预计进出口总额预计"),
        ("wording.twice", "附件3第34行", "委委"),
        ("progress.meaningless", "附件3第8行", "近期无进展。"),
        ("progress.empty", "附件3第10行", ""),
        ("progress.empty", "附件3第100行", ""),
        ("enumeration.gap", "附件3第98行", "一是"),
        ("enumeration.repeat", "附件3第76行", "③西永污水处理厂"),
        ("mark.half-width", "附件3第42行", "(一期)"),
        ("mark.half-width", "附件3第51行", ":"),
        ("mark.half-width", "附件3第66行", ":"),
    }


def test_the_second_document() -> None:
    tables = json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))["fuling_2023h1"]
    paper = manuscript(listing(*rows(tables["rows"]), annex=2))
    assert found(paper) == {
        ("wording.twice", "附件2第25行", "产值产值"),
        ("wording.twice", "附件2第60行", "案件案件"),
        ("wording.twice", "附件2第125行", "场余场"),
        ("mark.unpaired", "附件2第22行", "“3+3+X“"),
        ("mark.half-width", "附件2第172行", "(一期)"),
        *(("mark.half-width", f"附件2第{number}行", "(美锋实业公司、简") for number in (50, 97, 136, 202)),
        ("task.repeated", "附件2第5行 附件2第170行", "节能减排降碳等约束"),
        ("task.repeated", "附件2第17行 附件2第71行", "围绕“五项倍增”，"),
        ("task.repeated", "附件2第18行 附件2第72行", "加快构建“2+4+"),
        ("task.repeated", "附件2第32行 附件2第151行", "保持财政资金投入力"),
        ("task.repeated", "附件2第47行 附件2第113行", "加速推进涪陵至武隆"),
        ("task.repeated", "附件2第50行 附件2第97行 附件2第136行 附件2第202行", "力争升规升限80户"),
        ("task.repeated", "附件2第69行 附件2第102行", "加大煤电油气运保障"),
        ("task.repeated", "附件2第121行 附件2第140行", "建成投用智慧医疗暨"),
        ("task.repeated", "附件2第158行 附件2第179行", "加强传统村落和乡村"),
        ("task.repeated", "附件2第165行 附件2第195行", "大力实施生物多样性"),
    }
