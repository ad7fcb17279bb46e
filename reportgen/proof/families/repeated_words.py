"""A word that stands twice (词语重复): 产值产值, 预计进出口总额预计增长, 的的; words that are made so stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reportgen.proof.families.gathering import gathered
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Words that stand twice in a row, or twice in a clause where once is meant (词语重复)."""
    words = settings.words(Rule.WORD_TWICE)
    for text in manuscript.every_text():
        if text.stands_elsewhere or text.field in _NO_PROSE:
            continue
        for found in (_in_a_row(text, settings), _single(text, settings), _in_a_clause(text, words, settings)):
            yield from gathered(found)


_NO_PROSE = ("id", "given_no", "judgement")


def _told(text: Text, settings: Settings, word: str, start: int, end: int) -> Iterator[Finding]:
    what, fix = f"「{word}」重复了", "请删去多余的一个"
    yield from settings.finding(Rule.WORD_TWICE, what, fix, Mark(text=text, start=start, end=end))


# --- in a row -------------------------------------------------------------------------------------------------------

_TWICE = re.compile(rf"(?P<word>[{_HAN}]{{2,12}}?)(?P=word)")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半")
# 研究研究, 商量商量: the verb done a little. 非常非常, 很多很多: on purpose.
_MADE_SO = re.compile(
    "研究|讨论|商量|考虑|学习|琢磨|锻炼|体验|感受|了解|交流|沟通|打扫|收拾|整理|休息|活动|准备|介绍|比较|放松|热闹|高兴|照顾|帮助|关心"
    "|核实|走访|尝试|批评|参观|观摩|合计|盘算|思考|反省|检讨|非常|很多|许多|好多|特别|哗啦|叮咚|滴答|噼啪|加油|不断|永远|一步|一天"
)
# Letters in a row twice need not be one word twice: 企业|创业|创新, 再审|申请人|申请|人民法院. These words were looked
# up in twenty million letters of law and regulation: none of them meets itself there but by a slip. Whatever is longer,
# or stands before a figure or a mark, cannot be read otherwise either.
_WORDS = re.compile(
    "完成|实现|推进|推动|加快|加强|开展|落实|提升|提高|启动|召开|印发|举办|争取|打造|深化|持续|累计|新增|预计"
    "|同比|环比|已经|正在|目前|截至|下降|增长|达到|制定|出台|编制|建成|开工|竣工|投用|投产|签订|签约|引进"
    "|引育|培育|建立|健全|完善|优化|强化|统筹|协调|督促|指导|配合|牵头|负责|积极|扎实|有序|全力|全面|切实"
    "|不断|进一步|力争|确保|发放|拨付|安排|下达|办理|受理|查处|排查|整治|整改|化解|新建|改建|扩建|改造|修复"
    "|治理|全区|全市|全县|我区|我市|我县|上半年|区政府|市政府|县政府|人民政府|产值|案件|项目|工业|投资|群众"
    "|资金|面积|道路|学校|医院|公园|地区|总额|收入|指标|镇街|居民|农村|农业|城市|生态|污水|垃圾|建筑|房屋"
    "|土地|水库|河道|车位|厂房|旅游|游客|设备|设施|材料|手续|问题|企业|单位|部门|人员|工作|任务|工程|建设"
    "|发展|改革|创新|科技|人才|教育|就业|社会|经济|产业|市场|环境|安全|质量|政策|措施|方案|机制"
    "|体系|平台|数据|信息|技术|能力|水平|标准|情况|进度|主体|基础|施工|招标|审批|验收|监管|执法"
    "|检查|培训|宣传|活动|会议|领导|干部|党员|街道|乡镇|村民|农户|贷款|税收|预算|财政|消费|商务|物流|口岸"
    "|铁路|公路|桥梁|隧道|管网|供水|供电|燃气|绿化|环保|大气|土壤|森林|耕地|粮食|蔬菜|养老|救助|医保|社保"
    "|住房|小区|物业|停车|公交|治安|信访|纠纷|调解|法律|行政|国企|民营|开放|贸易"
)
_STANDS_BEFORE = re.compile(rf"[达共约均超]?[0-9]|[^{_HAN}A-Za-z0-9\s]|\s*$", re.M)
# 召开推进推进会, 保障保障性住房: the second one begins a longer word.
_BEGINS_LONGER = re.compile(
    "[家业性社者局部员型化力院所厅委办园链圈组率量额费权法区站厂学观类级制版券会器期]"
    "|监管|用地|公司|集团|中心|小组|专班|平台|体系|银行|街道|社区|管委会|单位|方案|办法|经理|条例|机构|部门|人员|计划|规划|制度|标准"
    "|水平|质量|机制|模式|资金|任务|目标|能力|环境|情况|工作|工程|项目|领导|采购"
)


