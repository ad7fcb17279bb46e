"""All limits in one place (限额): how much of anything is read, made and served; each with its meaning and its unit.

An office changes them under `limits` in the configuration of a report, whoever runs the service in service.yaml. Those
that hold are known wherever something is counted (`held`), in worker processes, too, for deep readers have no parameter
to carry them. A limit cannot be switched off: each has a least and a most.

A threshold of an algorithm, such as how many findings of a kind are told, is none of these: it stays where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

_MB = 1024**2
# What the settings of the service have in MB themselves.
_AS_WRITTEN = {"upload_mb", "job_memory_mb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a limit means (含义): how a configuration calls it, its unit, and between what it may be set.

    `scale` is what one of its unit is inside the program.
    """

    key: str
    words: str
    unit: str
    least: float
    most: float
    scale: int = 1
    is_whole: bool = True

    @property
    def range(self) -> str:
        """Between what it may be set, as a person reads it (可写范围)."""
        return f"{self.least:g}—{self.most:g}" if self.most < 1e6 else f"{self.least:g}—{round(self.most)}"


def _limit(key: str, value: float, unit: str, least: float, most: float, words: str, is_whole: bool = True) -> Any:
    """A limit that is bytes inside the program and MB for everybody else, if its name says so."""
    scale = _MB if key.endswith("_mb") and key not in _AS_WRITTEN else 1
    meaning = Meaning(key=key, words=words, unit=unit, least=least, most=most, scale=scale, is_whole=is_whole)
    return field(default=value * scale, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How much an outside file may cost (外来文件): its own size and pages, and the time and memory to read it.

    `seconds` are of computing: on a busy machine a file may wait `wall_factor` times as long. All files of a run
    together have `total_seconds` by the clock; no further one is begun after them.
    A page of a PDF takes 0.04 to 0.07 s to check (measured), so that its time grows with its pages.
    """

    file_bytes: int = _limit("file_mb", 50, "MB", 1, 2048, "一个外来文件（台账、反馈、来件）的大小")
    pages: int = _limit("pages", 2_000, "页", 1, 20_000, "一份 PDF 的页数")
    seconds: float = _limit("seconds", 20, "秒", 1, 3600, "读一个文件的计算时间", is_whole=False)
    seconds_per_page: float = _limit("seconds_per_page", 0.1, "秒", 0.01, 10, "PDF 每页另加的时间", is_whole=False)
    wall_factor: float = _limit("wall_factor", 3, "倍", 1, 20, "机器忙时最多等计算时间的几倍", is_whole=False)
    total_seconds: float = _limit("total_seconds", 600, "秒", 10, 86_400, "一次汇总、比对的全部文件", is_whole=False)
    memory_bytes: int = _limit("memory_mb", 1024, "MB", 512, 65_536, "读一个文件的内存（只在 Linux 上限制）")
    written_bytes: int = _limit("written_mb", 200, "MB", 1, 4096, "读文件的进程写一个临时文件的大小")
    open_files: int = _limit("open_files", 256, "个", 64, 4096, "读文件的进程同时打开的文件")

    def as_json(self) -> dict[str, float]:
        """The limits as plain data."""
        return asdict(self)

    def for_pages(self, pages: int) -> Outside:
        """The limits of a file of so many pages."""
        return replace(self, seconds=self.seconds + self.seconds_per_page * pages)

    @property
    def wall_seconds(self) -> float:
        """How long a file may take by the clock (最长等待), however busy the machine is."""
        return self.seconds * self.wall_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """What is in packed files and in folders (压缩包和文件夹): Office files are packed, too."""

    parts: int = _limit("parts", 1_000, "个", 20, 10_000, "一个 Office 文件里的内部文件")
    unpacked_bytes: int = _limit("unpacked_mb", 200, "MB", 1, 2048, "一个 Office 文件解压后的大小")
    ratio: int = _limit("ratio", 100, "倍", 10, 1_000, "1 MB 以上的内部文件的压缩比")
    returns: int = _limit("returns", 1_000, "个", 1, 20_000, "一次汇总的反馈文件")
    returns_seen: int = _limit("returns_seen", 20_000, "个", 1, 1_000_000, "一次汇总查看的文件和文件夹")
    returns_depth: int = _limit("returns_depth", 10, "层", 1, 50, "反馈文件夹套几层")
    compared_files: int = _limit("compared_files", 20_000, "个", 1, 1_000_000, "比对时一个文件夹、压缩包里的文件")
    compared_depth: int = _limit("compared_depth", 20, "层", 1, 50, "比对的文件夹套几层")
    compared_archive_bytes: int = _limit("compared_archive_mb", 1024, "MB", 1, 16_384, "比对的压缩包的大小")
    compared_unpacked_bytes: int = _limit("compared_unpacked_mb", 2048, "MB", 1, 65_536, "比对的压缩包解压后的大小")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """How large tables are (表格), whether in a workbook, in a Word file or in CSV."""

    rows: int = _limit("rows", 10_000, "行", 1, 100_000, "一张表的数据行")
    long_rows: int = _limit("long_rows", 100_000, "行", 1, 1_000_000, "只出 Word 时工作簿一张表的数据行")
    columns: int = _limit("columns", 64, "列", 2, 1_000, "一张表的列")
    cell_characters: int = _limit("cell_characters", 32_767, "字", 10, 32_767, "一格的文字（Excel 也只到 32767）")
    read_rows: int = _limit("read_rows", 200_000, "行", 1_000, 1_048_576, "一张表里连空白在内读几行")
    read_cells: int = _limit("read_cells", 2_000_000, "格", 10_000, 100_000_000, "一张表里连空白在内读几格")
    sheets: int = _limit("sheets", 1_000, "张", 1, 10_000, "一个 ODS 文件的工作表")
    strings: int = _limit("strings", 1_000_000, "条", 1_000, 10_000_000, "工作簿里存的不同文字")
    tags: int = _limit("tags", 1_500_000, "个", 10_000, 20_000_000, "就地填写的工作簿一个内部文件的标签")
    return_texts: int = _limit("return_texts", 10_000, "条", 1, 100_000, "一份反馈里的内容")
    return_characters: int = _limit("return_characters", 1_000_000, "字", 100, 20_000_000, "一份反馈里的文字")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """How long texts are (文字): settings, templates, manuscripts.

    Those of the file in which they stand are counted by the standard ones: it is read before anything is known.
    """

    file_bytes: int = _limit("file_mb", 5, "MB", 1, 100, "一个 YAML、JSON 文件（名录、模板、文字台账）的大小")
    depth: int = _limit("depth", 64, "层", 8, 100, "YAML、JSON 里一层套一层")
    template_characters: int = _limit("template_characters", 100_000, "字", 100, 1_000_000, "模板里一段用语的长度")
    report_characters: int = _limit("report_characters", 5_000_000, "字", 1_000, 50_000_000, "模板写出的全部文字")
    expression_characters: int = _limit("expression_characters", 1_000_000, "字", 100, 10_000_000, "模板一步算出的文字")
    expression_steps: int = _limit("expression_steps", 3_000_000, "步", 1_000, 100_000_000, "模板一次运行的步数")
    checked_characters: int = _limit("checked_characters", 5_000_000, "字", 100, 50_000_000, "校核的一份文稿")
    compared_lines: int = _limit("compared_lines", 200_000, "行", 100, 5_000_000, "比对的文字文件")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All that hold for reading (读入限额), in groups; the names of the groups are those in the configuration."""

    outside: Outside = Outside()
    archives: Archives = Archives()
    tables: Tables = Tables()
    texts: Texts = Texts()


STANDARD = Limits()
"""What holds where nobody says otherwise (默认限额)."""

GROUPS: Mapping[str, str] = {
    "outside": "外来文件",
    "archives": "压缩包和文件夹",
    "tables": "表格",
    "texts": "文字和模板",
}
"""What each group is called (分组)."""


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What one document may cost (渲染限额): seconds by the clock, and bytes of memory; `rendering` changes them."""

    seconds: float = _limit("seconds", 60, "秒", 1, 3600, "排版一份文件的时间", is_whole=False)
    memory_bytes: int = _limit("memory_mb", 2048, "MB", 256, 65_536, "排版一份文件的内存（只在 Linux 上限制）")

    def as_json(self) -> dict[str, float]:
        """The limits as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        return f"每份 {self.seconds:g} 秒，内存 {self.memory_bytes // _MB} MB（内存只在 Linux 上限制）"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """What the service takes, makes at once and keeps (网上服务); service.yaml changes them."""

    upload_mb: int = _limit("upload_mb", 50, "MB", 1, 500, "一次上传")
    body_kb: int = _limit("body_kb", 1024, "KB", 64, 16_384, "不是上传的请求")
    queue: int = _limit("queue", 100, "个", 1, 10_000, "排队的任务")
    queue_per_person: int = _limit("queue_per_person", 10, "个", 1, 1_000, "一个人排队的任务")
    job_seconds: int = _limit("job_seconds", 60, "秒", 5, 3600, "一个任务的时间")
    long_job_seconds: int = _limit(
        "long_job_seconds", 1800, "秒", 5, 86_400, "耗时任务（生成、比对、分送、分发、汇总）"
    )
    job_memory_mb: int = _limit("job_memory_mb", 2048, "MB", 256, 65_536, "一个任务的内存（只在 Linux 上限制）")
    keep_days: int = _limit("keep_days", 7, "天", 1, 3650, "能重做的结果保留")
    keep_gb: float = _limit("keep_gb", 5, "GB", 0.1, 10_000, "能重做的结果一共保留", is_whole=False)
    session_days: int = _limit("session_days", 30, "天", 1, 365, "登录有效")
    link_days: int = _limit("link_days", 30, "天", 1, 365, "单位填报链接有效")


SERVICE = ServiceLimits()
"""What holds in the service where service.yaml says nothing (服务默认限额)."""


def meanings(group: Any) -> Mapping[str, Meaning]:
    """What each limit of a group means (各项含义), by the name of its field; of the group or of its class."""
    return {each.name: each.metadata["meaning"] for each in fields(group)}


def told(group: Any) -> Iterator[tuple[Meaning, float]]:
    """Each limit of a group with its value in its own unit (各项限额)."""
    for name, meaning in meanings(group).items():
        yield meaning, shown(getattr(group, name) / meaning.scale)


def shown(value: float) -> float:
    """A value without a fraction that is none (去掉 .0)."""
    return int(value) if value == int(value) else value


def with_values(limits: Limits, values: Mapping[str, Mapping[str, float]]) -> Limits:
    """The limits with these values instead (改过的限额), checked before, by group and key as in a configuration."""
    changed = {}
    for name, given in values.items():
        group = getattr(limits, name)
        by_key = {meaning.key: (own, meaning.scale) for own, meaning in meanings(group).items()}
        changed[name] = replace(group, **{by_key[key][0]: value * by_key[key][1] for key, value in given.items()})
    return replace(limits, **changed)


def values_of(limits: Limits) -> dict[str, dict[str, float]]:
    """The limits as a configuration has them (写成配置)."""
    return {name: {meaning.key: value for meaning, value in told(getattr(limits, name))} for name in GROUPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A limit as it is shown (一项限额): what it means, where it is changed, what it is, and whether somebody did."""

    group: str
    key: str
    meaning: Meaning
    value: float
    is_changed: bool

    def as_json(self) -> dict[str, Any]:
        """The limit as plain data."""
        return {
            "group": self.group,
            "key": self.key,
            "meaning": self.meaning.words,
            "value": self.value,
            "unit": self.meaning.unit,
            "least": self.meaning.least,
            "most": self.meaning.most,
            "changed": self.is_changed,
        }


def all_told(limits: Limits, rendering: RenderLimits) -> Iterator[Told]:
    """All limits (全部限额), of reading, of rendering and of the service, in the order in which they are shown."""
    groups = [
        (f"limits.{name}", title, getattr(limits, name), getattr(STANDARD, name)) for name, title in GROUPS.items()
    ]
    for at, title, here, usual in (*groups, ("rendering", "排版", rendering, RenderLimits())):
        for (meaning, value), (_, before) in zip(told(here), told(usual), strict=True):
            yield Told(group=title, key=f"{at}.{meaning.key}", meaning=meaning, value=value, is_changed=value != before)
    for meaning, value in told(SERVICE):
        yield Told(group="网上服务（service.yaml）", key=meaning.key, meaning=meaning, value=value, is_changed=False)


# ---- those that hold


@dataclass(frozen=True, slots=True)
class _Held:
    limits: Limits
    is_ceiling: bool = False


_HELD: ContextVar[_Held] = ContextVar("limits", default=_Held(STANDARD))  # noqa: B039 — it is frozen


def held() -> Limits:
    """The limits that hold here (当前限额)."""
    return _HELD.get().limits


@contextmanager
def holding(limits: Limits, *, is_ceiling: bool = False) -> Iterator[None]:
    """These limits hold meanwhile (限额生效); a ceiling is lowered by what a configuration says, and never raised."""
    before = _HELD.set(_Held(limits, is_ceiling))
    try:
        yield
    finally:
        _HELD.reset(before)


@contextmanager
def holding_values(values: Mapping[str, Mapping[str, float]]) -> Iterator[None]:
    """What a configuration says of limits holds meanwhile (配置的限额生效)."""
    before = _HELD.get()
    asked = with_values(before.limits, values)
    limits = _lower_of(before.limits, asked) if before.is_ceiling else asked
    with holding(limits, is_ceiling=before.is_ceiling):
        yield


def _lower_of(ceiling: Limits, asked: Limits) -> Limits:
    both = values_of(ceiling), values_of(asked)
    return with_values(
        ceiling,
        {
            name: {key: min(value, both[1][name][key]) for key, value in group.items()}
            for name, group in both[0].items()
        },
    )


Carried = tuple[Callable[..., Any], tuple[_Held, Callable[..., Any], Sequence[Any], Mapping[str, Any]]]
"""A call with the limits under which it was asked for (带限额的调用)."""


def carried(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Carried:
    """The same call for another process (带去别的进程): what held here holds there. Picklable if the call is."""
    return _under, (_HELD.get(), function, args, kwargs)


def _under(held: _Held, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    before = _HELD.set(held)
    try:
        return function(*args, **kwargs)
    finally:
        _HELD.reset(before)
