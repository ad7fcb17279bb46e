"""Braces that Jinja does not know (写错的花括号): full-width ones, single ones, ones parted by a space."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from reportgen.template.hints import shown

# What Jinja reads: it says itself what is wrong there.
_KNOWN = re.compile(
    r"\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL
)
_TAG = re.compile(
    r"(?:｛\s*[｛{]|\{\s*｛|\{\s+\{(?=[^{}]*\}\s*\}))[^{}｛｝\n]*[}｝\s]*"
    r"|(?:[{｛]\s*％|(?:｛\s*|\{[ \t\u3000]+)%)[^\n]*?(?:[}｝]|$)"
    r"|｝\s*[｝}]|\}\s*｝",
    re.MULTILINE,
)
_SINGLE = re.compile(r"[{｛][ \t\u3000]*([^\W\d]\w*)[^{}｛｝\n]{0,80}[}｝]")


def stray_braces(text: str, lines: Sequence[int], names: Collection[str]) -> Iterator[tuple[int, str]]:
    """(the file's line, what was written) of all that was meant as `{{ 名字 }}` or `{% %}`, one for each line."""
    rest = _KNOWN.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), text)
    found = list(_TAG.finditer(rest))
    found += [match for match in _SINGLE.finditer(rest) if match[1] in names]
    seen: set[int] = set()
    for match in sorted(found, key=lambda match: match.start()):
        line = lines[match.start()]
        if line not in seen:
            seen.add(line)
            yield line, shown(match[0])
