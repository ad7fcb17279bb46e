"""The style sheet (版式): page, grid, faces and sizes of GB/T 9704—2012, one value for each thing.

Lengths carry their unit in the name: `_mm`, `_pt`, `_chars` (widths of a 三号 character on the page's grid),
`_lines` (line pitches of the body). Both translators, `writers/docx_styles` and `writers/css`, read nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import ClassVar

from reportgen.document import ColumnKind, Orientation, Tone
from reportgen.rules import Rule

POINTS_PER_MM = 72 / 25.4

# Word's values of the printers' sizes (字号) in points.
SIZES = {
    "初号": 42.0,
    "小初": 36.0,
    "一号": 26.0,
    "小一": 24.0,
    "二号": 22.0,
    "小二": 18.0,
    "三号": 16.0,
    "小三": 15.0,
    "四号": 14.0,
    "小四": 12.0,
    "五号": 10.5,
    "小五": 9.0,
    "六号": 7.5,
}

_STRICT = {"extra": "forbid", "strict": True}


class FontRole(Enum):
    """What a face is for (字体角色)."""

    TITLE = "小标宋"
    FANGSONG = "仿宋"
    KAI = "楷体"
    HEI = "黑体"
    SONG = "宋体"
    LATIN = "西文"


class TextRole(Enum):
    """What a text is in the document (文字角色)."""

    COPY_NUMBER = "份号"
    SECRECY = "密级和紧急程度"
    ISSUER_MARK = "发文机关标志"
    DOCUMENT_NUMBER = "发文字号"
    SIGNER = "签发人"
    SIGNER_NAME = "签发人姓名"
    BULLETIN_LINE = "编发单位和日期"
    TITLE = "标题"
    ADDRESSEE = "主送机关"
    BODY = "正文"
    HEADING_1 = "一级标题"
    HEADING_2 = "二级标题"
    HEADING_3 = "三级标题"
    HEADING_4 = "四级标题"
    CLOSING = "结语"
    ANNEX_LIST = "附件说明"
    ISSUER = "署名"
    DATE = "成文日期"
    NOTE = "附注"
    ANNEX_LABEL = "附件序号"
    ANNEX_TITLE = "附件标题"
    TABLE_HEAD = "表头"
    TABLE_SECTION_1 = "表内一级标题"
    TABLE_SECTION_2 = "表内二级标题"
    TABLE_CELL = "表格文字"
    CHART = "图"
    CHART_TITLE = "图题"
    IMPRINT = "版记"
    PAGE_NUMBER = "页码"


TABLE_ROLES = (TextRole.TABLE_HEAD, TextRole.TABLE_SECTION_1, TextRole.TABLE_SECTION_2, TextRole.TABLE_CELL)
CHART_ROLES = (TextRole.CHART, TextRole.CHART_TITLE)
HEADING_ROLES = (TextRole.HEADING_1, TextRole.HEADING_2, TextRole.HEADING_3, TextRole.HEADING_4)


class Align(Enum):
    """Alignment (对齐) of a paragraph."""

    LEFT = "左"
    CENTER = "居中"
    RIGHT = "右"
    JUSTIFY = "两端"


@dataclass(frozen=True)
class FontNames:
    """The names of a face in Word (字体名): the wanted one, and what Word may take in its place."""

    __pydantic_config__: ClassVar = _STRICT
    name: str
    stand_in: str | None = None


@dataclass(frozen=True)
class TextStyle:
    """How one text role is set (文字样式).

    Without a `pitch_pt` the lines keep the page's own pitch. `on_grid` packs the characters to the page's
    characters per line. `outline_level` (1 to 9) puts the text into Word's navigation and the PDF's bookmarks.
    """

    __pydantic_config__: ClassVar = _STRICT
    font: FontRole
    size_pt: float
    pitch_pt: float | None = None
    align: Align = Align.JUSTIFY
    first_line_chars: float = 0.0
    left_chars: float = 0.0
    right_chars: float = 0.0
    before_lines: float = 0.0
    after_lines: float = 0.0
    on_grid: bool = False
    keep_with_next: bool = False
    outline_level: int | None = None
    color: str = "000000"


@dataclass(frozen=True)
class PageStyle:
    """Paper, margins and grid (页面与版心). GB/T 9704—2012 5.1, 5.2."""

    __pydantic_config__: ClassVar = _STRICT
    width_mm: float
    height_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float
    left_mm: float
    lines: int
    characters: int

    def size_mm(self, orientation: Orientation) -> tuple[float, float]:
        """Width and height of the sheet as it is read."""
        upright = (self.width_mm, self.height_mm)
        return upright if orientation is Orientation.PORTRAIT else (self.height_mm, self.width_mm)

    def margins_mm(self, orientation: Orientation) -> tuple[float, float, float, float]:
        """Top, right, bottom, left; a landscape page is the upright page turned clockwise (clause 8)."""
        upright = (self.top_mm, self.right_mm, self.bottom_mm, self.left_mm)
        if orientation is Orientation.PORTRAIT:
            return upright
        top, right, bottom, left = upright
        return left, top, right, bottom

    def text_width_pt(self, orientation: Orientation = Orientation.PORTRAIT) -> float:
        """Width of the type area (版心) in points."""
        _, right, _, left = self.margins_mm(orientation)
        return (self.size_mm(orientation)[0] - left - right) * POINTS_PER_MM

    @property
    def character_pt(self) -> float:
        """Width of one character on the grid of the upright page, in points."""
        return self.text_width_pt() / self.characters

    @property
    def line_pt(self) -> float:
        """Pitch of one line on the grid of the upright page, in points: whole twips, so that both formats have it."""
        exact = (self.height_mm - self.top_mm - self.bottom_mm) * POINTS_PER_MM / self.lines
        return math.floor(exact * 20) / 20


class Ruling(Enum):
    """Which rules a table has (表线)."""

    GRID = "全框线"
    OPEN = "开放式"
    THREE = "三线表"


@dataclass(frozen=True)
class TableStyle:
    """How tables are ruled and filled (表格样式).

    With `ruling` 全框线 `frame_pt` is the frame and `rule_pt` every rule within it; 开放式 has no frame left and right;
    三线表 has the frame's rules above and below and the rule under its head only. `head_fill` is a colour.

    A row of at most `keep_row_lines` lines is not split over two pages; a merged cell of more than
    `keep_merged_lines` lines may be split in its first row. A row that is split has at least `split_lines` lines on
    each page.
    """

    __pydantic_config__: ClassVar = _STRICT
    ruling: Ruling
    frame_pt: float
    rule_pt: float
    head_rule_pt: float
    padding_mm: float
    keep_row_lines: int
    keep_merged_lines: int
    split_lines: int
    align: Mapping[ColumnKind, Align]
    head_fill: str | None = None

    @property
    def under_head_pt(self) -> float:
        """The rule under the head: beside other rules it is not the thinner one."""
        return self.head_rule_pt if self.ruling is Ruling.THREE else max(self.head_rule_pt, self.rule_pt)


@dataclass(frozen=True)
class TableTheme:
    """A named look of tables (表格主题): what it does not say of itself is that of the style sheet."""

    __pydantic_config__: ClassVar = _STRICT
    table: TableStyle
    text: Mapping[TextRole, TextStyle]


@dataclass(frozen=True)
class ChartStyle:
    """How charts are drawn (图的样式); the letters in them are those of the text role 图.

    A bar is `bar_mm` thick, `gap_mm` lie between the bars of two categories. The colours differ in lightness, so that
    a black-and-white print keeps them apart. `labels` is the most of the picture's width that the categories take.
    """

    __pydantic_config__: ClassVar = _STRICT
    bar_mm: float
    gap_mm: float
    labels: float
    outline_pt: float
    grid_pt: float
    grid_color: str
    line_pt: float
    colors: Mapping[Tone, str]


@dataclass(frozen=True)
class PageNumberStyle:
    """The page number (页码) — 1 —: outside, one character in, below the type area. GB/T 9704—2012 7.5.

    On a landscape page of a Word file it stands in the footer, or, with `turned_in_docx`, where it is on the bound
    upright sheet (clause 8), as it always is in the PDF.
    """

    __pydantic_config__: ClassVar = _STRICT
    before: str
    after: str
    below_mm: float
    inset_chars: float
    turned_in_docx: bool


@dataclass(frozen=True)
class LetterheadStyle:
    """The letterhead of 文件 and 简报 (版头), its rule in `red`. GB/T 9704—2012 7.2.

    `mark_top_mm` is from the type area's upper edge to that of the 发文机关标志. Of a joint document the issuers'
    names and 文件 beside them stand `suffix_gap_pt` apart. `title_lines` empty lines lie between the head, a letter's
    too, and the title. `preprinted` leaves the room of the mark and the rule but draws neither: the paper has them.
    """

    __pydantic_config__: ClassVar = _STRICT
    mark_top_mm: float
    suffix_gap_pt: float
    rule_below_mm: float
    rule_pt: float
    title_lines: float
    red: str
    preprinted: bool


@dataclass(frozen=True)
class LetterStyle:
    """The letterhead of 信函 (信函格式): two double rules, measured from the sheet's edges. GB/T 9704—2012 10.1.

    `gap_pt` lies between the two lines of a double rule; `head_below_pt` between the upper double rule and the
    letters of the line that has the 发文字号.
    """

    __pydantic_config__: ClassVar = _STRICT
    mark_top_mm: float
    rule_below_mm: float
    rule_width_mm: float
    foot_rule_mm: float
    thick_pt: float
    thin_pt: float
    gap_pt: float
    head_below_pt: float


@dataclass(frozen=True)
class SealStyle:
    """The place that is kept free for seals (印章): never the seal itself. GB/T 9704—2012 7.3.5.1.

    A row has `in_a_row` seals at most; two seals are `between_mm` apart at least, sideways and downwards.
    """

    __pydantic_config__: ClassVar = _STRICT
    diameter_mm: float
    between_mm: float
    in_a_row: int
    before_lines: float
    right_chars: float


class ImprintPage(Enum):
    """Which page the imprint closes (版记所在页)."""

    EVEN = "偶数页"
    LAST = "末页"


@dataclass(frozen=True)
class ImprintStyle:
    """The rules of the imprint and its page (版记). GB/T 9704—2012 7.4."""

    __pydantic_config__: ClassVar = _STRICT
    outer_rule_pt: float
    inner_rule_pt: float
    page: ImprintPage


class Level(Enum):
    """What a breach of a rule of form is (规则级别)."""

    ERROR = "错误"
    WARNING = "警告"
    OFF = "不查"


@dataclass(frozen=True)
class Check:
    """One rule of the format check (检查规则): its clause, how grave a breach is, and how far off is still right.

    The wanted values are those of the style sheet; `within` is in the unit that the rule's name stands for.
    """

    __pydantic_config__: ClassVar = _STRICT
    clause: str
    level: Level = Level.ERROR
    within: float = 0.0


@dataclass(frozen=True)
class StyleSheet:
    """Style sheet (版式): everything about how a report looks, and what the format check looks at."""

    __pydantic_config__: ClassVar = _STRICT
    page: PageStyle
    fonts: Mapping[FontRole, FontNames]
    text: Mapping[TextRole, TextStyle]
    table: TableStyle
    chart: ChartStyle
    page_number: PageNumberStyle
    letterhead: LetterheadStyle
    letter: LetterStyle
    seal: SealStyle
    imprint: ImprintStyle
    checks: Mapping[Rule, Check]
    themes: Mapping[str, TableTheme] = field(default_factory=dict)

    def themed(self, theme: str) -> StyleSheet:
        """The style sheet as the tables of that theme see it; the empty name is the sheet's own."""
        if not theme:
            return self
        chosen = self.themes[theme]
        return replace(self, table=chosen.table, text={**self.text, **chosen.text})

    def unit_pt(self, role: TextRole) -> float:
        """Width of one character of a text role in points."""
        style = self.text[role]
        return self.page.character_pt if style.on_grid else style.size_pt

    def pitch_pt(self, role: TextRole) -> float:
        """Line pitch of a text role in points."""
        own = self.text[role].pitch_pt
        return self.page.line_pt if own is None else own
