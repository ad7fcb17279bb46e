"""Each kind of document (文种) from its sample configuration: what it says, which elements it has, when it refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Closing,
    Document,
    Heading,
    Imprint,
    Letterhead,
    LetterheadForm,
    Note,
    Orientation,
    Paragraph,
    Signature,
    Table,
    Title,
)
from reportgen.generate import Request, generate
from reportgen.ledger.model import Entry
from reportgen.testing.goldens import Golden
from tests.projects import CONFIG, ROOT, project
from tests.projects import goal as goal_record
from tests.projects import ledger as records
from tests.test_template_compose import blocks, composed, goal, outline, refused, task

KINDS = {
    "letterhead": "half-year-report", "circular": "circular", "bulletin": "bulletin", "letter": "letter",
    "web": "web-text",
}  # fmt: skip
TEMPLATES = {name: (ROOT / f"templates/{name}.yaml").read_text(encoding="utf-8") for name in KINDS.values()}
ROWS_SHOWN = 2


def late(text: str, *units: str, **more: Any) -> Entry:
    """A task that lags behind."""
    return task(text, "推进较为滞后", lead_units=units or ("区城管局",), phrase=f"{text}未开工。", **more)


def shortened(lines: list[str]) -> list[str]:
    """The outline with the first rows of each table: the others are the ledger's, which the sample's golden holds."""
    kept, rows = [], 0
    for line in lines:
        rows = rows + 1 if line.startswith("表格文字") else 0
        if rows <= ROWS_SHOWN:
            kept.append(line)
    return kept


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_of_each_kind_says_what_it_said(kind: str, golden: Golden) -> None:
    delivery = generate(Request(ROOT / f"configs/qingping-{kind}.yaml", ("txt",)))
    assert delivery.problems == ()
    text = next(blob for name, blob in delivery.files.items() if name.endswith(".txt")).decode()
    golden.check("\n".join(shortened(text.split("\n"))).encode(), f"outlines/qingping-{kind}.txt")


def test_a_sample_of_each_kind_uses_its_template() -> None:
    for kind, template in KINDS.items():
        text = (ROOT / f"configs/qingping-{kind}.yaml").read_text(encoding="utf-8")
        assert f"\ntemplate: {template}\n" in text


# ---- the elements of each kind

REPORT = {
    "number": "甲督〔2026〕5号", "signers": ["甲某"], "copy_number": 1, "secrecy": "机密★1年", "urgency": "特急",
    "note": "此件不公开", "copies_to": ["乙办", "丙办"], "printer": "甲区督查室", "print_date": "2026-07-11",
    "sealed": True, "wording": {"closing": "特此报告。"},
}  # fmt: skip


def kinds_of(found: list[Any]) -> list[str]:
    """The blocks by name, those of the running text left out."""
    return [type(block).__name__ for block in found if not isinstance(block, (Heading, Paragraph))]


def only(found: list[Any], kind: type) -> Any:
    (block,) = [block for block in found if isinstance(block, kind)]
    return block


def test_an_upward_report_has_every_element_in_the_order_of_the_standard() -> None:
    found = blocks(TEMPLATES["half-year-report"], goal(), late("修路"), **REPORT)
    order = [Letterhead, Title, Addressee, Closing, AnnexList, Signature, Note, AnnexTitle, Table, AnnexTitle, Table]
    assert kinds_of(found) == [kind.__name__ for kind in (*order, Imprint)]
    assert found[0] == Letterhead(
        form=LetterheadForm.DOCUMENT,
        mark=("甲区督查室",),
        suffix="文件",
        number="甲督〔2026〕5号",
        signers=("甲某",),
        copy_number="000001",
        secrecy="机密★1年",
        urgency="特急",
    )
    assert only(found, Closing) == Closing(text="特此报告。")
    assert only(found, Signature) == Signature(issuers=("甲区督查室",), date="2026年7月10日", sealed=True)
    assert only(found, Note) == Note(text="（此件不公开）")
    assert found[-1] == Imprint(copies_to="抄送：乙办，丙办。", printer="甲区督查室", printed="2026年7月11日印发")


def test_a_report_without_these_facts_has_none_of_these_elements() -> None:
    found = blocks(TEMPLATES["half-year-report"], goal())
    assert kinds_of(found) == ["Title", "Addressee", "AnnexList", "Signature", "AnnexTitle", "Table"]
    assert only(found, Signature).sealed is False


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        ({"number": "甲督〔2026〕5号"}, {"number": "甲督〔2026〕5号"}),
        ({"signers": "甲某"}, {"signers": ("甲某",)}),
        ({"copy_number": 7}, {"copy_number": "000007"}),
        ({"secrecy": "秘密"}, {"secrecy": "秘密"}),
        ({"urgency": "加急"}, {"urgency": "加急"}),
    ],
)
def test_one_fact_of_the_letterhead_is_enough_for_one(fact: dict[str, Any], part: dict[str, Any]) -> None:
    found = blocks(TEMPLATES["half-year-report"], goal(), **fact)
    wanted: dict[str, Any] = {"form": LetterheadForm.DOCUMENT, "mark": ("甲区督查室",), "suffix": "文件", **part}
    assert found[0] == Letterhead(**wanted)


@pytest.mark.parametrize(
    ("fact", "imprint"),
    [
        ({"copies_to": "乙办、丙办"}, Imprint(copies_to="抄送：乙办、丙办。")),
        ({"printer": "甲办"}, Imprint(printer="甲办")),
        ({"print_date": "2026-07-11"}, Imprint(printed="2026年7月11日印发")),
    ],
)
def test_one_fact_of_the_imprint_is_enough_for_one(fact: dict[str, Any], imprint: Imprint) -> None:
    assert blocks(TEMPLATES["half-year-report"], goal(), **fact)[-1] == imprint


def test_a_joint_document_names_the_leading_issuer_first_everywhere() -> None:
    found = blocks(TEMPLATES["half-year-report"], goal(), co_issuers=["乙局", "丙局"], number="甲督〔2026〕5号")
    issuers = ("甲区督查室", "乙局", "丙局")
    assert (found[0].mark, only(found, Signature).issuers) == (issuers, issuers)
    assert only(found, Title).lines[0] == "甲区督查室等3部门"
    assert "甲区督查室会同乙局、丙局对2026年" in outline(found)[0]


def imprint_sections(*entries: Entry) -> list[tuple[str, str]]:
    """(orientation, last block) of each section of a report with a 版记."""
    document = composed(TEMPLATES["half-year-report"], *entries, printer="甲办").value
    return [(section.orientation.value, type(section.blocks[-1]).__name__) for section in document.sections]


def test_the_imprint_stands_behind_the_last_annex_on_an_upright_page() -> None:
    assert imprint_sections() == [("纵向", "Imprint")]
    assert imprint_sections(goal()) == [("纵向", "Signature"), ("纵向", "Imprint")]
    turned = [("纵向", "Signature"), ("横向", "Table"), ("纵向", "Imprint")]
    assert imprint_sections(late("修路")) == turned
    document = composed(TEMPLATES["half-year-report"], late("修路"), printer="甲办").value
    assert document.sections[-1].blocks == (Imprint(printer="甲办"),)
    assert document.sections[-1].orientation is Orientation.PORTRAIT


def test_a_template_that_says_nothing_is_not_saved_by_its_imprint() -> None:
    found = refused({"body": "{% if goals %}甲{% endif %}", "imprint": {"printer": "甲办"}})
    assert [code for code, _ in found] == ["template.nothing"]


def test_elements_keep_their_template_line() -> None:
    text = (
        "version: 1\nname: 试验\nletterhead:\n  form: 文件\n  mark: |\n    甲\n    乙\nbody: 文\nclosing: 完\n"
        "signature: |\n  甲\n  乙\nnote: 注\nimprint:\n  printer: 丙\n"
    )
    found = blocks(text)
    assert [(type(block).__name__, block.origin.line) for block in found] == [
        ("Letterhead", 6), ("Paragraph", 8), ("Closing", 9), ("Signature", 11), ("Note", 13), ("Imprint", 15),
    ]  # fmt: skip
    assert (found[0].mark, found[3].issuers) == (("甲", "乙"), ("甲", "乙"))


def test_a_letterhead_without_a_mark_vanishes_whole() -> None:
    spec = {"form": "文件", "mark": "{% if signers %}甲{% endif %}", "number": "{{ number }}"}
    assert kinds_of(blocks({"letterhead": spec, "body": "文"}, number="甲督〔2026〕5号")) == []
    assert kinds_of(blocks({"letterhead": spec, "body": "文"}, signers="甲某", number="甲督〔2026〕5号")) == [
        "Letterhead"
    ]


def test_the_word_before_the_signers_is_the_template_s() -> None:
    spec = {"form": "文件", "mark": "甲", "signers": "乙某"}
    (usual,) = blocks({"letterhead": spec})
    (own,) = blocks({"letterhead": spec | {"signer_lead": "签发：{% if number %}！{% endif %}"}})
    (empty,) = blocks({"letterhead": spec | {"signer_lead": "{% if number %}甲{% endif %}"}})
    assert (usual.signer_lead, own.signer_lead, empty.signer_lead) == ("签发人：", "签发：", "签发人：")


def test_the_circular_names_tasks_under_their_leading_unit_and_demands_mending() -> None:
    entries = [late("修路", "甲局", "乙局"), late("架桥", "丙局"), late("通水", "甲局"), task()]
    found = blocks(TEMPLATES["circular"], *entries)
    lines = outline(found)
    assert lines[3:9] == [
        "二、推进滞后的任务",
        "（一）甲局牵头2项",
        "1.修路未开工。（共同责任单位：乙局）",
        "2.通水未开工。",
        "（二）丙局牵头1项",
        "架桥未开工。",
    ]
    assert "4项重点工作任务中，1项正常推进，3项推进较为滞后（详见附件）。滞后任务的牵头单位为甲局和丙局。" in lines[2]
    assert "整改方案" in "".join(lines)
    assert [block.text for block in found if isinstance(block, Closing)] == ["特此通报。"]
    assert found[0] == Letterhead(form=LetterheadForm.DOCUMENT, mark=("甲区督查室",), suffix="文件")


def test_the_bulletin_has_its_issue_publisher_and_date_and_no_signature() -> None:
    found = blocks(TEMPLATES["bulletin"], goal(judgement="不达预期"), late("修路"), addressee=None, issue=5)
    assert found[0] == Letterhead(
        form=LetterheadForm.BULLETIN,
        mark=("督查专报",),
        number="第5期",
        publisher="甲区督查室编",
        date="2026年7月10日",
    )
    assert not any(isinstance(block, (Signature, Addressee)) for block in found)


@pytest.mark.parametrize("entries", [[goal()], [task()], [goal(judgement="不达预期"), task()], [late("修路")], []])
def test_bulletin_and_web_text_leave_out_what_the_ledger_does_not_have(entries: list[Entry]) -> None:
    for template in ("bulletin", "web-text"):
        outcome = composed(TEMPLATES[template], *entries, addressee=None)
        said = "".join(outline([block for section in outcome.value.sections for block in section.blocks]))
        assert outcome.problems == ()
        assert not re.search(r"，。|：。|中，。|0项|；。|、。", said), said
        assert ("滞后" in said) == any(entry.judgement == "推进较为滞后" for entry in entries)


def test_the_letter_asks_its_addressee_for_its_own_tasks_only() -> None:
    mine = [late("修路", "甲局", "乙局"), late("架桥", "丙局", "甲局（区某办）")]
    found = blocks(TEMPLATES["letter"], *mine, late("通水", "丁局"), task(lead_units=("甲局",)), addressee="甲局")
    assert [block.text for block in found if isinstance(block, Heading) and block.level == 3] == ["修路。", "架桥。"]
    assert [row[1].paragraphs for row in only(found, Table).body] == [("修路",), ("架桥",)]
    assert found[0] == Letterhead(form=LetterheadForm.LETTER, mark=("甲区督查室",))
    single = blocks(TEMPLATES["letter"], late("通水", "丁局"), *mine, addressee="丁局")
    assert "通水。" in outline(single)
    assert only(single, AnnexTitle).entry.name == "丁局滞后任务1—6月进展情况表"


def test_a_letter_to_several_units_takes_the_tasks_of_all_of_them() -> None:
    entries = [late("修路", "甲局"), late("架桥", "乙局"), late("通水", "丙局")]
    found = blocks(TEMPLATES["letter"], *entries, addressee="甲局、乙局")
    assert [row[1].paragraphs for row in only(found, Table).body] == [("修路",), ("架桥",)]


@pytest.mark.parametrize(
    ("template", "addressee", "place"),
    [
        ("circular", "甲局", "templates/t.yaml"),
        ("letter", "甲局", "c.yaml:7:1（addressee）"),
        ("letter", None, "templates/t.yaml"),
    ],
)
def test_without_a_lagging_task_there_is_nothing_to_write_about(
    template: str, addressee: str | None, place: str
) -> None:
    ((code, where),) = refused(TEMPLATES[template], late("修路", "乙局") if template == "letter" else task(),
                               addressee=addressee)  # fmt: skip
    assert code == "template.no-entries"
    assert where.startswith(place)


def test_the_web_text_has_neither_letterhead_nor_imprint_nor_annexes() -> None:
    found = blocks(TEMPLATES["web-text"], goal(), task(), late("修路"), addressee=None)
    assert kinds_of(found) == ["Title", "Signature"]


# ---- what the configuration gives and the template does not take


def test_a_fact_that_the_template_does_not_use_is_told(tmp_path: Path) -> None:
    config = CONFIG.replace("half-year-report", "web-text").replace("addressee: 区政府\n", "")
    path = project(tmp_path, records(), config + "number: 甲督〔2026〕5号\nsigners: 甲某\nsealed: true\n")
    problems = generate(Request(path, ("txt",))).problems
    assert [(problem.code, problem.where.key) for problem in problems if problem.where] == [
        ("config.unused", "number"), ("config.unused", "signers"),
    ]  # fmt: skip


def test_a_seal_without_a_date_is_told_since_there_is_no_signature(tmp_path: Path) -> None:
    path = project(tmp_path, records(), CONFIG.replace("date: 2026-07-10\n", "sealed: true\n"))
    problems = generate(Request(path, ("txt",))).problems
    assert [(problem.code, problem.where.key) for problem in problems if problem.where] == [("config.unused", "sealed")]


def test_a_partial_template_does_not_tell_of_entries_that_it_leaves_out() -> None:
    template = {"body": "甲", "partial": True}
    assert composed(template, task()).problems == ()
    assert [problem.code for problem in composed({"body": "甲"}, task()).problems] == ["template.left-out"]


def test_every_kind_is_made_from_a_small_ledger_with_joint_issuers(tmp_path: Path) -> None:
    for template in ("half-year-report", "circular", "letter"):
        config = CONFIG.replace("half-year-report", template).replace("addressee: 区政府", "addressee: 区民政局")
        path = project(tmp_path / template, records(goals=[goal_record()]), config + "co_issuers: [某区财政局]\n")
        text = generate(Request(path, ("txt",))).files["报告.txt"].decode()
        assert "\n署名 某区人民政府督查室\n署名 某区财政局\n成文日期 2026年7月10日\n" in text


def test_the_document_is_named_after_its_title() -> None:
    document: Document = composed(TEMPLATES["letter"], late("修路", "甲局"), addressee="甲局").value
    assert document.title == "甲区督查室关于报送滞后任务整改进展情况的函"
