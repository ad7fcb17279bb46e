"""A configuration written of plain answers (填几项写成的配置), for an office that has none yet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reportgen.ledger.register_file import read_register
from reportgen.naming import safe_name
from reportgen.problems import InputError, Location, error
from reportgen.service.office.setting.configuration_fields import FIELDS, PlainField, typed_values
from reportgen.service.office.setting.configuration_files import SAMPLE_LEDGER, Placed
from reportgen.service.office.setting.configuration_text import changed, checked, read_text
from reportgen.service.work.layout import LEDGER_FOLDER
from reportgen.source import Path_, clean_text

_NAME = "配置.yaml"
_TEXT = f"""\
# 在网页上新建。年份、日期等在「期次」页改；要改别的，直接改这份文件的文字。
version: 1
template: half-year-report
ledger: {LEDGER_FOLDER}/{SAMPLE_LEDGER}
style: gb9704
"""
_ASKED = ("year", "period", "issuer", "addressee", "date", "returns.deadline", "returns.contact")

ASKED: tuple[PlainField, ...] = tuple(each for each in FIELDS if each.name in _ASKED)
"""What is asked for at the beginning (开头问的各项); all else can be filled in later."""


def plain_files(title: str, answers: Mapping[str, str], register: tuple[str, bytes] | None = None) -> list[Placed]:
    """The setting files of a new period (填几项新建的设置文件), the configuration first; `register` is a file.

    Raises `InputError` with all that does not fit.
    """
    source = read_text(_TEXT.encode(), _NAME)
    known = {each.name: answers.get(each.name, "") for each in FIELDS}
    left = [each for each in FIELDS if each.required and not clean_text(known[each.name])[0].strip()]
    if left:
        names = "、".join(f"「{each.label}」" for each in left)
        raise InputError([error("service.wrong-form", f"{names}没有填", "请填写后再新建；别的各项以后还能补")])
    values = typed_values(source, known)
    values.setdefault(("output",), safe_name(title if title.endswith("报告") else f"{title}督查报告"))
    placed = []
    if register is not None:
        values["units",] = _sound_register(*register)
        placed.append(Placed(name=register[0], blob=register[1]))
    ordered: dict[Path_, str | int | None] = dict(sorted(values.items(), key=lambda each: len(each[0])))
    text = changed(source, ordered)
    checked(read_text(text, _NAME))
    return [Placed(name=_NAME, blob=text), *placed]


def _sound_register(name: str, blob: bytes) -> str:
    """The name of a register that can be read as one."""
    if not re.search(r"(?i)\.(ya?ml|json)$", name) or name == _NAME:
        what = f"「{name}」不是单位名录"
        fix = "单位名录是 .yaml 文件，写法见 README「单位名录」；没有的先不选，不影响做报告"
        raise InputError([error("file.wrong-kind", what, fix, Location(file=name))])
    read_register(read_text(blob, name))
    return name
