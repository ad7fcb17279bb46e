"""Texts that mean harm (恶意模板): escapes from the sandbox and bombs, each refused with its line and in time."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import pytest

from tests.test_template_phrases import fill

# ---- escapes

ESCAPES = [
    "{{ ''.__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ ''['__class__'] }}",
    "{{ ''['__cla' ~ 'ss__'] }}", "{{ []|attr('__class__') }}", "{{ ''|attr('__class__')|attr('__mro__') }}",
    "{{ ().__class__.__bases__[0] }}", "{{ tasks.__len__ }}", "{{ tasks.__init__.__globals__ }}",
    "{{ year.__class__.__base__ }}", "{{ self }}", "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}", "{{ lipsum.__globals__['os'].popen('id').read() }}", "{{ lipsum() }}",
    "{{ range(3) }}", "{{ dict(a=1) }}", "{{ cycler('a') }}", "{{ namespace(a=1) }}", "{{ joiner() }}",
    "{{ config }}", "{{ request }}", "{{ g }}", "{{ session }}", "{{ url_for }}", "{{ get_flashed_messages }}",
    "{{ open('/etc/passwd').read() }}", "{{ __import__('os') }}", "{{ eval('1') }}", "{{ exec('1') }}",
    "{% include '/etc/passwd' %}", "{% include '../x' ignore missing %}", "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}", "{% block x %}{% endblock %}", "{% macro m() %}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}", "{% set x %}a{% endset %}", "{% with a = 1 %}{{ a }}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}", "{% do tasks.append(1) %}", "{% set ns.x = 1 %}",
    "{{ '{0.__class__}'.format(year) }}", "{{ '%s' % year }}", "{{ '{0}'.format_map(annex) }}",
    "{{ '%s'|format(year) }}",
    "{{ tasks.append(1) }}", "{{ tasks.clear() }}", "{{ annex.update({}) }}", "{{ annex.pop('tasks') }}",
    "{{ tasks[0].setdefault('x', 1) }}", "{{ opening.upper() }}", "{{ opening.encode() }}",
    "{{ tasks|map('attr', '__class__')|list }}", "{{ tasks|map(attribute='__class__')|list }}",
    "{{ tasks|map(attribute='text.__class__')|join }}", "{{ tasks|selectattr('__class__')|list }}",
    "{{ tasks|sort(attribute='__class__') }}", "{{ tasks|groupby('text') }}", "{{ tasks|map('_measured')|list }}",
    "{{ tasks|_measured }}", "{{ _steps }}", "{{ tasks|tojson }}", "{{ opening|safe }}", "{{ annex|xmlattr }}",
    "{{ opening|urlize }}", "{{ tasks|pprint }}", "{{ annex|items|list }}", "{{ tasks[0]|dictsort }}",
    "{{ caller() }}", "{{ varargs }}", "{{ super() }}", "{{ loop }}", "{{ x.y.z }}", "{% debug %}",
    "{% trans %}{% endtrans %}", "{{ _('x') }}", "{{ annex['__class__'] }}", "{{ tasks[0]['__dict__'] }}",
    "{% for x in ''.__class__.__mro__ %}{% endfor %}", "{% if ''.__class__ %}{% endif %}",
]  # fmt: skip

# Two lists of 2^40 numbers that take up no room.
TWINS = "{% set a=[1] %}{% set b=[1] %}" + "{% set a=[a,a] %}{% set b=[b,b] %}" * 40

BOMBS = [
    "{{ 10 ** (10 ** 8) }}", "{{ 'a' * 10 ** 9 }}", "{{ 'a' * 1000000000 }}", "{{ [1] * 1000000000 }}", "{{ 9 % 0 }}",
    "{{ '%1000000000d' % 1 }}", "{{ 2 ** 2 ** 2 ** 2 ** 2 ** 2 }}", "{{ 9 // 0 }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "{{ lipsum(n=99999) }}",
    "{{ 'a' | center(1000000000) }}", "{{ 'a' | indent(1000000000) }}", "{{ 1 | round(1000000000, 'ceil') }}",
    "{{ tasks | slice(1000000000) | list }}", "{{ tasks | batch(1000000000, 1) | list }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a | count }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}",
    "{% set a = 'x' %}" + ("{% set a = a | replace('x', '" + "x" * 99 + "') %}") * 20 + "{{ a }}",
    "{{ 'x'" + " | replace('x', 'xxxxxxxxxx')" * 20 + " }}",
    "{% set a = [" + "1," * 300 + "] %}{% for x in a %}{% for y in a %}{% for z in a %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "{% set a = [" + "1," * 300 + "] %}{% for x in a %}{% for y in a %}"
    "{{ a | map('string') | join | count }}{% endfor %}{% endfor %}",
    "{% set a = [" + "1," * 300 + "] %}{% for x in a %}{% for y in a %}{{ '" + "x" * 9000 + "' }}"
    "{% endfor %}{% endfor %}",
    "{% set a = '" + "x" * 90000 + "' %}{% for x in [1] | list %}{{ [" + "a," * 900 + "] | join }}{% endfor %}",
    "{% for x in tasks %}" * 30 + "{% endfor %}" * 30, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "[" * 5000 + "]" * 5000 + " }}", "{{ " + "not " * 20000 + "1 }}", "{{ " + "-" * 5000 + "1 }}",
    "{{ " + "1 + " * 20000 + "1 }}", "{% if 1 %}" * 3000 + "{% endif %}" * 3000, "x" * 200_000,
    "{{ 1" + "0" * 5000 + " }}", "{{ '1e400' | float | int }}",
    TWINS + "{{ 1 if a == b }}", TWINS + "{{ 1 if a < b }}", TWINS + "{{ 1 if a in [b] }}",
    TWINS + "{{ 1 if a is eq(b) }}",
    TWINS + "{{ [a, b] | unique | list | count }}", TWINS + "{{ [a, b] | sort | count }}",
    TWINS + "{{ [a, b] | max | count }}",
    TWINS + "{{ [a] | select('in', [b]) | list | count }}", TWINS + "{{ a | int }}", TWINS + "{{ tasks[a] }}",
    TWINS + "{{ tasks[a:b] | count }}", TWINS + "{{ tasks | select(*[a]) | list | count }}",
    TWINS.replace("[", "(").replace("]", ",)") + "{{ annex[a] }}",
    "{{ '%1000000000d' is odd }}", "{{ 1 if '%1000000000d' is divisibleby(1) }}", "{% set _steps = 1 %}x",
    "{% for _steps in [1] %}{% endfor %}",
    "{% set a = '" + "x" * 9000 + "' %}{% set a = a" + " ~ a" * 100 + " %}"
    "{{ [" + "a," * 900 + "] | map('trim') | list | count }}",
    "{% set a = [" + "1," * 300 + "] %}" + "{% set a = a + a %}" * 11
    + "{{ [" + "a," * 900 + "] | map('list') | list | count }}",
    "{{ 1" + "0" * 11 + " * 1" + "0" * 13 + " }}",
]  # fmt: skip


@pytest.mark.row("T1", "refused")
@pytest.mark.parametrize("text", ESCAPES)
def test_an_escape_is_refused(text: str) -> None:
    value, problems = fill("甲\n" + text)
    assert value == ""
    assert problems
    for problem in problems:
        assert problem.where
        assert problem.where.line == 3
        assert len(str(problem)) <= 300


def _defuse(number: int, told: Connection) -> None:
    value, problems = fill("甲\n" + BOMBS[number])
    told.send((value, [(p.code, bool(p.where and p.where.line)) for p in problems]))


@pytest.mark.row("T2", "refused")
@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_a_bomb_is_refused_in_time(number: int) -> None:
    # In a process of its own, so that one that goes off fails and does not hang.
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_defuse, args=(number, sender), daemon=True)
    process.start()
    in_time = receiver.poll(10)
    if not in_time:
        process.kill()
    assert in_time, BOMBS[number][:80]
    value, told = receiver.recv()
    process.join()
    assert value == ""
    assert told, BOMBS[number][:80]
    assert all(placed for _, placed in told)


def test_the_tables_are_as_long_as_was_promised() -> None:
    assert len(set(ESCAPES)) >= 60
    assert len(set(BOMBS)) >= 20
