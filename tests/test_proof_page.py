"""The page of a check (校核意见网页): what stands first, what is told and what folded; hostile text is text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from reportgen.pages import is_our_page
from reportgen.pages.proofing import proof_page
from reportgen.problems import Location, warning
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Role, Spot, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Setting, Settings
from reportgen.styles import Level

STANDARD = Path(__file__).parent.parent / "configs" / "checking" / "standard.yaml"
LEVELS = {"错误": Level.ERROR, "警告": Level.WARNING, "不查": Level.OFF}


def standard() -> Settings:
    rules = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))["rules"]
    return Settings({Rule(name): Setting(LEVELS[each["level"]], each["name"]) for name, each in rules.items()})


SETTINGS = standard()


def at(content: str, quote: str, spot: str = "正文第1段", **more: Any) -> Mark:
    text = Text(content=content, spot=Spot(words=spot, **more), role=Role.PARAGRAPH)
    start = content.index(quote)
    return Mark(text=text, start=start, end=start + len(quote))


def finding(rule: Rule, *marks: Mark, what: str = "这里不对", fix: str = "请改") -> Finding:
    return Finding(rule=rule, level=SETTINGS.rules[rule].level, what=what, fix=fix, marks=marks)


RATE = finding(
    Rule.RATE,
    at("上年已完成。优良天数144天，占330天的43.2%。下月继续。", "43.2%", "附件1第9行「进展情况」"),
    what="完成率写 43.2%，按 144÷330 应为 43.6%",
    fix="改正其中写错的",
)
VALUE = finding(
    Rule.VALUE_DIFFERS,
    at("外贸增长10%。", "10%", "正文第3段", page=2),
    at("外贸增长9.7%。", "9.7%", "附件1第5行", where=Location(file="台账.xlsx", sheet="预期目标", cell="F7")),
    what="外贸增速一处为 10%，一处为 9.7%",
)
TWICE = finding(Rule.WORD_TWICE, at("预计年底预计完成。", "预计年底预计"), what="「预计」说了两次")


def drawn(*found: Finding, **more: Any) -> str:
    return proof_page(found, SETTINGS, file="报告.docx", **more).decode()


def plain(html: str) -> str:
    """What a reader sees."""
    body = html[html.index("<body>") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", body)))


def test_counts_by_level_and_rule_stand_first_and_lead_to_the_findings() -> None:
    html = drawn(TWICE, RATE, VALUE, RATE, kind="Word 文件", period="2026年1—6月")
    head = html[: html.index('id="findings"')]
    assert "<b>3</b>条错误" in head
    assert "<b>1</b>条警告" in head
    assert "<b>0</b>条已认可" in head
    assert f"校核对象：Word 文件。报告期：2026年1—6月。按 {len(Rule)} 条规则查了全文。" in head
    rows = re.findall(r"<tr><td>([^<]+)</td>.*?</tr>", head)
    assert rows == ["比率与所列数字", "同一指标两个数值", "词语重复"]
    targets = re.findall(r'href="#([^"]+)"', html)
    anchors = re.findall(r'id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(targets) <= set(anchors)
    assert {RATE.key, f"{RATE.key}-2", VALUE.key, TWICE.key} <= set(targets)


def test_a_finding_tells_place_level_rule_words_in_their_sentence_and_how_to_mend_and_accept_it() -> None:
    html = drawn(RATE, accept_in="「台账.xlsx」的「校核意见」表")
    card = html[html.index("<article") : html.index("</article>")]
    assert f'id="{RATE.key}" class="error"' in card
    seen = plain("<body>" + card)
    for said in ("错误", "比率与所列数字", "附件1第9行「进展情况」", RATE.what, "建议：改正其中写错的", RATE.key):
        assert said in seen
    assert "优良天数144天，占330天的<mark>43.2%</mark>。</span>" in card
    assert "上年" not in card
    assert "下月" not in card
    assert "在「台账.xlsx」的「校核意见」表里，给这一条的「认可理由」写一句" in html
    assert "reportgen check 报告.docx --accept 编号 --reason 理由" in html


def test_the_other_places_stand_with_their_own_sentences() -> None:
    html = drawn(VALUE)
    assert "第2页 正文第3段" in html
    assert "外贸增长<mark>10%</mark>。" in html
    other = html[html.index("<dt>对照</dt>") :]
    assert "附件1第5行（台账.xlsx「预期目标」F7）" in other
    assert "外贸增长<mark>9.7%</mark>。" in other


def test_a_place_of_the_file_itself_is_told_without_its_name() -> None:
    cell = at(
        "外贸增长10%。", "10%", "「预期目标」第3行", where=Location(file="报告.docx", sheet="预期目标", cell="F3")
    )
    word = at("外贸增长9%。", "9%", "附件1第5行", where=Location(file="报告.docx", sheet="表格1", cell="第6行第4列"))
    html = drawn(finding(Rule.VALUE_DIFFERS, cell, word))
    assert '<span class="spot">「预期目标」第3行（「预期目标」F3）</span>' in html
    assert '<span class="spot">附件1第5行</span>' in html


def test_of_very_many_other_places_some_are_shown_and_the_rest_is_counted() -> None:
    marks = [at("正在推进。", "正在推进", f"第{number}行") for number in range(40)]
    html = drawn(finding(Rule.PROGRESS_REPEATED, *marks))
    assert html.count("<dt>对照</dt>") == 12
    assert "还有 27 处" in html


def test_accepted_findings_are_counted_and_folded_with_their_reasons() -> None:
    html = drawn(RATE, TWICE, accepted={TWICE.key: "引用原话，不改"})
    folded = html[html.index("<details>") :]
    assert "<b>1</b>条已认可" in html
    assert "<b>0</b>条警告" in html
    assert "引用原话，不改" in folded
    assert TWICE.what in folded
    assert TWICE.what not in html[: html.index("<details>")]
    assert "<details open" not in html
    all_accepted = drawn(TWICE, accepted={TWICE.key: "引用原话，不改"})
    assert "查出的都已经认可" in all_accepted


def test_without_findings_the_page_says_so_and_how_much_was_looked_at() -> None:
    off = Settings({**SETTINGS.rules, Rule.RATE: Setting(Level.OFF, "比率")})
    html = proof_page([], off, file="报告.docx").decode()
    assert "没有发现问题。" in html
    assert f"按 {len(Rule) - 1} 条规则" in html
    assert "<article" not in html
    assert "<details" not in html


def test_warnings_of_reading_the_file_are_folded_below() -> None:
    problem = warning("word.text-box", "这里有文本框，没有读入", "请移到正文里", Location(file="x.docx", cell="第3段"))
    html = drawn(problems=[problem])
    assert "x.docx第3段：这里有文本框，没有读入。请移到正文里。" in html[html.index("<details>") :]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'{{ 7*7 }}]]>\x00\ud800"


class Tags(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"@{name}" for name, _ in attrs)}


def test_hostile_text_is_shown_as_text_wherever_it_stands() -> None:
    mark = Mark(text=Text(content=HOSTILE, spot=Spot(words=HOSTILE), role=Role.CELL))
    bad = Finding(rule=Rule.RATE, level=Level.ERROR, what=HOSTILE, fix=HOSTILE, marks=(mark, mark))
    seemly = drawn(RATE, VALUE, TWICE, accepted={TWICE.key: "可以"})
    for reasons in ({}, {bad.key: HOSTILE}):
        blob = proof_page(
            [bad], SETTINGS, file=HOSTILE, kind=HOSTILE, period=HOSTILE, accepted=reasons, accept_in=HOSTILE
        )
        assert is_our_page(blob)
        tags, known = Tags(), Tags()
        tags.feed(blob.decode())
        known.feed(seemly)
        assert tags.found <= known.found
        assert "49" not in plain(blob.decode())


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    html = drawn(RATE, VALUE)
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<img|https?://|@import|url\(", html)


@pytest.mark.parametrize("length", [1, 200, 32_767])
def test_a_text_without_a_stop_is_cut_around_the_words(length: int) -> None:
    content = "长" * length + "这里" + "长" * length
    html = drawn(finding(Rule.WORD_TWICE, at(content, "这里")))
    assert "长<mark>这里</mark>长" in html
    assert html.count("长") <= 240
    whole = drawn(finding(Rule.WORD_TWICE, Mark(text=Text(content=content, spot=Spot(words="x"), role=Role.CELL))))
    assert whole.count("长") <= 240


def test_an_empty_text_says_that_it_is_empty() -> None:
    empty = Mark(text=Text(content="", spot=Spot(words="附件3第2行「进展情况」"), role=Role.CELL))
    assert "（空）" in drawn(finding(Rule.PROGRESS_EMPTY, empty))


def test_the_same_findings_give_the_same_bytes() -> None:
    assert drawn(RATE, VALUE, TWICE) == drawn(RATE, VALUE, TWICE)


def test_words_of_one_cell_are_marked_in_one_quote() -> None:
    cell = Text(content="总投资九亿元。项目128个，续建75个、新建39个。", spot=Spot(words="附件1第2行"), role=Role.CELL)
    marks = tuple(Mark(text=cell, start=start, end=end) for start, end in ((9, 13), (16, 19), (22, 25)))
    html = drawn(Finding(rule=Rule.SUM, level=Level.ERROR, what="总数不对", fix="请核对", marks=marks))
    said = "项目<mark>128个</mark>，续建<mark>75个</mark>、新建<mark>39个</mark>。"
    assert f'<span class="said">{said}</span>' in html
    assert "<dt>对照" not in html
