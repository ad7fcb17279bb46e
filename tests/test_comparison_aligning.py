"""Which paragraph, row and column belongs to which (对位), and that it takes seconds whatever is compared."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from reportgen.comparison.counterparts.aligning import Item, align, common, rising
from reportgen.comparison.counterparts.grids import grid_of
from reportgen.comparison.counterparts.paired_tables import pair_tables
from reportgen.comparison.letters import changes, ordinal_of, unseen_change
from reportgen.comparison.model import Content, Layer, Table
from tests.contents_by_hand import content, differ, para, table

HEAD = ["序号", "工作任务", "责任单位", "进展情况"]


def items(*texts: str) -> list[Item]:
    return [Item(keys=(text, text), text=text, marks=(text,)) for text in texts]


def test_one_inserted_among_many_is_one() -> None:
    texts = [f"第{n}项" for n in range(10_000)]
    found = align(items(*texts), items(*texts[:5000], "新的一项任务", *texts[5000:]))
    assert (found.gone, found.added, found.moved) == ((), (5000,), ())
    assert found.pairs[5000] == (5000, 5001)


def test_what_was_reworded_is_paired_with_what_is_most_alike() -> None:
    old = ["建成竹岭中学并投用", "新增公共停车泊位三千个", "石渡港集装箱吞吐量达标"]
    new = ["新增公共停车泊位四千个", "石渡港集装箱吞吐量全面达标", "完成社会福利院迁建"]
    assert align(items(*old), items(*new)).pairs == ((1, 0), (2, 1))


def test_one_text_in_the_place_of_one_other_is_that_text_changed() -> None:
    found = align(items("甲", "区教委", "乙"), items("甲", "完全不同的文字内容", "乙"))
    assert found.pairs == ((0, 0), (1, 1), (2, 2))


def test_what_stands_elsewhere_word_for_word_is_moved_and_not_changed() -> None:
    texts = [f"{name}有关工作按照时间节点有序推进情况" for name in ("教育", "民政", "水利", "交通", "文旅")]
    swapped = [texts[n] for n in (0, 3, 2, 1, 4)]
    found = align(items(*texts), items(*swapped))
    assert set(found.moved) | set(found.pairs) == {(0, 0), (1, 3), (2, 2), (3, 1), (4, 4)}
    assert (found.gone, found.added) == ((), ())


def test_it_is_the_same_from_the_other_side() -> None:
    chance = random.Random(7)
    for _ in range(200):
        one, two = (
            items(*(chance.choice(["甲", "乙", "丙", "", "丁丁"]) for _ in range(chance.randrange(9)))) for _ in "ab"
        )
        assert align(two, one) == align(one, two).mirrored()


def test_a_longest_common_subsequence_and_rising_numbers() -> None:
    assert common("甲乙丙丁戊", "甲丙乙丁己") in ([(0, 0), (1, 2), (3, 3)], [(0, 0), (2, 1), (3, 3)])
    assert rising([(0, 5), (1, 1), (2, 2), (3, 9), (4, 3)]) == [(1, 1), (2, 2), (4, 3)]
    assert rising([]) == []


def test_too_many_to_be_held_against_each_other_are_told_as_gone_and_added() -> None:
    chance = random.Random(3)
    one, two = ([f"{chance.random()}" for _ in range(3000)] for _ in "ab")
    found = align(items(*one), items(*two))
    assert found.coarse
    assert len(found.gone) == len(found.added) == 3000


# ---- tables


def columns(one: Sequence[Sequence[str | None]], two: Sequence[Sequence[str | None]]) -> tuple[tuple[int, int], ...]:
    return pair_tables(*(grid_of([0], [table(rows)]) for rows in (one, two))).columns


def body(rows: int) -> list[list[str | None]]:
    units = ["区教委", "区民政局", "区水利局", "区交通局"]
    return [[str(n + 1), f"第{n}项任务", units[n % 4], f"已完成{n * 7}件"] for n in range(rows)]


def test_columns_are_known_by_their_heads_and_by_what_stands_under_them() -> None:
    rows = body(6)
    assert columns([HEAD, *rows], [HEAD, *rows]) == ((0, 0), (1, 1), (2, 2), (3, 3))
    every: list[list[str | None]] = [[*HEAD], *rows]
    swapped = [[row[0], row[2], row[1], row[3]] for row in every]
    assert columns([HEAD, *rows], swapped) == ((0, 0), (1, 2), (2, 1), (3, 3))
    named: list[list[str | None]] = [["序号", "任务内容", "单位", "落实进度"], *rows]
    assert columns([HEAD, *rows], named) == ((0, 0), (1, 1), (2, 2), (3, 3))
    without = [[row[0], row[1], row[3]] for row in every]
    assert columns([HEAD, *rows], without) == ((0, 0), (1, 1), (3, 2))


def test_a_cell_over_several_rows_is_one_cell_though_a_row_came_in_between() -> None:
    rows = [["类别", "任务"], ["教育", "建成中学"], ["^", "建成小学"], ["民政", "建养老院"]]
    more = [*rows[:3], ["^", "改造幼儿园三所"], rows[3]]
    pair = pair_tables(*(grid_of([0], [table(each)]) for each in (rows, more)))
    assert pair.rows.added == (3,)
    assert pair.regions == ()


def test_the_first_row_of_a_category_may_go() -> None:
    rows = [["类别", "任务"], ["教育", "建成中学"], ["^", "建成小学"], ["民政", "建养老院"]]
    fewer = [rows[0], ["教育", "建成小学"], rows[3]]
    pair = pair_tables(*(grid_of([0], [table(each)]) for each in (rows, fewer)))
    assert pair.rows.gone == (1,)
    assert pair.regions == ()


# ---- letters


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("已完成49件。", "已完成50件。", [("49", "50")]),
        ("已完成149件。", "已完成159件。", [("149", "159")]),
        ("增长5.6%", "增长5.7%", [("5.6%", "5.7%")]),
        ("正常推进", "已正常推进", [("", "已")]),
        ("甲e\u0301乙", "甲e\u0300乙", [("e\u0301", "e\u0300")]),
        ("甲👨\u200d👩\u200d👧乙", "甲👨\u200d👩\u200d👦乙", [("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👦")]),
        ("同", "同", []),
    ],
)
def test_changes_are_of_whole_letters_and_whole_figures(before, after, expected) -> None:
    assert [(before[s.begin : s.end], after[s.other_begin : s.other_end]) for s in changes(before, after)] == expected


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", " ", "多一个空格"),
        ("  ", "", "少两个空格"),
        (" ", "\u3000", "空格改为全角空格"),
        ("", "\n", "多一处换行"),
        ("", "\u200b", "多一个零宽空格"),
        (",", "，", "半角「,」改为全角「，」"),
        ("0", "O", "数字0改为字母O"),
        ("己", "已", "「己」改为「已」"),
        ("A", "А", "字母A改为西里尔字母А"),
        ("—", "-", "破折号改为连字符"),
        ("49", "50", ""),
    ],
)
def test_what_the_eye_does_not_see_is_named(before, after, said) -> None:
    assert unseen_change(before, after) == said


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("一、总体情况", "一、"),
        ("（十二）下步打算", "（十二）"),
        ("3.新建公园", "3."),
        ("①新增企业", "①"),
        ("第三章　附则", "第三章"),
        ("1.5倍", ""),
        ("3.5%的企业", ""),
        ("一般公共预算", ""),
    ],
)
def test_ordinals_before_a_text(text, ordinal) -> None:
    assert ordinal_of(text)[0] == ordinal


# ---- speed


def long_table(rows: int, change=lambda n: False) -> Content:
    made = [
        [
            str(n + 1),
            f"推动第{n * 7}号园区建设",
            f"区第{n % 37}局",
            f"已办理第{n * 7}批、{n * 3}件{'了' if change(n) else ''}。",
        ]
        for n in range(rows)
    ]
    return content("正文。", para("附件1"), table([HEAD, *made]))


LONG = (1_000, pytest.param(10_000, marks=pytest.mark.campaign))


@pytest.mark.parametrize("rows", LONG)
@pytest.mark.parametrize("every", [100, 1])
def test_changes_in_a_long_table_are_one_for_each_row(rows, every) -> None:
    before = time.process_time()
    found = differ(long_table(rows), long_table(rows, lambda n: n % every == 0))
    assert time.process_time() - before < 30
    count = rows // every
    assert [(each.layer, each.kind) for each in found] == [(Layer.TEXT, "text.changed")] * count


@pytest.mark.parametrize("count", LONG)
def test_a_row_inserted_among_many_whose_ordinals_shift_is_two_differences(count) -> None:
    after, half = long_table(count), count // 2
    shown = after.blocks[-1]
    assert isinstance(shown, Table)
    rows: list[list[str | None]] = [[cell.text for cell in row] for row in shown.rows]
    rows.insert(half + 1, ["", "新任务", "区某局", "无进展"])
    for n, row in enumerate(rows[1:]):
        row[0] = str(n + 1)
    found = differ(long_table(count), content(*after.blocks[:-1], table(rows)))
    assert [each.said for each in found] == [
        f"附件1 第{half + 1}行：增加一行“{half + 1}｜新任务｜区某局｜无进展”",
        f"附件1 第{half + 2}行起：序号顺延，“{half + 1}” → “{half + 2}”等{half}行",
    ]


@pytest.mark.parametrize("ordinals", [True, False])
def test_a_form_of_a_thousand_equal_rows_gets_one_more(ordinals) -> None:
    def form(count: int) -> Content:
        return content(table([HEAD, *([str(n + 1) if ordinals else "", "", "", ""] for n in range(count))]))

    assert [each.kind for each in differ(form(1000), form(1001))] == ["row.added"]
    assert [each.kind for each in differ(form(1001), form(1000))] == ["row.gone"]


def strange(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(40)) for _ in range(count)]


def test_documents_that_have_nothing_in_common_are_told_at_once_and_so_is_that_it_was_not_looked_at_closely() -> None:
    started = time.process_time()
    found = differ(content(*strange(10_000, 1)), content(*strange(10_000, 2)))
    assert time.process_time() - started < 30
    assert [each.kind for each in found] == ["paragraph.gone", "paragraph.added"]
    assert all("未逐处对照" in each.said for each in found)


def test_paragraphs_of_a_hundred_thousand_letters_are_compared() -> None:
    one, two = ("".join(strange(3000, seed)) for seed in (1, 2))
    started = time.process_time()
    assert len(differ(content(one), content(two), Layer.TEXT)) == 1
    assert len(differ(content(one), content(f"{one[:50_000]}改{one[50_000:]}"), Layer.TEXT)) == 1
    assert time.process_time() - started < 20
