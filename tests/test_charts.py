"""Charts in every format (图): the same figures, words for who cannot see them, the same bytes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from openpyxl import load_workbook
from PIL import Image

from reportgen.document import Chart, ChartForm, ChartKind, Document, Tone
from reportgen.problems import EnvironmentLacking
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import plain, read_pdf
from reportgen.styles import CHART_ROLES, StyleSheet, TextRole
from reportgen.writers import WRITERS, charts_engine
from reportgen.writers.chart_texts import broken, number_text
from reportgen.writers.charts import alone_families, chart_png, chart_svg
from reportgen.writers.docx import write_docx
from reportgen.writers.fit import misfits
from reportgen.writers.fonts import FontSet, GlyphsMissing, find_fonts
from reportgen.writers.html import write_html
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf import write_pdf
from tests.builders import ROOT, document, p, section, styles
from tests.charted import ALL, HOSTILE, bars, lines, numbers, report, stacked
from tests.projects import run
from tests.reliability.tally import Tally
from tests.test_style_parity import changed_fields, docx_parts

SVG = "{http://www.w3.org/2000/svg}"
STYLES = styles()
WIDTH = STYLES.page.text_width_pt()


@cache
def faces() -> FontSet:
    return find_fonts({})


def svg(chart: Chart, sheet: StyleSheet = STYLES) -> bytes:
    return chart_svg(chart, sheet, alone_families(sheet), WIDTH)


def texts(drawn: bytes) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


# ---- what is drawn


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.title)
def test_an_svg_has_all_names_and_figures_as_text_in_the_faces_of_the_style_sheet(chart: Chart) -> None:
    drawn = svg(chart)
    said = texts(drawn)
    whole = "".join(said)
    names = [*chart.categories, *(series.name for series in chart.series)]
    assert [name for name in names if name not in whole] == []
    figures = [value for series in chart.series for value in series.values if value]
    shown = figures if chart.kind is not ChartKind.BULLET else [value for value in chart.series[0].values if value]
    assert [value for value in shown if number_text(value) not in said] == []
    fonts = {each.get("font-family") for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")}
    assert fonts == {"'宋体','SimSun','FandolSong','Noto Serif CJK SC'"}
    assert ElementTree.fromstring(drawn).findtext(f"{SVG}title") == chart.alt


def test_a_line_of_all_categories_is_named_with_its_value() -> None:
    assert "半年线（50%）" in texts(svg(ALL[2]))


def test_bars_are_as_long_as_their_figures() -> None:
    drawn = ElementTree.fromstring(svg(bars()))
    paths = [(each.get("style") or "", each.get("d") or "") for each in drawn.iter(f"{SVG}path")]
    color = STYLES.chart.colors[Tone.BEFORE].lower()
    widths = sorted(_width(path) for style, path in paths if f"fill: #{color}" in style)
    # The mark of the legend, and the bars of 14 and of 120.
    assert len(widths) == 3
    bars_alone = [width for width in widths if abs(width - 1.6 * STYLES.text[TextRole.CHART].size_pt) > 0.1]
    assert bars_alone[1] / bars_alone[0] == pytest.approx(120 / 14, abs=0.01)


def _width(path: str) -> float:
    xs = [float(x) for x in re.findall(r"[ML] (-?[\d.]+) ", path)]
    return max(xs) - min(xs)


def test_letters_on_a_dark_ground_are_white_and_on_a_light_one_black() -> None:
    fills = {each.text: each.get("fill") for each in ElementTree.fromstring(svg(stacked())).iter(f"{SVG}text")}
    assert (fills["2"], fills["12"], fills["区发展改革委"]) == ("#ffffff", "#000000", "#000000")


def test_the_colours_are_apart_in_black_and_white() -> None:
    def grey(tone: Tone) -> float:
        color = STYLES.chart.colors[tone]
        return sum(int(color[at : at + 2], 16) * part for at, part in ((0, 0.299), (2, 0.587), (4, 0.114)))

    for beside in ((Tone.WELL, Tone.BEHIND, Tone.OPEN), (Tone.BEFORE, Tone.NOW), (Tone.NOW, Tone.GOAL)):
        levels = sorted(map(grey, beside))
        assert min(b - a for a, b in pairwise(levels)) > 40


def test_a_picture_has_300_dots_an_inch_and_the_width_of_the_text() -> None:
    blob = chart_png(stacked(), STYLES, faces().chain(STYLES.text[TextRole.CHART].font), WIDTH)
    with Image.open(io.BytesIO(blob)) as picture:
        assert picture.width == pytest.approx(WIDTH / 72 * 300, abs=1)
        assert picture.info["dpi"][0] == pytest.approx(300, abs=0.5)
        assert "Software" not in picture.info
        assert picture.convert("L").getextrema() == (0, 255)


def test_long_names_are_broken_and_what_finds_no_room_ends_in_an_ellipsis() -> None:
    assert broken("甲乙丙丁", 2) == ("甲乙", "丙丁")
    assert broken("甲乙丙丁戊", 2) == ("甲乙", "丙…")
    assert broken("甲", 2) == ("甲",)


def test_the_same_chart_gives_the_same_bytes_in_another_process_whatever_its_hashes() -> None:
    code = (
        "import hashlib; from tests.test_charts import *\n"
        "known = hashlib.sha256(b''.join(map(svg, ALL)))\n"
        "known.update(write_docx(report(ChartForm.NATIVE), STYLES).value)\n"
        "known.update(write_docx(report(ChartForm.PICTURE, (stacked(),)), STYLES, faces()).value)\n"
        "print(known.hexdigest())"
    )
    # A home that cannot be written, settings of somebody else's: neither matters.
    around = {**os.environ, "PYTHONHASHSEED": "1", "HOME": "/nonexistent", "MPLCONFIGDIR": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True, cwd=ROOT, env=around
    )
    assert done.stderr == ""
    known = hashlib.sha256(b"".join(map(svg, ALL)))
    known.update(write_docx(report(ChartForm.NATIVE), STYLES).value)
    known.update(write_docx(report(ChartForm.PICTURE, (stacked(),)), STYLES, faces()).value)
    assert done.stdout.strip() == known.hexdigest()


def test_drawing_looks_at_no_installed_face() -> None:
    with charts_engine.drawing() as library:
        assert library.font_manager.fontManager.ttflist == []


# ---- in the files


def written(name: str, tree: Document) -> bytes:
    return WRITERS[name].write(tree, STYLES, faces()).value


@pytest.mark.parametrize("form", ChartForm)
def test_a_word_file_is_read_back_as_what_it_says(form: ChartForm) -> None:
    tree = report(form)
    assert read_docx(written("docx", tree)) == outline_lines(tree)


def test_a_page_is_read_back_as_what_it_says() -> None:
    tree = report(ChartForm.PICTURE)
    assert read_html(written("html", tree)) == outline_lines(tree)


@cache
def pdf_of_all() -> bytes:
    outcome = write_pdf(report(ChartForm.PICTURE), STYLES, faces())
    assert outcome.problems == ()
    return outcome.value


def test_a_pdf_is_read_back_as_what_it_says_and_each_figure_is_tagged_with_its_words() -> None:
    assert read_pdf(pdf_of_all()) == plain(outline_lines(report(ChartForm.PICTURE)))
    with pikepdf.open(io.BytesIO(pdf_of_all())) as pdf:
        found = [str(each.Alt) for each in pdf.objects if _is_figure(each)]
    assert sorted(found) == sorted(chart.alt for chart in ALL)


def _is_figure(each: Any) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"


def test_the_page_holds_the_picture_itself_and_asks_for_nothing() -> None:
    page = write_html(report(ChartForm.PICTURE, (stacked(),)), STYLES).value.decode()
    (address,) = re.findall(r'<img alt="[^"]*" src="([^"]+)">', page)
    head, _, data = address.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert HOSTILE in "".join(texts(base64.b64decode(data)))
    assert "<b>丙" not in page


def parts(blob: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_word_file_says_in_words_what_its_pictures_show() -> None:
    for form in ChartForm:
        text = parts(written("docx", report(form)))["word/document.xml"]
        said = [each.get("descr") for each in ElementTree.fromstring(text).iter() if each.tag.endswith("}docPr")]
        assert said == [chart.alt for chart in ALL]


def test_a_picture_lies_in_the_word_file_once_for_each_chart() -> None:
    found = parts(written("docx", report(ChartForm.PICTURE)))
    assert [name for name in found if "/media/" in name] == [f"word/media/chart{n}.png" for n in range(1, 6)]
    assert not any("/charts/" in name for name in found)


def test_word_s_own_charts_have_the_figures_in_their_workbooks() -> None:
    found = parts(written("docx", report(ChartForm.NATIVE)))
    assert not any("/media/" in name for name in found)
    for number, chart in enumerate(ALL, 1):
        book = load_workbook(io.BytesIO(found[f"word/embeddings/chart{number}.xlsx"]))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        line = [chart.line_name] if chart.line is not None else []
        assert rows[0] == (None, *(series.name for series in chart.series), *line)
        for at, category in enumerate(chart.categories):
            values = [series.values[at] for series in chart.series]
            expected = [None if value is None else float(value) for value in values]
            assert rows[at + 1][: len(expected) + 1] == (category, *expected)
        xml = found[f"word/charts/chart{number}.xml"].decode()
        assert (HOSTILE in ElementTree.fromstring(xml).itertext()) is (HOSTILE in chart.categories)
        assert STYLES.chart.colors[chart.series[0].tone] in xml
        assert 'typeface="宋体"' in xml


@pytest.mark.row("C4")
def test_no_text_of_a_chart_is_a_formula_or_a_link_in_its_workbook(tally: Tally) -> None:
    payloads: tuple[str, ...] = (
        "=1+1",
        '=HYPERLINK("http://a.invalid","点")',
        "{=1+1}",
        "@SUM(A1)",
        "+1",
        "-1+1",
        "http://a.invalid/b",
    )
    payloads = (*payloads, "mailto:a@b.invalid", "internal:Sheet1!A1", "file:///etc/passwd", "=cmd|'/c calc'!A0")
    for payload in payloads:
        series = tuple(replace(each, name=payload, values=(numbers(1)[0],)) for each in bars().series)
        chart = replace(bars(), categories=(payload,), series=series, form=ChartForm.NATIVE)
        blob = parts(write_docx(document(section(chart)), STYLES).value)["word/embeddings/chart1.xlsx"]
        book = load_workbook(io.BytesIO(blob))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s", "n"}
        assert not any(cell.hyperlink for cell in cells)
        assert sum(cell.value == payload for cell in cells) == 1 + len(series)
        assert book.properties.creator in (None, "")
        tally.survived()


def test_word_s_own_charts_need_no_face_of_this_machine() -> None:
    assert not WRITERS["docx"].needs_faces(report(ChartForm.NATIVE))
    assert WRITERS["docx"].needs_faces(report(ChartForm.PICTURE))
    assert write_docx(report(ChartForm.NATIVE), STYLES, None).problems == ()


def test_a_character_that_no_face_has_stops_the_picture_as_it_stops_the_page() -> None:
    strange = report(ChartForm.PICTURE, (replace(stacked(), categories=("\U0001f9ff甲", "乙", "丙")),))
    for write in (lambda: write_docx(strange, STYLES, faces()), lambda: write_pdf(strange, STYLES, faces())):
        with pytest.raises(GlyphsMissing) as fault:
            write()
        assert fault.value.characters == ("\U0001f9ff",)


def test_a_report_without_charts_knows_nothing_of_them() -> None:
    tree = document(section(p("正文。")))
    for blob in (*parts(written("docx", tree)).values(), written("html", tree)):
        assert [mark for mark in (b'"Chart', b"/chart", b".chart", "公文图".encode()) if mark in blob] == []


@pytest.mark.parametrize(("library", "form"), [("matplotlib", ChartForm.PICTURE), ("pptx", ChartForm.NATIVE)])
def test_without_its_library_a_chart_is_told_with_what_to_install(
    library: str, form: ChartForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen.writers import docx_charts_native

    charts_engine._loaded.cache_clear()
    monkeypatch.setattr(charts_engine, "find_spec", lambda name: None)
    monkeypatch.setattr(docx_charts_native, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentLacking) as fault:
        write_docx(report(form), STYLES, faces())
    (problem,) = fault.value.problems
    assert problem.code == "charts.no-library"
    assert library in problem.what
    assert "duban-reportgen[charts]" in problem.fix


def test_a_chart_taller_than_its_page_is_told() -> None:
    tall = replace(STYLES, chart=replace(STYLES.chart, bar_mm=40.0))
    tree = report(ChartForm.PICTURE, (bars(), lines()), turned=True)
    assert [problem.code for problem in misfits(tree, tall)] == ["layout.tall-chart"]
    assert list(misfits(tree, STYLES)) == []


# ---- the style sheet says how they look, in every format

# What does not show in both, with the reason.
NEITHER = {f"text.{TextRole.CHART.value}.pitch_pt": "图所在的一段没有固定行距，否则图会被截掉"}


def changes() -> Iterator[tuple[str, StyleSheet]]:
    for field in fields(STYLES.chart):
        value = getattr(STYLES.chart, field.name)
        if isinstance(value, float):
            other: dict[str, Any] = {field.name: value * 1.9}
            yield f"chart.{field.name}", replace(STYLES, chart=replace(STYLES.chart, **other))
    yield "chart.grid_color", replace(STYLES, chart=replace(STYLES.chart, grid_color="123456"))
    for tone in Tone:
        colors = {**STYLES.chart.colors, tone: "123456"}
        yield f"chart.colors.{tone.value}", replace(STYLES, chart=replace(STYLES.chart, colors=colors))
    for role in CHART_ROLES:
        for name, changed in changed_fields(replace(STYLES.text[role], color="123450")):
            changed = changed if name == "color" else replace(changed, color=STYLES.text[role].color)
            changed = replace(changed, color="123456") if name == "color" else changed
            yield f"text.{role.value}.{name}", replace(STYLES, text={**STYLES.text, role: changed})


CHANGED = dict(changes())
LOOKED_AT = (stacked(), ALL[1], bars())


@cache
def as_it_is() -> tuple[Any, bytes]:
    return docx_of(STYLES), write_html(report(ChartForm.PICTURE, LOOKED_AT), STYLES).value


def docx_of(sheet: StyleSheet) -> dict[str, bytes]:
    return docx_parts(report(ChartForm.NATIVE, LOOKED_AT), sheet)


@pytest.mark.parametrize("name", CHANGED)
def test_a_value_changed_alone_changes_the_word_file_and_the_page(name: str) -> None:
    docx, html = as_it_is()
    changed = CHANGED[name]
    found = (
        docx_of(changed) != docx,
        write_html(report(ChartForm.PICTURE, LOOKED_AT), changed).value != html,
    )
    # The style of a paragraph is no part of the page's CSS where it cannot be seen.
    assert found == ((False, True) if name in NEITHER else (True, True))


def test_drawing_leaves_the_surroundings_as_they_are() -> None:
    before = set(os.environ.items())
    svg(stacked())
    assert set(os.environ.items()) == before


# ---- for who reads the files again


def test_a_chart_that_changed_is_told_and_its_caption_is_no_fault_of_form(tmp_path: Path) -> None:
    other = replace(stacked(), series=(replace(stacked().series[0], values=numbers(13, 9, 3)), *stacked().series[1:]))
    for name, form in (("docx", ChartForm.NATIVE), ("pdf", ChartForm.PICTURE)):
        files = [tmp_path / f"{number}.{name}" for number in (1, 2)]
        for file, chart in zip(files, (stacked(), other), strict=True):
            file.write_bytes(written(name, report(form, (chart,))))
        (found,) = json.loads(run("compare", *files, "--json").stdout)["files"]
        told = {"docx": "style.changed", "pdf": "page.picture-changed"}[name]
        assert [(each["kind"], each["subject"]) for each in found["differences"]] == [(told, "图片")]
        checked = json.loads(run("lint", files[0], "--json").stdout)
        assert [each for each in checked["findings"] if "图1" in str(each) or "区发展" in str(each)] == []
