"""The plain values of a configuration that a form shows (配置表单各项), and how what is typed becomes values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.numbering import date_in
from reportgen.package import short
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import InputError, Problem, error
from reportgen.service.office.setting.configuration_text import Value, value_at
from reportgen.source import Path_, Source, clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainField:
    """One value of the form (表单的一项): `path` is its key in the configuration.

    `choices` are the values of which one is chosen, with what each is called; the first is what holds without one.
    """

    path: Path_
    label: str
    hint: str = ""
    required: bool = False
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return ".".join(map(str, self.path))


FIELDS = (
    PlainField(path=("year",), label="年份", hint="如 2026", required=True, kind="number"),
    PlainField(path=("period",), label="报告期", hint="如 1—6月、上半年", required=True),
    PlainField(path=("issuer",), label="署名机关", hint="落款和标题用它", required=True),
    PlainField(path=("addressee",), label="主送机关", hint="不带冒号"),
    PlainField(path=("date",), label="成文日期", hint="如 2026-07-10；不写则没有落款", kind="date"),
    PlainField(path=("number",), label="发文字号", hint="如 青督〔2026〕5号"),
    PlainField(path=("previous_period",), label="上期的报告期", hint="写两期变化时用，如 1—3月"),
    PlainField(path=("returns", "deadline"), label="反馈截止日期", hint="如 2026-07-05；不写则不判断逾期", kind="date"),
    PlainField(path=("returns", "contact"), label="联系人和电话", hint="印在反馈表上"),
    PlainField(path=("printer",), label="印发机关"),
    PlainField(path=("print_date",), label="印发日期", hint="如 2026-07-12", kind="date"),
    PlainField(path=("note",), label="附注", hint="不写括号"),
    PlainField(path=("output",), label="报告的文件名", hint="不带后缀；不写则用配置文件的名字"),
    PlainField(
        path=("pdf_engine",),
        label="排版引擎",
        hint="Typst 快，服务器上要装了它",
        kind="choice",
        choices=(
            (PdfEngine.WEASYPRINT.value, "WeasyPrint（一般用这个）"),
            (PdfEngine.TYPST.value, "Typst（快）"),
        ),
    ),
)
"""The form's fields in their order (表单各项)."""


def read_values(source: Source) -> dict[str, str]:
    """What the configuration says, as it is shown (各项现值)."""
    found = {}
    for each in FIELDS:
        value = value_at(source.data, each.path)
        found[each.name] = "" if value is None or isinstance(value, (dict, list)) else str(value)
        if each.choices and not found[each.name]:
            found[each.name] = each.choices[0][0]
    return found


def typed_values(source: Source, typed: Mapping[str, str]) -> dict[Path_, Value]:
    """The values that differ from what stands there (改了的各项); raises `InputError` with all that do not fit."""
    before = read_values(source)
    found: dict[Path_, Value] = {}
    problems: list[Problem] = []
    for each in FIELDS:
        if each.name not in typed:
            continue
        text = " ".join(clean_text(typed[each.name])[0].split())
        if each.choices and not text:
            text = each.choices[0][0]
        if text == before[each.name]:
            continue
        if not text and each.required:
            problems.append(error("service.wrong-form", f"「{each.label}」没有填", each.hint or "请填写后再保存"))
        elif each.kind == "number" and not re.fullmatch(r"\d{4}", text):
            problems.append(error("service.wrong-form", f"「{each.label}」要写四位数字", each.hint))
        elif each.kind == "date" and text and not _is_day(text):
            fix = "请写成 2026-07-10 或 2026年7月10日 的样子"
            problems.append(error("service.wrong-form", f"「{each.label}」的「{short(text)}」不是哪一天的日期", fix))
        elif each.choices and text not in dict(each.choices):
            fix = f"请从{'、'.join(f'「{shown}」' for _, shown in each.choices)}里选"
            problems.append(error("service.wrong-form", f"「{each.label}」没有「{short(text)}」这一种", fix))
        else:
            found[each.path] = int(text) if each.kind == "number" else text or None
    if problems:
        raise InputError(problems)
    return found


def _is_day(text: str) -> bool:
    try:
        return date_in(text) is not None
    except ValueError:
        return False
