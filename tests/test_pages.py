"""Facts of the laid-out PDF page: 22 lines of 28 characters, faces, sizes, places. GB/T 9704—2012."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from reportgen.document import AnnexEntry, AnnexTitle, Document, Signature
from reportgen.review.readback_pdf import PageFacts, pdf_faces, pdf_pages
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import cell, document, p, row, section, styles, table
from tests.samples import made

MM = 72 / 25.4
# The type area of the upright page: 37 mm from the top, 35 mm from the bottom.
TOP, BOTTOM = (297 - 37) * MM, 35 * MM


def sample_pdf() -> bytes:
    return made()[".pdf"]


def pdf_of(tree: Document) -> bytes:
    outcome = write_pdf(tree, styles(), find_fonts({}))
    assert outcome.problems == ()
    return outcome.value


def pages_of(tree: Document) -> list[PageFacts]:
    return pdf_pages(pdf_of(tree))


def body_lines(page: PageFacts) -> list[str]:
    return [line for line in page.text.replace("\r", "").split("\n") if line]


def test_a_full_page_holds_22_lines_of_28_characters():
    first, *_ = pages_of(document(section(p("督" * 28 * 30))))
    lines = body_lines(first)
    assert [len(line) for line in lines[:3]] == [26, 28, 28]  # the first one is indented by two
    assert len([line for line in lines if "督" in line]) == 22


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("增长12.5%达到3项，" * 120, id="digits in every line"),
        pytest.param("“引号”——破折号…省略号①②③" * 60, id="marks"),
        pytest.param("面积20㎡、体积3m³，" * 100, id="characters of a third face"),
    ],
)
def test_mixed_faces_keep_the_pitch_and_the_22_lines(text):
    first, *_ = pages_of(document(section(p(text))))
    lines = [y for y in first.baselines if y > BOTTOM]
    assert len(lines) == 22
    # 28.95 pt; baselines are rounded to a tenth.
    assert all(28.8 <= above - below <= 29.1 for above, below in pairwise(lines))


def test_the_sample_embeds_the_faces_of_the_standard_and_no_other():
    assert pdf_faces(sample_pdf()) == {
        "FandolSong-Bold-rg",
        "FandolFang-Regular-rg",
        "FandolHei-Regular-rg",
        "FandolSong-Regular-rg",
        "LiberationSerif-rg-letters",
        "NotoSerifSC-Regular-rg",  # ㎡, which Fandol lacks
    }


def test_the_pdf_of_a_whole_report_stays_small():
    # A face that is embedded whole, because subsetting failed, adds 5 MB or more.
    assert len(sample_pdf()) < 1_500_000


def test_the_pdf_is_tagged_pdf_a_2u_with_bookmarks_and_its_language():
    with pikepdf.open(io.BytesIO(sample_pdf())) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh-CN"
        with pdf.open_outline() as outline:
            (title, *annexes) = outline.root
            assert title.title.startswith("青屏区人民政府督查室")
            assert [each.title[:3] for each in title.children] == ["一、1", "二、1"]
            assert [each.title for each in annexes] == [
                "经济社会发展预期目标任务1—6月进展情况表",
                "推进较为滞后的7项重点工作任务1—6月进展情况表",
                "正常推进的124项重点工作任务1—6月进展情况表",
            ]


def page_number_box(pdf: pypdfium2.PdfDocument, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the letters outside the type area."""
    page = pdf[index]
    boxes = [shown.get_bounds() for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    turned = page.get_size()[0] > page.get_size()[1]
    outside = [box for box in boxes if (box[2] < 35 * MM if turned else box[3] < BOTTOM)]
    return (
        min(box[0] for box in outside),
        min(box[1] for box in outside),
        max(box[2] for box in outside),
        max(box[3] for box in outside),
    )


def test_page_numbers_stand_outside_one_character_in_and_seven_millimetres_below():
    with pypdfium2.PdfDocument(sample_pdf()) as pdf:
        odd, even = page_number_box(pdf, 0), page_number_box(pdf, 1)
    assert odd[2] == pytest.approx((210 - 26) * MM - 14, abs=1)
    assert even[0] == pytest.approx(28 * MM + 14, abs=1)
    for box in (odd, even):
        middle = (box[1] + box[3]) / 2
        assert (BOTTOM - middle) / MM == pytest.approx(7, abs=0.7)


def test_on_landscape_pages_the_number_stands_where_it_is_on_the_bound_upright_sheet():
    with pypdfium2.PdfDocument(sample_pdf()) as pdf:
        turned = [i for i in range(len(pdf)) if pdf[i].get_size()[0] > pdf[i].get_size()[1]]
        odd = next(page_number_box(pdf, i) for i in turned if i % 2 == 0)
        even = next(page_number_box(pdf, i) for i in turned if i % 2 == 1)
    for box in (odd, even):
        assert ((box[0] + box[2]) / 2) / MM == pytest.approx(35 - 7, abs=0.7)
    # The sheet is 210 mm high; turned back, its lower end is the right one. One character (14 pt) in.
    assert odd[1] == pytest.approx(26 * MM + 14, abs=2)
    assert even[3] == pytest.approx((210 - 28) * MM - 14, abs=2)


def test_an_annex_has_its_label_in_line_1_and_its_title_in_line_3():
    head = AnnexTitle(entry=AnnexEntry(number=1, name="进展情况表"))
    (page,) = pages_of(document(section(head, p("正文"))))
    pitch = 28.95
    label, title, text, _ = page.baselines
    assert (TOP - label) // pitch == 0
    assert (TOP - title) // pitch == 2
    assert (TOP - text) // pitch == 4
    assert page.sizes == (14.0, 16.0, 18.0)


def test_the_date_begins_two_characters_right_of_the_issuer_who_stands_two_from_the_edge():
    with pypdfium2.PdfDocument(
        pdf_of(document(section(Signature(issuers=("某某区人民政府督查室",), date="2026年7月10日"))))
    ) as pdf:
        shown = [box.get_bounds() for box in pdf[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    body = [box for box in shown if box[1] > BOTTOM]
    issuer_top = max(box[3] for box in body)
    issuer = [box for box in body if box[3] > issuer_top - 10]
    date = [box for box in body if box not in issuer]
    character = 15.79
    assert max(box[2] for box in issuer) == pytest.approx((210 - 26) * MM - 2 * character, abs=2.5)
    assert min(box[0] for box in date) - min(box[0] for box in issuer) == pytest.approx(2 * character, abs=2.5)


def test_head_rows_are_repeated_and_the_frame_is_closed_on_every_page():
    rows = [row(str(n), "类", "单位", "进展情况" * 40) for n in range(1, 40)]
    tree = document(section(table((0.1, 0.2, 0.2, 0.5), [row("序号", "类别", "单位", "进展")], rows)))
    blob = pdf_of(tree)
    pages = pdf_pages(blob)
    assert len(pages) > 3
    assert all(page.text.startswith("序号") for page in pages)
    with pypdfium2.PdfDocument(blob) as pdf:
        for page, facts in zip(pdf, pages, strict=True):
            lowest = min(y for y in facts.baselines if y > BOTTOM - 5)
            rules = [bounds for bounds in map(bounds_of, drawn(page)) if is_rule_below(bounds, lowest)]
            # Drawn cell by cell: together they reach from one edge of the type area to the other.
            assert min(left for left, *_ in rules) < 28 * MM + 1
            assert max(right for *_, right, _ in rules) > (210 - 26) * MM - 1
            assert sum(right - left for left, _, right, _ in rules) > 156 * MM


def drawn(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfObject]:
    return list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]))


