"""The review copy (审阅副本): a comment at the exact words; text, look, tables and all other parts as they were."""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pypdfium2 import PdfDocument

from reportgen.confine import LIMITS, confined
from reportgen.issued.kinds import Kind
from reportgen.ledger.files.word import Place, read_word_contents, word_places
from reportgen.problems import InputError
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Manuscript, Role, Row, Spot, Text
from reportgen.proof.review_copy.notes import Note, folded, notes_of
from reportgen.proof.review_copy.word_copy import AUTHOR, review_copy
from reportgen.proof.rules import Rule
from reportgen.review.format_docx import check_docx
from reportgen.styles import Level
from reportgen.word.file import read_word
from reportgen.word.parts import MC, W
from reportgen.word.tables import Table
from reportgen.word.walk import is_there
from tests.builders import styles
from tests.ledger_files import repacked
from tests.libreoffice import laid_out, needs_libreoffice, saved_anew
from tests.samples import made
from tests.test_template_loading import check_message
from tests.word_by_hand import by_a_clerk, rightly
from tests.word_generated import Author
from tests.word_returns import (
    BAD_RETURNS,
    HEAD,
    HIDDEN,
    KIT,
    MARK_GONE,
    NUMBERED,
    BadReturn,
    WordReturn,
    box,
    complex_field,
    gone,
    ins,
    one,
    p,
    run,
    sdt,
    t,
    tbl,
    tc,
    tr,
    word_return,
)

NAME = "报告.docx"


def places(blob: bytes) -> tuple[Place, ...]:
    return word_places(read_word(blob), NAME)


def note(place: Place, start: int = 0, end: int | None = None, *lines: str) -> Note:
    return Note(
        content=place.text,
        start=start,
        end=end,
        lines=lines or ("【错误】规则", "说了什么", "编号：0123abcd"),
        spot=str(place.where),
        is_cell=place.where.sheet is not None,
        place=place.where,
    )


def copied(blob: bytes, notes: Sequence[Note], title: str = "") -> bytes:
    """The copy, which must be as sound and say the same as the file."""
    outcome = review_copy(blob, NAME, notes, title)
    assert outcome.value == review_copy(blob, NAME, notes, title).value
    check_the_same(blob, outcome.value)
    check_marks(outcome.value)
    return outcome.value


def check_the_same(blob: bytes, copy: bytes) -> None:
    assert read_word_contents(copy, NAME).value == read_word_contents(blob, NAME).value
    assert looks(copy) == looks(blob)
    with ZipFile(io.BytesIO(blob)) as old, ZipFile(io.BytesIO(copy)) as new:
        assert new.namelist()[: len(old.namelist())] == old.namelist()
        written = {name for name in new.namelist() if name not in old.namelist() or new.read(name) != old.read(name)}
    declared = {"[Content_Types].xml", "word/_rels/document.xml.rels"}
    assert written <= {"word/document.xml", "word/comments.xml"} | declared


def looks(blob: bytes) -> list[Any]:
    """Every letter with its look, paragraph by paragraph."""

    def of(paragraphs: Any) -> Iterator[Any]:
        for each in paragraphs:
            yield each.look, each.label, [(one, run.letters) for run in each.runs for one in run.text]

    return [
        found
        for section in read_word(blob).sections
        for block in section.blocks
        for found in of(
            (each for row in block.rows for cell in row.cells for each in cell.paragraphs)
            if isinstance(block, Table)
            else (block,)
        )
    ]


def root_of(blob: bytes, part: str = "word/document.xml") -> Any:
    with ZipFile(io.BytesIO(blob)) as archive:
        return etree.fromstring(archive.read(part), etree.XMLParser(remove_comments=True, remove_pis=True))


HOLDERS = {
    W + name for name in ("p", "ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdtContent", "dir", "bdo")
}


