"""What an answer of the API looks like (应答的样子): the shapes that the OpenAPI description names; lists in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S", bound="Shape")

MOST = 200
"""The most rows of one answer (一次最多给多少行)."""


Moment = Annotated[datetime, AfterValidator(lambda at: at.replace(microsecond=0))]
"""A time in UTC, to the second (时刻)."""


class Shape(BaseModel):
    """Something that goes out (应答): nothing in it that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Wanted(BaseModel):
    """Something that comes in as JSON (请求体): a key that nobody knows is refused, a number is no text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class PlaceShape(Shape):
    """Where a problem is (位置)."""

    file: str
    """文件名"""
    sheet: str | None = None
    """工作表，或 Word 里的「表格N」"""
    cell: str | None = None
    """单元格，如 C7"""
    line: int | None = None
    """文本文件的行号，从 1 数起"""
    column: int | None = None
    """文本文件的列号，从 1 数起"""
    key: str | None = None
    """设置文件里的键，或请求里的参数名"""


class ProblemShape(Shape):
    """A problem as every part of the program tells it (问题)."""

    severity: Literal["error", "warning"]
    """error 为错误，warning 为警告"""
    code: str
    """固定的代码，程序可据此判断；文字以后可能改动，代码不变"""
    what: str
    """出了什么问题，一句话"""
    fix: str
    """怎么改"""
    where: PlaceShape | None = None
    """在哪里"""
    related: list[PlaceShape] = Field(default_factory=list)
    """另见哪些位置"""


class ProblemsShape(Shape):
    """Every answer that says no (未办成的应答)."""

    ok: Literal[False]
    status: int
    """与 HTTP 状态码相同"""
    problems: list[ProblemShape]
    """全部问题，一次说完"""


class DoneShape(Shape):
    """It has been done, and there is nothing else to say (已办)."""

    ok: Literal[True] = True


class Listing(Shape, Generic[T]):
    """A part of a list that may grow (列表的一段)."""

    items: list[T]
    total: int
    """全部有多少条"""
    next: str | None
    """下一段的地址；没有下一段时为 null"""


class FileShape(Shape):
    """A file that can be fetched (文件)."""

    name: str
    size: int
    """字节数"""
    sha256: str
    url: str
    """下载地址"""


Limit = Annotated[int, Query(ge=1, le=MOST, description=f"一次给多少条，最多 {MOST}")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="从第几条给起，第一条为 0")]


def listing(request: Request, rows: Sequence[R], shaped: Callable[[R], T], limit: int, offset: int) -> dict[str, Any]:
    """The asked part of a list (分段), with the address of the next one."""
    return part_of(request, [shaped(row) for row in rows[offset : offset + limit]], len(rows), limit, offset)


def part_of(request: Request, items: list[T], total: int, limit: int, offset: int) -> dict[str, Any]:
    """A part of a list that the database has cut out already (分段)."""
    following = request.url.include_query_params(limit=limit, offset=offset + limit)
    has_more = offset + limit < total
    return {"items": items, "total": total, "next": f"{following.path}?{following.query}" if has_more else None}


def word_of(member: Any) -> Any:
    """The word of a state or kind for programs (代码名): its English name in small letters."""
    return member.name.lower()


def words_of(members: Iterable[Any]) -> list[str]:
    """All of them, in order (全部代码名)."""
    return [word_of(member) for member in members]