def _in_a_row(text: Text, settings: Settings) -> Iterator[Finding]:
    content = text.content
    for match in _TWICE.finditer(content):
        word = match["word"]
        if len(set(word)) == 1 or set(word) <= _NUMERALS or "的" in word or _MADE_SO.fullmatch(word):
            continue
        # 一项一项, 逐户逐户: one by one; 企业对企业.
        if word[0] in "一半每逐对":
            continue
        sure = len(word) > 3 or _WORDS.fullmatch(word)
        if _BEGINS_LONGER.match(content, match.end()) if sure else not _STANDS_BEFORE.match(content, match.end()):
            continue
        yield from _told(text, settings, word, match.start(), match.end())


# --- a single letter ------------------------------------------------------------------------------------------------

# Letters that never stand twice but where one word ends and the next begins with them: what comes before, what after.
_SINGLES = {
    "的": ("目标有中打", "确士话哥"),
    "了": ("不直", "解如之望结断悟然却"),
    "和": ("共温平缓中总饱维祥谦随融调柔暖附亲人求媾讲", "谐平睦顺气美解缓约好蔼"),
    "在": ("存现所正内实潜外自健好旨", "建编校岗线线职册读押途逃场位外内家地此于座野"),
    "及": ("普涉波以企埃危累", "时早格第其"),
    "与": ("参赋给施授", "会"),
    "是": ("就还但于可要只若总凡", "否非"),
    "从": ("服跟随", "业严来属优重简事宽快中轻此前今头而"),
    "已": ("而不", "经"),
    "由": ("自理缘事因经", "于来此衷头"),
    "于": ("", "都洪是谦田潜城"),
    "并": ("合兼吞归", "购轨行网举发重存联且非入处排"),
    "委": ("", "托员派任办会屈婉属机领系党组内直主分书"),
    "局": ("", "长面部限势域内旗徽址属系机党"),
    "％": ("", ""),
    "%": ("", ""),
    "㎡": ("", ""),
}
_SINGLE = re.compile(
    "|".join(
        (f"(?<![{before}])" if before else "")
        + re.escape(letter * 2)
        + (f"(?![{re.escape(letter)}{after}])" if after else f"(?!{re.escape(letter)})")
        for letter, (before, after) in _SINGLES.items()
    )
)
# 5万万元, 3亿亿元, 60场余场: the unit of a figure.
_UNIT = re.compile(
    r"(?<=[0-9])(?:(?P<scale>[万亿])(?P=scale)(?=[元吨人户平立千公美])|(?P<unit>[场个家人户项次件处起名万])[余多](?P=unit)(?![户家人]))"
)


def _single(text: Text, settings: Settings) -> Iterator[Finding]:
    for match in _SINGLE.finditer(text.content):
        yield from _told(text, settings, match[0][0], match.start(), match.end())
    for match in _UNIT.finditer(text.content):
        yield from _told(text, settings, match[0][0], match.start(), match.end())


# --- in a clause ----------------------------------------------------------------------------------------------------

# Between the two no figure and no mark: with them it is said of two things.
_MOST_BETWEEN = 10


@lru_cache(maxsize=16)
def _clause_pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    known = "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)) if word)
    between = rf"[{_HAN}]{{1,{_MOST_BETWEEN}}}?"
    return re.compile(rf"(?P<word>{known}){between}(?P=word)") if known else None


def _in_a_clause(text: Text, words: tuple[str, ...], settings: Settings) -> Iterator[Finding]:
    pattern = _clause_pattern(words)
    for match in pattern.finditer(text.content) if pattern else ():
        word = match["word"]
        # 预计预计 was told above; 和, 及 or 而 between joins two statements.
        if not re.search("[和及与并而或且的]", match[0][len(word) : -len(word)]):
            yield from _told(text, settings, word, match.start(), match.end())
