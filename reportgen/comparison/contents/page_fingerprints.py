"""Which pages of PDFs are equal without being read (页面指纹): all that a page draws with, by any names.

Two pages of one fingerprint look equal: content, faces and pictures are the same bytes. Pages that look equal may have
different ones (faces embedded for other letters): these are read and drawn.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

# What does not show on the paper: the way back up, tags, notes about the file.
_UNSEEN = frozenset(("/Parent", "/P", "/StructParent", "/StructParents", "/Metadata", "/LastModified", "/PieceInfo"))
_PACKING = frozenset(("/Length", "/Filter", "/DecodeParms"))
_PAGE_KEYS = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
_SUBSET = re.compile(r"^/?[A-Z]{6}\+")
_DEEPEST = 40


def page_fingerprints(blob: bytes) -> list[str]:
    """The fingerprint (页面指纹) of every page; a page that cannot be followed has an empty one, equal to none.

    Of a file that is so broken that its pages can only be drawn, there are none.
    """
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(blob)) as pdf:
            walk = _Walk(pikepdf)
            shown = walk.digest(pdf.Root.get("/OCProperties"))  # which layers are switched on
            return [_page(pikepdf, walk, page, shown) for page in pdf.pages]
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, RecursionError):
        return []


def _page(pikepdf: Any, walk: _Walk, page: Any, shown: bytes) -> str:
    digest = hashlib.blake2b(shown, digest_size=16)
    try:
        for key in _PAGE_KEYS:
            digest.update(walk.digest(_inherited(page.obj, key)))
        digest.update(walk.digest(page.resources))
        digest.update(walk.digest(page.obj.get("/Annots")))
        contents = page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents] if contents is not None else []
        for stream in streams:
            digest.update(stream.read_bytes() + b"\n")
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, RecursionError):
        return ""
    return digest.hexdigest()


def _inherited(node: Any, key: str) -> Any:
    for _ in range(_DEEPEST):
        if node is None or key in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(key)


class _Walk:
    """Digests of objects, each made once (对象摘要)."""

    def __init__(self, pikepdf: Any) -> None:
        self._pikepdf = pikepdf
        self._known: dict[tuple[int, int], bytes] = {}

    def digest(self, value: Any, depth: int = 0) -> bytes:
        """What an object says, with all that it leads to; names of subsets do not count."""
        pikepdf = self._pikepdf
        if depth > _DEEPEST:
            raise ValueError("objects too deep")
        if not isinstance(value, pikepdf.Object):
            return repr(value).encode()
        if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            return _SUBSET.sub("/", str(value)).encode() if isinstance(value, pikepdf.Name) else value.unparse()
        at = value.objgen if value.is_indirect else (0, 0)
        if at[0] and at in self._known:
            return self._known[at]
        if at[0]:
            self._known[at] = b"in itself"  # a page's field leads back to the page
        made = hashlib.blake2b(self._said(value, depth), digest_size=16).digest()
        if at[0]:
            self._known[at] = made
        return made

    def _said(self, value: Any, depth: int) -> bytes:
        pikepdf = self._pikepdf
        if isinstance(value, pikepdf.Array):
            return b"[" + b" ".join(self.digest(item, depth + 1) for item in value) + b"]"
        if value.get("/Type") == "/Page":
            return b"a page"  # a link's aim: where it leads is not seen
        stream = isinstance(value, pikepdf.Stream)
        content, packing = self._content(value) if stream else (b"", frozenset())
        parts = [
            str(key).encode() + b" " + self.digest(value[key], depth + 1)
            for key in sorted(value.keys())
            if key not in _UNSEEN and key not in packing
        ]
        return b"<" + b"\n".join((*parts, content)) + b">"

    def _content(self, stream: Any) -> tuple[bytes, frozenset[str]]:
        """What a stream holds, and its keys that say no more than how it is packed."""
        try:
            return stream.read_bytes(), _PACKING
        except self._pikepdf.PdfError:  # a photograph has a packing of its own, and is taken as it stands
            return stream.read_raw_bytes(), frozenset(("/Length",))
