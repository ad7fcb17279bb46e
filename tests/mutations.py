"""What can happen to a text file that an office writes (改坏的文本): each change is decided by a seed alone.

Three ways of spoiling: letters and lines of the text; its data (types swapped, keys lost, repeated, deepened); the
tags of a template (tokens left out, put in, exchanged, nested).
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml

# ---- letters and lines

_PIECES = (
    "\t", "\x00", "\x07", "*", "&a ", "*a", "!!x ", "!!python/object/apply:os.system [ls]", "!甲 ", "{", "}", "[", "]",
    ": ", "- ", "'", '"', "|\n", ">-\n", "\n", "\r", "\r\n", "%", "%YAML 9.9\n---\n", "🙂", "\\u", '"\\ud800"', "\\x",
    "---\n", "...\n", "? ", "<<: *a\n", "<<: {a: 1}\n", "\ufeff", "\u200b", "\u2028", "\x85", "\u3000", "：", "，",
    "“", "\ue000", "#", " #", "~", "null", "1" * 400, "1e999", "NaN", "Infinity", "-0", "0x1F", "1_000", "12:30:45",
    "[" * 80, "{a: " * 80, "- " * 80, "甲" * 3000, "\U0010ffff", "\ufdd0", "//", "/* */", ",", ",,", "//甲\n",
)  # fmt: skip


def spoilt_text(text: str, chance: random.Random) -> str:
    """The text with one to four of its letters, words or lines left out, doubled, moved or replaced."""
    for _ in range(chance.randint(1, 4)):
        lines = text.splitlines(keepends=True) or [""]
        line = chance.randrange(len(lines))
        at, size = chance.randrange(len(text) + 1), chance.randint(0, 6)
        match chance.randrange(8):
            case 0:
                text = text[:at] + chance.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + chance.choice(_PIECES) + text[at + size :]
            case 2:
                text = text[:at] + text[at + size + 1 :]
            case 3:
                text = text[: at + size] + text[at:]
            case 4:
                text = "".join(lines[:line] + lines[line + 1 :])
            case 5:
                text = "".join(lines[:line] + lines[line : line + 1] * chance.choice((2, 2, 40)) + lines[line + 1 :])
            case 6:
                lines[line] = chance.choice((" ", "  ", "\t", "")) + lines[line].lstrip(chance.choice((" ", "- ")))
                text = "".join(lines)
            case _:
                text = text[:at] if chance.random() < 0.2 else text[:at] + text[at:].replace("\n", "\r\n", 3)
    return text


# ---- data

_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 1, 10**17, 10**25, 3.5, -0.5, 1e-9, 1e308, 1949, 2999, "", " ", "甲", "甲" * 5000,
    "a\nb", "{{ x", "{{ year", "{{ 7*191 }}", "{% if %}", "{% for a in b %}", "2026-02-30", "2026-07-10T01:02:03",
    "9999-12-31", "0001-01-01", [], ["甲"], [[]], [None], [{}], ["甲", "甲"], {}, {"甲": "乙"}, {"": ""},
    {"x": {"y": []}}, "三号", "初号", "'", "\u3000", "_x", "1.5", "纵向", "../x.yaml", "/etc/passwd", "~", "NUL", "a/b",
    "*", ".*", "(a+)+$", "[", "(?P<", "#000000", "url(x)", "</style>", "&amp;", "…", "……", "…甲…", "tasks", "goals",
    "牵头", "#REF!", "=1+1", "20261", 0.0, [0], [1.5, 2], "全部", "错误", "不查", "条形图", "tcp://x", "\t", "甲\t乙",
)  # fmt: skip


def spoilt_data(data: Any, chance: random.Random) -> Any:
    """The data with one to three of its values deleted, renamed, retyped, repeated, nested or copied elsewhere."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 3)):
        places = list(slots(data))
        if not places:
            return chance.choice(_VALUES)
        owner, key = chance.choice(places)
        match chance.randrange(7):
            case 0:
                del owner[key]
            case 1 if isinstance(owner, dict):
                letters = list(str(key))
                letters[chance.randrange(len(letters)) :][:1] = [chance.choice(("", "x", "甲"))]
                letters[chance.randrange(len(letters))] = chance.choice(("", "x", "甲"))
                owner["".join(letters) or "y"] = owner.pop(key)
            case 2:
                owner[key] = chance.choice(({"x": owner[key]}, [owner[key]], {key: owner[key]}, [owner[key]] * 3))
            case 3:
                other, its_key = chance.choice(places)
                if its_key in range(len(other)) or its_key in other:
                    owner[key] = copy.deepcopy(other[its_key])
            case 4 if isinstance(owner, list):
                owner[key:key] = [copy.deepcopy(owner[key])] * chance.choice((1, 3, 70))
            case 5 if isinstance(owner[key], str) and owner[key]:
                owner[key] = spoilt_text(owner[key], chance)
            case _:
                owner[key] = copy.deepcopy(chance.choice(_VALUES))
    return data


