"""The names under which a face of each role may appear (字体名辨认), in a PDF or in a Word file.

仿宋 and 宋 must be told apart, so the more special name comes first. A face that is embedded without a name of its
own (CIDFont+F1) tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from reportgen.styles import FontNames, FontRole

# Looked for in the name without spaces and marks, in lower case, from the top down.
_KINDS: tuple[tuple[FontRole, str], ...] = (
    (FontRole.TITLE, r"小标宋|xiaobiaosong|fzxbs|fzxiaobs|华文中宋|zhongsong"),
    (FontRole.TITLE, r"fandolsongbold|(notoserif|sourcehanserif)(cjk)?(sc|cn|jp|tc)?(semi)?bold"),
    (FontRole.FANGSONG, r"仿宋|fangsong|simfang|stfang|fandolfang|fzfs|cesifs"),
    (FontRole.KAI, r"楷|kaiti|simkai|stkai|fandolkai|fzkt|kaitim|ukai|wenkai|cesikt"),
    (FontRole.HEI, r"黑体|simhei|stheiti|heiti|fandolhei|fzht|notosans|sourcehansans|思源黑|cesiht"),
    (FontRole.SONG, r"宋|simsun|stsong|songti|fandolsong|fzss|fzshusong|notoserif|sourcehanserif|cesisong"),
    (FontRole.LATIN, r"timesnew|^times|liberationserif|tinos|nimbusroman|termes"),
)
# 微软雅黑 and 等线 are called 黑 by their makers, but are not what the standard names.
_OTHERS = re.compile(r"雅黑|yahei|等线|dengxian|幼圆|youyuan|隶书|lisu")
_NAMELESS = re.compile(r"(cidfont)?[a-z]{0,3}\d{0,4}")
# A document has a handful of faces and thousands of letters that ask for them.
_MOST_NAMES = 512
_BOLD = re.compile(r"bold|heavy|black|粗")


def face_kinds(name: str, fonts: Mapping[FontRole, FontNames]) -> frozenset[FontRole] | None:
    """What a face may stand for by its name; nothing for a known other one, None if the name says nothing."""
    bare = _bare(name)
    roles = {
        role
        for role, font in fonts.items()
        if bare in {_bare(each) for each in (font.name, font.stand_in) if each is not None}
    }
    return frozenset(roles) if roles else _kinds(name)


@lru_cache(maxsize=_MOST_NAMES)
def _kinds(name: str) -> frozenset[FontRole] | None:
    """What a face may stand for, whatever the style sheet calls its own."""
    bare = _bare(name)
    if _OTHERS.search(bare):
        return frozenset()
    for role, pattern in _KINDS:
        if re.search(pattern, bare):
            return frozenset({role})
    return None if _NAMELESS.fullmatch(bare) or "\ufffd" in name else frozenset()


def bold_face(name: str, fonts: Mapping[FontRole, FontNames]) -> bool:
    """Whether a face is the bold one of its family; a 小标宋 is bold by birth."""
    return _BOLD.search(_bare(name)) is not None and FontRole.TITLE not in (face_kinds(name, fonts) or ())


@lru_cache(maxsize=_MOST_NAMES)
def _bare(name: str) -> str:
    """The name without subset prefix, our own suffix, spaces and marks."""
    own = re.sub(r"-rg(-letters)?$", "", re.sub(r"^[A-Z]{6}\+", "", name))
    return re.sub(r"[\s,_+-]|regular$", "", own.lower())
