"""Units of measure and counting words (计量单位、量词), and the words that go on with the same character.

A counting word alone tells little (3本 are books, 3本地 are not), so each stands here with what must not follow.
"""

from __future__ import annotations

import re

_MEASURES = (
    "个百分点 百分点 个月 个工作日 个小时 个季度 平方公里 平方千米 平方米 立方米 平米 公顷 公里 千米 公斤 千克 "
    "千瓦时 千瓦 兆瓦 人民币 美元 欧元 港元 港币 日元 英镑 标准箱 标箱 人次 人天 车次 台次 艘次 家次 场次 批次 架次 "
    "航次 班次 剂次 户次 件次 台套 课时 学时 小时 公升 毫米 厘米 微克 毫克 ㎡ ㎥ ㎞ ㎎ km² km2 m² m2 m³ m3 "
    "km MWh MW kWh kW kg TEU % ‰"
)
_COUNTED = {
    "个": "一批|100|1”|性化|别|人所得|体工商",
    "家": "庭|属|长|园|具|电|政",
    "户": "籍|外|均|口",
    "人": "民|大|均|口|工|社|才|行|居",
    "名": "称|录|单|义|片|誉|牌|优特|特优|师|校",
    "位": "一体|置|于|列|居",
    "项": "目[^标前]|目$",
    "件": "事一",
    "起": "步|草|到",
    "次": "级|要|生|品|性|日",
    "条": "例|件|线",
    "处": "理|置|于|级|罚",
    "座": "谈|机",
    "所": "有|在|属|谓",
    "栋": "",
    "幢": "",
    "间": "接|隔|距|断",
    "套": "",
    "台": "账|区|湾|阶",
    "部": "门|分|级|署|长|委",
    "辆": "",
    "架": "构|空|设",
    "艘": "",
    "宗": "旨|教",
    "例": "外|如|会|行",
    "份": "",
    "本": "地|级|科|次|市|区|轮|年|土|省|县|身",
    "册": "",
    "卷": "",
    "篇": "",
    "张": "",
    "块": "",
    "片": "区",
    "根": "据|本|治",
    "株": "",
    "棵": "",
    "盆": "地",
    "头": "部|版",
    "只": "有|是|要|能|需",
    "羽": "",
    "尾": "水|矿",
    "支": "持|付|出|行|流|撑|路|援|线|点",
    "把": "",
    "枚": "",
    "箱": "",
    "场": "馆|所|地|景|镇|站",
    "批": "复|准|发|示",
    "组": "织|建|团|成|合|长|工",
    "轮": "换|渡|流|船|毂|岗|训",
    "类": "别|型|似",
    "种": "植|养|子|业",
    "门": "",
    "口": "岸|袋|罩|碑|径",
    "层": "面|级|次|楼",
    "扇": "",
    "笔": "",
    "单": "位|元|独|一|个",
    "剂": "",
    "针": "对",
    "管": "网|理|道|委|线|廊|控|护",
    "列": "入|为|出|车|项|席",
    "班": "子|列|级|组|车|线",
    "对": "接|照|应|口|象|外|标|全|各|市|区",
    "段": "",
    "页": "岩",
    "幅": "度",
    "首": "位|次|个|批|家",
    "颗": "",
    "分": "类|布|别|级|会|析|钟|之|区|局|公|管|院|校|解|步|批|期|包|层|拨|流|配|工",
    "元": "素|旦|化|宵",
    "吨": "",
    "亩": "均",
    "米": "业",
    "升": "级|规|至|温|降|学",
    "天": "然|津|府|河|网|气|地",
    "岁": "",
    "秒": "",
    "倍": "增",
}
_ALIASES = {
    "㎡": "平方米",
    "m²": "平方米",
    "m2": "平方米",
    "平米": "平方米",
    "㎥": "立方米",
    "m³": "立方米",
    "m3": "立方米",
    "km²": "平方公里",
    "km2": "平方公里",
    "平方千米": "平方公里",
    "km": "公里",
    "㎞": "公里",
    "千米": "公里",
    "千克": "公斤",
    "kg": "公斤",
    "㎎": "毫克",
    "MW": "兆瓦",
    "kW": "千瓦",
    "kWh": "千瓦时",
    "MWh": "兆瓦时",
    "TEU": "标箱",
    "标准箱": "标箱",
    "个百分点": "百分点",
    "方": "立方米",
    "个小时": "小时",
    "人民币": "元",
    "港币": "港元",
}
# Counting words that a Chinese numeral may take: of the others it makes names (三级, 三组, 二轮, 四季, 五位一体).
_IN_WORDS = "个家户人名项件起次条处座所栋幢间套台辆艘份册株棵场元亩吨米天岁倍笔"


def _alternatives(counted: dict[str, str]) -> str:
    measures = sorted(_MEASURES.split(), key=len, reverse=True)
    found = [f"{re.escape(name)}(?![A-Za-z0-9])" if name.isascii() and name.isalnum() else name for name in measures]
    # 35.5亿方: bare 方 begins too many words to be a unit by itself.
    found.append("(?<=[万亿])方(?![面式案向便针舱米])")
    found += [f"{name}(?!{stops})" if stops else name for name, stops in counted.items()]
    return "|".join(found)


UNITS = _alternatives(_COUNTED)
UNITS_IN_WORDS = _alternatives({name: _COUNTED[name] for name in _IN_WORDS})


def plain_unit(words: str) -> str:
    """The one name (统一单位) of a unit however it is written: ㎡, m² and 平米 are 平方米; 元/㎡ is 元/平方米."""
    return "/".join(_ALIASES.get(part, part) for part in words.split("/"))
