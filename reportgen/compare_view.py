"""What is shown of a comparison (比对结果的展示): lines for the terminal, plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from reportgen.compare import Compared, FilePair, Relation, Whole
from reportgen.comparison.files.ignoring import Ignored
from reportgen.comparison.model import LAYER_NAMES, Box, Difference, FileKind, Layer, Spot

SHOWN_ALIKE = 10
"""Of the differences of one layer of a file so many are shown; the rest is counted."""
KIND_NAMES: Mapping[FileKind | None, str] = {
    FileKind.DOCX: "Word 文件",
    FileKind.PDF: "PDF 文件",
    FileKind.WORKBOOK: "表格文件",
    FileKind.TEXT: "文本文件",
    None: "其他文件",
}
_OF_FILES = "files."
_FILES = "文件"


def text_lines(compared: Compared, everything: bool = False) -> Iterator[str]:
    """The result line by line (逐行列出): both sides, each file with its differences by layer, how many there are."""
    yield f"原：{compared.first}"
    yield f"现：{compared.second}{_looked_at(compared)}"
    for pair in compared.files:
        yield from _pair_lines(pair, compared, everything)
    if everything:
        yield from (f"略过：{name}（{why}）" for name, why in compared.left_out)
    yield summary(compared)


def _looked_at(compared: Compared) -> str:
    if compared.whole is Whole.FOLDERS:
        return ""
    (pair,) = compared.files
    layers = f"，比了{layer_names(pair.layers)}" if pair.layers else ""
    return f"（{kind_name(pair)}{layers}）" if any(pair.kinds) else ""


def kind_name(pair: FilePair) -> str:
    """What kind of files a pair is of (文件种类)."""
    first, second = pair.kinds
    return KIND_NAMES[first] if first is second else f"{KIND_NAMES[first]}和 {KIND_NAMES[second]}"


def layer_names(layers: frozenset[Layer]) -> str:
    """The layers as a reader calls them (层次名称): 文字、结构、样式."""
    return "、".join(LAYER_NAMES[layer] for layer in Layer if layer in layers)


def _pair_lines(pair: FilePair, compared: Compared, everything: bool) -> Iterator[str]:
    in_folders = compared.whole is Whole.FOLDERS
    indent = "  "
    if in_folders:
        if pair.equal and not (everything and pair.ignored):
            if everything:
                yield f"{pair.name}：{_same(pair)}"
            return
        if not any(_is_of_file(each) for each in pair.differences) or pair.relation is Relation.COMPARED:
            failed = "没有比成，原因见错误提示" if pair.relation is Relation.FAILED else ""
            yield f"{pair.name}：{failed or f'{len(pair.differences)} 处不同'}"
        else:
            indent = ""
    for name, differences in by_layer(pair.differences):
        if name != _FILES:
            yield f"{indent}{name}，{len(differences)} 处："
        inner = indent if name == _FILES else indent + "  "
        shown = differences if everything else differences[:SHOWN_ALIKE]
        yield from (f"{inner}{each.said}" for each in shown)
        if len(shown) < len(differences):
            yield f"{inner}……{name}另有 {len(differences) - len(shown)} 处（加 --all 全部列出）"
    if everything and pair.ignored:
        yield f"{indent}不计的，{len(pair.ignored)} 处："
        yield from (f"{indent}  {each.difference.said}（不计：{_reason(each, compared)}）" for each in pair.ignored)


def by_layer(differences: Sequence[Difference]) -> Iterator[tuple[str, list[Difference]]]:
    """The differences under the names of their layers (分层), in the document's order; those of files as such first."""
    whole = [each for each in differences if _is_of_file(each)]
    if whole:
        yield _FILES, whole
    for layer in Layer:
        if found := [each for each in differences if each.layer is layer and not _is_of_file(each)]:
            yield LAYER_NAMES[layer], found


def _is_of_file(difference: Difference) -> bool:
    return difference.kind.startswith(_OF_FILES)


def _reason(ignored: Ignored, compared: Compared) -> str:
    return compared.ignoring.rules[ignored.rule].reason


def _same(pair: FilePair) -> str:
    return "文件内容完全一样" if pair.relation is Relation.SAME_BYTES else "没有不同"


# ---- the last line


