"""Laws of comparison on any two contents (比对的规律)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.comparison.letters import changes, seen
from reportgen.comparison.model import Block, Content, Difference, FileKind, Layer, Paragraph, Piece, Setting, Table
from reportgen.comparison.places import Places
from tests.contents_by_hand import FLOW, content, differ, para, table

WORDS = ["区教委", "区民政局", "一、总体情况", "二、下步打算", "已完成49件，占全年的50%。", "已完成50件，占全年的50%。"]
WORDS += ["按照部署，逐项推进，现将情况报告如下。", "附件1", "附件2", "特此报告。"]
WORDS += ["", "1", "2", "é́组合", "𠮷野家𠮷", "　"]
SETTINGS = [
    Setting(face="仿宋", size_pt=16),
    Setting(face="仿宋", size_pt=16.05),
    Setting(face="黑体", size_pt=16, bold=True),
]
LOOKS = [{"对齐": "两端"}, {"对齐": "居中"}, {"对齐": "两端", "首行缩进": 11.3}, {"对齐": "两端", "首行缩进": 11.4}]

texts = st.one_of(st.sampled_from(WORDS), st.text("一二三甲乙丙12Oo０，。 \n\u0301", max_size=8))


@st.composite
def paragraphs(draw: st.DrawFn) -> Paragraph:
    pieces = tuple(Piece(text, draw(st.sampled_from(SETTINGS))) for text in draw(st.lists(texts, max_size=2)) if text)
    return Paragraph(
        pieces=pieces,
        level=draw(st.sampled_from([None, None, 0, 1, 2])),
        look=draw(st.sampled_from(LOOKS)),
        page_break=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    marks: list[list[str | None]] = []
    for r in range(draw(st.integers(1, 5))):
        row: list[str | None] = []
        for c in range(width):
            kind = draw(st.sampled_from("tttt<^"))
            left = kind == "<" and c > 0 and row[c - 1] not in ("^",) and row[c - 1] is not None
            above = kind == "^" and r > 0 and marks[r - 1][c] not in (None,)
            above = above and (c + 1 >= width or marks[r - 1][c + 1] is not None)
            row.append(None if left else "^" if above else draw(texts).replace("^", ""))
        for c in range(width - 1):
            # A cell below another is as wide as that one.
            if row[c] == "^" and row[c + 1] is None:
                row[c + 1] = ""
        marks.append(row)
    made = table(marks, heads=draw(st.integers(0, 1)), setting=draw(st.sampled_from(SETTINGS)))
    return replace(made, widths=tuple(draw(st.sampled_from([20.0, 20.2, 35.0])) for _ in range(width)))


contents = st.lists(st.one_of(paragraphs(), paragraphs(), tables()), max_size=7).map(lambda blocks: content(*blocks))


def rows(block: Block) -> object:
    if isinstance(block, Paragraph):
        return seen(block.text)
    return [[(cell.column, seen(cell.text)) for cell in row] for row in block.rows]


def says(one: Content) -> list[object]:
    """What is read in a content: texts in order, cells by rows; nothing of what is blank."""
    return [rows(block) for block in one.blocks if not isinstance(block, Paragraph) or seen(block.text).strip()]


ANY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@ANY
@given(contents)
def test_a_content_does_not_differ_from_itself(one):
    assert differ(one, replace(one)) == []


@ANY
@given(contents, contents)
def test_equal_texts_have_no_difference_in_text_and_others_have_one(one, two):
    found = differ(one, two, Layer.TEXT)
    if says(one) == says(two):
        assert found == []
    elif "".join(map(letters, one.blocks)) != "".join(map(letters, two.blocks)):
        assert found != []


def letters(block: Block) -> str:
    texts = [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
    return "".join("".join(texts).split())


@ANY
@given(contents, st.data())
def test_one_changed_letter_is_one_difference_of_text(one, data):
    """Whatever stands around it."""
    numbers = [n for n, block in enumerate(one.blocks) if isinstance(block, Paragraph) and len(letters(block)) > 4]
    if not numbers:
        return
    number = data.draw(st.sampled_from(numbers))
    block = one.blocks[number]
    assert isinstance(block, Paragraph)
    piece = block.pieces[-1]
    changed = replace(block, pieces=(*block.pieces[:-1], replace(piece, text=piece.text.rstrip() + "字")))
    two = replace(one, blocks=(*one.blocks[:number], changed, *one.blocks[number + 1 :]))
    found = differ(one, two)
    assert [(each.layer, each.kind) for each in found] == [(Layer.TEXT, "text.changed")]
    assert found[0].first is not None
    assert found[0].second is not None
    assert (found[0].first.block, found[0].second.block) == (number, number)


MIRRORED = {"added": "gone", "gone": "added", "split": "joined", "joined": "split"}


def mirrored(each: Difference) -> tuple[object, ...]:
    family, _, what = each.kind.rpartition(".")
    return each.layer, f"{family}.{MIRRORED.get(what, what)}", each.subject, each.after, each.before


@ANY
@given(contents, contents)
def test_the_other_way_round_what_was_added_is_gone(one, two):
    there = Counter((d.layer, d.kind, d.subject, d.before, d.after) for d in differ(one, two) if ".moved" not in d.kind)
    back = Counter(mirrored(d) for d in differ(two, one) if ".moved" not in d.kind)
    assert there == back


@ANY
@given(contents, contents, st.sampled_from([*FLOW, None]))
def test_every_difference_is_told_and_stands_somewhere(one, two, layer):
    for each in differ(one, two, *([layer] if layer else [])):
        assert each.said.strip()
        assert each.first or each.second
        for spot, held in ((each.first, one), (each.second, two)):
            if spot is not None and spot.block is not None:
                block = held.blocks[spot.block]
                assert spot.cell is None or (isinstance(block, Table) and spot.cell < len(block.cells))
                assert Places(held).words(spot) is not None
        "".join((each.said, each.before, each.after)).encode()


@ANY
@given(contents, contents)
def test_a_pdf_and_a_word_file_of_the_same_text_do_not_differ(one, two):
    full = replace(one, blocks=tuple(b for b in one.blocks if isinstance(b, Table) or b.text.strip()))
    pdf = replace(full, kind=FileKind.PDF, blocks=tuple(map(without_breaks, full.blocks)))
    assert differ(one, pdf, Layer.TEXT, Layer.STRUCTURE) == []
    if says(one) != says(two):
        assert differ(replace(two, kind=FileKind.PDF), one, Layer.TEXT) is not None


def without_breaks(block: Block) -> Block:
    return replace(block, page_break=False) if isinstance(block, Paragraph) else block


@ANY
@given(st.text("一二三12ab \u0301，", max_size=40), st.text("一二三12ab \u0301，", max_size=40))
def test_changes_of_letters_make_the_other_text(first, second):
    made, at = "", 0
    for span in changes(first, second):
        assert first[at : span.begin] == second[len(made) : span.other_begin]
        made += first[at : span.begin] + second[span.other_begin : span.other_end]
        at = span.end
    assert made + first[at:] == second


@pytest.mark.parametrize("layer", [Layer.TEXT, Layer.STRUCTURE, Layer.STYLE])
def test_two_runs_tell_the_same(layer):
    one, two = content("甲段文字", table([["序号", "任务"], ["1", "建园"]])), content(para("乙段", 1), "甲段文字", "丙")
    assert differ(one, two, layer) == differ(one, two, layer)
