"""The page of a comparison (比对网页): each difference leads to its places; bounded; hostile text is text."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from reportgen.compare import Compared, FilePair, Relation, Request, Whole, compare_blobs
from reportgen.comparison.files.ignoring import Ignored, IgnoreRule, Ignoring
from reportgen.comparison.model import (
    Box,
    Content,
    Difference,
    FileKind,
    Layer,
    PageFacts,
    Section,
    Setting,
    Spot,
    Value,
)
from reportgen.pages import is_our_page
from reportgen.pages.comparing import comparison_page
from reportgen.pages.comparing_items import Item
from reportgen.pages.comparing_pictures import page_rows
from reportgen.problems import Location, error
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, p, section, styles
from tests.contents_by_hand import BODY, content, differ, para, table
from tests.samples import made

HEAD = ["序号", "工作任务", "任务进展情况"]


def pair(first: Content, second: Content, **more: Any) -> FilePair:
    found = {"differences": tuple(differ(first, second)), "contents": (first, second), **more}
    return FilePair(
        first="原稿.docx", second="新稿.docx", relation=Relation.COMPARED, kinds=(first.kind, second.kind), **found
    )


def page_of(*pairs: FilePair, **more: Any) -> str:
    compared = Compared(first="原稿.docx", second="新稿.docx", files=pairs, **more)
    return comparison_page(compared).decode()


def drawn(first: Content, second: Content, **more: Any) -> str:
    return page_of(pair(first, second), **more)


def panes(html: str) -> tuple[str, str]:
    """What stands on the left, and what on the right, from the first row on."""
    body = html[html.index('<div class="sides">') :]
    left = re.findall(r'class="pane a">(.*?)(?=<(?:div|figure) class="pane b">)', body, re.S)
    right = re.findall(r'class="pane b">(.*?)(?=<div class="row|<p class="gap"|</section>)', body, re.S)
    return "\n".join(left), "\n".join(right)


def seen(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def rows_of(count: int, **changed: str) -> list[list[str | None]]:
    return [[str(n), f"任务{n}", changed.get(f"r{n}", f"第{n}项已完成{n * 7}件")] for n in range(1, count + 1)]


def assert_whole(html: str) -> None:
    """Every address of the page leads somewhere, no anchor is there twice."""
    anchors = re.findall(r'\bid="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)


# ---- contents side by side


OLD = content(
    para("全区经济运行情况", level=1),
    "上半年办结49件，占全年的43.2%。",
    "各单位抓好落实。",
    table([HEAD, *rows_of(6)]),
    "特此报告。",
)
NEW = content(
    para("全区经济运行情况", level=1),
    "上半年办结50件，占全年的43.2%。",
    para("各单位抓好落实。", setting=replace(BODY, face="楷体_GB2312")),
    table(
        [
            HEAD,
            *rows_of(4),
            ["5", "新增的任务", "刚刚开始推进"],
            ["6", "任务5", "第5项已完成36件"],
            ["7", "任务6", "第6项已完成42件"],
        ]
    ),
    "特此报告。",
)


def test_each_difference_of_the_list_leads_to_its_place_on_both_sides() -> None:
    html = drawn(OLD, NEW)
    assert_whole(html)
    told = differ(OLD, NEW)
    assert len(told) >= 4
    left, right = panes(html)
    for number, each in enumerate(told, 1):
        item = re.search(rf'<li [^>]*id="l-f1-d{number}">(.*?)</li>', html)
        assert item is not None
        assert each.said in seen(item[1])
        assert f'href="#f1-d{number}"' in item[1]
        assert f'id="f1-d{number}"' in html
        assert re.search(rf'data-d="[^"]*f1-d{number}\b', right)
        if not each.kind.endswith(".added"):
            assert re.search(rf'data-d="[^"]*f1-d{number}\b', left)


def test_the_letters_that_changed_are_marked_and_no_others() -> None:
    left, right = panes(drawn(OLD, NEW))
    assert re.findall(r"<del[^>]*>(.*?)</del>", left) == ["49", "5", "35"]
    assert re.findall(r"<ins[^>]*>(.*?)</ins>", right) == ["50", "6", "36"]
    assert "<ins" not in left
    assert "<del" not in right


def test_a_new_row_stands_as_a_whole_beside_nothing() -> None:
    left, right = panes(drawn(OLD, NEW))
    assert left.count("原来没有") == 1
    row = re.search(r"<tr>((?:(?!</tr>).)*新增的任务.*?)</tr>", right, re.S)
    assert row is not None
    assert len(re.findall(r'<td class="[^"]*\bchg ins"', row[1])) == 3
    assert 'class="row changed' in drawn(OLD, NEW)


def test_a_change_of_the_look_is_outlined_with_what_changed_beside_it() -> None:
    left, right = panes(drawn(OLD, NEW))
    assert re.search(r'class="par chg style" data-d="f1-d\d+">', left)
    note = re.search(r'<span class="note style">(.*?)</span>', right)
    assert note is not None
    assert note[1] == "字体：仿宋_GB2312 → 楷体_GB2312"
    html = drawn(OLD, NEW)
    assert '"仿宋_GB2312",FangSong' in html
    assert '"楷体_GB2312",KaiTi' in html


def test_both_sides_show_the_same_row_of_a_table_in_one_row_of_the_page() -> None:
    html = drawn(OLD, NEW)
    rows = re.findall(r'<div class="row .*?</div></div></div></div>', html, re.S)
    found = [row for row in rows if "任务6" in row]
    assert len(found) == 1
    assert found[0].count("任务6") == 2


def test_a_paragraph_that_moved_is_shown_at_both_of_its_places() -> None:
    texts = [
        "第一季度完成投资额度较高",
        "第二季度办结案件数量较多",
        "第三季度新增就业人数较少",
        "第四季度预计全面完成任务",
    ]
    html = drawn(content(*texts), content(*texts[1:], texts[0]))
    assert_whole(html)
    assert 'id="f1-d1"' in html
    assert 'id="f1-d1a"' in html
    assert '<a href="#f1-d1a">看原来的位置</a>' in html
    left, right = panes(html)
    assert seen(left).index(texts[0]) < seen(left).index(texts[1])
    assert seen(right).index(texts[0]) > seen(right).index(texts[3])


def test_cells_that_were_merged_are_merged_on_the_page() -> None:
    old = table([HEAD, ["1", "任务甲", "已办结"], ["2", "任务乙", "已办结"], ["3", "任务丙", "在推进"]])
    new = table([HEAD, ["1", "任务甲", "已办结"], ["2", "任务乙", "^"], ["3", "任务丙", "在推进"]])
    html = drawn(content(old), content(new))
    left, right = panes(html)
    assert 'rowspan="2"' not in left
    assert right.count('rowspan="2"') == 1
    assert "structure" in re.findall(r'<td rowspan="2" class="([^"]+)"', right)[0]


def test_a_paragraph_that_became_two_marks_only_the_words_that_changed() -> None:
    old = content("开头的一段话在这里。", "全区上半年办结49件案件。各单位要继续抓好落实工作。", "结尾的一段话在这里。")
    new = content(
        "开头的一段话在这里。", "全区上半年办结50件案件。", "各单位要继续抓好落实工作。", "结尾的一段话在这里。"
    )
    left, right = panes(drawn(old, new))
    assert seen("".join(re.findall(r"<del[^>]*>(.*?)</del>", left))) == "49"
    assert "".join(re.findall(r"<ins[^>]*>(.*?)</ins>", right)) == "50"


def test_blanks_and_letters_that_nobody_sees_are_seen_where_they_changed() -> None:
    _, right = panes(drawn(content("甲乙丙丁戊"), content("甲乙 丙丁\u200b戊")))
    assert re.findall(r"<ins[^>]*>(.*?)</ins>", right) == ["␣", "⟨200B⟩"]


def test_a_footer_that_changed_is_shown_with_its_name() -> None:
    def with_footer(text: str) -> Content:
        edges = {"页脚": (para(text),)}
        setup = {"纸张宽": 210.0, "左边距": 28.0, "右边距": 26.0}
        return content("全区经济运行情况良好。", sections=[Section(setup=setup, first_block=0, edges=edges)])

    html = drawn(with_footer("— {页码} —"), with_footer("— {页码} — 内部"))
    assert_whole(html)
    assert '<div class="title">页脚</div>' in html
    left, right = panes(html)
    assert "— {页码} —" in seen(left)
    assert re.findall(r"<ins[^>]*>(.*?)</ins>", right) == [" 内部"]
    assert "padding-left:6.67%;padding-right:6.19%" in html


def test_a_note_beside_the_flow_that_is_new_is_shown() -> None:
    html = drawn(content("正文在此。"), content("正文在此。", beside=[("脚注", para("数据截至6月底"))]))
    assert_whole(html)
    assert '<div class="title">脚注</div>' in html
    assert "数据截至6月底" in seen(panes(html)[1])


def test_of_a_long_table_the_head_and_what_surrounds_a_change_are_shown_and_the_rest_is_counted() -> None:
    old, new = table([HEAD, *rows_of(206)]), table([HEAD, *rows_of(206, r150="已完成2件")])
    long = [f"第{n}段的内容在这里。" for n in range(60)]
    html = drawn(content(old, *long), content(new, *long))
    left, right = panes(html)
    assert "任务进展情况" in left
    assert re.findall(r">任务(\d+)<", right) == ["148", "149", "150", "151", "152"]
    gaps = [int(count) for count in re.findall(r"……略去 (\d+) 行……", html)]
    assert gaps == [147, 54 + 60]


def test_a_short_file_is_shown_whole_and_only_the_places_that_differ_are_printed() -> None:
    old, new = content(table([HEAD, *rows_of(50)])), content(table([HEAD, *rows_of(50, r30="已完成2件")]))
    html = drawn(old, new)
    assert "略去" not in html
    assert html.count('class="row same far"') == 50 - 5
    assert html.count('class="row changed"') == 1
    assert ".row.far { display: none; }" in html[html.index("@media print {", html.index("#fold")) :]


def test_layers_have_a_letter_and_a_kind_of_line_besides_their_colour() -> None:
    html = drawn(OLD, NEW)
    assert re.search(r'class="no text"[^>]*>1<i>文</i>', html)
    assert re.search(r'class="no style"[^>]*>\d<i>样</i>', html)
    lines = dict(re.findall(r"\.(text|structure|style|page) \{[^}]*--b: (\w+);", html))
    assert lines == {"text": "solid", "structure": "double", "style": "dashed", "page": "dotted"}


def test_files_of_different_kinds_stand_side_by_side_and_white_space_is_no_change() -> None:
    other = content("上半年办结 50 件，占全年的 43.2%。", "各单位抓好落实。", kind=FileKind.PDF, name="报告.pdf")
    first = content("上半年办结49件，占全年的43.2%。", "各单位抓好落实。")
    left, right = panes(drawn(first, other))
    assert re.findall(r"<del[^>]*>(.*?)</del>", left) == ["49"]
    assert [text.strip(" ␣") for text in re.findall(r"<ins[^>]*>(.*?)</ins>", right)] == ["50"]


# ---- pages side by side


@cache
def pdf_of(*paragraphs: str) -> bytes:
    return write_pdf(document(section(*map(p, paragraphs))), styles(), find_fonts({})).value


LINES = [f"第{n}段，全区上半年办结{n * 3}件，各单位继续抓好落实。" * 3 for n in range(1, 41)]


@cache
def pdf_page() -> str:
    changed = [line.replace("第20段，全区上半年办结60件", "第20段，全区上半年办结61件", 1) for line in LINES]
    blobs = pdf_of(*LINES), pdf_of(*changed)
    compared = compare_blobs(("原稿.pdf", blobs[0]), ("新稿.pdf", blobs[1]), Request(keep=True))
    assert len(compared.files[0].differences) == 1
    return comparison_page(compared).decode()


def test_pages_that_differ_are_drawn_side_by_side_and_no_others() -> None:
    html = pdf_page()
    assert_whole(html)
    pictures = dict(re.findall(r"\.p-(\w+) \{ background-image: url\(data:image/png;base64,([^)]+)\)", html))
    drawn_pages = re.findall(r'<div class="pic p-(\w+)" role="img" aria-label="([^"]+)"', html)
    assert {name for name, _ in drawn_pages} == set(pictures)
    page = re.search(r"第(\d+)页", seen(html[html.index('id="l-f1-d1"') :]))
    assert page is not None
    assert [label for _, label in drawn_pages] == [f"原稿.pdf 第 {page[1]} 页", f"新稿.pdf 第 {page[1]} 页"]
    for picture in pictures.values():
        with Image.open(BytesIO(b64decode(picture))) as image:
            assert (image.format, image.mode) == ("PNG", "P")
            assert image.size[1] / image.size[0] == pytest.approx(297 / 210, abs=0.01)


def test_a_box_lies_over_the_lines_that_changed() -> None:
    html = pdf_page()
    boxes = re.findall(r'<a class="box text[^"]*" data-d="f1-d1" href="#l-f1-d1"[^>]*style="([^"]+)"', html)
    assert len(boxes) == 2
    left, top, width, height = (float(each) for each in re.findall(r":([\d.]+)%", boxes[0]))
    (name, picture), *_ = re.findall(r"\.p-(\w+) \{ background-image: url\(data:image/png;base64,([^)]+)\)", html)
    assert name.startswith("f1a")
    with Image.open(BytesIO(b64decode(picture))) as image:
        grey = image.convert("L")
        across, down = grey.size
        box = (left * across / 100, top * down / 100, (left + width) * across / 100, (top + height) * down / 100)
        inside = grey.crop(box).histogram()
    # The whole paragraph of three lines, which takes all of the type area.
    assert width == pytest.approx(100 * 156 / 210, abs=3)
    assert 5 < height < 15
    assert sum(inside[:128]) > 500
    aim = re.search(r'id="f1-d1" style="--y:([\d.]+)%"', html)
    assert aim is not None
    assert float(aim[1]) == pytest.approx(top, abs=0.1)


def test_the_cells_of_a_row_have_one_box_on_each_page() -> None:
    boxes = tuple(Box(page, 20.0 * n, 50.0, 20.0 * n + 20, 90.0) for n in range(1, 6) for page in (3, 4))
    pages = tuple(PageFacts(number=n, width=210.0, height=297.0, fingerprint=str(n)) for n in range(1, 6))
    file = replace(content("正文", kind=FileKind.PDF), pages=pages)
    told = Difference(
        layer=Layer.TEXT,
        kind="row.added",
        subject="行",
        before="",
        after="新增",
        first=Spot(page=3),
        second=Spot(page=3, boxes=boxes),
        said="增加一行",
    )
    (row,), _ = page_rows(file, file, [Item(1, "f1-d1", told)], "f1", 60)
    assert row.second is not None
    (mark,) = row.second.marks
    assert (float(mark.left), float(mark.width)) == pytest.approx((19.2 / 2.1, 101.6 / 2.1), abs=0.01)
    assert row.first is not None
    assert row.first.marks == ()


def hot(html: str) -> list[tuple[float, float, float, float]]:
    """The places of the changed letters: left, top, width and height in percent of the page."""
    found = re.findall(r'<span class="hot" style="left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"', html)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in found]


def test_within_a_box_the_very_letters_that_changed_are_marked() -> None:
    html = pdf_page()
    one, other = hot(html)
    assert one == pytest.approx(other, abs=0.1)
    left, top, width, height = one
    # Two digits of 16 points: 5.6 mm of 210, one line of 28.95 points.
    assert width == pytest.approx(100 * 5.6 / 210, abs=0.4)
    assert height < 3
    (picture, *_) = re.findall(r"data:image/png;base64,([^)]+)\)", html)
    with Image.open(BytesIO(b64decode(picture))) as image:
        grey = image.convert("L")
        across, down = grey.size
        box = (left * across / 100, top * down / 100, (left + width) * across / 100, (top + height) * down / 100)
        assert sum(grey.crop(box).histogram()[:128]) > 20


def test_of_a_paragraph_over_two_pages_the_page_is_shown_on_which_it_changed() -> None:
    start = "各单位要继续抓好落实工作。" * 60
    blobs = pdf_of(start + "共办结49件。", *LINES), pdf_of(start + "共办结50件。", *LINES)
    compared = compare_blobs(("原稿.pdf", blobs[0]), ("新稿.pdf", blobs[1]), Request(keep=True))
    html = comparison_page(compared).decode()
    assert re.findall(r'role="img" aria-label="([^"]+)"', html) == ["原稿.pdf 第 2 页", "新稿.pdf 第 2 页"]
    assert len(hot(html)) == 2


def test_a_file_whose_pages_cannot_be_drawn_has_its_list_all_the_same() -> None:
    blobs = pdf_of(*LINES), pdf_of(*LINES[:-1], "改过的最后一段。")
    compared = compare_blobs(("原稿.pdf", blobs[0]), ("新稿.pdf", blobs[1]), Request(keep=True))
    broken = replace(compared.files[0], blobs=(b"%PDF-1.7 nothing", blobs[1]))
    html = comparison_page(replace(compared, files=(broken,))).decode()
    assert re.search(r"页面没有画出：[^<]*原稿\.pdf", html)
    assert "改过的最后一段" in html
    assert_whole(html)


def test_of_very_many_pages_some_are_drawn_and_the_rest_is_said() -> None:
    blob = pdf_of(*LINES)
    kept = compare_blobs(("a.pdf", blob), ("b.pdf", pdf_of(*LINES[:-1])), Request(keep=True)).files[0]
    assert kept.contents is not None
    first = kept.contents[0]
    pages = tuple(replace(first.pages[0], number=n) for n in range(1, 201))
    told = tuple(
        Difference(
            layer=Layer.PAGE, kind="page.look", subject="版面", before="", after="",
            first=Spot(page=n), second=Spot(page=n), said=f"第{n}页不同",
        )
        for n in range(1, 201)
    )  # fmt: skip
    many = replace(kept, differences=told, contents=(replace(first, pages=pages),) * 2, blobs=(b"", b""))
    html = page_of(many)
    assert html.count('<div class="row pages">') == 60
    assert "还有 140 对页有不同，没有画出；是哪些，见清单。" in html
    assert html.count('<span class="none">') == 140


# ---- bounds


def test_of_thousands_of_differences_the_first_are_shown_and_the_rest_is_counted() -> None:
    old = content(table([HEAD, *rows_of(3_000)]))
    new = content(table([HEAD, *rows_of(3_000, **{f"r{n}": f"第{n}项改为{n}件" for n in range(1, 3_001)})]))
    html = drawn(old, new)
    assert len(html) < 2_500_000
    assert html.count('<li class="text"') == 200
    assert "还有 2800 处没有列出；全部见 --json。" in html
    assert "文字 <b>3000</b> 处" in html
    assert_whole(html)


def test_a_file_of_very_many_letters_is_shown_as_far_as_there_is_room_and_the_list_says_the_rest() -> None:
    said = "已按月调度，下月继续推进。" * 40
    wide = [[f"{said}第{n}行第{m}列的内容" for m in range(12)] for n in range(600)]
    other = [
        [f"{said}第{n}行第{m}列的内" if m == n % 12 else cell for m, cell in enumerate(row)]
        for n, row in enumerate(wide)
    ]
    html = drawn(content(table(wide)), content(table(other)))
    assert html.count('<li class="text"') == 200
    unshown = html.count('<span class="none">')
    assert 0 < unshown < 200
    assert f"点不动的 {unshown} 处，右边没有画出。" in html
    assert len(html) < 6_000_000
    assert_whole(html)


def test_a_very_long_text_is_cut_around_its_changes() -> None:
    long = "各单位要抓好落实，" * 2_000
    html = drawn(content(long + "共49件。" + long), content(long + "共50件。" + long))
    left, right = panes(html)
    assert "<del" in left
    assert len(seen(left)) < 400
    assert re.search(r"……（略去 \d{5} 字）", seen(right))


def test_files_of_folders_beyond_the_limit_are_counted() -> None:
    same = [
        FilePair(first=f"{n}.docx", second=f"{n}.docx", relation=Relation.SAME_BYTES, kinds=(FileKind.DOCX,) * 2)
        for n in range(500)
    ]
    html = page_of(*same, pair(OLD, NEW), whole=Whole.FOLDERS)
    assert "还有 101 对文件没有列出，其中 0 对不同" in html
    rows = re.findall(r"<tr><td>(.*?)</td><td data-label=\"结果\">(.*?)</td>", html)
    assert seen(rows[0][0]) == "新稿.docx"
    assert len(rows) == 400


# ---- what else is told


def test_a_folder_is_a_list_of_its_files_and_then_each_that_differs() -> None:
    gone = Difference(
        layer=Layer.TEXT,
        kind="files.gone",
        subject="文件",
        before="旧.docx",
        after="",
        first=None,
        second=None,
        said="没有了",
    )
    alone = FilePair(first="旧.docx", second="", relation=Relation.ONLY_FIRST, differences=(gone,))
    failed = FilePair(
        first="坏.docx", second="坏.docx", relation=Relation.FAILED,
        problems=(error("file.damaged", "「坏.docx」打不开", "请另存一份", Location(file="坏.docx")),),
    )  # fmt: skip
    same = FilePair(first="同.docx", second="同.docx", relation=Relation.SAME_BYTES)
    left_out = (("~$报告.docx", "Word 打开时的临时文件"),)
    html = page_of(same, alone, pair(OLD, NEW), failed, whole=Whole.FOLDERS, left_out=left_out)
    assert_whole(html)
    states = {
        seen(name): seen(state)
        for name, state in re.findall(r'<tr><td>(.*?)</td><td data-label="结果">(.*?)</td>', html)
    }
    assert states["旧.docx"] == "缺少（只有原来有）"
    assert states["坏.docx"] == "没有比成"
    assert states["同.docx"] == "文件内容完全一样"
    assert states["新稿.docx"].endswith("处不同")
    assert "坏.docx：「坏.docx」打不开。请另存一份。" in html
    # What is said of a file as such is no difference of its text.
    assert f"文字 <b>{sum(each.layer is Layer.TEXT for each in differ(OLD, NEW))}</b> 处" in html
    assert [seen(title) for title in re.findall(r"<h2>(.*?)</h2>", html)] == ["新稿.docx", "坏.docx"]
    assert "没有比的：~$报告.docx（Word 打开时的临时文件）" in html
    assert "共 4 对文件，3 对不同，1 对相同。" in html


def test_what_a_rule_leaves_out_is_folded_with_its_reason() -> None:
    told = differ(OLD, NEW)
    rule = IgnoreRule(reason="落款日期每次都变", where=Location(file="规则.yaml", line=2))
    one = pair(OLD, NEW, differences=tuple(told[1:]), ignored=(Ignored(told[0], 0),))
    html = page_of(one, ignoring=Ignoring(rules=(rule,)))
    folded = html[html.index("<details>") :]
    assert "按忽略规则不计 1 处" in folded
    assert told[0].said in unescape(folded)
    assert "（落款日期每次都变）" in folded


def test_equal_files_say_so() -> None:
    same = FilePair(first="a.docx", second="b.docx", relation=Relation.SAME_BYTES)
    assert "<b>文件内容完全一样。</b>" in page_of(same)
    assert "<b>没有不同。</b>" in page_of(pair(OLD, OLD))
    assert "两边是同一个文件" in page_of(same, same_place=True)


# ---- safety

HOSTILE = (
    "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'{{ 7*7 }}]]>"
    "\x00\x07\ud800\u202e\u2066甲"
)


class Tags(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.counted: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"@{name}" for name, _ in attrs)}
        self.counted.append(tag)


def hostile_page() -> bytes:
    bad = Setting(face='仿宋";}</style><script>alert(3)</script>', size_pt=16, color="</sty", background="url(x)")
    look: dict[str, Value] = {"对齐": HOSTILE, "首行缩进": HOSTILE, "段前": float("inf"), "左缩进": float("nan")}
    edges = {HOSTILE: (para(HOSTILE, setting=bad, look=look),)}
    setup: dict[str, Value] = {"纸张宽": HOSTILE, "左边距": -5.0}
    first = content(
        para(HOSTILE, setting=bad, look=look),
        table([[HOSTILE, "1"], ["2", HOSTILE]], setting=bad),
        name=HOSTILE,
        sections=[Section(setup=setup, first_block=0, edges=edges)],
    )
    second = content(
        para(HOSTILE + "乙", setting=bad, look=look),
        table([[HOSTILE, "1"], ["3", HOSTILE + "丙"]], setting=bad),
        name=HOSTILE,
    )
    one = replace(
        pair(first, second),
        first=HOSTILE,
        second=HOSTILE,
        problems=(error("file.damaged", HOSTILE, HOSTILE, Location(file=HOSTILE)),),
        ignored=(Ignored(differ(first, second)[0], 0),),
    )
    rule = IgnoreRule(reason=HOSTILE, where=Location(file="x"))
    return comparison_page(
        Compared(
            first=HOSTILE, second=HOSTILE, files=(one,), whole=Whole.FOLDERS, left_out=((HOSTILE, HOSTILE),),
            ignoring=Ignoring(rules=(rule,)), problems=one.problems,
        )
    )  # fmt: skip


def test_hostile_text_is_shown_as_text_wherever_it_stands() -> None:
    blob = hostile_page()
    assert is_our_page(blob)
    html = blob.decode("utf-8")
    tags = Tags()
    tags.feed(html)
    assert tags.counted.count("script") == tags.counted.count("style") == 1
    assert "img" not in tags.found
    assert not {name for name in tags.found if name.startswith("@on")}
    assert "49" not in seen(html[html.index("<body>") :])
    style = html[html.index("<style>") : html.index("</style>")]
    assert "alert" not in style
    assert "url(" not in style
    assert "nan" not in style
    assert not re.search(r"[:*]inf", style)


def test_nothing_hidden_turns_a_line_around() -> None:
    html = hostile_page().decode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)
    assert "⟨202E⟩" in html
    assert "⟨0000⟩" in html


def test_the_page_loads_nothing_and_runs_nothing_but_its_own_script() -> None:
    html = pdf_page()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    script = re.search(r"<script>(.*?)</script>", html, re.S)
    assert policy is not None
    assert script is not None
    assert "default-src 'none'" in unescape(policy[1])
    wanted = b64encode(sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{wanted}'" in unescape(policy[1])
    assert not re.search(r"<link|<img|https?://|@import|url\((?!data:image/png)", html)


@pytest.mark.row("D1")
def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert drawn(OLD, NEW) == drawn(OLD, NEW)
    assert hostile_page() == hostile_page()
    before = pdf_page()
    pdf_page.cache_clear()
    assert pdf_page() == before


# ---- the real thing


def only(values: Sequence[Any]) -> Any:
    (value,) = values
    return value


def test_the_sample_report_changed_in_one_cell_shows_that_cell_on_both_sides() -> None:
    from docx import Document

    old = made()[".docx"]
    changed = Document(BytesIO(old))
    run = next(run for par in changed.tables[-1].rows[-1].cells[-1].paragraphs for run in par.runs if run.text.strip())
    run.text += "（补报）"
    out = BytesIO()
    changed.save(out)
    compared = compare_blobs(("原稿.docx", old), ("新稿.docx", out.getvalue()), Request(keep=True))
    assert len(only(compared.files).differences) == 1
    html = comparison_page(compared).decode()
    assert_whole(html)
    left, right = panes(html)
    assert re.findall(r"<ins[^>]*>(.*?)</ins>", right) == ["（补报）"]
    assert "<del" not in left
    assert left.count('data-d="f1-d1"') == right.count('data-d="f1-d1"') == 1
    assert "附件3" in seen(right)
    assert len(html) < 1_500_000
