"""Words that say that a whole task is finished (办结的说法), and those that only seem to.

已完成年度目标任务 and 项目已竣工投用 finish a task; 已完成前期工作, 完成投资3亿元, 主体已完工, 基本完成, 未完成 and
计划12月完成 do not. A part that is done finishes nothing, so what is done must be named in the task's own words, and
nothing else in the text may be left to do. Silence is right where it is doubtful: a task wrongly reported as finished
is worse than one that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount, Bound


@dataclass(frozen=True, slots=True)
class CompletionWords:
    """The words by which a task is told as finished (完成用语).

    `done` say so of what stands before them (竣工, 办结); `aims` are what a period's work is called as a whole
    (年度目标任务): 已完成 before them says so. `remaining` anywhere in a text say that something is left to do;
    `parts` name a part of a task or a step towards it (前期工作), unless the task itself is about it.
    """

    done: tuple[str, ...]
    aims: tuple[str, ...]
    remaining: tuple[str, ...]
    parts: tuple[str, ...]


STANDARD_COMPLETION = CompletionWords(
    done=(
        "完成", "建成", "建成投用", "建成并投用", "建成投产", "建成通车", "建成开放", "建成并投入使用", "建成投入使用",
        "投入使用", "投用", "投产", "投运", "竣工", "竣工投用", "竣工验收", "竣工投产", "完工", "完工投用", "通车",
        "通过竣工验收", "通过验收", "完成竣工验收", "完成验收", "交付使用", "正式运营", "正式投用", "办结", "销号",
        "清零", "结项", "完成销号", "印发实施", "建成开园", "对外开放", "建成并对外开放",
    ),
    aims=(
        "目标任务", "任务目标", "目标", "任务", "工作任务", "目标值", "各项任务", "各项目标任务", "建设任务",
    ),
    remaining=(
        "正在", "正开", "正编", "正抓", "正进", "正加", "正推", "正办", "正组", "正按", "正待", "正积",
        "争取将", "正与", "正商", "尚",
        "未", "没有", "剩余", "其余", "余下", "还有", "仍", "推进中", "进行中", "办理中", "建设中", "施工中", "预计",
        "力争", "争取在", "拟", "即将", "将于", "将在", "将全", "将继", "待批", "等待", "有待", "待资", "待市", "待正",
        "下一步", "下步", "下阶段", "接下来", "后续", "有望", "基本", "部分", "大部", "准备", "着手", "难以", "无法",
        "暂停", "停工", "滞后", "加快", "计划", "月底前", "年底前", "逐步", "陆续", "存在问题", "收尾",
        "扫尾", "试运行", "初验",
    ),
    parts=(
        "前期", "主体", "基础", "土建", "土石方", "桩基", "封顶", "立项", "招标", "招投标", "可研", "设计", "方案",
        "勘察", "勘查", "勘测", "勘界", "征地", "拆迁", "征收", "审批", "评审", "备案", "预审", "环评", "用地", "规划",
        "合同", "签约", "选址", "平场", "场平", "安装", "装修", "装饰", "管网", "设备", "采购", "材料", "资料", "收集",
        "摸排", "排查", "梳理", "调研", "申报", "编制", "初稿", "修订", "论证", "投资", "资金", "一期", "二期", "三期",
        "一标", "二标", "首批", "第一批", "第二批", "阶段", "上半年", "季度", "半年", "月度", "时序", "部分", "手续",
        "启动", "开工", "进场", "签订", "注册", "洽谈", "测绘", "培训", "会议", "动员", "部署",
    ),
)  # fmt: skip

# What may stand for all of a task, before and behind its name.
_ALL_OF_IT = re.compile(
    r"项目|工程|任务|工作|目标|建设|整体|全部|所有|各项|该项?|此项?|本项?|目前|现在|截至|至此|实施|也|均|都|月|年|日|底"
)
_SURE = r"(?:目前|现|均|都|已经?|全部|全面|全线|整体|顺利|圆满|如期|按期|按时|提前|超额|正式|高质量)"
_WHEN = r"(?:全年|年度|本年度|当年|今年|年初|既定|预定|预期|全部|各项|市级下达|市下达|年度市级|上级下达|所有|的)"
_ON_A_DAY = r"(?:于[^，。；！？\n,;!?]{1,9}?[日月底初旬前])?"
_CLAUSE_END = r"(?=[，。；！？\n,;!?（(]|$)"
# Not yet, or not so: these stand before the words in their clause.
_NOT = re.compile(r"(?:不能|能够?|可|将|确保|争取|距离?|要求|望|推动|促进|应|需|须|如|若|待)[^，。；、]{0,6}$")
_SENTENCE = re.compile(r"[^。；！？\n;!?]+")
_ITEM = re.compile(r"[①-⑳]|(?<![\u4e00-\u9fff])[一二三四五六七八九]是|\n")
_HEADING = re.compile(r"^\s*(?P<heading>[^：:。，；]{1,40})[：:](?!\d)")
_CLAUSE = re.compile("[，,：:]")
_LETTERS = re.compile(r"[\u4e00-\u9fffA-Za-z]+")
# Plans that are texts, and no intention.
_NAMED_PLAN = re.compile(r"(?:年度|全年|行动|三年|五年|投资|实施|专项|工作|市级下达|目标)计划")
# So much of what is said to be done must be in the task's words, and so much of the task in what is done.
_OF_THE_TASK = 0.6
_OF_WHAT_IS_DONE = 0.5
_SHARE = re.compile(r"(?:占|完成|进度|达到?|达到?了|的|约|仅|为)$")
_NO_SHARE = re.compile(r"[率比]|增长|下降|提高|增加|减少|增幅|降幅")
_NEAR = 12
_FAR = 200
_MOST_CLAIMS = 20
_HUNDRED = 100


def finished_by(progress: str, task: str, words: CompletionWords = STANDARD_COMPLETION) -> str:
    """The words of a progress text that say that the whole task is finished (办结的说法); empty if none do.

    Every item of the text must say so, and nothing in it that more is to come.
    """
    said: list[str] = []
    done = ""
    for item in (each for each in _ITEM.split(progress) if each.strip()):
        found = next(_claims(item, task, words), None)
        if found is None:
            return ""
        said.append(found.words)
        done += found.what if found.what is not None else task
    # Last, for its figures are slow to read and few texts come so far.
    is_done = said and _shared(task, done) >= _OF_WHAT_IS_DONE and _is_sure(progress, task, words)
    return said[0] if is_done else ""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Words that say that something is done, and what; None if it is all of the task."""

    words: str
    what: str | None


