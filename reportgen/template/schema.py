"""What may stand in a configuration and in a template (配置与模板的内容); each field explains itself."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from reportgen.naming import is_file_name
from reportgen.numbering import date_in
from reportgen.pdf_engine import PdfEngine
from reportgen.template import forms
from reportgen.template.hints import shown
from reportgen.template.limits_block import LimitsConfig

MIN_SHARE = 0.02
"""The least part of its table's width that a column may have."""

Text = Annotated[str, StringConstraints(min_length=1)]
EntryField = Literal[
    "category", "text", "lead_units", "support_units", "progress", "judgement", "given_no",
    "duty", "report_annex", "report_no",
]  # fmt: skip
"""What a column may show; the last three are known of one unit's entries only (`per_unit`)."""
SheetName = Literal["预期目标", "重点任务"]


def _file_names(value: Any) -> Any:
    """One file name as a list of one: a union of both would name every fault twice."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(value)
    raise ValueError("应是文件名，或文件名的列表")


def _file_stem(value: str) -> str:
    """A name that stays inside the output folder and that Windows takes, too."""
    if not is_file_name(value):
        unfit = '不要含有 / \\ : * ? " < > | 和看不见的字符，不要以点或空格开头、结尾，不要用 CON、NUL 之类，也不要太长'
        raise ValueError(f"不能作文件名：{unfit}")
    return value


def _one_line(value: str) -> str:
    if "\n" in value:
        raise ValueError("只能写一行，其中有换行")
    return value


def _without_suffix(value: Any) -> Any:
    """A name without the suffix of a format, which is put behind it anyway."""
    return re.sub(r"(?i)(?<=.)\.(docx?|pdf|html?|json)$", "", value) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """A date in one of the ways that offices write it."""
    if not isinstance(value, str):
        return value
    try:
        day = date_in(value)
    except ValueError:
        raise ValueError(f"的「{shown(value)}」没有这一天，请写成 2026-07-10 的样子") from None
    if day is None:
        raise ValueError(f"的「{shown(value)}」不是日期，请写成 2026-07-10 的样子")
    return day


_LineText = Annotated[Text, AfterValidator(_one_line)]
_Names = Annotated[tuple[Text, ...], BeforeValidator(forms.names)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReturnsConfig(_Model):
    """Returns (部门反馈) of the units: which form they get, and until when they answer."""

    form: Text = Field(default="return-form", description="反馈表模板名，或模板文件的路径")
    deadline: Annotated[datetime.date, BeforeValidator(_day)] | None = Field(
        default=None, description="反馈截止日期；不写则不判断逾期"
    )
    contact: _LineText | None = Field(default=None, description="联系人和电话，印在反馈表上")


class UnitSetsConfig(_Model):
    """Unit sets (各单位分送件): what each unit gets of a report."""

    template: Text = Field(default="unit-annex", description="分送件的模板名，或模板文件的路径")
    without_tasks: Literal["列明", "出文件", "不列"] = Field(
        default="列明", description="没有任务的单位：列明 是在目录里写“无任务”，出文件 是也出一份，不列 是都没有"
    )
    date: Annotated[datetime.date, BeforeValidator(_day)] | None = Field(
        default=None, description="分送件的成文日期；不写就是报告的 date"
    )
    wording: dict[str, str] = Field(default_factory=dict, description="改写分送件模板里的用语")


class RenderingConfig(_Model):
    """Limits of rendering (渲染限额): what one document may cost."""

    seconds: float = Field(default=60, description="一份文件最多几秒", ge=1, le=3600)
    memory_mb: int = Field(default=2048, description="一份文件最多用多少内存（MB）", ge=256, le=65536)
    workers: int | None = Field(default=None, description="同时几个进程；不写则每个处理器核一个", ge=1, le=256)


class Config(_Model):
    """Configuration (配置) of one report."""

    version: Literal[1] = Field(description="配置格式的版本")
    template: Text = Field(description="模板名，如 half-year-report；也可写模板文件的路径")
    ledger: Annotated[tuple[Text, ...], BeforeValidator(_file_names)] = Field(
        min_length=1, description="台账文件，相对本文件；CSV 可列出两个文件"
    )
    period: _LineText = Field(description="报告期，如 1—6月")
    previous_ledger: Annotated[tuple[Text, ...], BeforeValidator(_file_names)] = Field(
        default=(), description="上期台账，写法同 ledger；写了以后，模板可以用 changes 写两期变化"
    )
    previous_period: _LineText | None = Field(
        default=None, description="上期的报告期，如 1—3月；不是同一年的写上年份，如 2025年1—12月"
    )
    changes: Text = Field(default="standard", description="两期变化的用语名；也可写用语文件的路径")
    year: int = Field(description="年份，如 2026", ge=1949, le=2999)
    issuer: _LineText = Field(description="署名机关")
    addressee: _LineText | None = Field(default=None, description="主送机关，不带冒号")
    date: Annotated[datetime.date, BeforeValidator(_day)] | None = Field(
        default=None, description="成文日期，如 2026-07-10 或 2026年7月10日；不写则没有落款"
    )
    number: Annotated[_LineText, BeforeValidator(forms.document_number)] | None = Field(
        default=None, description="发文字号，如 青督〔2026〕5号"
    )
    signers: _Names = Field(default=(), description="签发人，上行文才有；几个机关联合行文时依次列出")
    copy_number: Annotated[Text, BeforeValidator(forms.copy_number)] | None = Field(
        default=None, description="份号，不足六位的补零"
    )
    secrecy: Annotated[Text, BeforeValidator(forms.secrecy)] | None = Field(
        default=None, description="密级和保密期限，如 机密★1年"
    )
    urgency: Annotated[Text, BeforeValidator(forms.urgency)] | None = Field(
        default=None, description="紧急程度：特急、加急"
    )
    issue: Annotated[_LineText, BeforeValidator(forms.issue)] | None = Field(
        default=None, description="期号，如 5 或 第5期"
    )
    co_issuers: _Names = Field(default=(), description="联合行文的其他机关，主办机关写在 issuer")
    sealed: bool = Field(default=False, description="true 表示加盖印章：只留出位置，不画印章")
    note: Annotated[_LineText, BeforeValidator(forms.without_brackets)] | None = Field(
        default=None, description="附注，不写括号"
    )
    copies_to: Annotated[tuple[_LineText, ...], BeforeValidator(forms.copies_to)] = Field(
        default=(), description="抄送机关"
    )
    printer: _LineText | None = Field(default=None, description="印发机关")
    print_date: Annotated[datetime.date, BeforeValidator(_day)] | None = Field(default=None, description="印发日期")
    style: Text = Field(default="gb9704", description="版式名；也可写版式文件的路径")
    style_changes: dict[str, Any] = Field(default_factory=dict, description="只对本报告的版式改动，写法同版式文件")
    units: Text | None = Field(default=None, description="单位名录文件，相对本文件")
    output: Annotated[Text, BeforeValidator(_without_suffix), AfterValidator(_file_stem)] | None = Field(
        default=None, description="输出文件名，不带后缀；不写则用本文件的名字"
    )
    first_annex: int | None = Field(default=None, description="附件从第几号编起", ge=1, le=99)
    wording: dict[str, str] = Field(default_factory=dict, description="改写模板里的用语")
    columns: dict[str, tuple[Text, ...]] = Field(default_factory=dict, description="台账列名的其他写法")
    judgements: dict[str, tuple[Text, ...]] = Field(default_factory=dict, description="推进情况和评价的其他写法")
    fonts: dict[str, Text] = Field(default_factory=dict, description="各字体角色使用的字体文件")
    judging: Text = Field(default="standard", description="研判规则名；也可写研判规则文件的路径")
    checking: Text = Field(default="standard", description="校核规则名；也可写校核规则文件的路径")
    returns: ReturnsConfig = Field(default_factory=ReturnsConfig, description="部门反馈：反馈表、截止日期、联系人")
    unit_sets: UnitSetsConfig = Field(default_factory=UnitSetsConfig, description="各单位分送件：模板、没有任务的单位")
    engine: Literal["local", "dask"] = Field(default="local", description="在哪里渲染：local 本机，dask 用已有的集群")
    scheduler: _LineText | None = Field(default=None, description="Dask 调度器的地址，如 tcp://10.0.0.5:8786")
    pdf_engine: PdfEngine = Field(
        default=PdfEngine.WEASYPRINT, description="PDF 用哪个引擎排版：weasyprint，或更快、不需要 Pango 的 typst"
    )
    limits: LimitsConfig = Field(default_factory=LimitsConfig, description="读入文件的限额，只写与默认不同的")
    rendering: RenderingConfig = Field(default_factory=RenderingConfig, description="渲染的限额和进程数")


class LayerHead(_Model):
    """What a style or rule file says about itself (版式、规则文件的开头); the rest is a style sheet, or the rules."""

    version: Literal[1] = Field(description="文件格式的版本")
    extends: Text | None = Field(default=None, description="以哪个文件为底，只列不同的项")


class ListSpec(_Model):
    """Named part of the ledger (台账中的一类条目)."""

    sheet: SheetName = Field(description="取自哪张表")
    judgement: str | None = Field(
        default=None, description='只取推进情况（评价）为此的条目，写成 "" 取空着的；不写则全取'
    )
    duty: Literal["牵头", "配合"] | None = Field(
        default=None, description="只取本单位牵头（或配合）的条目，只用于 per_unit 的模板；不写则都取"
    )
    of_addressee: bool = Field(default=False, description="true 表示只取责任单位里有主送机关的条目")
    required: bool = Field(default=False, description="true 表示没有这类条目就不生成，并说明原因")


class ColumnSpec(_Model):
    """Column of an annex table (附件表的列): a field of the entry, the running number, or nested columns."""

    title: str = Field(default="", description="表头文字；嵌套的列可以不写，由上层表头统领")
    field: EntryField | None = Field(default=None, description="取条目的哪一项")
    number: bool = Field(default=False, description="true 表示本表重新编的序号")
    width: float | None = Field(default=None, description="宽度比例，各列相比", gt=0, le=1000)
    merge_down: bool = Field(default=False, description="true 表示上下相邻的相同内容合并")
    optional: bool = Field(default=False, description="true 表示整列都空着就没有这一列，台账也可以没有")
    columns: tuple[ColumnSpec, ...] = Field(default=(), description="嵌套的列，本列成为上层表头")

    @model_validator(mode="after")
    def _one_source(self) -> ColumnSpec:
        if sum((self.field is not None, self.number, bool(self.columns))) != 1:
            raise ValueError("每列须在 field、number、columns 中写且只写一项")
        if bool(self.columns) == (self.width is not None):
            raise ValueError("有嵌套列时不写 width，没有嵌套列时必须写 width")
        if self.optional and self.field is None:
            raise ValueError("里 optional 只能写在有 field 的列上")
        return self


def _wide_enough(columns: tuple[ColumnSpec, ...]) -> tuple[ColumnSpec, ...]:
    """Columns of which each has room for at least one character of its table's text, and of which one always stays."""
    leaves = list(_leaves(columns))
    total = sum(leaf.width or 0 for leaf in leaves)
    if all(leaf.optional for leaf in leaves):
        raise ValueError("里每一列都写了 optional，至少要有一列不写")
    for number, leaf in enumerate(leaves, 1):
        if (leaf.width or 0) < MIN_SHARE * total:
            name = f"「{shown(leaf.title)}」" if leaf.title else f"第 {number} 列"
            raise ValueError(f"中{name}太窄，不到全表宽度的 2%，请加大它的 width")
    return columns


