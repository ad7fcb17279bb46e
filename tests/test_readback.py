"""Read-back (回读): finished files say what their tree says, and the readers notice what a writer would lose."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.document import Block, Document, Imprint, Letterhead, LetterheadForm, Orientation, Row, Signature, Table
from reportgen.generate import Request, generate
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import Kind, PageFacts, Piece, joined, pdf_faces, pdf_pages, plain, read_pdf
from reportgen.styles import POINTS_PER_MM
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.html import write_html
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf import write_pdf
from tests.builders import (
    AWKWARD,
    LONG_TOKEN,
    SAMPLE,
    bulletin,
    cell,
    document,
    everything,
    h,
    imprint,
    letter,
    letterhead,
    p,
    row,
    section,
    sentences,
    small,
    styles,
    table,
)

STYLES = styles()
# The joint mark of `everything()` is as big as the type area allows.
JOINT_MARK_PT = 38.0
OTHER_FORMS: Mapping[str, Document] = {"letter": letter(), "bulletin": bulletin(), "small": small()}
T = TypeVar("T")


@cache
def files_of_everything() -> Mapping[str, bytes]:
    return {name: write(everything()) for name, write in WRITE.items()}


@cache
def files_of_the_sample() -> Mapping[str, bytes]:
    delivery = generate(Request(SAMPLE, formats=("docx", "html", "pdf", "txt")))
    return {name.rpartition(".")[2]: blob for name, blob in delivery.files.items()}


def docx_blob(tree: Document) -> bytes:
    return write_docx(tree, STYLES).value


def html_blob(tree: Document) -> bytes:
    return write_html(tree, STYLES).value


def pdf_blob(tree: Document) -> bytes:
    return write_pdf(tree, STYLES, find_fonts({})).value


WRITE: Mapping[str, Callable[[Document], bytes]] = {"docx": docx_blob, "html": html_blob, "pdf": pdf_blob}
READ: Mapping[str, Callable[[bytes], list[str]]] = {"docx": read_docx, "html": read_html}


def said_by_pdf(blob: bytes, lines: list[str]) -> list[Piece]:
    return joined(read_pdf(blob), plain(lines))


class TestNothingIsLost:
    @pytest.mark.parametrize("name", READ)
    def test_a_file_of_everything_says_what_its_tree_says(self, name: str) -> None:
        assert READ[name](files_of_everything()[name]) == outline_lines(everything())

    def test_a_pdf_of_everything_says_what_its_tree_says(self) -> None:
        lines = outline_lines(everything())
        assert said_by_pdf(files_of_everything()["pdf"], lines) == plain(lines)

    @pytest.mark.parametrize("form", OTHER_FORMS)
    @pytest.mark.parametrize("name", READ)
    def test_a_file_of_another_form_says_what_its_tree_says(self, name: str, form: str) -> None:
        assert READ[name](WRITE[name](OTHER_FORMS[form])) == outline_lines(OTHER_FORMS[form])

    @pytest.mark.parametrize("form", OTHER_FORMS)
    def test_a_pdf_of_another_form_says_what_its_tree_says(self, form: str) -> None:
        lines = outline_lines(OTHER_FORMS[form])
        assert said_by_pdf(pdf_blob(OTHER_FORMS[form]), lines) == plain(lines)

    @pytest.mark.parametrize("name", READ)
    def test_a_file_of_the_sample_says_what_its_tree_says(self, name: str) -> None:
        files = files_of_the_sample()
        assert READ[name](files[name]) == files["txt"].decode().splitlines()

    def test_the_pdf_of_the_sample_says_what_its_tree_says(self) -> None:
        files = files_of_the_sample()
        lines = files["txt"].decode().splitlines()
        assert said_by_pdf(files["pdf"], lines) == plain(lines)

    def test_ten_thousand_rows_are_read_in_one_pass(self) -> None:
        body = [
            row(str(number), cell("类", down=2), "甲", "乙") if number % 2 else row(str(number), "丙", "丁")
            for number in range(10_000)
        ]
        body[0] = row("0", "类", "丙", "丁")
        body[-1] = row("9999", "类", "甲", "乙")
        tree = document(section(table((0.1, 0.2, 0.3, 0.4), [row("一", "二", "三", "四")], body)))
        assert read_docx(docx_blob(tree)) == outline_lines(tree)


def tall() -> Document:
    """A short tree with a cell that runs over three pages (长单元格)."""
    body = [
        row("1", cell("甲类", down=2), "已完成。"),
        row("2", "未完成。"),
        row("3", "乙类", sentences(180)),
        row("4", cell("丙类", "第二段"), "末行"),
    ]
    return document(
        section(
            h(1, "一、", "情况"),
            p("第一段。"),
            p("第二段。"),
            table((0.1, 0.2, 0.7), [row("序号", "类别", "进展")], body),
        )
    )


def with_blocks(change: Callable[[list[Block]], None]) -> Document:
    blocks = list(tall().sections[0].blocks)
    change(blocks)
    return document(section(*blocks))


def with_body(change: Callable[[list[Row]], None]) -> Document:
    def in_table(blocks: list[Block]) -> None:
        old = blocks[-1]
        assert isinstance(old, Table)
        body = list(old.body)
        change(body)
        blocks[-1] = replace(old, body=tuple(body))

    return with_blocks(in_table)


def with_cell(number: int, column: int, *paragraphs: str, right: int = 1, down: int = 1) -> Document:
    def change(body: list[Row]) -> None:
        cells = list(body[number])
        cells[column] = cell(*paragraphs, right=right, down=down)
        body[number] = tuple(cells)

    return with_body(change)


def without(number: int) -> Callable[[list[T]], None]:
    def change(items: list[T]) -> None:
        del items[number]

    return change


def swap_rows(body: list[Row]) -> None:
    body[0], body[3] = (body[3][0], *body[0][1:]), (body[0][0], *body[3][1:])


def swap_whole_rows(body: list[Row]) -> None:
    body[2], body[3] = body[3], body[2]


def swap_paragraphs(blocks: list[Block]) -> None:
    blocks[1], blocks[2] = blocks[2], blocks[1]


@dataclass(frozen=True)
class Loss:
    """A planted loss (故意的错): what a faulty writer would make of `tall()`; not all of it can a PDF tell."""

    tree: Document
    in_pdf: bool = True


LONG = sentences(180)
LOSSES: Mapping[str, Loss] = {
    "lost paragraph": Loss(with_blocks(without(2))),
    "lost heading": Loss(with_blocks(without(0))),
    "swapped paragraphs": Loss(with_blocks(swap_paragraphs)),
    "doubled paragraph": Loss(with_blocks(lambda blocks: blocks.insert(2, blocks[1]))),
    "lost table": Loss(with_blocks(without(-1))),
    "lost row": Loss(with_body(without(3))),
    "doubled row": Loss(with_body(lambda body: body.insert(3, body[3]))),
    "swapped rows": Loss(with_body(swap_whole_rows)),
    "swapped row numbers": Loss(with_body(swap_rows)),
    "emptied cell": Loss(with_cell(1, 1)),
    "lost cell": Loss(with_body(lambda body: body.__setitem__(3, row("4", cell("丙类", "第二段", right=2))))),
    "lost last sentence": Loss(with_cell(2, 2, LONG[: LONG.rindex("第")])),
    "lost last letter": Loss(with_cell(2, 2, LONG[:-1])),
    "lost sentence inside": Loss(with_cell(2, 2, LONG.replace("第90句写明一件不同的事。", ""))),
    "doubled sentence": Loss(with_cell(2, 2, LONG.replace("第90句写明一件不同的事。", "第90句写明一件不同的事。" * 2))),
    "doubled last sentence": Loss(with_cell(2, 2, LONG + LONG[LONG.rindex("第") :])),
    "text in the wrong row": Loss(with_body(lambda body: body.__setitem__(3, row("4", "丙类", "第二段末行")))),
    "turned section": Loss(document(replace(tall().sections[0], orientation=Orientation.LANDSCAPE))),
    "lost line end": Loss(with_cell(3, 1, "丙类第二段"), in_pdf=False),
    "cell cut in two": Loss(
        with_body(lambda body: body.__setitem__(slice(0, 2), [row("1", "甲类", "已完成。"), row("2", "", "未完成。")]))
    ),
    "wrong heading level": Loss(with_blocks(lambda blocks: blocks.__setitem__(0, h(2, "一、", "情况"))), in_pdf=False),
    "paragraph for a heading": Loss(with_blocks(lambda blocks: blocks.__setitem__(0, p("一、情况"))), in_pdf=False),
}


class TestLossesAreNoticed:
    @pytest.mark.parametrize("name", READ)
    @pytest.mark.parametrize("loss", LOSSES)
    def test_in_a_file(self, loss: str, name: str) -> None:
        assert READ[name](WRITE[name](LOSSES[loss].tree)) != outline_lines(tall())

    @pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if loss.in_pdf])
    def test_in_a_pdf(self, loss: str) -> None:
        lines = outline_lines(tall())
        assert said_by_pdf(pdf_blob(LOSSES[loss].tree), lines) != plain(lines)

    def test_and_without_a_loss_nothing_is(self) -> None:
        lines = outline_lines(tall())
        assert said_by_pdf(pdf_blob(tall()), lines) == plain(lines)
        assert len(pdf_pages(pdf_blob(tall()))) >= 3


HEAD = letterhead(mark=("甲局", "乙局", "丙局"), number="测〔2026〕1号", signers=("甲某某", "乙某"), secrecy="机密")
SIGNED = Signature(issuers=("甲局", "乙局", "丙局"), date="2026年7月10日", sealed=True)


def headed(head: Letterhead = HEAD, signed: Signature = SIGNED, foot: Imprint | None = None) -> Document:
    """A short tree of the elements that have a place of their own (版头、落款、版记)."""
    return document(section(head, p("甲"), signed, foot or imprint()))


ELEMENT_LOSSES: Mapping[str, Document] = {
    "another word before the signers": headed(replace(HEAD, signer_lead="签发：")),
    "lost signer": headed(replace(HEAD, signers=("甲某某",))),
    "swapped signers": headed(replace(HEAD, signers=("乙某", "甲某某"))),
    "lost number": headed(replace(HEAD, number="")),
    "lost secrecy": headed(replace(HEAD, secrecy="")),
    "lost name of a joint mark": headed(replace(HEAD, mark=("甲局", "丙局"))),
    "lost suffix": headed(replace(HEAD, suffix="")),
    "lost issuer": headed(signed=replace(SIGNED, issuers=("甲局", "丙局"))),
    "swapped issuers": headed(signed=replace(SIGNED, issuers=("甲局", "丙局", "乙局"))),
    "lost date": headed(signed=replace(SIGNED, date="")),
    "lost copies": headed(foot=replace(imprint(), copies_to="")),
    "lost printer": headed(foot=replace(imprint(), printer="")),
}


class TestLostElementsAreNoticed:
    @pytest.mark.parametrize("name", READ)
    @pytest.mark.parametrize("loss", ELEMENT_LOSSES)
    def test_in_a_file(self, loss: str, name: str) -> None:
        assert READ[name](WRITE[name](ELEMENT_LOSSES[loss])) != outline_lines(headed())

    @pytest.mark.parametrize("loss", ELEMENT_LOSSES)
    def test_in_a_pdf(self, loss: str) -> None:
        lines = outline_lines(headed())
        assert said_by_pdf(pdf_blob(ELEMENT_LOSSES[loss]), lines) != plain(lines)

    @pytest.mark.parametrize("name", READ)
    def test_and_without_a_loss_nothing_is(self, name: str) -> None:
        lines = outline_lines(headed())
        assert READ[name](WRITE[name](headed())) == lines
        assert said_by_pdf(pdf_blob(headed()), lines) == plain(lines)


NUMBERED = {"number": "测函〔2026〕1号"}
NO_PLACE_IN_A_LETTER: Mapping[str, Mapping[str, Any]] = {
    "suffix": {"mark": ("甲局", "乙局"), "suffix": "文件"},
    "signers": {"signers": ("甲某某",)},
    "publisher": {"publisher": "甲办"},
    "date": {"date": "2026年7月10日"},
}


class TestWhatALetterHasNoPlaceForIsMissed:
    @pytest.mark.parametrize("name", READ)
    @pytest.mark.parametrize("part", NO_PLACE_IN_A_LETTER)
    def test_in_a_file(self, part: str, name: str) -> None:
        tree = document(
            section(letterhead(LetterheadForm.LETTER, **{**NUMBERED, **NO_PLACE_IN_A_LETTER[part]}), p("甲"))
        )
        found, said = READ[name](WRITE[name](tree)), outline_lines(tree)
        assert found != said
        assert [line for line in said if line in found] == found  # nothing but that part is missed

    @pytest.mark.parametrize("name", READ)
    def test_but_printer_and_date_of_its_imprint_are_printed(self, name: str) -> None:
        tree = document(section(letterhead(LetterheadForm.LETTER, **NUMBERED), p("甲"), imprint()))
        assert READ[name](WRITE[name](tree)) == outline_lines(tree)
        assert any("2026年7月12日印发" in line for line in outline_lines(tree))


class TestHeadsAreRepeated:
    @pytest.mark.parametrize("lines", [30, 60, 100])
    def test_on_every_page_of_a_merged_cell_that_is_taller_than_a_page(self, lines: int) -> None:
        # WeasyPrint leaves out the head where the first row may not be split and does not fit below it.
        body = [row("1", cell(sentences(lines), down=3), "甲"), row("2", "乙"), row("3", "丙"), row("4", "丁", "戊")]
        tree = document(section(p("前"), table((0.1, 0.2, 0.7), [row("序号", "类别", "进展")], body)))
        blob = pdf_blob(tree)
        assert said_by_pdf(blob, outline_lines(tree)) == plain(outline_lines(tree))
        tables = [page.text for page in pdf_pages(blob) if len(page.baselines) > 2]
        assert all("序号" in text for text in tables)


class TestStrangersAreShown:
    def test_a_paragraph_of_an_unknown_class(self) -> None:
        page = html_blob(document(section(p("甲")))).replace(b'class="body"', b'class="caption"')
        assert read_html(page) == ["节 纵向", "？caption 甲"]

    def test_loose_text_between_blocks(self) -> None:
        page = html_blob(document(section(p("甲")))).replace(b"</p>", "</p>乙".encode())
        assert read_html(page) == ["节 纵向", "正文 甲", "？ 乙"]

    def test_text_in_the_foot_of_a_table(self) -> None:
        page = html_blob(tall()).replace(b"</td></tr></tfoot>", "乙</td></tr></tfoot>".encode())
        assert read_html(page) == [*outline_lines(tall()), "？tfoot 乙"]


class TestTagsAreNotTrusted:
    """A PDF whose tags were tampered with (标签被改)."""

    @staticmethod
    def said(change: Callable[[pikepdf.Object], None]) -> list[Piece]:
        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(pdf_blob(document(section(p("甲"), p("乙")))))) as pdf:
            change(pdf.Root.StructTreeRoot.K[0].K[0].K)
            pdf.save(buffer)
        return read_pdf(buffer.getvalue())

    def test_text_that_no_tag_holds_is_shown(self) -> None:
        said = self.said(lambda kids: kids.__delitem__(0))
        assert [(piece.kind, piece.texts) for piece in said[1:]] == [(Kind.TEXT, ("乙",)), (Kind.STRAY, ("甲—1—",))]

    def test_text_that_is_tagged_twice_is_doubled(self) -> None:
        said = self.said(lambda kids: kids.append(kids[0]))
        assert [piece.texts for piece in said[1:]] == [("甲",), ("乙",), ("甲",)]


ROW_A, ROW_B = Piece(Kind.ROW, ("1", "甲乙")), Piece(Kind.ROW, ("2", "丙"))
TABLE_HEAD = Piece(Kind.HEAD, ("序号", "内容"))


class TestPageEndsAreJoined:
    def test_a_split_row_is_one_row_and_a_repeated_head_one_head(self) -> None:
        parts = [
            TABLE_HEAD,
            Piece(Kind.ROW, ("1", "甲")),
            replace(TABLE_HEAD, top=True),
            Piece(Kind.ROW, ("", "乙"), top=True),
            ROW_B,
        ]
        assert joined(parts, [TABLE_HEAD, ROW_A, ROW_B]) == [TABLE_HEAD, ROW_A, ROW_B]

    def test_a_head_that_is_another_one_stays(self) -> None:
        other = Piece(Kind.HEAD, ("序号", "别的"), top=True)
        assert joined([TABLE_HEAD, ROW_A, other, ROW_B], [TABLE_HEAD, ROW_A, ROW_B]) == [
            TABLE_HEAD,
            ROW_A,
            other,
            ROW_B,
        ]

    def test_rows_within_a_page_are_never_joined(self) -> None:
        parts = [TABLE_HEAD, Piece(Kind.ROW, ("1", "甲")), Piece(Kind.ROW, ("", "乙"))]
        assert joined(parts, [TABLE_HEAD, ROW_A]) == parts

    def test_a_split_paragraph_that_lost_a_letter_is_not_whole(self) -> None:
        parts = [Piece(Kind.TEXT, ("甲",)), Piece(Kind.TEXT, ("丙",), top=True)]
        assert joined(parts, [Piece(Kind.TEXT, ("甲乙丙",))]) == parts


class TestPageFacts:
    def test_every_line_stands_in_the_type_area(self) -> None:
        for page in pdf_pages(files_of_everything()["pdf"]):
            turned = Orientation.LANDSCAPE if page.width > page.height else Orientation.PORTRAIT
            top, _, bottom, _ = (edge * POINTS_PER_MM for edge in STYLES.page.margins_mm(turned))
            lines = page.baselines if turned is Orientation.LANDSCAPE else page.baselines[:-1]
            assert all(bottom <= line <= page.height - top for line in lines), page.text[:40]

    def test_paper_sizes_and_letter_sizes_are_those_of_the_style_sheet(self) -> None:
        pages = pdf_pages(files_of_everything()["pdf"])
        assert {(page.width, page.height) for page in pages} == {(595.3, 841.9), (841.9, 595.3)}  # A4
        assert {size for page in pages for size in page.sizes} == {10.5, 14.0, 16.0, 18.0, 22.0, JOINT_MARK_PT}

    def test_the_first_page_shows_the_title(self) -> None:
        first: PageFacts = pdf_pages(files_of_the_sample()["pdf"])[0]
        assert "关于2026年区政府工作报告目标任务" in first.text

    def test_embedded_faces_are_named_without_their_subset(self) -> None:
        faces = pdf_faces(files_of_everything()["pdf"])
        assert faces
        assert not any("+" in face for face in faces)

    def test_a_face_that_is_not_embedded_is_refused(self) -> None:
        pdf = pikepdf.new()
        face = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.add_blank_page().Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=face))
        buffer = io.BytesIO()
        pdf.save(buffer)
        with pytest.raises(ValueError, match="Helvetica"):
            pdf_faces(buffer.getvalue())


# What XML can hold, but for ends of lines: in the tree they part paragraphs and the lines of a title.
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.just("\t")
TEXTS = st.text(LETTERS, max_size=30) | st.sampled_from([AWKWARD, LONG_TOKEN, " ", "  两端  ", "\t"])
# Between cells the outline writes ` │ `, at their ends `→2` and `↓2`: only in these words a text could hide.
CELLS = TEXTS.map(lambda text: text.translate(dict.fromkeys(map(ord, "│→↓"))))


class TestAnyText:
    @pytest.mark.row("P1")
    @given(TEXTS, TEXTS, st.lists(CELLS, min_size=1, max_size=4), CELLS)
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_survives_letter_for_letter(self, text: str, body: str, paragraphs: list[str], head: str) -> None:
        grid = table(
            (0.3, 0.3, 0.4), [row(head, "乙", "丙")], [row("1", cell(*paragraphs, right=2)), row("2", head, "")]
        )
        tree = document(section(p(text), h(2, "（一）", text, body), p(body), grid), title=text, issuer=body)
        lines = outline_lines(tree)
        assert read_docx(docx_blob(tree)) == lines
        assert read_html(html_blob(tree)) == lines
