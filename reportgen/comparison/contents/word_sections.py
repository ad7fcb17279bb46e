"""The sections of a Word file (Word 的节): page set-up under the names of `look_names`, headers and footers as seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from reportgen.comparison.contents.word_looks import SIDES, ruled
from reportgen.comparison.model import Paragraph, Value
from reportgen.word.file import Edge, Setup

_FORMS = {
    "decimal": "1、2、3",
    "numberInDash": "- 1 -",
    "chineseCounting": "一、二、三",
    "chineseCountingThousand": "一、二、三",
    "upperRoman": "I、II、III",
    "lowerRoman": "i、ii、iii",
    "upperLetter": "A、B、C",
    "lowerLetter": "a、b、c",
    "decimalFullWidth": "１、２、３",
}
_VERTICAL = {"": "靠上", "top": "靠上", "center": "居中", "bottom": "靠下", "both": "两端"}
_BEGINS = {"evenPage": "偶数页", "oddPage": "奇数页"}
_KINDS = {"default": "", "even": "偶数页", "first": "首页"}
# Sheets that differ by less are the same paper.
_SAME_SHEET_MM = 0.5
# Between columns where a file does not say it (ISO/IEC 29500-1, 17.6.4).
_USUALLY_APART_MM = 12.7


def setup_of(setup: Setup, above: Setup | None) -> dict[str, Value]:
    """The page set-up (页面设置) of a section below the one `above`."""
    values: dict[str, Value] = {
        "纸张宽": _rounded(setup.width),
        "纸张高": _rounded(setup.height),
        "方向": "横向" if setup.landscape else "纵向",
        "上边距": _rounded(setup.top),
        "下边距": _rounded(setup.bottom),
        "左边距": _rounded(setup.left),
        "右边距": _rounded(setup.right),
        "页码起始": setup.start,
        "页码格式": _FORMS.get(setup.number_form, setup.number_form),
        "版面垂直对齐": _VERTICAL.get(setup.vertical, setup.vertical),
        "文字方向": "竖排" if setup.direction in ("tbRl", "tbRlV", "rl") else "横排",
        "分栏": _columns(setup),
        "行网格": round(setup.grid_pitch_pt, 2) if setup.grid != "none" and setup.grid_pitch_pt else 0.0,
        "字符网格": round(setup.character_space_pt, 2) if setup.grid in ("linesAndChars", "snapToChars") else 0.0,
    }
    if above is not None and setup.begins in _BEGINS:
        values["分节方式"] = _BEGINS[setup.begins]
    if setup.lines_counted:
        values["行号"] = f"每{setup.lines_counted}行"
    if rules := "，".join(f"{name}{rule}" for side, name in SIDES.items() if (rule := ruled(setup.borders.get(side)))):
        values["页面边框"] = rules
    return values


def _columns(setup: Setup) -> Value:
    """How many columns (分栏); how far apart where that is not what a program leaves, and whether a line parts them."""
    apart = setup.columns_apart or _USUALLY_APART_MM
    usual = abs(apart - _USUALLY_APART_MM) < _SAME_SHEET_MM
    if setup.columns == 1 or (usual and not setup.columns_ruled):
        return setup.columns
    words = (f"{setup.columns}栏", "" if usual else f"间距{apart:.0f}毫米", "有分隔线" if setup.columns_ruled else "")
    return "，".join(filter(None, words))


def breaks_page(setup: Setup, above: Setup) -> bool:
    """Whether a section begins a page: it does if it asks for one, and on other paper."""
    if setup.begins not in ("continuous", "nextColumn"):
        return True
    sides = ((setup.width, above.width), (setup.height, above.height))
    return any(abs((one or 0.0) - (other or 0.0)) > _SAME_SHEET_MM for one, other in sides)


def edges_of(
    setup: Setup, read: Callable[[Edge], tuple[Paragraph, ...]], *, odd_even: bool
) -> Mapping[str, tuple[Paragraph, ...]]:
    """The headers and footers (页眉、页脚) that are seen.

    Those of even and of first pages only if there are such and they are other ones; blank ones only where the other
    pages' are not blank.
    """
    found: dict[str, tuple[Paragraph, ...]] = {}
    for name, edges in (("页眉", setup.headers), ("页脚", setup.footers)):
        usual = read(edges["default"]) if "default" in edges else ()
        if usual:
            found[name] = usual
        for kind, is_shown in (("even", odd_even), ("first", setup.title_page)):
            own = read(edges[kind]) if kind in edges else ()
            if is_shown and own != usual:
                found[_KINDS[kind] + name] = own
    return found


def edge_distances(setup: Setup, edges: Mapping[str, tuple[Paragraph, ...]]) -> dict[str, Value]:
    """How far headers and footers stand from the sheet's edges (页眉边距、页脚边距), where there are any."""
    said = (("页眉", "页眉边距", setup.header), ("页脚", "页脚边距", setup.footer))
    return {
        name: _rounded(distance)
        for kind, name, distance in said
        if any(chain.from_iterable(found for edge, found in edges.items() if edge.endswith(kind)))
    }


def _rounded(length: float | None) -> Value:
    return None if length is None else round(length, 2)
