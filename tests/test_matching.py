"""Matching (对号入座): each returned row finds its entry or none, and never another one."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reportgen import likeness as measure
from reportgen.intake import matching
from reportgen.intake.answering import Answering
from reportgen.intake.matching import How, match_rows
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.units import Group, Register, Unit
from reportgen.likeness import likeness
from reportgen.problems import Location

ROOT = Path(__file__).parents[1]
TABLES = ROOT.parent / "shared/reference/tables.json"
WHERE = Location(file="反馈.xlsx", sheet="Sheet1", cell="B2")

NOBODY = Answering(None, None)


def ledger(*texts: str, **fields: Any) -> Ledger:
    entries = (
        Entry(sheet=Sheet.TASKS, given_no=str(i), category=str(i), text=text, lead_units=("区教委",), **fields)
        for i, text in enumerate(texts, 1)
    )
    return with_ids(Ledger(file="台账.xlsx", tasks=tuple(entries)))


def match(row: ReturnRow, book: Ledger, unit: str = "", register: Register | None = None) -> matching.Match:
    (found,) = match_rows(Return(file="反馈.xlsx", sha256="", unit=unit, rows=(row,)), book, Answering(register, None))
    return found


def row(text: str = "", **fields: Any) -> ReturnRow:
    return ReturnRow(text=text, where=WHERE, **fields)


BOOK = ledger("新建学校2所，增加学位1800个", "盘活存量资金2亿元", "完成老旧小区改造30个，惠及居民8000户")


def test_a_number_finds_its_entry_in_any_width_and_case():
    entry = BOOK.tasks[1]
    written = entry.id.lower().translate(str.maketrans("-rm23456789", "－ｒｍ２３４５６７８９"))
    found = match(row("盘活存量资金 2 亿元。", id=f" {written} "), BOOK)
    assert (found.entry, found.how, found.score, found.problems) == (entry, How.ID, 1.0, ())


def test_a_number_without_a_text_is_enough():
    found = match(row(id=BOOK.tasks[0].id), BOOK)
    assert (found.entry, found.how, found.score) == (BOOK.tasks[0], How.ID, 1.0)


def test_a_number_in_the_wrong_row_is_told_and_the_text_decides():
    found = match(row("盘活存量资金2亿元", id=BOOK.tasks[0].id), BOOK)
    assert (found.entry, found.how) == (BOOK.tasks[1], How.SAME_TEXT)
    assert [(p.code, p.severity.value, p.where) for p in found.problems] == [
        ("return.id-text-differs", "warning", WHERE)
    ]


def test_a_number_beside_a_text_that_nobody_knows_is_not_believed():
    found = match(row("承办全国田径锦标赛", id=BOOK.tasks[0].id), BOOK)
    assert (found.entry, found.how) == (None, How.NOT)
    assert [(p.code, p.severity.value) for p in found.problems] == [("return.id-text-differs", "error")]
    assert found.nearest[-1][0] == BOOK.tasks[0]


def test_a_number_beside_a_text_that_is_rather_like_another_task_is_not_believed():
    book = ledger("推动区领导联系重点项目全覆盖，打通卡点堵点难点", "推动区领导联系重点企业全覆盖，打通卡点堵点难点")
    found = match(row("推动区领导联系重点企业全覆盖，打通卡点堵点", id=book.tasks[0].id), book)
    assert (found.entry, found.how) == (None, How.NOT)
    assert [entry for entry, _ in found.nearest] == [book.tasks[1], book.tasks[0]]


def test_an_unknown_number_is_told_and_the_text_decides():
    found = match(row("新建学校2所，增加学位1800个", id="R-999999"), BOOK)
    assert (found.entry, found.how) == (BOOK.tasks[0], How.SAME_TEXT)
    assert [p.code for p in found.problems] == ["return.unknown-id"]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("新建学校２所,增加学位1800个。", 1.0),
        ("增加学位1800个，新建学校2所", 1.0),
        ("1.新建学校2所，增加学位1800个", 1.0),
        ("新建学校2所，增加学位1500个", 0.93),
        ("新建学校2所", 0.88),
    ],
)
def test_a_text_finds_its_entry_with_a_stated_score(text, score):
    found = match(row(text), BOOK)
    assert (found.entry, found.how, found.score) == (BOOK.tasks[0], How.ALIKE, score)


def test_the_same_serial_number_lets_less_likeness_do():
    text = "加快新建中小学校2所，努力增加义务教育公办学位1800个以上"
    assert matching.ALIKE_WITH_NUMBER <= likeness(text, BOOK.tasks[0].text) < measure.ALIKE
    assert match(row(text), BOOK).how is How.NOT
    found = match(row(text, given_no="１."), BOOK)
    assert (found.entry, found.how) == (BOOK.tasks[0], How.NUMBER_AND_TEXT)


def test_the_serial_number_alone_places_nothing():
    found = match(row("承办全国田径锦标赛", given_no="1"), BOOK)
    assert (found.entry, found.how, found.nearest) == (None, How.NOT, ())


def test_two_nearly_equal_entries_are_both_listed():
    book = ledger("补齐基础设施短板，新改建农村路100公里", "补齐基础设施短板，新改建入户道路50公里")
    found = match(row("补齐基础设施短板"), book)
    assert found.entry is None
    assert {entry for entry, _ in found.nearest} == set(book.tasks)


def test_another_word_is_another_task():
    book = ledger("推动区领导联系重点项目全覆盖，打通卡点堵点难点")
    found = match(row("推动区领导联系重点企业全覆盖，打通卡点堵点难点"), book)
    assert (found.entry, found.score) == (None, 0.91)
    assert found.nearest == ((book.tasks[0], 0.91),)


def test_of_equal_texts_the_units_own_one_is_meant():
    def entry(no: str, unit: str, support: str = "") -> Entry:
        return Entry(
            sheet=Sheet.TASKS,
            id=no,
            text="完成年度任务",
            lead_units=(unit,),
            support_units=(support,) if support else (),
        )

    register = Register(
        units=(Unit("甲镇", kind="镇街"), Unit("区教委"), Unit("区民政局")), groups=(Group("各镇街", kind="镇街"),)
    )
    book = Ledger(file="台账.xlsx", tasks=(entry("A", "区教委"), entry("B", "区民政局", "各镇街")))
    found = {unit: match(row("完成年度任务"), book, unit, register) for unit in ("区教委", "区民政局", "甲镇", "")}
    assert [each.entry.id if each.entry else None for each in found.values()] == ["A", "B", "B", None]
    assert [entry.id for entry, _ in found[""].nearest] == ["A", "B"]
    assert match(row("完成年度任务", lead_units=("区教委",)), book).entry == book.tasks[0]


def test_a_row_without_anything_is_not_placed():
    assert match(row(progress="已开工。"), BOOK) == matching.Match(
        row=row(progress="已开工。"), entry=None, how=How.NOT, score=0.0
    )


def test_a_text_longer_than_any_task_is_not_looked_for():
    longest = "新建学校2所，" * 343
    found = match(row(longest), BOOK)
    assert (found.entry, found.how, found.nearest) == (None, How.NOT, ())
    assert [(p.code, p.severity.value) for p in found.problems] == [("return.long-text", "warning")]
    assert "有 2401 个字" in found.problems[0].what
    assert [p.code for p in match(row(longest, id=BOOK.tasks[0].id), BOOK).problems] == ["return.id-text-differs"]
    # A ledger that has such a task finds it.
    book = ledger(longest)
    assert match(row(longest), book).how is How.SAME_TEXT
    assert (match(row(longest, id=book.tasks[0].id), book).how, likeness("新建学校2所", "新建学校2所")) == (How.ID, 1.0)


def test_what_is_left_out_by_its_length_had_no_likeness_worth_telling(monkeypatch: pytest.MonkeyPatch):
    """The quick way out gives what the long way gives, around the length where it begins."""
    book = ledger("新建学校", "盘活资金2亿元")
    texts = ["新建学校" + "工" * more for more in range(60)] + ["工" * more + "盘活资金2亿元" for more in range(60)]
    quick = [match(row(text), book) for text in texts]
    monkeypatch.setattr(measure, "_is_beyond", lambda *_: False)
    assert [match(row(text), book) for text in texts] == quick


# ---- the tasks of real ledgers, and what units make of them

_LIKE = dict(zip("建已设区人大未园业实施目土增万个市城", "健己没医入太末圆亚买旋日士憎方介布域", strict=True))


def _clauses(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[，、；。,;])", text) if part]


def _dropped(text: str, chance: random.Random) -> str:
    count = max(1, len(text) // 5)
    start = chance.randrange(max(1, len(text) - count))
    return text[:start] + text[start + count :]


def _reordered(text: str, chance: random.Random) -> str:
    parts = [part.rstrip("，、；。") for part in _clauses(text)]
    chance.shuffle(parts)
    return "，".join(parts)


def _slips(text: str, chance: random.Random) -> str:
    return "".join(_LIKE.get(c, c) if chance.random() < 0.3 else c for c in text)


def _first_clause(text: str, chance: random.Random) -> str:
    return _clauses(text)[0].rstrip("，、；。")


def _without_last(text: str, chance: random.Random) -> str:
    return "".join(_clauses(text)[:-1]).rstrip("，、；。") or text


def _punctuation(text: str, chance: random.Random) -> str:
    return text.translate(str.maketrans("，、。；（）“”", ',，.;()""')).rstrip(".")


def _longer(text: str, chance: random.Random) -> str:
    return text.rstrip("。") + chance.choice(["，确保完成年度目标", "（市级任务）", "，加强统筹协调"])


def _figures(text: str, chance: random.Random) -> str:
    return re.sub(r"\d+", lambda found: str(int(found[0]) + chance.randrange(1, 9)), text)


# The share of rows that must find their entry; no row may find another one.
CHANGES = {
    _dropped: 0.95, _reordered: 0.95, _slips: 0.85, _first_clause: 0.9, _without_last: 0.93, _punctuation: 0.95,
    _longer: 0.95, _figures: 0.95,
}  # fmt: skip


def _texts(source: str) -> list[str]:
    if source == "sample":
        blob = (ROOT / "samples/qingping-2026h1/台账.xlsx").read_bytes()
        return [entry.text for entry in read_ledger(blob, "台账.xlsx", Wants({Sheet.TASKS: frozenset()})).value.tasks]
    if not TABLES.exists():
        pytest.skip("../shared/reference is not there")
    tables = json.loads(TABLES.read_text(encoding="utf-8"))
    if source == "fuling":
        return [each["task"] for each in tables["fuling_2023h1"]["rows"]]
    return [each["task"] for part in ("lagging", "normal") for each in tables["shapingba_2022h1"][part]]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("source", ["sample", "shapingba", "fuling"])
def test_what_units_make_of_a_task_never_finds_another_one(source, change):
    texts = _texts(source)
    book = ledger(*texts)
    counts: Counter[str] = Counter()
    for seed in range(3):
        chance = random.Random(f"{source} {seed}")
        rows = tuple(row(change(text, chance)) for text in texts)
        for text, found in zip(texts, match_rows(Return(file="", sha256="", rows=rows), book, NOBODY), strict=True):
            assert found.entry is None or found.entry.text == text, (text, found.row.text, found.score)
            counts["placed" if found.entry else "repeated" if texts.count(text) > 1 else "not"] += 1
    assert counts["placed"] / (counts["placed"] + counts["not"]) >= CHANGES[change]


@pytest.mark.parametrize("source", ["sample", "shapingba", "fuling"])
def test_a_task_that_is_not_in_the_ledger_finds_none(source):
    texts = list(dict.fromkeys(_texts(source)))
    for i, text in enumerate(texts):
        found = match(row(text, given_no="1"), ledger(*texts[:i], *texts[i + 1 :]))
        assert found.entry is None, (text, found.entry and found.entry.text, found.score)


def test_every_row_of_fifty_returns_is_answered():
    chance = random.Random(1)
    texts = [f"{text}，{word}" for word in ("全面推进", "按期完成", "加快实施") for text in _texts("sample")][:400]
    book = ledger(*texts)
    returns = [
        Return(file="", sha256="", rows=tuple(row(_dropped(chance.choice(texts), chance)) for _ in range(30)))
        for _ in range(50)
    ]
    placed = [found for each in returns for found in match_rows(each, book, NOBODY)]
    assert len(placed) == 1500
