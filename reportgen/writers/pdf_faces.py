"""The faces of a PDF (PDF 中的字体), whichever engine lays it out: each character has one, and no other one gets in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reportgen.document import Document
from reportgen.problems import EnvironmentLacking, error
from reportgen.styles import FontRole, StyleSheet
from reportgen.writers.css import FontFace, FontPlan
from reportgen.writers.fonts import (
    Cover,
    FontSet,
    GlyphsMissing,
    cover,
    drawn_texts,
    prepared,
    prepared_letters,
)


def covered_faces(document: Document, styles: StyleSheet, fonts: FontSet) -> Cover:
    """The faces that the document needs (所需字体); raises `GlyphsMissing` naming every character that none has."""
    covered = cover(fonts, drawn_texts(document, styles))
    if covered.missing:
        raise GlyphsMissing(covered.missing)
    return covered


def embedded_faces(fonts: FontSet, covered: Cover) -> tuple[FontPlan, Mapping[str, bytes]]:
    """The plan of the faces (嵌入字体), and their files under the addresses by which the CSS asks for them.

    The names differ from the installed ones: fontconfig would else prefer the installed face to the prepared one.
    The files stand in the order of the plan's faces.
    """
    latin = fonts.roles[FontRole.LATIN].face
    used = dict.fromkeys(face for faces in covered.faces.values() for face in faces)
    names = {face: f"{face.postscript_name}-rg" for face in used}
    letters = f"{latin.postscript_name}-rg-letters"
    files = {f"font:{number}": prepared(face) for number, face in enumerate(used)}
    files["font:letters"] = prepared_letters(latin)
    rules = [
        FontFace(name, (f"url({address})",)) for name, address in zip((*names.values(), letters), files, strict=True)
    ]
    families = {role: (letters, *(names[face] for face in covered.faces.get(role, ()))) for role in FontRole}
    return FontPlan(tuple(rules), families), files


def refuse_foreign(embedded: Iterable[str], plan: FontPlan) -> None:
    """Raises where a finished PDF holds a face that nobody asked for (外来字体)."""
    known = {face.family.replace(" ", "-") for face in plan.faces}
    if foreign := sorted({re.sub(r"^/?[A-Z]{6}\+", "", name) for name in embedded} - known):
        what = f"PDF 中嵌入了未指定的字体：{'、'.join(foreign)}"
        raise EnvironmentLacking([error("fonts.foreign", what, "请运行 reportgen doctor 检查字体，或在 fonts 中指定")])
