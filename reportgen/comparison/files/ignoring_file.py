"""The file of ignore rules (忽略规则文件): YAML or JSON, every fault of it told at its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from reportgen.comparison.files.ignoring import IgnoreRule, Ignoring, like
from reportgen.comparison.files.masking import compiled
from reportgen.comparison.kinds import KINDS
from reportgen.comparison.model import Layer, Tolerance
from reportgen.problems import InputError, Location, Problem, error
from reportgen.source import Source, key_text, read_file, read_source, shown_path
from reportgen.template.hints import hint, shown
from reportgen.template.loading import check_model

_Named = Annotated[str, Field(min_length=1)]
# A length beyond these would make everything equal.
_Length = Annotated[float, Field(ge=0, le=100)]
_Brightness = Annotated[int, Field(ge=0, le=255)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: _Named
    layer: Layer | None = None
    kind: _Named | None = None
    part: _Named | None = None
    column: _Named | None = None
    subject: _Named | None = None
    file: _Named | None = None
    text: _Named | None = None


class _Tolerance(BaseModel):
    model_config = ConfigDict(extra="forbid")
    length_mm: _Length | None = None
    size_pt: _Length | None = None
    spacing_pt: _Length | None = None
    box_mm: _Length | None = None
    picture_mm: _Length | None = None
    picture_level: _Brightness | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rules: tuple[_Rule, ...] = ()
    tolerance: _Tolerance = _Tolerance()


def read_ignoring(path: Path) -> Ignoring:
    """The rules of a YAML or JSON file (读忽略规则); raises `InputError` with all that is wrong with it."""
    name = shown_path(path)
    source = read_source(read_file(path, name), name)
    data = check_model(_File, source)
    rules = tuple(_rule(each, source.locate(("rules", i))) for i, each in enumerate(data.rules))
    problems = [problem for i, rule in enumerate(rules) for problem in _faults(rule, i, source)]
    if problems:
        raise InputError(problems)
    set_here = data.tolerance.model_dump(exclude_none=True)
    return Ignoring(rules=rules, tolerance=Tolerance(**set_here))


def _rule(data: _Rule, where: Location) -> IgnoreRule:
    return IgnoreRule(where=where, **data.model_dump(exclude_none=True))


_OF_DIFFERENCES = ("kind", "subject")


def _faults(rule: IgnoreRule, index: int, source: Source) -> Iterable[Problem]:
    """What makes a rule senseless, each at its place."""
    at = ("rules", index)
    named = [each.name for each in fields(rule) if each.name not in ("reason", "where") and getattr(rule, each.name)]
    if not rule.reason.strip():
        what = f"「{key_text((*at, 'reason'))}」是空的"
        yield error("compare.bad-rule", what, "请写明为什么不计，以后的人才看得懂", source.locate((*at, "reason")))
    if not named:
        fix = "请写明不计哪些：layer、kind、part、column、subject、file、text 至少写一个"
        yield error("compare.bad-rule", "这条规则什么都没有限定，会把全部差异都不计", fix, source.locate(at))
    if rule.kind and not any(like(rule.kind, kind) for kind in KINDS):
        what = f"没有「{shown(rule.kind)}」这种差异"
        yield error("compare.unknown-kind", what, hint(rule.kind, KINDS), source.locate((*at, "kind")))
    if not rule.text:
        return
    beside = [key for key in _OF_DIFFERENCES if getattr(rule, key)]
    if beside or rule.layer not in (None, Layer.TEXT):
        key = beside[0] if beside else "layer"
        what = f"写了 text 的规则只遮住文字，「{key}」在这里不起作用"
        fix = f"请删去 {key}，或分成两条规则"
        yield error("compare.bad-rule", what, fix, source.locate((*at, key)))
    if fault := _pattern_fault(rule.text):
        fix = "请检查括号、方括号和反斜杠；要照字面写 . * ? ( ) [ ] 时，前面加反斜杠"
        yield error("compare.bad-pattern", fault, fix, source.locate((*at, "text")))


def _pattern_fault(text: str) -> str:
    import regex

    try:
        compiled(text)
    except regex.error as fault:
        at = getattr(fault, "pos", None)
        place = f"，在第 {at + 1} 个字附近" if at is not None else ""
        return f"「{shown(text)}」不是正确的正则表达式{place}"
    except (OverflowError, RecursionError, MemoryError):
        return f"「{shown(text)}」作为正则表达式太大了"
    return ""
