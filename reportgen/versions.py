"""The least versions of the libraries that read what others wrote (库的最低版本), each with its reason, as of a day.

A library stands here because an outside file, a request or a page passes through it. A version is named for the
advisory that it settles; where none was found it is the lower bound of pyproject.toml. Nothing is asked over a
network: whoever looks through the advisories again moves the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from reportgen.problems import Problem, warning

LOOKED_AT = date(2026, 11, 23)
"""When the advisories were last looked through (核对日期)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """A library (库), the version below which it must not be, and why: what an older one lets happen, or lacks.

    Without `advisories` no fault is known, and `why` says what the library is for. `extra` is the part of the program
    that it comes with.
    """

    package: str
    version: str
    why: str
    advisories: tuple[str, ...] = ()
    extra: str = ""


LEAST: Sequence[Least] = (
    Least(
        package="lxml",
        version="6.1.0",
        why="逐段读 XML 时，外部实体能读出本机文件",
        advisories=("CVE-2026-41066",),
    ),
    Least(
        package="pillow",
        version="12.3.0",
        why="特制的图片、字体文件解压到耗尽内存，或读到图片以外的内存",
        advisories=("CVE-2026-40192", "CVE-2026-55379"),
    ),
    Least(
        package="weasyprint",
        version="70.0",
        why="跳转、夹带的图片和样式能绕过对网址和本机文件的限制",
        advisories=("CVE-2025-68616", "CVE-2026-49452", "CVE-2026-55073"),
    ),
    Least(
        package="jinja2",
        version="3.1.6",
        why="模板里的写法能逃出沙箱，执行任意程序",
        advisories=("CVE-2024-56201", "CVE-2024-56326", "CVE-2025-27516"),
    ),
    Least(package="markupsafe", version="3.0", why="转义网页里的文字"),
    Least(
        package="fonttools",
        version="4.60.2",
        why="特制的字体工程文件能写到别的文件夹（本程序不用这一功能，同机的别的程序可能用）",
        advisories=("CVE-2025-66034",),
    ),
    Least(package="pyyaml", version="6.0.3", why="读配置和文字台账"),
    Least(package="openpyxl", version="3.1.5", why="写工作簿，在已有的工作簿里填写"),
    Least(package="defusedxml", version="0.7.1", why="openpyxl 有它才拒绝 XML 实体炸弹"),
    Least(package="xlrd", version="2.0.2", why="读 .xls；2.0 起只读旧格式，不读 XML"),
    Least(package="python-docx", version="1.2.0", why="读回自己写的 Word 文件；解析时不展开 XML 实体"),
    Least(package="pypdfium2", version="5.0", why="读出 PDF 的文字，画出它的页面"),
    Least(package="pikepdf", version="9.0", why="读 PDF 的结构树和内嵌字体"),
    Least(package="pydantic", version="2.11", why="核对配置和请求"),
    Least(package="rapidfuzz", version="3.9", why="比较外来文字的相似程度"),
    Least(package="regex", version="2024.11", why="单位自己写的规则，查找时能限时停下"),
    Least(package="pebble", version="5.1", why="到时限终止读文件的进程"),
    Least(package="typst", version="0.15.2", why="排版外来的文字；0.x 的写法各版不同，只用这一版试过", extra="typst"),
    Least(
        package="starlette",
        version="1.3.1",
        why="一个请求能带无数的表单字段，耗尽内存；更旧的还有上传、断点下载耗尽处理器的毛病",
        advisories=("CVE-2024-47874", "CVE-2025-54121", "CVE-2025-62727", "CVE-2026-54283"),
        extra="service",
    ),
    Least(package="fastapi", version="0.165", why="与所要的 starlette 配套的版本", extra="service"),
    Least(
        package="python-multipart",
        version="0.0.34",
        why="上传的文件名能写到别的文件夹，特制的上传耗尽处理器",
        advisories=("CVE-2024-53981", "CVE-2026-24486", "CVE-2026-40347", "CVE-2026-42561"),
        extra="service",
    ),
    Least(
        package="h11",
        version="0.16.0",
        why="写坏的分段请求被收下，前面有代理时能夹带别人的请求",
        advisories=("CVE-2025-43859",),
        extra="service",
    ),
    Least(package="uvicorn", version="0.35", why="收发 HTTP 请求和应答", extra="service"),
    Least(
        package="sqlalchemy",
        version="2.1",
        why="查询数据库，文字都作参数",
        extra="service",
    ),
    Least(package="psycopg", version="3.2", why="服务用数据库 PostgreSQL 时，由它连接", extra="postgres"),
    Least(
        package="distributed",
        version="2026.1.0",
        why="集群的状态网页能被夹带脚本",
        advisories=("CVE-2026-23528",),
        extra="cluster",
    ),
)
"""The libraries and their least versions (最低版本表)."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A library of the table and the version that is here (已装版本), None where it is not installed."""

    least: Least
    version: str | None

    @property
    def is_old(self) -> bool:
        """Whether what is installed is too old (过旧)."""
        return self.version is not None and is_below(self.version, self.least.version)


def is_below(one: str, least: str) -> bool:
    """Whether a version comes before another (版本较低); a trial of a version comes before it."""
    (numbers, is_trial), (wanted, _) = _read(one), _read(least)
    return numbers < wanted or (numbers == wanted and is_trial)


def _read(text: str) -> tuple[tuple[int, ...], bool]:
    found = re.match(r"v?(?:\d+!)?(\d+(?:\.\d+)*)(.*)", text.strip().lower())
    if found is None:
        return (), False
    numbers = [int(part) for part in found[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), bool(re.match(r"[-_.]?(a|b|c|rc|alpha|beta|pre|preview|dev)[-_.]?\d*", found[2]))


def installed(ask: Callable[[str], str] = version) -> Iterator[Installed]:
    """What is here of the table (已装的库); `ask` tells a version or raises `PackageNotFoundError`."""
    for least in LEAST:
        try:
            yield Installed(least, ask(least.package))
        except PackageNotFoundError:
            yield Installed(least, None)


def too_old(found: Sequence[Installed]) -> Iterator[Problem]:
    """A warning for each library that is too old (库过旧), with what to do."""
    for each in found:
        if each.is_old:
            least = each.least
            known = f"（{'、'.join(least.advisories)}）" if least.advisories else ""
            what = f"{least.package} 是 {each.version}，应不低于 {least.version}：{least.why}{known}"
            fix = f'请运行 pip install -U "{least.package}>={least.version}"；系统自带的包已打过补丁的，不必理会'
            yield warning("library.outdated", what, fix)