def check_marks(blob: bytes) -> None:
    """Each comment has its marks once, in order, where Word allows them; no other program's id twice."""
    root = root_of(blob)
    comments = [each.get(W + "id") for each in root_of(blob, "word/comments.xml")]
    assert len(set(comments)) == len(comments)
    order = {each: number for number, each in enumerate(root.iter())}
    for identity in comments:
        first, last, reference = (
            [each for each in root.iter(W + name) if each.get(W + "id") == identity]
            for name in ("commentRangeStart", "commentRangeEnd", "commentReference")
        )
        if not first:  # a comment of before, by a program that marks its place only
            assert len(reference) == 1
            continue
        assert len(first) == len(last) == len(reference) == 1
        assert order[first[0]] < order[last[0]] < order[reference[0]]
        assert {first[0].getparent().tag, last[0].getparent().tag} <= HOLDERS
        assert reference[0].getparent().tag == W + "r"


def ranges(blob: bytes) -> dict[str, str]:
    """What each comment of ours spans, by the words of the comment."""
    ours = {
        each.get(W + "id"): "".join(each.itertext())
        for each in root_of(blob, "word/comments.xml")
        if each.get(W + "author") == AUTHOR
    }
    open_ones: dict[str, str] = {}
    found: dict[str, str] = {}
    for each in root_of(blob).iter():
        identity = each.get(W + "id")
        if each.tag == W + "commentRangeStart" and identity in ours:
            open_ones[identity] = ""
        elif each.tag == W + "commentRangeEnd" and identity in ours:
            found[ours[identity]] = open_ones.pop(identity)
        elif each.tag == W + "t" and is_there(each):
            open_ones = {name: text + (each.text or "") for name, text in open_ones.items()}
    return found


# ---- our own report


@pytest.fixture(scope="module")
def report() -> bytes:
    """The report of the sample."""
    return made()[".docx"]


def by_chance(blob: bytes, seed: int) -> dict[str, Note]:
    """A note for each place of the file, at words by chance."""
    chance = Random(seed)
    found = {}
    for number, place in enumerate(places(blob)):
        start = chance.randrange(len(place.text) + 1)
        end = chance.randrange(start, len(place.text) + 1)
        found[f"批注{number}。"] = note(place, start, end, f"批注{number}。")
    return found


def test_every_paragraph_and_cell_of_the_sample_takes_a_comment_at_any_words(report: bytes) -> None:
    notes = by_chance(report, 1)
    assert len(notes) > 700
    copy = copied(report, list(notes.values()))
    assert {words: folded(text) for words, text in ranges(copy).items()} == {
        words: folded(each.quote) for words, each in notes.items()
    }


def test_python_docx_reads_the_comments_with_their_author_and_without_a_clock(report: bytes) -> None:
    place = places(report)[2]
    copy = copied(report, [note(place, 3, 9)])
    (comment,) = docx.Document(io.BytesIO(copy)).comments
    assert (comment.author, comment.initials, comment.timestamp) == ("校核", "校", None)
    assert comment.text == "【错误】规则\n说了什么\n编号：0123abcd"


@pytest.mark.campaign
def test_the_format_check_finds_in_the_copy_what_it_finds_in_the_file(report: bytes) -> None:
    def found(blob: bytes) -> list[tuple[Any, ...]]:
        # How many runs a fault has is no part of it: a comment cuts them.
        told = check_docx(blob, styles()).findings
        return [(each.rule, re.sub("等[0-9]+处", "", each.place.spot), each.what, each.found) for each in told]

    for blob, faults in ((report, 0), (rightly(), 0), (by_a_clerk(), 10)):
        assert len(found(blob)) >= faults
        assert found(copied(blob, list(by_chance(blob, 3).values()))) == found(blob)


def test_without_notes_the_copy_is_the_file_itself(report: bytes) -> None:
    assert review_copy(report, NAME, []).value == report


@needs_libreoffice
def test_libreoffice_sees_the_comments_at_their_words_and_lays_out_the_copy_as_the_file(report: bytes) -> None:
    # LibreOffice takes its time for each.
    notes = list(by_chance(report, 4).values())[::9]
    # It saves a comment on no words without the range that is none.
    hand = {words: each for words, each in by_chance(rightly(), 4).items() if folded(each.quote)}
    known = {words: folded(text) for words, text in ranges(saved_anew(copied(rightly(), list(hand.values())))).items()}
    assert known == {words: folded(each.quote) for words, each in hand.items()}
    with PdfDocument(laid_out(report)) as old, PdfDocument(laid_out(copied(report, notes))) as new:
        assert len(new) == len(old)