@lru_cache(maxsize=16)
def _forms(words: CompletionWords) -> tuple[re.Pattern[str], re.Pattern[str]]:
    longest = [sorted(each, key=lambda word: (-len(word), word)) for each in (words.aims, words.done)]
    # Of no words none are found.
    aims, done = ("|".join(map(re.escape, each)) or "(?!)" for each in longest)
    reached = re.compile(
        rf"{_SURE}{{1,4}}(?:完成|实现|达到|达成)了?{_WHEN}{{0,4}}(?:{aims})(?:(?=[并且])|{_CLAUSE_END})"
    )
    done_with = re.compile(
        rf"{_SURE}{{1,4}}{_ON_A_DAY}(?:{done})了?(?P<object>[^，。；！？\n,;!?（(]{{0,60}}){_CLAUSE_END}"
    )
    return reached, done_with


def _claims(item: str, task: str, words: CompletionWords) -> Iterator[_Claim]:
    heading = match["heading"] if (match := _HEADING.match(item)) else ""
    reached, done_with = _forms(words)
    for sentence in _SENTENCE.finditer(item):
        for claim in islice(reached.finditer(sentence[0]), _MOST_CLAIMS):
            if not _NOT.search(sentence[0][max(0, claim.start() - _FAR) : claim.start()]):
                yield _Claim(claim[0], heading or None)
        for claim in islice(done_with.finditer(sentence[0]), _MOST_CLAIMS):
            before = sentence[0][max(0, claim.start() - _FAR) : claim.start()]
            of_it = claim["object"]
            if of_it[:1] in ("并", "且") and any(word in of_it for word in words.done):
                of_it = ""  # 已建成并投入使用
            what = f"{heading}{_CLAUSE.split(before)[-1]}{of_it}"
            is_part = any(part in before + of_it and part not in task for part in words.parts)
            if is_part or _NOT.search(before):
                continue
            if not _plain(what):
                yield _Claim(claim[0], None)
            elif _shared(_plain(what), task) >= _OF_THE_TASK:
                yield _Claim(claim[0], what)


def _plain(what: str) -> str:
    """The letters of what is done, without what may stand for all of a task."""
    return _ALL_OF_IT.sub("", "".join(_LETTERS.findall(what)))


def _shared(one: str, other: str) -> float:
    """How much of the first stands in the second, by every two letters side by side."""
    mine, theirs = _pairs(one), _pairs(other)
    return len(mine & theirs) / len(mine) if mine else 1.0


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _LETTERS.findall(text) for at in range(len(run) - 1)}


def _is_sure(progress: str, task: str, words: CompletionWords) -> bool:
    """Whether nothing in the text says that something is left, by a word or by a figure."""
    said = _NAMED_PLAN.sub("", progress)
    if any(word in said and word not in task for word in words.remaining):
        return False
    figures = amounts(progress)
    for figure in figures:
        before = progress[max(0, figure.start - _NEAR) : figure.start].rpartition("，")[2]
        if figure.unit == "%" and figure.value < _HUNDRED and _SHARE.search(before) and not _NO_SHARE.search(before):
            return False
    return all(_is_reached(target, figures) for target in amounts(task))


def _is_reached(target: Amount, figures: Sequence[Amount]) -> bool:
    """Whether the text tells no smaller figure of the same unit than the task asks for; another bound is no target."""
    if target.ordinal or target.unit in ("", "%", "百分点") or target.bound is Bound.AT_MOST:
        return True
    told = [each.value for each in figures if each.unit == target.unit and not each.ordinal]
    return not told or max(told) >= target.value