def _leaves(columns: tuple[ColumnSpec, ...]) -> Iterator[ColumnSpec]:
    for column in columns:
        if column.columns:
            yield from _leaves(column.columns)
        else:
            yield column


def _different(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of two tiers of section rows, which cannot be the same one."""
    if len(set(fields)) < len(fields):
        raise ValueError("里的两项相同，同一项只能作一级小标题")
    return fields


class ChartSpec(_Model):
    """Chart (图) with the table below it, counted from the ledger's entries; without figures it vanishes."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] = Field(
        description="放图的地方引用它的名字，如 chart.by_unit"
    )
    figure: Literal["完成情况按单位", "完成情况按分类", "目标对半年线", "指标对目标", "两期变化"] = Field(
        description="画什么"
    )
    title: Text = Field(description="图题，前面会加上 图1、图2")
    rows: Annotated[tuple[Text, ...], BeforeValidator(_file_names)] = Field(
        default=(), description="用哪些条目：goals、tasks 或 lists 中的名字，可写几个；只有 两期变化 可以不写"
    )
    kind: Literal["条形图", "折线图"] | None = Field(
        default=None, description="两期变化画成条形图还是折线图；不写是条形图"
    )
    word: Literal["图片", "可编辑"] = Field(
        default="图片", description="在 Word 文件里：图片，或可以在 Word 里编辑数据的图"
    )
    theme: Text | None = Field(default=None, description="图下的表用版式 themes 中的哪一种表格样式")

    @model_validator(mode="after")
    def _fitting(self) -> ChartSpec:
        if self.figure != "两期变化" and not self.rows:
            raise ValueError("里缺少 rows，请写用哪些条目，如 rows: tasks")
        if self.figure != "两期变化" and self.kind is not None:
            raise ValueError("里 kind 只能写在 figure: 两期变化 的图上")
        return self


