"""The parts of the Word file (Word 文件的部件): goldens that a person can read, and what Word and WPS insist on."""

from __future__ import annotations

import copy
import cProfile
import io
import pstats
import re
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import Any, NoReturn

import pytest
from lxml import etree

from reportgen.document import Cell, Document, Orientation, Row, Signature, Table
from reportgen.grid import resolve
from reportgen.styles import POINTS_PER_MM, ImprintPage
from reportgen.testing.goldens import Golden
from reportgen.writers.docx import write_docx
from reportgen.writers.table_rows import cell_widths, keeps_together
from tests.builders import cell, everything, imprint, letter, p, row, section, small, styles, table
from tests.builders import document as document_of

STYLES = styles()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TREES: Mapping[str, Document] = {"everything": everything(), "small": small()}
LETTER = letter()
XML_PARTS = ("document", "styles", "settings", "fontTable", "footerOdd", "footerEven", "footerNone")

# ISO/IEC 29500-1, CT_PPr, CT_RPr, CT_TcPr, CT_TblPr, CT_SectPr, CT_Style: the order of the children.
ORDER: Mapping[str, tuple[str, ...]] = {
    "pPr": (
        *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr"),
        *("suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct"),
        *("topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind"),
        *("contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment"),
        *("textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange"),
    ),
    "rPr": (
        *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow"),
        *("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
        *("position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs"),
        *("em", "lang", "eastAsianLayout", "specVanish", "oMath"),
    ),
    "tcPr": (
        *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection"),
        *("tcFitText", "vAlign", "hideMark"),
    ),
    "tblPr": (
        *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW"),
        *("jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"),
    ),
    "tcBorders": ("top", "left", "start", "bottom", "right", "end", "insideH", "insideV"),
    "tblBorders": ("top", "left", "start", "bottom", "right", "end", "insideH", "insideV"),
    "tblCellMar": ("top", "left", "start", "bottom", "right", "end"),
    "tbl": ("tblPr", "tblGrid", "tr"),
    "tr": ("tblPrEx", "trPr", "tc"),
    "tc": ("tcPr", "p"),
    "p": ("pPr", "r"),
    "sectPr": (
        *("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc"),
        *("pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote", "titlePg"),
        *("textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings"),
    ),
    "style": (
        *("name", "aliases", "basedOn", "next", "link", "autoRedefine", "hidden", "uiPriority", "semiHidden"),
        *("unhideWhenUsed", "qFormat", "locked", "rsid", "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblStylePr"),
    ),
    "styles": ("docDefaults", "latentStyles", "style"),
    "font": ("altName", "panose1", "charset", "family", "notTrueType", "pitch", "sig"),
    "settings": ("zoom", "evenAndOddHeaders", "characterSpacingControl", "compat", "themeFontLang"),
}


@cache
def package(tree: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(write_docx(TREES[tree], STYLES).value))


@cache
def root(tree: str, part: str) -> etree._Element:
    return etree.fromstring(package(tree).read(f"word/{part}.xml"))


@cache
def everywhere() -> tuple[etree._Element, ...]:
    """All elements of all parts of both trees."""
    return tuple(element for tree in TREES for part in XML_PARTS for element in root(tree, part).iter())


def signature() -> Signature:
    return Signature(issuers=("甲局",), date="2026年7月10日")


def name(element: etree._Element) -> str:
    return str(element.tag).removeprefix(W)


def value(element: etree._Element, path: str, key: str = "val") -> str:
    found = element.find("/".join(W + step for step in path.split("/")))
    assert found is not None, path
    return str(found.get(W + key))


class TestGoldens:
    @pytest.mark.parametrize("part", XML_PARTS)
    def test_a_part_of_the_small_tree_is_as_it_was(self, part: str, golden: Golden) -> None:
        tree = copy.deepcopy(root("small", part))
        etree.indent(tree)
        text = re.sub(r"<(\S+)([^<>]*)></\1>", r"<\1\2/>", etree.tostring(tree, method="c14n2").decode()) + "\n"
        golden.check(text.encode(), f"docx/{part}.xml")
        assert len(text.encode()) <= 32 * 1024


class TestRuns:
    def test_every_run_names_its_chinese_face_and_asks_for_it(self) -> None:
        runs = [element for element in everywhere() if name(element) == "r"]
        assert len(runs) > 500
        for run in runs:
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts is not None
            assert fonts.get(W + "hint") == "eastAsia"
            assert all(fonts.get(W + script) for script in ("eastAsia", "ascii", "hAnsi", "cs"))

    def test_no_face_comes_from_a_theme(self) -> None:
        assert not [key for element in everywhere() for key in element.attrib if "theme" in str(key).lower()]
        assert not [entry for entry in package("everything").namelist() if "theme" in entry.lower()]

    def test_every_face_is_in_the_font_table(self) -> None:
        known = {font.get(W + "name") for font in root("everything", "fontTable")}
        used = {fonts.get(W + "eastAsia") for fonts in everywhere() if name(fonts) == "rFonts"}
        assert used <= known

    def test_every_style_that_is_used_is_defined(self) -> None:
        known = {style.get(W + "styleId") for style in root("everything", "styles").iter(W + "style")}
        used = {element.get(W + "val") for element in everywhere() if name(element) in ("pStyle", "rStyle")}
        assert used <= known

    def test_spaces_at_the_edges_of_a_text_are_kept(self) -> None:
        keep = "{http://www.w3.org/XML/1998/namespace}space"
        texts = [element for element in everywhere() if name(element) in ("t", "instrText")]
        edged = [text for text in texts if (text.text or "") != (text.text or "").strip()]
        assert edged
        assert all(text.get(keep) == "preserve" for text in edged)


class TestOrder:
    @pytest.mark.parametrize("parent", ORDER)
    def test_children_stand_as_the_schema_asks(self, parent: str) -> None:
        found = [element for element in everywhere() if name(element) == parent]
        assert found
        for element in found:
            places = [ORDER[parent].index(name(child)) for child in element]
            assert places == sorted(places)

    def test_a_property_is_not_given_twice(self) -> None:
        for element in everywhere():
            if name(element).endswith("Pr") and name(element) != "sectPr":
                names = [name(child) for child in element]
                assert len(names) == len(set(names)), name(element)


def tables(tree: str) -> Iterator[tuple[etree._Element, Table, Orientation]]:
    """Each table as XML and as it stands in the tree."""
    wanted = [
        (block, section.orientation)
        for section in TREES[tree].sections
        for block in section.blocks
        if isinstance(block, Table)
    ]
    # An imprint is a table only in Word, and the only one that floats.
    written = [xml for xml in root(tree, "document").iter(W + "tbl") if xml.find(f"{W}tblPr/{W}tblpPr") is None]
    for xml, (block, orientation) in zip(written, wanted, strict=True):
        yield xml, block, orientation


@pytest.mark.parametrize("tree", TREES)
class TestTables:
    def test_the_grid_adds_up_to_the_type_area(self, tree: str) -> None:
        for xml, _, orientation in tables(tree):
            grid = [int(str(column.get(W + "w"))) for column in xml.iter(W + "gridCol")]
            assert sum(grid) == int(value(xml, "tblPr/tblW", "w")) == round(STYLES.page.text_width_pt(orientation) * 20)

    def test_a_cell_is_as_wide_as_its_columns(self, tree: str) -> None:
        for xml, _, _ in tables(tree):
            edges = [0, *accumulate(int(str(column.get(W + "w"))) for column in xml.iter(W + "gridCol"))]
            for tr in xml.iter(W + "tr"):
                column = 0
                for tc in tr.iter(W + "tc"):
                    span = tc.find(f"{W}tcPr/{W}gridSpan")
                    end = column + (1 if span is None else int(str(span.get(W + "val"))))
                    assert int(value(tc, "tcPr/tcW", "w")) == edges[end] - edges[column]
                    column = end
                assert edges[column] == edges[-1]

    def test_head_rows_repeat_and_only_they(self, tree: str) -> None:
        for xml, block, _ in tables(tree):
            heads = [tr.find(f"{W}trPr/{W}tblHeader") is not None for tr in xml.iter(W + "tr")]
            assert heads == [True] * len(block.head) + [False] * len(block.body)

    def test_short_rows_stay_whole_and_long_ones_may_be_split(self, tree: str) -> None:
        for xml, block, orientation in tables(tree):
            widths = cell_widths(block, orientation, STYLES)
            grid = resolve(block.body, len(block.columns))
            wanted = [True] * len(block.head) + [keeps_together(slots, widths, STYLES) for slots in grid]
            assert [tr.find(f"{W}trPr/{W}cantSplit") is not None for tr in xml.iter(W + "tr")] == wanted

    def test_every_cell_ends_in_a_paragraph_of_its_role(self, tree: str) -> None:
        for xml, block, _ in tables(tree):
            for number, tr in enumerate(xml.iter(W + "tr")):
                wanted = "TableHead" if number < len(block.head) else "TableCell"
                for tc in tr.iter(W + "tc"):
                    assert {value(p, "pPr/pStyle") for p in tc.iter(W + "p")} == {wanted}


class TestShape:
    def test_both_kinds_of_rows_are_tried(self) -> None:
        splits = [tr.find(f"{W}trPr/{W}cantSplit") is None for tr in root("everything", "document").iter(W + "tr")]
        assert any(splits)
        assert not all(splits)

    def test_only_cells_and_section_ends_are_empty(self) -> None:
        for tree in TREES:
            body = root(tree, "document")[0]
            for paragraph in body.iterchildren(W + "p"):
                if paragraph.find(W + "r") is None:
                    assert value(paragraph, "pPr/pStyle") == "SectionEnd"

    def test_a_table_never_touches_the_end_of_a_section(self) -> None:
        for tree in TREES:
            for found in root(tree, "document").iter(W + "tbl"):
                behind = found.getnext()
                assert behind is not None
                assert name(behind) == "p"

    def test_each_section_says_its_paper_and_its_footers(self) -> None:
        sections = list(root("everything", "document").iter(W + "sectPr"))
        *sections, last = sections
        assert value(last, "type") == "evenPage"  # the imprint's, which has no page number
        assert {ref.get(R + "id") for ref in last.iter(W + "footerReference")} == {"footerNone"}
        turned = [section.orientation is Orientation.LANDSCAPE for section in TREES["everything"].sections]
        assert [value(each, "pgSz", "orient") == "landscape" for each in sections] == turned
        assert [int(value(each, "pgSz", "w")) > int(value(each, "pgSz", "h")) for each in sections] == turned
        for each in sections:
            footers = {ref.get(W + "type"): ref.get(R + "id") for ref in each.iter(W + "footerReference")}
            assert footers == {"default": "footerOdd", "even": "footerEven"}

    def test_every_footer_reference_leads_to_a_part(self) -> None:
        relations = etree.fromstring(package("everything").read("word/_rels/document.xml.rels"))
        targets = {str(relation.get("Id")): str(relation.get("Target")) for relation in relations}
        for identity in ("footerOdd", "footerEven", "footerNone"):
            assert f"word/{targets[identity].removeprefix('/word/')}" in package("everything").namelist()


class TestLetter:
    @staticmethod
    def part(part: str) -> etree._Element:
        with zipfile.ZipFile(io.BytesIO(write_docx(LETTER, STYLES).value)) as package:
            return etree.fromstring(package.read(f"word/{part}.xml"))

    def test_its_first_page_has_a_header_and_a_footer_of_its_own(self) -> None:
        first, *others = self.part("document").iter(W + "sectPr")
        assert first.find(W + "titlePg") is not None
        kinds = {(name(ref), ref.get(W + "type")): ref.get(R + "id") for ref in first if "Reference" in name(ref)}
        assert kinds[("headerReference", "first")] == "headerLetter"
        assert kinds[("footerReference", "first")] == "footerNone"
        assert all(other.find(W + "titlePg") is None for other in others)

    def test_its_rules_are_measured_from_the_sheet_in_millimetres(self) -> None:
        boxes = []
        for box in self.part("headerLetter").iter("{urn:schemas-microsoft-com:vml}rect"):
            style = dict(item.split(":") for item in str(box.get("style")).split(";"))
            assert style["mso-position-vertical-relative"] == style["mso-position-horizontal-relative"] == "page"
            names = ("margin-left", "margin-top", "width", "height")
            boxes.append([float(style[key].removesuffix("pt")) / POINTS_PER_MM for key in names])
        assert [(round(left), round(width)) for left, _, width, _ in boxes] == [(20, 170)] * 4
        thick, thin, foot_thin, foot_thick = boxes
        # The mark's letters end 30 mm and their own size below the sheet's edge; the name is as long as 170 mm allow.
        assert 30 + 15 < thick[1] < 30 + 18 + 4
        assert [thick[3] > 2 * thin[3], foot_thick[3] > 2 * foot_thin[3]] == [True, True]
        assert foot_thin[1] < 297 - 20 < foot_thick[1] + foot_thick[3]

    def test_its_mark_stands_in_a_frame_30_mm_below_the_edge(self) -> None:
        frames = list(self.part("document").iter(W + "framePr"))
        assert [frame.get(W + "vAnchor") for frame in frames] == ["page"]
        assert int(str(frames[0].get(W + "y"))) / 20 / POINTS_PER_MM == pytest.approx(30, abs=2)

    def test_no_paragraph_but_section_ends_is_empty(self) -> None:
        for part in ("document", "headerLetter"):
            for paragraph in self.part(part).iter(W + "p"):
                if paragraph.find(W + "r") is None:
                    assert value(paragraph, "pPr/pStyle") == "SectionEnd"


class TestImprint:
    @staticmethod
    def body(page: ImprintPage) -> etree._Element:
        sheet = replace(STYLES, imprint=replace(STYLES.imprint, page=page))
        blob = write_docx(document_of(section(p("甲"), imprint())), sheet).value
        with zipfile.ZipFile(io.BytesIO(blob)) as package:
            return etree.fromstring(package.read("word/document.xml"))[0]

    @pytest.mark.parametrize("page", ImprintPage)
    def test_it_stands_on_the_lower_edge_of_the_type_area_as_wide_as_it(self, page: ImprintPage) -> None:
        (xml,) = self.body(page).iter(W + "tbl")
        place = xml.find(f"{W}tblPr/{W}tblpPr")
        assert place is not None
        wanted = {"vertAnchor": "margin", "tblpYSpec": "bottom", "horzAnchor": "page", "tblpX": "1587"}
        assert {key: place.get(W + key) for key in wanted} == wanted
        assert int(value(xml, "tblPr/tblW", "w")) == round(STYLES.page.text_width_pt() * 20)

    def test_its_first_and_last_rule_are_thicker_than_the_one_between(self) -> None:
        first, last = self.body(ImprintPage.EVEN).iter(W + "tcBorders")
        assert [(name(rule), rule.get(W + "sz")) for rule in first] == [("top", "8")]
        assert [(name(rule), rule.get(W + "sz")) for rule in last] == [("top", "6"), ("bottom", "8")]

    def test_it_begins_an_even_page_without_a_number_only_where_the_style_says_so(self) -> None:
        def kinds(page: ImprintPage) -> list[str]:
            return [value(each, "type") for each in self.body(page).iter(W + "sectPr")]

        assert kinds(ImprintPage.EVEN) == ["nextPage", "evenPage"]
        assert kinds(ImprintPage.LAST) == ["nextPage"]


class TestPackage:
    def test_what_a_reader_asks_for_first_stands_first_and_no_name_twice(self) -> None:
        names = package("everything").namelist()
        assert names[:3] == ["[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"]
        assert len(names) == len(set(names))

    @pytest.mark.row("D4")
    def test_nothing_carries_a_clock(self) -> None:
        assert {entry.date_time for entry in package("everything").infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package("everything").read("docProps/core.xml").decode()
        assert not re.search(r"created|modified|revision|lastModifiedBy|W3CDTF|\d{4}-\d\d-\d\d", core)

    def test_every_part_is_well_formed(self) -> None:
        for entry in package("everything").namelist():
            etree.fromstring(package("everything").read(entry))

    def test_title_and_issuer_are_the_properties(self) -> None:
        core = etree.fromstring(package("everything").read("docProps/core.xml"))
        texts = {str(child.tag).rpartition("}")[2]: child.text for child in core}
        assert texts == {"title": everything().title, "creator": everything().issuer, "language": "zh-CN"}

    @pytest.mark.row("D1")
    def test_the_same_tree_gives_the_same_bytes(self) -> None:
        assert write_docx(everything(), styles()).value == write_docx(everything(), styles()).value

    def test_what_is_kept_is_that_of_the_style_sheet_and_of_the_kind_of_document(self) -> None:
        wide = replace(STYLES, page_number=replace(STYLES.page_number, before="－"))
        first = {name: write_docx(tree, STYLES).value for name, tree in TREES.items()}
        for name, tree in TREES.items():
            other = write_docx(tree, wide).value
            with zipfile.ZipFile(io.BytesIO(other)) as parts:
                assert "－" in parts.read("word/footerOdd.xml").decode()
            write_docx(LETTER, STYLES)
            assert write_docx(tree, STYLES).value == first[name]
            assert write_docx(tree, replace(STYLES, themes={})).value == first[name]
        with zipfile.ZipFile(io.BytesIO(write_docx(document_of(section(p("甲"))), STYLES).value)) as parts:
            assert not [name for name in parts.namelist() if "footerNone" in name or "headerLetter" in name]

    def test_every_part_is_listed_and_every_relation_leads_to_one(self) -> None:
        for tree in (*TREES.values(), LETTER):
            with zipfile.ZipFile(io.BytesIO(write_docx(tree, STYLES).value)) as parts:
                names = set(parts.namelist())
                types = etree.fromstring(parts.read("[Content_Types].xml"))
                relations = etree.fromstring(parts.read("word/_rels/document.xml.rels"))
            listed = {str(each.get("PartName")).removeprefix("/") for each in types if each.get("PartName")}
            assert listed == {name for name in names if name.endswith(".xml") and not name.startswith("[")}
            assert {f"word/{each.get('Target')}" for each in relations} == listed - {
                "word/document.xml",
                "docProps/core.xml",
            }


class Rows(Sequence[Row]):
    """So many rows (逐行取的行), each made when it is asked for: who asks twice, or for one alone, is refused."""

    def __init__(self, count: int) -> None:
        self.many, self.asked = count, 0

    def __len__(self) -> int:
        return self.many

    def __getitem__(self, at: object) -> NoReturn:
        raise AssertionError(f"row {at} is asked for")

    def __iter__(self) -> Iterator[Row]:
        self.asked += 1
        assert self.asked == 1, "the rows are asked for again"
        for number in range(self.many):
            down = 5 if number % 5 == 0 else 0
            merged = (cell(f"类别{number}", down=down),) if down else ()
            yield (cell(str(number)), *merged, *row("区发展改革委", f"第{number}项进展，1—6月完成{number}%。"))


def of_rows(count: int) -> Document:
    """A document whose table has so many rows."""
    rows: Any = Rows(count)
    return document_of(section(replace(table((0.1, 0.2, 0.2, 0.5), [row(*"甲乙丙丁")], []), body=rows)))


class TestManyRows:
    def test_they_are_asked_for_once_and_all_are_written(self) -> None:
        with zipfile.ZipFile(io.BytesIO(write_docx(of_rows(1000), STYLES).value)) as package:
            text = package.read("word/document.xml").decode()
        assert text.count("<w:tr>") == 1001
        assert re.findall(r"第(\d+)项进展", text) == [str(number) for number in range(1000)]

    def test_work_grows_as_they_do(self) -> None:
        calls = []
        for count in (500, 2000):
            write_docx(of_rows(count), STYLES)
            with cProfile.Profile() as profile:
                write_docx(of_rows(count), STYLES)
            calls.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
        assert calls[1] < 4.1 * calls[0]

    def test_what_is_packed_is_all_that_is_held(self) -> None:
        write_docx(of_rows(10), STYLES)
        tracemalloc.start()
        try:
            size = len(write_docx(of_rows(4000), STYLES).value)
            held = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert held < 2.5 * size + 1_000_000  # the text alone has 8 million letters


def test_the_last_row_of_a_table_goes_with_the_signature_below_it() -> None:
    """A signature never stands on a page without text: 7.3.5.5."""
    signed = section(table((0.5, 0.5), [row("甲", "乙")], [row("1", "一"), row("2", "二")]), signature())
    with zipfile.ZipFile(io.BytesIO(write_docx(document_of(signed), STYLES).value)) as package:
        rows = list(etree.fromstring(package.read("word/document.xml")).iter(W + "tr"))
    assert [each.find(f".//{W}keepNext") is not None for each in rows] == [False, False, True]


def test_two_tables_in_a_row_stay_two_and_a_cell_without_text_has_its_paragraph() -> None:
    one = table((0.5, 0.5), [row("甲", "乙")], [row(Cell(paragraphs=()), "x")])
    blob = write_docx(document_of(section(one, one)), STYLES).value
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        text = package.read("word/document.xml").decode()
    assert "</w:tbl><w:tbl>" not in text
    assert "</w:tcPr></w:tc>" not in text
