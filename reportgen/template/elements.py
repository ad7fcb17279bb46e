"""The elements of a 公文 around its text (公文要素): 版头, 结语, 署名, 附注, 版记, and the facts that fill them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.document import Closing, Imprint, Letterhead, LetterheadForm, Note, Orientation, Section, Signature
from reportgen.numbering import chinese_date
from reportgen.problems import Problem, error, warning
from reportgen.source import Path_, Source, key_text
from reportgen.template.forms import in_brackets
from reportgen.template.hints import shown
from reportgen.template.schema import Config, LetterheadSpec, Template
from reportgen.template.texts import Filled

FACTS = (
    "period", "year", "issuer", "co_issuers", "issuers", "addressee", "date", "number", "signers", "copy_number",
    "secrecy", "urgency", "issue", "note", "copies_to", "printer", "print_date",
)  # fmt: skip
"""The names under which a text finds what the configuration says."""

# What an office gives for one element only, and the names under which a text takes it: to leave it out unsaid would
# be a loss. `sealed` is no fact of a text, it belongs to the signature.
_FOR_ONE_ELEMENT: Mapping[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in FACTS[FACTS.index("number") :]},
    "co_issuers": frozenset({"co_issuers", "issuers"}),
    "sealed": frozenset({"signature"}),
}


def facts(config: Config) -> dict[str, Any]:
    """The configuration's facts: texts and lists of texts, empty where it says nothing."""
    values: dict[str, Any] = {name: getattr(config, name, None) or "" for name in FACTS}
    lists = ("signers", "co_issuers", "copies_to")
    values |= {name: list(getattr(config, name)) for name in lists}
    values["issuers"] = [config.issuer, *config.co_issuers]
    for name, day in (("date", config.date), ("print_date", config.print_date)):
        values[name] = chinese_date(day) if day else ""
    return values


def element_problems(
    template: Template, names: frozenset[str], config: Config, config_source: Source
) -> tuple[Problem, ...]:
    """What the configuration says and this template does not use, and what it leaves out that must be there.

    The configuration is that of the report: what a template for one unit leaves of it is no loss.
    """
    problems = []
    if template.per_unit:
        return tuple(_without_copy_number(names, config, config_source))
    used = names | ({"signature"} if template.signature else set())
    for key, carriers in _FOR_ONE_ELEMENT.items():
        if getattr(config, key) and not used & carriers:
            what = f"模板「{shown(template.name)}」没有用到「{key}」，写了也不会出现"
            fix = "请删去这一项，或换用有这一要素的模板"
            problems.append(warning("config.unused", what, fix, config_source.locate((key,))))
    if config.sealed and not config.date:
        what = "没有写成文日期，就没有落款，也不会留印章的位置"
        problems.append(warning("config.unused", what, "请补上 date，或删去 sealed", config_source.locate(("sealed",))))
    if config.issuer in config.co_issuers:
        what = f"「{shown(config.issuer)}」既是主办机关，又列在联合行文的其他机关里"
        fix = "主办机关只写在 issuer，请从 co_issuers 里删去"
        problems.append(error("config.issuer-twice", what, fix, config_source.locate(("co_issuers",))))
    return (*problems, *_without_copy_number(names, config, config_source))


def _without_copy_number(names: frozenset[str], config: Config, config_source: Source) -> Iterator[Problem]:
    if config.secrecy and not config.copy_number and "copy_number" in names:
        what = "涉密公文应当标注份号，配置里没有写"
        fix = "请写 copy_number，如 copy_number: 1"
        yield warning("config.copy-number-missing", what, fix, config_source.locate(("secrecy",)))


_NOT_IN_LETTER: tuple[Path_, ...] = (
    *(("letterhead", part) for part in ("suffix", "signers", "signer_lead", "publisher", "date")),
    *(("imprint", part) for part in ("printer", "printed")),
)
"""What a 信函 has no place for: the mark is the name alone, the imprint the copies alone. GB/T 9704—2012 10.1."""


def letter_problems(template: Template, source: Source) -> tuple[Problem, ...]:
    """Parts of a template of a 信函 that a letter does not have."""
    if template.letterhead is None or LetterheadForm(template.letterhead.form) is not LetterheadForm.LETTER:
        return ()
    fix = "请删去这一项；要用它，请把 letterhead 的 form 改为 文件 或 简报"
    return tuple(
        error(
            "template.not-in-letter", f"信函没有「{key_text(path)}」（GB/T 9704—2012 10.1）", fix, source.locate(path)
        )
        for path in _NOT_IN_LETTER
        if getattr(getattr(template, str(path[0])), str(path[1]), None) is not None
    )


def letterhead(spec: LetterheadSpec | None, filled: Filled) -> tuple[Letterhead, ...]:
    """版头; none where its mark is empty. GB/T 9704—2012 7.2, 10.1."""
    mark = filled.lines(("letterhead", "mark"))
    if spec is None or not mark:
        return ()
    parts = ("suffix", "number", "copy_number", "secrecy", "urgency", "publisher", "date")
    # Without a text of its own the tree's usual word stands before the signers.
    lead = filled.line(("letterhead", "signer_lead"))
    block = Letterhead(
        form=LetterheadForm(spec.form),
        mark=mark,
        signers=filled.lines(("letterhead", "signers")),
        origin=filled.origin(("letterhead", "mark")),
        **{part: filled.line(("letterhead", part)) for part in parts},
        **({"signer_lead": lead} if lead else {}),
    )
    return (block,)


def closing(filled: Filled) -> tuple[Closing, ...]:
    """结语."""
    text = filled.line(("closing",))
    return (Closing(text=text, origin=filled.origin(("closing",))),) if text else ()


def signature(config: Config, filled: Filled) -> tuple[Signature | Note, ...]:
    """署名 and 成文日期, which stand together or not at all, and 附注 below them. GB/T 9704—2012 7.3.5, 7.3.6."""
    blocks: list[Signature | Note] = []
    issuers = filled.lines(("signature",))
    if issuers and config.date:
        date, origin = chinese_date(config.date), filled.origin(("signature",))
        blocks.append(Signature(issuers=issuers, date=date, sealed=config.sealed, origin=origin))
    if text := filled.line(("note",)):
        blocks.append(Note(text=in_brackets(text), origin=filled.origin(("note",))))
    return tuple(blocks)


def with_imprint(sections: tuple[Section, ...], filled: Filled) -> tuple[Section, ...]:
    """The sections with 版记 behind all annexes; on upright pages, which those of the last annex may not be. 7.4."""
    parts = {part: filled.line(("imprint", part)) for part in ("copies_to", "printer", "printed")}
    if not sections or not any(parts.values()):
        return sections
    first = next(part for part, text in parts.items() if text)
    block = Imprint(origin=filled.origin(("imprint", first)), **parts)
    last = sections[-1]
    if last.orientation is Orientation.LANDSCAPE:
        return (*sections, Section(orientation=Orientation.PORTRAIT, blocks=(block,)))
    return (*sections[:-1], Section(orientation=last.orientation, blocks=(*last.blocks, block)))