class AnnexSpec(_Model):
    """Annex (附件): charts, and one table of ledger entries; without any of them it vanishes."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] = Field(
        description="正文里引用它的名字，如 annex.goals"
    )
    rows: Text = Field(default="", description="用哪一类条目：lists 中的名字，或 goals、tasks；只放图的附件不写")
    title: Text = Field(description="附件标题")
    charts: tuple[Text, ...] = Field(default=(), description="放在表前面的图：charts 中的名字")
    orientation: Literal["纵向", "横向"] = Field(default="纵向", description="纸张方向")
    sections: Annotated[tuple[EntryField, ...], AfterValidator(_different)] = Field(
        default=(), description="表内小标题 一、（一）各取条目的哪一项，最多两级", max_length=2
    )
    theme: Text | None = Field(default=None, description="用版式 themes 中的哪一种表格样式")
    columns: Annotated[tuple[ColumnSpec, ...], AfterValidator(_wide_enough)] = Field(
        default=(), description="各列，从左到右；只放图的附件不写", min_length=1
    )

    @model_validator(mode="after")
    def _has_something(self) -> AnnexSpec:
        if bool(self.rows) != bool(self.columns):
            raise ValueError("里 rows 和 columns 要么都写，要么都不写")
        if not self.rows and not self.charts:
            raise ValueError("里缺少 rows 和 columns；只放图的附件请写 charts")
        return self


class LetterheadSpec(_Model):
    """Letterhead (版头) of a template: without a mark there is none; a part without text is left out."""

    form: Literal["文件", "信函", "简报"] = Field(description="版头的格式")
    mark: Text = Field(description="发文机关标志，联合行文的每个机关一行")
    suffix: Text | None = Field(default=None, description="标志末尾的字，如 文件")
    number: Text | None = Field(default=None, description="发文字号，简报为期号")
    signers: Text | None = Field(default=None, description="签发人，一人一行；有签发人的是上行文")
    signer_lead: Text | None = Field(default=None, description="签发人前面的字，不写就是 签发人：")
    copy_number: Text | None = Field(default=None, description="份号")
    secrecy: Text | None = Field(default=None, description="密级和保密期限")
    urgency: Text | None = Field(default=None, description="紧急程度")
    publisher: Text | None = Field(default=None, description="简报的编发单位")
    date: Text | None = Field(default=None, description="简报的日期")


class ImprintSpec(_Model):
    """Imprint (版记) of a template; a part without text is left out."""

    copies_to: Text | None = Field(default=None, description="抄送一行，从“抄送：”到句号")
    printer: Text | None = Field(default=None, description="印发机关")
    printed: Text | None = Field(default=None, description="印发日期，后加“印发”二字")


class Template(_Model):
    """Template (模板): the text of a report as its office writes it, and its annex tables."""

    version: Literal[1] = Field(description="模板格式的版本")
    name: Text = Field(description="模板的中文名")
    per_unit: bool = Field(default=False, description="true 表示写给一个单位看：每个单位各出一份，只有它的条目")
    file_name: Text | None = Field(default=None, description="per_unit 的模板：文件名，不带后缀")
    lead: _LineText | None = Field(default=None, description="per_unit 的模板：牵头的写法，不写就是 牵头")
    support: _LineText | None = Field(default=None, description="per_unit 的模板：配合的写法，不写就是 配合")
    partial: bool = Field(default=False, description="true 表示只写台账的一部分，没有用到的条目不提醒")
    letterhead: LetterheadSpec | None = Field(default=None, description="版头")
    title: Text | None = Field(default=None, description="报告标题，每行一行；不写则没有正文")
    addressee: Text | None = Field(default=None, description="主送机关")
    wording: dict[str, str] = Field(
        default_factory=dict, max_length=300, description="用语：正文里可引用，配置里可改写"
    )
    lists: dict[str, ListSpec] = Field(default_factory=dict, description="按推进情况（评价）取出的各类条目")
    body: Text | None = Field(default=None, description="正文：一行一段，行首的 一、（一）1.（1）成为标题")
    closing: Text | None = Field(default=None, description="结语，如 特此报告。")
    signature: Text | None = Field(default=None, description="署名，一个机关一行；配置里写了 date 才有落款")
    note: Text | None = Field(default=None, description="附注，括号会自己加上")
    imprint: ImprintSpec | None = Field(default=None, description="版记")
    charts: tuple[ChartSpec, ...] = Field(default=(), max_length=30, description="各图，依次编号")
    annexes: tuple[AnnexSpec, ...] = Field(default=(), description="各附件，依次编号")


class ChangesTemplate(_Model):
    """Wording of the changes between two periods (两期变化的用语)."""

    version: Literal[1] = Field(description="用语格式的版本")
    name: Text = Field(description="用语的中文名")
    most: int = Field(default=5, description="一类变化最多列出几项，文字里可以引用", ge=1, le=1000)
    wording: dict[str, str] = Field(
        default_factory=dict, max_length=300, description="用语：后面的用语和 text 里可以引用"
    )
    text: Text = Field(description="写两期变化的文字，一行一段")


FormField = Literal[
    "id", "given_no", "category", "text", "lead_units", "support_units", "duty", "last_progress", "progress",
    "judgement", "phrase",
]  # fmt: skip
"""What a column of a return form may show: a field of the entry, or the unit's own duty in it."""