# ---- hand-made and odd files


@pytest.mark.row("D2")
@pytest.mark.parametrize("odd", KIT, ids=lambda odd: odd.name)
def test_an_odd_file_takes_comments_and_stays_what_it_is(odd: WordReturn) -> None:
    blob = odd.make()
    found = places(blob)
    notes = [note(place, start, end) for place in found for start, end in spans_of(place.text)]
    with ZipFile(io.BytesIO(blob)) as archive:
        before = len(root_of(blob, "word/comments.xml")) if "word/comments.xml" in archive.namelist() else 0
    copy = copied(blob, notes)
    assert len(root_of(copy, "word/comments.xml")) == before + len(notes)


def spans_of(text: str) -> Iterator[tuple[int, int]]:
    yield 0, len(text)
    yield from ((at, at + 1) for at in range(len(text)))
    yield len(text), len(text)


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(n, marks=pytest.mark.campaign) for n in range(8, 25))])
def test_in_files_by_chance_each_letter_that_is_read_can_be_marked_alone(seed: int) -> None:
    blob = Author(seed).file()
    notes = {}
    for place in places(blob):
        for at, letter in enumerate(place.text):
            if "\u3400" <= letter <= "\u9fff" and letter not in notes:
                notes[letter] = note(place, at, at + 1, f"字{letter}")
    copy = copied(blob, list(notes.values())) if notes else blob
    found = ranges(copy) if notes else {}
    assert set(found) == {f"字{letter}" for letter in notes}
    for letter in notes:
        assert letter in found[f"字{letter}"]
    elements = {each.text: each for each in root_of(blob).iter(W + "t") if is_there(each)}
    for letter in notes:
        # Fields, reading aids, and what other programs see otherwise are marked as one.
        around = {each.tag for each in elements[letter].iterancestors()}
        assert found[f"字{letter}"] == letter or around & AS_ONE


AS_ONE = {W + "fldSimple", W + "ruby", MC + "AlternateContent"}
CUT = p(t("完成率", "<w:b/>"), t("为4", "<w:b/>"), t("3.2%"), t("，同比", "<w:i/>"), t("提高。"))
ODD = {
    "runs cut anywhere": (CUT, "43.2%", "43.2%"),
    "inside one run": (p("完成率为43.2%，同比提高。"), "43.2%", "43.2%"),
    "the whole": (p("完成率"), "完成率", "完成率"),
    "a link": (p("完成", f'<w:hyperlink r:id="no">{t("率为43")}</w:hyperlink>', ".2%。"), "为43.2", "为43.2"),
    "an insertion": (p("完成率为", gone("50"), ins(t("43.2")), "%。"), "为43.2%", "为43.2%"),
    "a control": (p("完成率为", sdt(t("43.2%")), "。"), "43.2%", "43.2%"),
    "part of a control": (p("完成率为", sdt(t("约43.2%整")), "。"), "43.2%", "43.2%"),
    "a field's result": (p("完成率为", complex_field("X", t("43.2%")), "。"), "43.2", "43.2"),
    "a simple field": (p("率", f'<w:fldSimple w:instr="X">{t("43.2%")}</w:fldSimple>', "。"), "43.2", "43.2%"),
    "with a tab": (p(run("<w:t>完成率</w:t><w:tab/><w:t>43.2%</w:t>")), "率\t43", "率43"),
    "two paragraphs joined": (p("完成率", ppr=MARK_GONE) + p("为43.2%"), "率为43", "率为43"),
    "numbered": (p("完成率为43.2%", ppr=NUMBERED), "43.2%", "43.2%"),
    "beside hidden words": (p("完成", t("不报", HIDDEN), "率"), "成率", "成不报率"),
}


@pytest.mark.parametrize("name", ODD)
def test_the_comment_spans_just_the_words(name: str) -> None:
    body, words, spanned = ODD[name]
    blob = word_return(body + one("已开工"))
    place = places(blob)[0]
    start = place.text.index(words)
    assert ranges(copied(blob, [note(place, start, start + len(words), "它。")])) == {"它。": spanned}


