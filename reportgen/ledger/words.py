"""The words of a ledger (台账用词): which headers name which field, which words name which judgement."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reportgen.ledger.model import STATUSES, VERDICTS, Sheet
from reportgen.problems import InputError, Location, Problem, did_you_mean, error
from reportgen.source import clean_text

FIELD_NAMES: Mapping[str, str] = {
    "id": "编号",
    "given_no": "序号",
    "category": "分类",
    "text": "工作任务",
    "lead_units": "责任单位",
    "support_units": "配合单位",
    "last_progress": "上期进展情况",
    "progress": "进展情况",
    "judgement": "推进情况",
    "phrase": "报告用语",
}
# What an office calls the same two columns on the goals' sheet.
_GOAL_NAMES = {"text": "预期目标", "judgement": "评价"}

JUDGEMENTS: Mapping[Sheet, tuple[str, ...]] = {Sheet.GOALS: VERDICTS, Sheet.TASKS: STATUSES}


def field_name(field: str, sheet: Sheet) -> str:
    """The Chinese name (列名) of a field, as the given sheet calls it."""
    if sheet is Sheet.GOALS and field in _GOAL_NAMES:
        return _GOAL_NAMES[field]
    return FIELD_NAMES[field]


# Marks that choose a shape of the character before them; the character is the same.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@lru_cache(maxsize=8192)
def plain_key(text: str) -> str:
    """The form in which names are compared (比较用): NFKC, no white space, nothing invisible."""
    return _VARIANTS.sub("", "".join(unicodedata.normalize("NFKC", clean_text(text)[0]).split()))


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_YEAR = re.compile(r"^(?:19|20)\d\d年度?")


@lru_cache(maxsize=8192)
def header_key(text: str) -> str:
    """The form in which headers (表头) are compared: also without brackets, leading year, `*` and colon."""
    key = plain_key(text)
    key = _BRACKETS.sub("", key) or key
    key = _YEAR.sub("", key) or key
    return key.strip("*:")


@dataclass(frozen=True)
class Words:
    """Words (用词) of an office: header synonyms by field, synonyms by standard judgement word."""

    columns: Mapping[str, tuple[str, ...]]
    judgements: Mapping[str, tuple[str, ...]]

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {header_key(name): field for field, names in self.columns.items() for name in names}

    @cached_property
    def _standards(self) -> dict[str, str]:
        pairs = [(word, word) for word in self.judgements]
        pairs += [(synonym, word) for word, synonyms in self.judgements.items() for synonym in synonyms]
        return {plain_key(synonym): word for synonym, word in pairs}

    def field_of(self, header: str) -> str | None:
        """The field that a header names."""
        return self._fields.get(header_key(header))

    def judgement_of(self, text: str, sheet: Sheet) -> str | None:
        """The standard judgement word that a cell of the sheet means."""
        word = self._standards.get(plain_key(text).rstrip("。.;；"))
        return word if word in JUDGEMENTS[sheet] else None

    def judgement_hint(self, text: str, sheet: Sheet) -> str:
        """What to write instead of an unknown judgement word; a near synonym hints at its standard word."""
        known = JUDGEMENTS[sheet]
        synonyms = {key: word for key, word in self._standards.items() if word in known}
        near = difflib.get_close_matches(plain_key(text), list(synonyms), n=1, cutoff=0.5)
        return did_you_mean(synonyms[near[0]] if near else text, known)

    def column_hint(self, header: str, sheet: Sheet) -> str:
        """What a header that nobody knows may have been meant to be, and the standard names."""
        standard = [field_name(field, sheet) for field in FIELD_NAMES]
        near = difflib.get_close_matches(header_key(header), list(self._fields), n=1, cutoff=0.5)
        return did_you_mean(near[0] if near else header_key(header), _unique([*standard, *near]))

    def extended(
        self,
        columns: Mapping[str, Sequence[str]],
        judgements: Mapping[str, Sequence[str]],
        where: Location | None = None,
    ) -> Words:
        """These words with an office's own synonyms added; keys are standard Chinese names.

        Raises `InputError` for a key that is no standard name and for a synonym that already means another.
        """
        problems: list[Problem] = []
        fields = {header_key(name): field for field, name in FIELD_NAMES.items()}
        fields |= {name: field for field, name in _GOAL_NAMES.items()}
        more_columns = _extend(self.columns, columns, fields, header_key, problems, where)
        words = {plain_key(word): word for word in self.judgements}
        more_judgements = _extend(self.judgements, judgements, words, plain_key, problems, where)
        if problems:
            raise InputError(problems)
        return Words(more_columns, more_judgements)


def _extend(
    old: Mapping[str, tuple[str, ...]],
    added: Mapping[str, Sequence[str]],
    keys: Mapping[str, str],
    form: Callable[[str], str],
    problems: list[Problem],
    where: Location | None,
) -> dict[str, tuple[str, ...]]:
    result = dict(old)
    owner = {form(name): key for key, names in old.items() for name in (*names, *_own(key, keys))}
    for name, synonyms in added.items():
        key = keys.get(form(name))
        if key is None:
            hint = did_you_mean(name, keys)
            problems.append(error("ledger.bad-words", f"用词设置里没有「{name}」这个标准名称", hint, where))
            continue
        for synonym in synonyms:
            taken = owner.setdefault(form(synonym), key)
            if not form(synonym) or taken != key:
                what = f"用词「{synonym}」不能作「{name}」的同义词：它是空的，或者已表示别的意思"
                problems.append(error("ledger.bad-words", what, "请删去或改写这个同义词", where))
        result[key] = _unique([*result[key], *synonyms])
    return result


def _own(key: str, keys: Mapping[str, str]) -> list[str]:
    return [name for name, owner in keys.items() if owner == key]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


STANDARD_WORDS = Words(
    columns={
        "id": ("编号", "任务编号", "台账编号"),
        "given_no": ("序号",),
        "category": ("分类", "类别", "任务类别", "任务分类"),
        "text": (
            "工作任务", "目标任务", "重点任务", "任务", "任务内容", "工作内容", "预期目标", "目标", "指标",
        ),
        "lead_units": ("责任单位", "牵头单位", "牵头责任单位", "主要责任单位", "主责单位"),
        "support_units": ("配合单位", "协办单位", "责任配合单位", "配合责任单位"),
        "last_progress": ("上期进展情况", "上期进展", "上次进展情况", "上次进展"),
        "progress": ("任务进展情况", "进展情况", "完成情况", "工作进展", "进展"),
        "judgement": ("推进情况", "状态", "评价", "评价结果", "推进状态"),
        "phrase": ("报告用语",),
    },
    judgements={
        "正常推进": ("正常", "按期推进", "正常推进中", "序时推进"),
        "推进较为滞后": ("滞后", "较为滞后", "推进滞后"),
        "符合预期": ("达到预期",),
        "不达预期": ("未达预期", "低于预期", "不及预期"),
        "符合时间节点": ("符合时间节点要求", "按时间节点推进"),
    },
)  # fmt: skip
