"""How the elements of a 公文 may be written (要素的写法): what is taken, and what is refused with which cure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reportgen.problems import InputError
from reportgen.source import read_source
from reportgen.template.forms import in_brackets
from reportgen.template.loading import check_model
from reportgen.template.schema import Config
from tests.bad_configs import PLAIN_CONFIG


def taken(key: str, written: str) -> Any:
    """What a configuration holds under a key that is written so."""
    return getattr(check_model(Config, read_source(f"{PLAIN_CONFIG}{key}: {written}\n".encode(), "c.yaml")), key)


def refused(key: str, written: str) -> tuple[str, str]:
    """(code, cure) of the one fault."""
    with pytest.raises(InputError) as fault:
        taken(key, written)
    (problem,) = fault.value.problems
    assert problem.where is not None
    assert (problem.where.line, problem.where.key) == (7, key)
    return problem.code, problem.fix


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("number", "青督〔2026〕5号", "青督〔2026〕5号"),
        ("number", "' 青督函〔2026〕120号 '", "青督函〔2026〕120号"),
        ("number", "", None),
        ("copy_number", "1", "000001"),
        ("copy_number", "000123", "000123"),
        ("copy_number", "'999999'", "999999"),
        ("secrecy", "绝密", "绝密"),
        ("secrecy", "机密★1年", "机密★1年"),
        ("secrecy", "秘密 ★ 6个月", "秘密★6个月"),
        ("secrecy", "绝密★长期", "绝密★长期"),
        ("urgency", "特急", "特急"),
        ("urgency", "平急", "平急"),
        ("issue", "5", "第5期"),
        ("issue", "'012'", "第12期"),
        ("issue", "第5期", "第5期"),
        ("issue", "第5期（总第120期）", "第5期（总第120期）"),
        ("signers", "甲某", ("甲某",)),
        ("signers", "甲某、乙某", ("甲某", "乙某")),
        ("signers", "[甲某, 乙某]", ("甲某", "乙某")),
        ("signers", "", ()),
        ("signers", "[]", ()),
        ("co_issuers", "[乙局, 丙局]", ("乙局", "丙局")),
        (
            "copies_to",
            "区委办公室，区人大常委会办公室、区政协办公室",
            ("区委办公室，区人大常委会办公室、区政协办公室",),
        ),
        ("copies_to", "抄送：区委办公室。", ("区委办公室",)),
        ("copies_to", "[区委办公室, 区政协办公室]", ("区委办公室", "区政协办公室")),
        ("copies_to", "", ()),
        ("note", "此件公开发布", "此件公开发布"),
        ("note", "（此件公开发布）", "此件公开发布"),
        ("note", "'(此件公开发布)'", "此件公开发布"),
        ("note", "（甲）和（乙）", "（甲）和（乙）"),
        ("sealed", "true", True),
    ],
)
def test_an_element_is_brought_to_its_form(key: str, written: str, value: Any) -> None:
    assert taken(key, written) == value


@pytest.mark.parametrize(
    ("key", "written", "code", "cure"),
    [
        # What can be read is shown as it should stand.
        ("number", "青督[2026]5号", "config.document-number", "青督〔2026〕5号："),
        ("number", "青督（2026）005号", "config.document-number", "青督〔2026〕5号："),
        ("number", "青督〔2026〕第12号", "config.document-number", "青督〔2026〕12号："),
        ("number", "青督〔2026〕12", "config.document-number", "青督〔2026〕12号："),
        ("number", "青督【2026年】12号", "config.document-number", "青督〔2026〕12号："),
        ("number", "青督〔26〕12号", "config.document-number", "青督〔2026〕5号 的样子"),
        ("number", "〔2026〕12号", "config.document-number", "青督〔2026〕5号 的样子"),
        ("number", "青督〔2026〕0号", "config.document-number", "青督〔2026〕5号 的样子"),
        ("number", "2026", "config.wrong-type", "引号"),
        ("copy_number", "0", "config.copy-number", "000001"),
        ("copy_number", "1000000", "config.copy-number", "000001"),
        ("copy_number", "-1", "config.copy-number", "000001"),
        ("copy_number", "true", "config.copy-number", "000001"),
        ("copy_number", "一", "config.copy-number", "000001"),
        ("secrecy", "机密1年", "config.secrecy", "机密★1年"),
        ("secrecy", "内部", "config.secrecy", "机密★1年"),
        ("secrecy", "5", "config.secrecy", "机密★1年"),
        ("urgency", "急", "config.urgency", "特急"),
        ("urgency", "[特急]", "config.urgency", "特急"),
        ("issue", "0", "config.issue", "第5期"),
        ("issue", "2026-5", "config.issue", "第5期"),
        ("signers", "甲某、", "config.names", "列表"),
        ("signers", "[甲某, 5]", "config.names", "列表"),
        ("signers", "{甲某: 乙某}", "config.names", "列表"),
        ("co_issuers", "[乙局, 乙局]", "config.names", "删去其中一个"),
        ("copies_to", "''", "config.names", "列表"),
        ("copies_to", "[' ']", "config.names", "列表"),
        ("copies_to", "5", "config.names", "列表"),
    ],
)
def test_another_form_is_refused_with_the_right_one(key: str, written: str, code: str, cure: str) -> None:
    found, fix = refused(key, written)
    assert found == code
    assert cure in fix


def test_numbers_in_json_are_taken_as_well() -> None:
    data = {"copy_number": 12, "issue": 3, "signers": ["甲某"], "print_date": "2026年7月10日"}
    sound = {"version": 1, "template": "x", "ledger": "x", "year": 2026, "period": "1—6月", "issuer": "甲"}
    config = check_model(Config, read_source(json.dumps(sound | data).encode(), "c.json"))
    assert (config.copy_number, config.issue, config.signers) == ("000012", "第3期", ("甲某",))


def test_a_note_gets_its_brackets_once() -> None:
    assert [in_brackets(text) for text in ("注", "（注）", "(注)")] == ["（注）"] * 3
