"""The words of a ledger (台账用词): which headers name which field, which words name which judgement."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reportgen.ledger.model import STATUSES, VERDICTS, Sheet
from reportgen.likeness import plain_key as plain_key
from reportgen.problems import InputError, Location, Problem, did_you_mean, error

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
        "正常推进": (
            "正常", "按期推进", "正常推进中", "序时推进", "按时序推进", "按序时推进", "按计划推进", "按时序进度推进",
            "正常推进任务", "推进正常", "进展正常",
        ),
        "推进较为滞后": (
            "滞后", "较为滞后", "推进滞后", "进度滞后", "进展滞后", "推进缓慢", "进展缓慢", "较滞后", "较为缓慢",
            "滞后于序时进度", "未达序时进度",
        ),
        "符合预期": ("达到预期", "达到预期目标", "符合预期目标"),
        "不达预期": ("未达预期", "低于预期", "不及预期", "未达到预期", "不符合预期"),
        "符合时间节点": ("符合时间节点要求", "按时间节点推进", "符合时间进度"),
    },
)  # fmt: skip

# What units write over their own tables. An office's own ledger is not read with these: there a column 年度目标 beside
# the tasks is a column of its own, and no second one for the text.
_RETURN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "事项编号", "编码", "任务编码", "任务号",
    ),
    "given_no": (
        "序", "项目序号", "任务序号", "No", "No.",
    ),
    "category": (
        "工作类别", "所属类别", "事项类别", "工作领域",
    ),
    "text": (
        "任务名称", "主要任务", "重点工作任务", "重点工作", "工作事项", "事项", "事项名称", "事项内容",
        "督查事项", "督办事项", "重点事项", "目标任务内容", "重点任务内容", "工作任务内容", "主要工作任务",
        "主要预期目标", "目标名称", "指标名称", "主要指标", "年度目标任务", "年度目标", "目标内容", "具体任务",
        "任务事项", "任务要求",
    ),
    "lead_units": (
        "责任部门", "牵头部门", "主办单位", "承办单位", "责任牵头单位", "主责部门",
    ),
    "support_units": (
        "配合部门", "协同单位", "协同部门", "参与单位", "协办部门",
    ),
    "last_progress": (
        "上月进展情况", "上月进展", "上季度进展情况", "上季度进展", "上次反馈情况", "上期完成情况",
        "上期落实情况", "上期反馈情况",
    ),
    "progress": (
        "最新进展情况", "最新进展", "工作进展情况", "任务进展", "任务完成情况", "工作完成情况", "目标完成情况",
        "指标完成情况", "落实情况", "推进落实情况", "工作推进落实情况", "工作落实情况", "任务落实情况",
        "贯彻落实情况", "完成进展情况", "落实进展情况", "进展落实情况", "具体进展情况", "具体进展",
        "主要进展情况", "主要进展", "工作开展情况", "开展情况", "办理情况", "办理进展", "反馈情况", "完成进度",
        "工作进度", "进度", "进度情况", "进展进度",
    ),
    "judgement": (
        "完成状态", "进展状态", "任务状态", "工作状态", "推进情况评价", "进度评价", "完成评价", "是否滞后",
        "是否正常推进",
    ),
}  # fmt: skip


def return_words(words: Words) -> Words:
    """The words for reading returns (反馈用词): an office's own, and what units write, where it means nothing else."""
    more = {
        field: tuple(name for name in names if words.field_of(name) is None) for field, names in _RETURN_COLUMNS.items()
    }
    return Words({field: (*names, *more.get(field, ())) for field, names in words.columns.items()}, words.judgements)


HEADER_LETTERS = 30
"""A longer text is nobody's heading (表头字数)."""
# 截至6月底进展情况, 1—6月完成情况, 上半年工作进展, 二季度进展: the heading is what remains.
_DAY = r"(?:(?:19|20)\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|份|底|末|初|中旬|上旬|下旬)?|上半年|下半年|全年|年底|年末)"
_SEASON = r"(?:第?[一二三四1-4]季度|[12]?\d?[-—~–至到]+\d{1,2}月份?|\d{1,2}月?[-—~–至到]+\d{1,2}月份?)"
_PERIOD = re.compile(
    rf"^(?:(?:截至|截止|至|到)?(?:{_SEASON}|{_DAY}|目前|当前|现在)为?止?的?|本(?:年度|年|季度|季|月|周|次|期|阶段)|当月|当季|近期|阶段性)+"
)


def without_period(key: str) -> str:
    """A heading in its compared form without the period before it (去掉时间); empty if it says nothing else."""
    return _PERIOD.sub("", key)


def header_field(text: str, words: Words) -> str | None:
    """The field that a heading names (列名), whatever period stands before it."""
    if field := words.field_of(text):
        return field
    key = header_key(text)
    if len(key) > HEADER_LETTERS:
        return None
    rest = without_period(key)
    return words.field_of(rest) if rest and rest != key else None