class FormColumn(_Model):
    """Column of a return form (反馈表的列): what it shows, and who fills it in."""

    title: Text = Field(description="表头文字")
    field: FormField = Field(description="取条目的哪一项；duty 是本单位职责")
    width: float = Field(description="列宽，单位是半角字符", ge=3, le=150)
    fill: Literal["全部", "牵头"] | None = Field(
        default=None, description="由单位填写：全部 是每一行都填，牵头 是只填本单位牵头的行；不写则锁定"
    )


_ANSWERS = ("progress", "judgement", "phrase")


def _whole_form(columns: tuple[FormColumn, ...]) -> tuple[FormColumn, ...]:
    """Columns by which a return finds its row again, and at least one to fill in."""
    fields = [column.field for column in columns]
    for name in ("id", "text", "progress"):
        if name not in fields:
            raise ValueError(f"里缺少 field: {name} 的一列")
    for column in columns:
        if fields.count(column.field) > 1:
            raise ValueError(f"里有两列都是 field: {column.field}")
        if column.fill and column.field not in _ANSWERS:
            raise ValueError(f"里的「{shown(column.title)}」不能由单位填写；可以填写的有 {'、'.join(_ANSWERS)}")
    if not any(column.fill for column in columns if column.field == "progress"):
        raise ValueError("里 field: progress 的一列要由单位填写，请写 fill: 全部 或 fill: 牵头")
    return columns


_FormColumns = Annotated[tuple[FormColumn, ...], AfterValidator(_whole_form)]


class ReturnForm(_Model):
    """Return form (反馈表) that each unit gets: its wording, its columns, who fills in which; and the reminder."""

    version: Literal[1] = Field(description="模板格式的版本")
    name: Text = Field(description="模板的中文名")
    file_name: Text = Field(description="文件名，前面会加上单位的顺序号")
    title: Text = Field(description="表的标题")
    instructions: Text = Field(description="填表说明，印在表头上面")
    reminder: Text = Field(description="催报的文字，给还没有反馈或没有报全的单位")
    lead: _LineText = Field(default="牵头", description="本单位职责一列里，牵头的写法")
    support: _LineText = Field(default="配合", description="本单位职责一列里，配合的写法")
    goals: _FormColumns = Field(description="预期目标表的各列，从左到右")
    tasks: _FormColumns = Field(description="重点任务表的各列，从左到右")
