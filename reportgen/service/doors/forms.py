"""What is wrong with a form or a JSON body, field by field (表单有误), in words of the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reportgen.problems import Location, Problem, error

# What pydantic calls it, or how that begins.
_SAYS = (
    ("missing", "没有填"),
    ("json_invalid", "不是完整的 JSON"),
    ("int_", "要写整数"),
    ("float_", "要写数字"),
    ("bool_", "要写是或否"),
    ("string_too_short", "太短"),
    ("string_too_long", "太长"),
    ("string_", "要写文字"),
    ("enum", "不在可选的值里"),
    ("literal_error", "不在可选的值里"),
    ("greater_than", "太小"),
    ("less_than", "太大"),
    ("date", "要写日期，如 2026-06-30"),
    ("list_", "要写成清单"),
    ("dict_", "要写成键和值"),
    ("model_", "要写成键和值"),
    ("extra_forbidden", "是多余的，没有这一项"),
    ("too_long", "太多"),
    ("too_short", "太少"),
)
_PLACES = {"body": "", "form": "", "query": "网址问号后的", "path": "网址里的", "header": "请求头", "cookie": "Cookie "}
_PARTS = {"body": "请求体", "query": "网址", "path": "网址", "header": "请求头", "cookie": "请求头"}
_MOST = 20


def told_of_form(faults: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """A problem for each wrong field (逐项说明)."""
    return tuple(_told(fault) for fault in list(faults)[:_MOST])


def _told(fault: Mapping[str, Any]) -> Problem:
    where = [str(part) for part in fault.get("loc", ())]
    place = _PLACES.get(where[0], "") if where else ""
    # Whatever somebody has made up as a key goes back to them: as UTF-8 that everybody can read.
    key = ".".join(where[1:]).encode("utf-8", "replace").decode()
    key = key if len(key) <= 60 else f"{key[:60]}……"
    name = f"「{key}」" if key else "送来的内容"
    kind = str(fault.get("type", ""))
    says = next((chinese for begin, chinese in _SAYS if kind.startswith(begin)), "写法不对")
    spot = Location(file=_PARTS.get(where[0], "请求") if where else "请求", key=key or None)
    return error("service.wrong-form", f"{place}{name}{says}", "请改正后再提交；用接口的请对照接口说明", spot)
