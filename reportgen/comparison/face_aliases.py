"""Faces by one name each (字体别名): FangSong_GB2312 is 仿宋_GB2312, whichever a program writes."""

from __future__ import annotations

_ALIASES = {
    "simsun": "宋体",
    "nsimsun": "新宋体",
    "simhei": "黑体",
    "fangsong": "仿宋",
    "fangsong_gb2312": "仿宋_GB2312",
    "kaiti": "楷体",
    "kaiti_gb2312": "楷体_GB2312",
    "microsoft yahei": "微软雅黑",
    "dengxian": "等线",
    "dengxian light": "等线 Light",
    "lisu": "隶书",
    "youyuan": "幼圆",
    "stsong": "华文宋体",
    "stzhongsong": "华文中宋",
    "stfangsong": "华文仿宋",
    "stkaiti": "华文楷体",
    "stxihei": "华文细黑",
    "stheiti": "华文黑体",
    "fzxiaobiaosong-b05s": "方正小标宋简体",
    "fzfangsong-z02s": "方正仿宋简体",
    "fzkai-z03s": "方正楷体简体",
    "fzhei-b01s": "方正黑体简体",
}


def one_name(face: str) -> str:
    """The name (字体名) under which a face is compared."""
    bare = face.strip().removeprefix("@")
    return _ALIASES.get(bare.casefold(), bare)
