"""The language of statements on indicators (指标说法的用词): verbs of growth and of work, stops, leads and trails.

This is pure language, not an office's choice: what a rule looks for stands in configs/.
"""

from __future__ import annotations

import re

UP = "增长|上升|增加|提高|提升|上涨|增幅|增速|多增"
DOWN = "下降|降低|减少|回落|下滑|降幅|缩减|负增长"
HOW = "均|则|又|也|实现|仅|只|预计|已|略有?|大幅|累计|平均|年均|将|共|约|分别"
MOVED = re.compile(
    r"(?P<against>同比|环比|(?:较(?![快大好慢多])|(?<![占同环对相])比(?![重例率值])|(?<![合共协不陪])[同与](?=[^，。；、]{2,8}比))"
    rf"[^，。；、（）]{{1,10}}?)?(?:{HOW}){{0,3}}(?P<move>{UP}|{DOWN})"
    r"(?:幅度|速度|率)?(?:了|仅|只|也|均|约|达到|达|为){0,3}$"
)
LEVEL = re.compile(
    r"(?:已经?|均|共|也|仅|只有?|则|将|可|预计|合计|累计|总共){0,3}"
    r"(?:达到|达|(?<!行)为|是|(?:提升|提高|增长|上升|下降|降低|增加|升|降|增)[至到]|(?:稳定|保持|维持|控制)在|共计|合计|总计|累计|总数)"
    r"(?:仅|只有?|共)?$"
)
# The longer of two that begin alike stands first.
ACTION = (
    "新建成|新改建|新建|拆除|改建|扩建|建成(?!区)|建设(?!用地|资金|项目|规模|工程)|建立|完成|打造|新增|引进|引育|培育|创建|整治|整改|修复|修缮|改造|开工|开通|"
    "开设|投用|投运|投放|投入|安装|安排|发放|发现|发布|化解|办理|办结|查处|立案|排查|没收|收回|收缴|治理|落实|下达|登记|促成|"
    "形成|管理|调查|督促|推荐|利用|提升|提供|签约|签订|接种|设立|成立|举办|培训|救助|资助|兑付|拨付|争取|获批|认定|回收|"
    "挽回|盘活|清理|更新|更换|购置|接待|招录|招引|进口|出口|销售|生产(?!安全|总值)|疏通|栽种|补栽|种植|实施"
)
DOES = re.compile(rf"(?P<action>{ACTION})(?:到(?!位|期|达)|了)?")
DONE = re.compile(rf"(?:已|共|累计|仅|新|预计){{0,2}}(?P<action>{ACTION})$")
REACHED = re.compile(r"(?:累计|已经?|共|仅|只|预计|可){0,3}(?:完成(?!率)|实现(?!率))")
# What begins with a verb and is a name all the same: 生产总值, 销售额, 种植面积, 建设用地, 投入强度.
NAMED = re.compile(r"[率量额数值总收面强度用力费人型金]")
FULL_YEAR = re.compile(r"^(?:全年|上半年|今年|年度|(?:19|20)\d\d年度?)(?!计划)")
PROGRESS = re.compile(r"(?:工程量|工程总量|总工程|进度|任务|总量|目标|计划)$")
ANYTHING = re.compile(
    r"项目|任务|问题|隐患|企业|金额|资金|纠纷|案件|损失|罚款|上报|行政|立案|全程|原址|生态|工程|工作|建设|面积|设施|情况"
)
# Indicators of many things: without saying of what they must not be held against each other.
GENERIC = re.compile(
    r"[高低快慢]于.*|(?:总|年)?(?:增加值|产值|产量|收入|投资|数量?|额|量|面积|余额|利润|支出)|(?:投资|签约|成交|销售|交易)额|首批|第.批|分.批"
)
JOINED_ON = re.compile(
    r"[占在据由向]|对(?![口外])|后(?![备续勤])|从(?!业)|经(?![济营开贸])|受(?![理益])|因(?!公)|自(?![然主贸来有营治动])|按(?!揭)|为(?!民)"
)
SHORT = frozenset(("出口", "进口", "税收", "消费", "存款", "贷款", "外贸"))
PLACE = re.compile(r"(?:(?<![小社园校片景库厂矿街])区|[市县镇乡省]|街道|全国)$")
LEAD = re.compile(
    r"[\s①-⑳⑴-⒇●•·]+|\d{1,3}[.、．] ?|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九]是"
    r"|(?:我|全|本)[市区县省](?!级)|预计|预期|有望|力争|确保|实现|完成(?!率)|累计|已经?|共(?!同)|拟|现已|计划(?=完成|实现|新|建)|近[两二三四五\d]年来?|分批|其中|此外|同时|推动|促进|努力|带动|使得?"
    r"|并(?!购)|将|我们|仅|也|均|分别是|分别|近?年来"
)
TRAIL = re.compile(
    r"(?:同比|环比|预计|均|已经?|仅|只|也|则|又|累计|共计?|合计|总计|实现|完成|将|有望|可|稳步|较快|的|约|力争|年均|平均|实际|预期|总体)+$"
)
FORECAST = re.compile(r"预计|预期|有望|力争|计划|拟")
INDICATOR = re.compile(
    r"(?:[率量额值数比重]|投资|收入|税收|面积|里程|天数|人数|户数|规模|余额|产值|指数|得分|产量|浓度|存款|贷款|支出|利润|比例|次数|就业|资金|长度|强度|密度|水平|寿命|价格)$"
)
# Words that show that what stands before the figure is a sentence, not the name of an indicator.
SENTENCE = re.compile(
    r"[等将把被由向与并使让按]|占(?![比用地]|.{1,12}比[重例]$)|(?<!行)为(?!民)|对(?!口|外)|的$|以(?![上下内])|用于|到(?!位|期)|通过|开展|进行|聚焦|申报|纳入|进入|入选|获得|获评|组织|参加|其中|根据|争创|给予|分别|涉及|以及|包括|不"
)
BREAK = re.compile(r"[，。；、：:;,\n！？!?（）()【】〔〕《》|]")
QUIET = re.compile(r"[ ，、,；;]*$")
GOAL = re.compile(r"任务|目标|计划")
BRACKET = re.compile(r"[（(][^（()）]{0,80}[）)]")
WITHOUT = re.compile(r"^(?:扣除|剔除|不含|还原|按?同口径|按?可比|若)")
RANKED = re.compile(
    r"(?P<what>增速|增幅|降幅|(?:增长|下降)幅度|总量|规模)?(?:均|并)?(?:位?列|位?居|排名?|名列|位次)(?P<among>[^，。；、（）]{0,8})$"
)
AMONG = re.compile(r"(?P<among>[^，。；、（）]{2,8})$")
NOUN = re.compile(r"(?P<noun>[\u4e00-\u9fffA-Za-z“”]{2,16})(?=$|[，。；、：;,\n（(）)])")
ENDS = re.compile(r"$|[ ，。；、：:;,.\n（(）)！？!?]")
SUBJECT_SIZE = range(3, 25)  # 资金, 面积 by themselves name nothing
MEMORY = 6  # times that are looked through for the one that a figure is of
SENTENCE_SIZE = 400
REACH = 48  # a subject, its verb and what it is compared with are not longer