def bounds_of(shown: pypdfium2.PdfObject) -> tuple[float, float, float, float]:
    left, bottom, right, top = shown.get_bounds()
    return left, bottom, right, top


def is_rule_below(bounds: tuple[float, float, float, float], text: float) -> bool:
    """Whether it is a line across, not further below the text than a line and the padding of a row."""
    left, bottom, right, top = bounds
    return top - bottom < 3 and right - left > 20 and text - 20 < bottom < text


def test_a_cell_longer_than_a_page_is_split_and_nothing_of_it_is_lost():
    words = "".join(f"第{n}句话。" for n in range(900))
    tree = document(
        section(table((0.1, 0.2, 0.2, 0.5), [row("甲", "乙", "丙", "丁")], [row("1", "类", "单位", cell(words))]))
    )
    pages = pages_of(tree)
    assert len(pages) > 2
    text = "".join(page.text for page in pages).replace("\r\n", "")
    assert all(f"第{n}句话" in text for n in (0, 450, 899))


def test_short_rows_are_never_split_over_two_pages():
    rows = [row(str(n), "类", "单位", f"始{n}。" + "文" * 90 + f"终{n}。") for n in range(1, 60)]
    tree = document(section(table((0.1, 0.2, 0.2, 0.5), [row("甲", "乙", "丙", "丁")], rows)))
    for page in pages_of(tree):
        text = page.text.replace("\r\n", "")
        assert text.count("始") == text.count("终")


def test_nothing_is_drawn_outside_the_type_area_but_the_page_number():
    long_token = "A1b2" * 200
    body = [row("1", "类", long_token, "x")]
    tree = document(section(p(long_token), table((0.1, 0.2, 0.2, 0.5), [row("甲", "乙", "丙", "丁")], body)))
    with pypdfium2.PdfDocument(pdf_of(tree)) as pdf:
        for number, page in enumerate(pdf, 1):
            text_page = page.get_textpage()
            outside = ""
            for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
                left, bottom, right, top = shown.get_bounds()
                across = left < 28 * MM - 1 or right > (210 - 26) * MM + 1
                if across or bottom < BOTTOM - 1 or top > TOP + 1:
                    outside += text_page.get_text_bounded(left - 1, bottom - 1, right + 1, top + 1)
            assert set(outside) <= set(f"— {number}")
