"""Manuscripts built by hand: a test of a family of rules reads in three lines.

paper = manuscript(text("一、总体情况"), listing(row(text="建成学校", progress="已竣工"), annex=2))
assert said(counts.examine(paper, standard_settings())) == [("count.rows", "10项预期目标")]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from reportgen.issued.kinds import Kind
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES
from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Listing, Manuscript, Role, Row, Spot, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Setting, Settings
from reportgen.quantities.model import Period, Span
from reportgen.styles import Level

_STANDARD = Path(__file__).parent.parent / "configs" / "checking" / "standard.yaml"
_LEVELS = {"错误": Level.ERROR, "警告": Level.WARNING, "不查": Level.OFF}

HALF_YEAR = Period(
    span=Span.STRETCH,
    words="2026年1—6月",
    start=0,
    end=9,
    first=date(2026, 1, 1),
    last=date(2026, 6, 30),
    year=2026,
)
"""上半年 of the clean sample, as a reporting period."""


def text(content: str, role: Role = Role.PARAGRAPH, spot: str = "", elsewhere: bool = False) -> Text:
    """One text outside the tables; its place is told as its role unless `spot` says more."""
    return Text(content=content, spot=Spot(words=spot or role.value), role=role, stands_elsewhere=elsewhere)


def title(content: str) -> Text:
    """The manuscript's own title."""
    return text(content, Role.TITLE)


def heading(content: str) -> Text:
    """A heading of the body: 一、, （一）."""
    return text(content, Role.HEADING)


def annex_list(*contents: str) -> tuple[Text, ...]:
    """The annex list under the body: annex_list("附件：1.甲表", "2.乙表")."""
    return tuple(text(content, Role.ANNEX_LIST) for content in contents)


def row(judgement: str = "", spot: str = "", elsewhere: bool = False, **fields: str | Text) -> Row:
    """One goal or task: row(text="建成学校", progress="已竣工", lead_units="区教委\\n区财政局", given_no="1").

    A field given as a Text is shared with other rows (a category filled down). The units are split as a ledger's are.
    """
    texts = {
        name: content
        if isinstance(content, Text)
        else Text(
            content=content,
            spot=Spot(words=spot or f"「{FIELD_NAMES.get(name, name)}」"),
            role=Role.CELL,
            field=name if name in FIELD_NAMES else "",
            stands_elsewhere=elsewhere,
        )
        for name, content in fields.items()
    }
    units = [
        split_units(texts[name].content).units if name in texts else () for name in ("lead_units", "support_units")
    ]
    return Row(texts=texts, judgement=judgement, lead_units=units[0], support_units=units[1])


def rows(count: int, **fields: str) -> tuple[Row, ...]:
    """So many rows that differ only in their number: 序号 and text."""
    return tuple(
        row(**{**{"given_no": str(number), "text": f"任务{number}"}, **fields})  # type: ignore[arg-type]
        for number in range(1, count + 1)
    )


def listing(
    *of: Row | Sequence[Row],
    kind: Kind | None = Kind.TASKS,
    annex: int | None = None,
    title: str = "",
    name: str = "",
) -> Listing:
    """One list; each row's texts get their row number in their place (附件2第3行「进展情况」)."""
    name = name or (f"附件{annex or ''}" if annex is not None else kind.value if kind else "表1")
    flat = [each for part in of for each in ((part,) if isinstance(part, Row) else part)]
    placed: dict[int, Text] = {}
    numbered = [_at(each, f"{name}第{number}行", placed) for number, each in enumerate(flat, 1)]
    fields = tuple(dict.fromkeys(field for each in flat for field in each.texts))
    head = text(title, Role.ANNEX_TITLE, f"{name}标题") if title else None
    return Listing(name=name, kind=kind, rows=tuple(numbered), fields=fields, title=head, annex=annex)


def _at(each: Row, place: str, placed: dict[int, Text]) -> Row:
    texts: dict[str, Text] = {}
    for name, cell in each.texts.items():
        if id(cell) not in placed:
            words = cell.spot.words if cell.spot.words[:1] != "「" else place + cell.spot.words
            placed[id(cell)] = replace(cell, spot=Spot(words=words))
        texts[name] = placed[id(cell)]
    return replace(each, texts=texts)


def manuscript(
    *parts: Text | Listing | Iterable[Text],
    period: Period | None = HALF_YEAR,
    register: Register | None = None,
    is_ledger: bool = False,
    file: str = "报告.docx",
) -> Manuscript:
    """Texts and lists in reading order; the title of a list is one of the texts."""
    texts: list[Text] = []
    listings: list[Listing] = []
    for part in parts:
        if isinstance(part, Listing):
            listings.append(part)
            texts += [part.title] if part.title else []
        else:
            texts += [part] if isinstance(part, Text) else part
    return Manuscript(
        file=file,
        texts=tuple(texts),
        listings=tuple(listings),
        period=period,
        is_ledger=is_ledger,
        register=register,
    )


def body(words: str) -> tuple[Text, ...]:
    """Paragraphs from one string, a line each; 一、, （一） and 第一章 at a short line's start make a heading."""
    lines = [line.strip() for line in words.strip().splitlines() if line.strip()]
    return tuple(heading(line) if _HEADING.match(line) and len(line) < 40 else text(line) for line in lines)


_HEADING = re.compile(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）")


@cache
def standard_settings() -> Settings:
    """The rules as configs/checking/standard.yaml sets them."""
    data = yaml.safe_load(_STANDARD.read_text(encoding="utf-8"))
    rules = {
        Rule(name): Setting(
            level=_LEVELS[each["level"]],
            name=each["name"],
            within=float(each.get("within", 0.0)),
            words=tuple(each.get("words", ())),
            ignore=tuple(each.get("ignore", ())),
            letters=int(each.get("letters", 0)),
        )
        for name, each in data["rules"].items()
    }
    return Settings(rules=rules)


def but(rule: Rule, settings: Settings | None = None, **changes: object) -> Settings:
    """The standard settings with one rule changed: but(Rule.RATE, level=Level.OFF)."""
    known = settings or standard_settings()
    return Settings(rules={**known.rules, rule: replace(known.rules[rule], **changes)})  # type: ignore[arg-type]


def said(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """What was found: (rule, the words of the first mark)."""
    return [(each.rule.value, each.marks[0].quote) for each in findings]