def test_a_cell_of_several_paragraphs_is_marked_across_them() -> None:
    blob = word_return(one(tc(p("一季度建成2个"), p("二季度建成3个"))))
    place = places(blob)[-1]
    start, end = place.text.index("2"), place.text.index("季度建成3") + 5
    assert ranges(copied(blob, [note(place, start, end, "它。")])) == {"它。": "2个二季度建成3"}


def test_a_comment_in_a_table_in_a_cell_stays_in_its_cell() -> None:
    blob = word_return(one(tc(tbl(tr("时间", "进展"), tr("7月", "已开工")))))
    place = places(blob)[-1]
    assert ranges(copied(blob, [note(place, 0, None, "它。")])) == {"它。": "时间"}


def test_comments_may_overlap_begin_and_end_together() -> None:
    blob = word_return(p("完成率为43.2%，同比提高。") + one("已开工"))
    place = places(blob)[0]
    spans = [(0, 9), (4, 9), (4, 14), (0, 14), (6, 7), (4, 9)]
    notes = [note(place, *span, f"第{number}条。") for number, span in enumerate(spans)]
    copy = copied(blob, notes)
    assert ranges(copy) == {f"第{number}条。": place.text[slice(*span)] for number, span in enumerate(spans)}


def test_an_empty_cell_takes_a_comment() -> None:
    blob = word_return(tbl(HEAD, tr("1", "建公园", "")))
    place = places(blob)[-1]
    assert place.text == ""
    copy = copied(blob, [note(place)])
    cell = next(root_of(copy).iter(W + "commentReference")).iterancestors(W + "tc")
    assert next(cell) is not None
    assert review_copy(blob, NAME, [note(place)]).problems == ()


def test_comments_of_others_stay_and_the_numbers_go_on() -> None:
    theirs = run('<w:commentReference w:id="7"/>')
    body = p('<w:commentRangeStart w:id="7"/>', "已开工", '<w:commentRangeEnd w:id="7"/>', theirs)
    blob = word_return(body, {"comments": f'<w:comment w:id="7" w:author="某">{p("请核实")}</w:comment>'})
    copy = copied(blob, [note(places(blob)[0], 0, 2), note(places(blob)[0], 1, 3)])
    found = [(each.comment_id, each.author) for each in docx.Document(io.BytesIO(copy)).comments]
    assert found == [(7, "某"), (8, AUTHOR), (9, AUTHOR)]
    with ZipFile(io.BytesIO(copy)) as archive:
        assert archive.read("[Content_Types].xml").count(b"comments.xml") == 1


@pytest.mark.parametrize("number", ["2147483647", "99999999999", "-3", "x"])
def test_absurd_numbers_of_comments_are_no_obstacle(number: str) -> None:
    body = p("已开工", run(f'<w:commentReference w:id="{number}"/>'))
    blob = word_return(body, {"comments": f'<w:comment w:id="{number}" w:author="某">{p("请核实")}</w:comment>'})
    copy = copied(blob, [note(places(blob)[0], 0, 2)])
    ours = [each.get(W + "id") for each in root_of(copy, "word/comments.xml") if each.get(W + "author") == AUTHOR]
    assert ours == ["0"]


def test_any_letters_may_stand_in_a_comment() -> None:
    blob = word_return(p("已开工"))
    words = "<w:t>&amp;]]>\x00\ud800\ufffe\t\n“引”😀"
    (said,) = ranges(copied(blob, [note(places(blob)[0], 0, 1, words)]))
    assert said == "<w:t>&amp;]]>��� “引”😀"


@pytest.mark.parametrize("bad", BAD_RETURNS, ids=lambda bad: bad.name)
def test_a_bad_file_gets_no_copy_but_is_refused_as_by_its_reader(bad: BadReturn) -> None:
    if bad.code == "file.no-text":  # it shows nothing, and takes comments all the same
        return
    with pytest.raises(InputError) as fault:
        review_copy(bad.make(), bad.name, [Note(content="x", lines=("x",))])
    assert fault.value.problems[0].code == bad.code