def summary(compared: Compared) -> str:
    """One sentence about it all (合计)."""
    ignored = sum(len(pair.ignored) for pair in compared.files)
    beside = f"按忽略规则不计 {ignored} 处。" if ignored else ""
    if compared.whole is Whole.FOLDERS:
        return _of_folders(compared) + beside + _left_out(compared)
    (pair,) = compared.files
    if pair.relation is Relation.SAME_BYTES:
        return "文件内容完全一样。"
    if not pair.differences:
        return f"没有不同。{beside}" if pair.equal else "没有比成，原因见错误提示。"
    return f"共 {_counted(pair.differences)}。{beside}"


def _counted(differences: Sequence[Difference]) -> str:
    parts = "、".join(f"{name} {len(found)} 处" for name, found in by_layer(differences))
    return f"{len(differences)} 处不同：{parts}"


def _of_folders(compared: Compared) -> str:
    counts = Counter(_state(pair) for pair in compared.files)
    told = "，".join(f"{counts[state]} 个{state}" for state in _STATES if counts[state])
    differences = list(compared.every_difference())
    sum_up = f"；{_counted(differences)}" if differences else ""
    return f"共 {len(compared.files)} 个文件：{told}{sum_up}。"


_STATES = ("一样", "不同", "多出", "缺少", "没有比成", "不计")


def _state(pair: FilePair) -> str:
    if pair.relation is Relation.FAILED:
        return "没有比成"
    if pair.equal:
        return "一样" if pair.first and pair.second else "不计"
    return {Relation.ONLY_FIRST: "缺少", Relation.ONLY_SECOND: "多出"}.get(pair.relation, "不同")


def _left_out(compared: Compared) -> str:
    if not compared.left_out:
        return ""
    counts = Counter(why for _, why in compared.left_out)
    return (
        f"略过 {len(compared.left_out)} 个：{'、'.join(f'{why} {number}' for why, number in sorted(counts.items()))}。"
    )


# ---- plain data


def as_json(compared: Compared, strict: bool = False) -> dict[str, Any]:
    """The result as plain data (结果数据); all of the differences always, the ignored ones too."""
    return {
        "ok": compared.passes(strict),
        "first": compared.first,
        "second": compared.second,
        "whole": compared.whole.value,
        "same_file": compared.same_place,
        "layers": _layers_json(compared.layers),
        "counts": {
            "files": len(compared.files),
            "equal": sum(pair.equal for pair in compared.files),
            "differences": sum(len(pair.differences) for pair in compared.files),
            "ignored": sum(len(pair.ignored) for pair in compared.files),
        },
        "files": [_pair_json(pair, compared) for pair in compared.files],
        "left_out": [{"file": name, "why": why} for name, why in compared.left_out],
        "problems": [problem.as_json() for problem in compared.problems],
    }


def _layers_json(layers: frozenset[Layer]) -> list[str]:
    return [layer.value for layer in Layer if layer in layers]


def _pair_json(pair: FilePair, compared: Compared) -> dict[str, Any]:
    return {
        "first": pair.first or None,
        "second": pair.second or None,
        "ok": pair.equal,
        "relation": pair.relation.value,
        "kinds": [kind.value if kind else None for kind in pair.kinds],
        "layers": _layers_json(pair.layers),
        "differences": [difference_json(each) for each in pair.differences],
        "ignored": [
            {**difference_json(each.difference), "rule": each.rule + 1, "reason": _reason(each, compared)}
            for each in pair.ignored
        ],
        "problems": [problem.as_json() for problem in pair.problems],
    }


def difference_json(difference: Difference) -> dict[str, Any]:
    """One difference as plain data (一处差异的数据)."""
    return {
        "layer": difference.layer.value,
        "kind": difference.kind,
        "subject": difference.subject,
        "before": difference.before,
        "after": difference.after,
        "said": difference.said,
        "first": _spot_json(difference.first),
        "second": _spot_json(difference.second),
    }


def _spot_json(spot: Spot | None) -> dict[str, Any] | None:
    """A place without the parts that it does not have."""
    if spot is None:
        return None
    values = {each.name: getattr(spot, each.name) for each in fields(spot)}
    told = {name: value for name, value in values.items() if value not in (None, "", ()) and name != "boxes"}
    return told | ({"boxes": [_box_json(box) for box in spot.boxes]} if spot.boxes else {})


def _box_json(box: Box) -> dict[str, float]:
    return {each.name: round(getattr(box, each.name), 2) for each in fields(box)}