def slots(data: Any) -> Iterator[tuple[Any, Any]]:
    """Owner and key of every value (每个值的所在)."""
    items = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    for key, item in items:
        yield data, key
        yield from slots(item)


def dumped(data: Any, kind: str) -> str:
    """The data as a file of that kind, `yaml` or `json`."""
    if kind == "json":
        return json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return yaml.dump(data, allow_unicode=True, sort_keys=False, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))


# ---- tags

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TOKEN = re.compile(r"'[^']*'|\w+|\s+|[-{}%]{2,3}|.", re.DOTALL)
_TOKENS = (
    "year", "tasks", "goals", "annex", "annex.goals", "period", "issuer", "loop", "loop.index", "x", "_x", "__class__",
    ".text", ".progress", ".__class__", "[0]", "[-1]", "[99]", "['text']", "[1:2]", "[::0]", "['a':]", "(", ")", "[",
    "]", "| count", "| join", "| join('、')", "| first", "| list", "| map(attribute='text')", "| selectattr('text')",
    "| sort", "| round", "| hanzi", "| phrases(period)", "| respectively", "| circled", "| int", "| replace('', 'a')",
    "| default(x)", "| sum", "| float", "| sentence", "| clause", "| unique", "| reverse", "| abs", "| map('x')", "|",
    "if", "else", "elif", "endif", "for", "in", "endfor", "set", "and", "or", "not", "is", "is defined", "is odd",
    "+", "-", "*", "/", "//", "**", "%", "~", "==", "<", ">=", "!=", "=", "1", "0", "-1", "99999999999", "1e400", "1.5",
    "'甲'", "''", "'1e400'", "none", "true", ",", ":", ".", "()", "[]", "{}", "[[]]", "*tasks", "a=1", "{{", "}}", "{%",
    "%}", "{#", "#}", "raw", "include 'x'", "recursive", "“", "｛｛", "\x00", "\n", "甲",
)  # fmt: skip


def spoilt_tags(text: str, chance: random.Random) -> str:
    """The template with one to four tokens of its tags left out, put in, exchanged, or a tag moved, doubled, nested."""
    for _ in range(chance.randint(1, 4)):
        tags = [tag for tag in _TAG.finditer(text) if not _is_comment(text, tag.start())]
        if not tags:
            return spoilt_text(text, chance)
        tag, other = chance.choice(tags), chance.choice(tags)
        tokens = _TOKEN.findall(tag[0])
        at, end = chance.randrange(len(tokens)), tag.end()
        put = chance.choice((chance.choice(_TOKENS), chance.choice(_TOKEN.findall(other[0]))))
        match chance.randrange(7):
            case 0:
                new = [*tokens[:at], *tokens[at + 1 :]]
            case 1:
                new = [*tokens[:at], " ", put, " ", *tokens[at:]]
            case 2:
                new = [*tokens[:at], put, *tokens[at + 1 :]]
            case 3:
                new = [other[0]]
            case 4:
                new = [tag[0], chance.choice((other[0], tag[0]))]
            case 5:
                depth = chance.choice((2, 9, 200))
                head, tail = chance.choice(
                    (("{% if tasks %}", "{% endif %}"), ("{% for t in tasks %}", "{% endfor %}"))
                )
                new = [head * depth, tag[0], tail * depth]
            case _:
                letters = list(tag[0])
                letters[chance.randrange(len(letters))] = chance.choice(("", chance.choice("{}%|'()._ 甲")))
                new = letters
        text = text[: tag.start()] + "".join(new) + text[end:]
    return text


def _is_comment(text: str, at: int) -> bool:
    return text[text.rfind("\n", 0, at) + 1 :].lstrip().startswith("#")


# ---- all of them

Way = Callable[[str, str, random.Random], str]


def spoilt(text: str, kind: str, seed: str) -> str:
    """A sound file of `kind`, spoilt in one of the ways; the same seed always gives the same text."""
    chance = random.Random(seed)
    has_tags = "{{" in text or "{%" in text
    way = chance.choice(("text", "data", "data", *(("tags", "tags") if has_tags else ())))
    if way == "tags":
        return spoilt_tags(text, chance)
    if way == "text":
        return spoilt_text(text, chance)
    return dumped(spoilt_data(loaded(text), chance), kind)


def loaded(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