def shaken(data: bytes, chance: Random) -> bytes:
    """A part with some of its elements gone, twice there, elsewhere, of another name or with absurd values."""
    root: Any = etree.fromstring(data)
    for _ in range(chance.randint(1, 5)):
        elements = list(root.iter())[1:]
        if not elements:
            break
        one, other = chance.choice(elements), chance.choice(elements)
        match chance.randrange(5):
            case 0 if len(elements) > 2:
                one.getparent().remove(one)
            case 1:
                one.addnext(deepcopy(one))
            case 2:
                one.append(deepcopy(other))
            case 3 if one.attrib:
                one.set(chance.choice(list(one.attrib)), chance.choice(["", "x", "-1", "99999999999", "../x.xml"]))
            case _:
                one.tag = other.tag
    blob: bytes = etree.tostring(root)
    return blob


def test_files_shaken_at_random_are_copied_or_refused_and_never_changed() -> None:
    chance = Random("shaken")
    begun = p("报告", complex_field("X", t("结果")), run('<w:commentReference w:id="0"/>'))
    whole = word_return(begun + THREE, {"comments": f'<w:comment w:id="0">{p("请核实")}</w:comment>'})
    told = ["word/document.xml", "word/comments.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"]
    ends = Counter[str]()
    for number in range(200):
        part = told[number % 8 // 2 if number % 2 else 0]

        def edit(name: str, data: bytes, part: str = part) -> bytes:
            return shaken(data, chance) if name == part else data

        blob = repacked(whole, edit)
        try:
            before = read_word_contents(blob, NAME).value
            notes = [note(place, 0, 2) for place in places(blob)]
            copy = review_copy(blob, NAME, [*notes, Note(content="没有的字句", lines=("它。",))]).value
        except InputError:
            ends["refused"] += 1
            continue
        ends["copied"] += 1
        assert read_word_contents(copy, NAME).value == before
    assert ends["copied"] > 150


def test_a_copy_is_made_in_a_process_of_its_own() -> None:
    blob = word_return(p("已开工"))
    notes = [note(places(blob)[0], 0, 1)]
    assert confined(NAME, LIMITS, review_copy, blob, NAME, notes) == review_copy(blob, NAME, notes)


# ---- places that are not known from the file


def unplaced(each: Note, **changes: Any) -> Note:
    return replace(each, place=None, **changes)


def rows_of(blob: bytes, each: str) -> list[str]:
    """The texts of the cells of the row in which the comment that says so stands."""
    ours = next(
        comment.get(W + "id") for comment in root_of(blob, "word/comments.xml") if each in "".join(comment.itertext())
    )
    mark = next(found for found in root_of(blob).iter(W + "commentRangeStart") if found.get(W + "id") == ours)
    rows = next(mark.iterancestors(W + "tr"), None)
    return [] if rows is None else ["".join(cell.itertext()) for cell in rows.iter(W + "tc")]


THREE = tbl(
    HEAD,
    tr("1", "建公园", "正常推进"),
    tr("2", "建学校", "正常推进"),
    tr("3", "建桥梁", "正常推进"),
)


def test_cells_that_say_the_same_are_told_apart_by_their_rows() -> None:
    blob = word_return(p("报告") + THREE)
    for number, task in (("1", "建公园"), ("2", "建学校"), ("3", "建桥梁")):
        for beside in ((task,), (number, task), (task, "区教委")):
            each = Note(content="正常推进", start=0, end=2, lines=("它。",), is_cell=True, beside=beside)
            copy = copied(blob, [each])
            assert rows_of(copy, "它。") == [number, task, "正常推进"]
            assert ranges(copy) == {"它。": "正常"}


def test_texts_alike_in_everything_are_told_apart_by_their_order() -> None:
    twice = (tr("1", "建公园", "已开工"), tr("1", "建公园", "已开工"))
    blob = word_return(p("同上。") + p("同上。") + tbl(HEAD, *twice))
    paragraphs = [Note(content="同上。", lines=(f"段{turn}。",), turn=turn) for turn in (0, 1)]
    cells = [
        Note(content="已开工", lines=(f"格{turn}。",), turn=turn, is_cell=True, beside=("1", "建公园"))
        for turn in (0, 1)
    ]
    root = root_of(copied(blob, [*paragraphs, *cells]))
    order = [each.getparent() for each in root.iter(W + "commentRangeStart")]
    assert len(set(order)) == 4


def test_an_empty_cell_is_found_by_its_row() -> None:
    blob = word_return(tbl(HEAD, tr("1", "建公园", ""), tr("2", "建学校", "")))
    each = Note(content="", lines=("它。",), is_cell=True, beside=("建学校",))
    outcome = review_copy(blob, NAME, [each])
    assert outcome.problems == ()
    assert rows_of(outcome.value, "它。") == ["2", "建学校", ""]


def test_what_stands_in_the_text_in_other_company_is_found_there() -> None:
    body = "（一）建公园。截至6月底，完成率为43.2%，进度滞后。下一步加快建设。"
    blob = word_return(p("报告") + p(body) + THREE)
    phrase = Note(content="截至6月底，完成率为43.2%，进度滞后。", start=10, end=15, lines=("它。",), is_cell=True)
    assert phrase.quote == "43.2%"
    assert ranges(copied(blob, [phrase])) == {"它。": "43.2%"}
    sentence = Note(content="另有话。" + phrase.content + "再有话。", start=14, end=19, lines=("它。",))
    assert ranges(copied(blob, [sentence])) == {"它。": "43.2%"}


def test_what_is_nowhere_stands_at_its_row_else_at_the_title_says_where_it_belongs_and_is_counted() -> None:
    blob = word_return(p("文头") + p("某区督查报告") + THREE + p("文尾", box("框内的文字")))
    row_known = Note(
        content="框内的文字不在格里",
        end=4,
        lines=("甲。",),
        spot="台账第3行「报告用语」",
        is_cell=True,
        beside=("建学校",),
    )
    nothing_known = Note(content="别处的字句", lines=("乙。",), spot="别处")
    outcome = review_copy(blob, NAME, [row_known, nothing_known], "某区督查报告")
    check_the_same(blob, outcome.value)
    check_marks(outcome.value)
    assert rows_of(outcome.value, "甲。") == ["2", "建学校", "正常推进"]
    (told,) = outcome.problems
    assert told.code == "review.comment-moved"
    assert told.what.startswith("有 2 条批注")
    assert "台账第3行「报告用语」；别处" in told.what
    check_message(told)
    words = ["".join(each.itertext()) for each in root_of(outcome.value, "word/comments.xml")]
    assert "原处：台账第3行「报告用语」「框内的文」" in words[0]
    last = list(root_of(outcome.value).iter(W + "commentRangeStart"))
    assert ["".join(each.getparent().itertext()) for each in last] == ["某区督查报告", "建学校"]


@pytest.mark.parametrize("body", ["<w:p/>", tbl(tr("", "")), ""])
def test_a_file_that_shows_nothing_takes_comments_all_the_same(body: str) -> None:
    blob = word_return(body)
    outcome = review_copy(blob, NAME, [Note(content="字句", lines=("它。",), spot="别处")])
    check_marks(outcome.value)
    assert outcome.problems[0].code == "review.comment-moved"
    assert len(root_of(outcome.value, "word/comments.xml")) == 1


# ---- findings as notes


def cell_text(content: str, field: str) -> Text:
    return Text(content=content, spot=Spot(words=f"附件1「{field}」"), role=Role.CELL, field=field)


def task_row(*contents: str) -> Row:
    names = ("given_no", "text", "progress")
    return Row(texts={name: cell_text(content, name) for name, content in zip(names, contents, strict=True)})


def test_the_other_places_of_a_finding_have_a_comment_too_that_points_to_the_first() -> None:
    blob = word_return(p("外贸增长10%。") + tbl(HEAD, tr("1", "稳外贸", "增长9.7%"), tr("2", "稳外资", "增长9.7%")))
    told = Text(content="外贸增长10%。", spot=Spot(words="正文第1段"), role=Role.PARAGRAPH)
    rows = (task_row("1", "稳外贸", "增长9.7%"), task_row("2", "稳外资", "增长9.7%"))
    listing = Listing(name="附件1", kind=None, rows=rows, fields=("given_no", "text", "progress"))
    manuscript = Manuscript(file=NAME, texts=(told,), listings=(listing,))
    finding = Finding(
        rule=Rule.VALUE_DIFFERS,
        level=Level.ERROR,
        what="外贸一处为 10%，一处为 9.7%",
        fix="核对后改成一致",
        marks=(Mark(text=told, start=4, end=7), Mark(text=rows[1].texts["progress"], start=2, end=6)),
    )
    notes = notes_of([finding], [manuscript], {Rule.VALUE_DIFFERS: "同一指标两个数值"}, NAME)
    copy = copied(blob, notes)
    first, second = ("".join(each.itertext()) for each in root_of(copy, "word/comments.xml"))
    assert ranges(copy) == {first: "10%", second: "9.7%"}
    assert first == (
        "【错误】同一指标两个数值外贸一处为 10%，一处为 9.7%建议：核对后改成一致"
        f"对照：附件1「progress」「9.7%」编号：{finding.key}"
    )
    assert second.startswith("【错误】同一指标两个数值：与另一处对照")
    assert f"另一处：正文第1段「10%」编号：{finding.key}" in second
    assert rows_of(copy, "另一处") == ["2", "稳外资", "增长9.7%"]


def test_a_finding_about_one_text_is_one_comment() -> None:
    told = Text(content="①立项。③开工。", spot=Spot(words="正文第1段"), role=Role.PARAGRAPH)
    marks = (Mark(text=told, start=4, end=5), Mark(text=told, start=0, end=1))
    finding = Finding(rule=Rule.ENUMERATION_GAP, level=Level.ERROR, what="缺②", fix="补上", marks=marks)
    (only,) = notes_of([finding], [Manuscript(file=NAME, texts=(told,))], {}, NAME)
    assert only.quote == "③"
    assert "同一段里还有：「①」" in only.lines


def test_what_stands_beside_in_the_row_gets_no_comment_of_its_own() -> None:
    def cell(field: str, content: str) -> Text:
        return Text(content=content, spot=Spot(words=field), role=Role.CELL, field=field)

    rows = [Row(texts={name: cell(name, f"{name}{n}") for name in ("text", "progress", "phrase")}) for n in (1, 2)]
    listed = Listing(name="附件1", kind=Kind.TASKS, rows=tuple(rows), fields=("text", "progress", "phrase"))
    paper = [Manuscript(file=NAME, listings=(listed,))]
    texts = [row.texts[name] for name in ("text", "progress", "phrase") for row in rows]
    marks = tuple(Mark(text=text) for text in texts)
    finding = Finding(rule=Rule.TASK_REPEATED, level=Level.ERROR, what="重复", fix="删去", marks=marks)
    noted = notes_of([finding], paper, {}, NAME)
    assert [each.content for each in noted] == ["text1", "text2", "phrase1", "phrase2"]
    assert [line for line in noted[0].lines if line.startswith("对照")] == [
        "对照：text「text2」", "对照：phrase「phrase1」", "对照：phrase「phrase2」",
    ]  # fmt: skip


@given(st.data())
def test_a_text_of_any_letters_is_marked_at_any_words(data: st.DataObject) -> None:
    letters = st.sampled_from("甲乙1% \u3000。，\u200bA")
    runs = data.draw(st.lists(st.text(letters, min_size=1, max_size=5), min_size=1, max_size=5))
    blob = word_return(p("头", *(t(each) for each in runs)))
    place = places(blob)[0]
    start = data.draw(st.integers(0, len(place.text)))
    end = data.draw(st.integers(start, len(place.text)))
    copy = copied(blob, [note(place, start, end, "它。")])
    assert folded(ranges(copy)["它。"]) == folded(place.text[start:end])


@pytest.mark.campaign
def test_three_thousand_rows_take_hundreds_of_comments_in_seconds() -> None:
    rows = [tr(str(number), f"任务{number}", "正常推进") for number in range(3_000)]
    blob = word_return(p("报告") + tbl(HEAD, *rows))
    notes = [
        Note(content="正常推进", lines=("它。",), is_cell=True, beside=(str(number), f"任务{number}"))
        for number in range(0, 3_000, 9)
    ]
    begun = time.process_time()
    outcome = review_copy(blob, NAME, notes)
    assert time.process_time() - begun < 10
    assert outcome.problems == ()
    marked = [each.iterancestors(W + "tr") for each in root_of(outcome.value).iter(W + "commentRangeStart")]
    assert [next(next(each).iter(W + "t")).text for each in marked] == [str(number) for number in range(0, 3_000, 9)]
