"""Pages for the eye (网页): what a command found out, as one self-contained HTML file that a clerk opens and prints.

Everything that comes from outside is escaped: the templates are made with automatic escaping whatever their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportgen.pages.points import points_of

_FOLDER = Path(__file__).parent
# In the head of every page, so that a page among other files is known for ours.
_MARK = b'<meta name="generator" content="reportgen">'


def page(name: str, values: Mapping[str, Any]) -> bytes:
    """The page (网页) of the template `name` with these values, as UTF-8."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    templates.trim_blocks = templates.lstrip_blocks = True
    templates.filters["points"] = points_of
    return templates.get_template(f"{name}.html.jinja").render(values).encode("utf-8", "replace")


def is_our_page(blob: bytes) -> bool:
    """Whether a file is a page that this program wrote (本程序写的网页)."""
    return _MARK in blob[:1024]
