"""The names of what is compared of a look (属性名): which are measures, in which unit, how far off is still equal.

A reader of a file puts a value under one of these names and no other. A value that is a number is in the unit of its
name; one that is a text (固定值 28.8磅, 单线 0.5磅 000000) is told and compared as it stands; None is 未写明.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from reportgen.comparison.model import Tolerance, Value


class Measure(Enum):
    """What a number under a name is (量的种类); the value begins with its unit as a person reads it."""

    LENGTH = "毫米"
    SIZE = "磅"
    SPACING = "磅（间距）"
    COUNT = ""


@dataclass(frozen=True, slots=True)
class LookName:
    """A name under which a look has a value (属性): numbers by their measure, all else as it stands."""

    measure: Measure = Measure.COUNT

    @property
    def unit(self) -> str:
        """The unit of its numbers, empty for a count."""
        return self.measure.value.partition("（")[0]


_LENGTH, _SPACING, _COUNT = LookName(Measure.LENGTH), LookName(Measure.SPACING), LookName()

SETTING_NAMES: Mapping[str, tuple[str, LookName]] = {
    "face": ("字体", _COUNT),
    "size_pt": ("字号", LookName(Measure.SIZE)),
    "bold": ("加粗", _COUNT),
    "italic": ("倾斜", _COUNT),
    "underline": ("下划线", _COUNT),
    "struck": ("删除线", _COUNT),
    "color": ("字体颜色", _COUNT),
    "background": ("文字底色", _COUNT),
    "spacing_pt": ("字间距", LookName(Measure.SIZE)),
    "raised": ("上下标", _COUNT),
    "effects": ("文字效果", _COUNT),
}
"""The fields of `Setting` as they are told, with their measures."""

PARAGRAPH_LOOKS: Mapping[str, LookName] = {
    "对齐": _COUNT,  # 左 居中 右 两端 分散
    "左缩进": _LENGTH,
    "右缩进": _LENGTH,
    "首行缩进": _LENGTH,  # below zero: 悬挂
    "行距": _SPACING,  # a text where Word says a rule: 固定值 28.8磅, 最小值 12磅, 1.5倍, 单倍
    "段前": _SPACING,
    "段后": _SPACING,
    "对齐网格": _COUNT,  # 否 where the page has a grid that the lines do not keep to
    "与下段同页": _COUNT,
    "段中不分页": _COUNT,
    "孤行控制": _COUNT,
    "制表位": _COUNT,
    "上框线": _COUNT,  # 单线 0.5磅 000000
    "下框线": _COUNT,
    "左框线": _COUNT,
    "右框线": _COUNT,
    "底纹": _COUNT,
    "图文框": _COUNT,
    "空行字号": LookName(Measure.SIZE),  # of a line without letters, unless the pitch is fixed
    "图片": _COUNT,  # 宽×高 and a short fingerprint of each
    "图形": _COUNT,
}
TABLE_LOOKS: Mapping[str, LookName] = {
    "表格对齐": _COUNT,
    "表格缩进": _LENGTH,
    "文字环绕": _COUNT,
    "重复标题行": _COUNT,  # how many rows are repeated on every page
}
CELL_LOOKS: Mapping[str, LookName] = {
    "上框线": _COUNT,
    "下框线": _COUNT,
    "左框线": _COUNT,
    "右框线": _COUNT,
    "斜线": _COUNT,
    "底纹": _COUNT,
    "垂直对齐": _COUNT,  # 靠上 居中 靠下
    "文字方向": _COUNT,
    "单元格宽": _COUNT,  # 随列, or how wide: 26.7毫米
    "单元格上边距": _LENGTH,
    "单元格下边距": _LENGTH,
    "单元格左边距": _LENGTH,
    "单元格右边距": _LENGTH,
    # Those of a row stand in the first cell that begins in it.
    "行高": _COUNT,  # 固定值 12毫米, 最小值 12毫米, 自动
    "允许跨页断行": _COUNT,
    "嵌套表格": _COUNT,
}
SECTION_LOOKS: Mapping[str, LookName] = {
    "纸张宽": _LENGTH,
    "纸张高": _LENGTH,
    "方向": _COUNT,  # 纵向 横向
    "上边距": _LENGTH,
    "下边距": _LENGTH,
    "左边距": _LENGTH,
    "右边距": _LENGTH,
    "页眉边距": _LENGTH,
    "页脚边距": _LENGTH,
    "分节方式": _COUNT,  # 下一页 连续 偶数页 奇数页
    "行网格": _SPACING,
    "字符网格": LookName(Measure.SIZE),
    "分栏": _COUNT,
    "首页不同": _COUNT,
    "奇偶页不同": _COUNT,
    "页码起始": _COUNT,
    "页码格式": _COUNT,
    "页面边框": _COUNT,
    "行号": _COUNT,
    "版面垂直对齐": _COUNT,
    "文字方向": _COUNT,
}

_TWIP_MM = 25.4 / 1440

UNMEASURED = "测不出"
"""The value of a look that a page does not tell (测不出): equal to every other one."""

LOOK_NAMES: Mapping[str, LookName] = {**PARAGRAPH_LOOKS, **TABLE_LOOKS, **CELL_LOOKS, **SECTION_LOOKS}


def is_equal(name: LookName, first: Value, second: Value, tolerance: Tolerance) -> bool:
    """Whether two values (属性值) under one name are equal within the tolerance."""
    if first == second or UNMEASURED in (first, second):
        return True
    numbers = (int, float)
    if not isinstance(first, numbers) or not isinstance(second, numbers):
        return False
    if isinstance(first, bool) or isinstance(second, bool):
        return False
    within = {
        Measure.LENGTH: tolerance.length_mm,
        Measure.SIZE: tolerance.size_pt,
        Measure.SPACING: tolerance.spacing_pt,
        Measure.COUNT: 0.0,
    }[name.measure]
    # What was rounded to the last place on both sides must not fall over it.
    return abs(first - second) <= within + 1e-6


def said(name: LookName, value: Value) -> str:
    """A value as a person reads it (属性值的说法): 11.3毫米, 是, 未写明."""
    if value is None:
        return "未写明"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        # Word keeps lengths in twentieths of a point: 2 mm are written as 1.99.
        tenths = round(value, 1)
        near = name.measure is Measure.LENGTH and abs(value - tenths) <= _TWIP_MM
        return f"{tenths if near else round(value, 2):g}{name.unit}"
    return value or "无"
