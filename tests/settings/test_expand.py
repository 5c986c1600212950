from __future__ import annotations

import pickle

import pytest

from headerkit.settings.expand import Expanded, escape, expand, spelling


def test_a_variable_is_replaced_and_its_spelling_kept():
    text = expand("${PREFIX}/include", {"PREFIX": "/opt/lib"})
    assert text == "/opt/lib/include"
    assert spelling(text) == "${PREFIX}/include"


@pytest.mark.parametrize("text", ["plain", "$HOME", "$", "a$b", "{X}", "cost: 5$"])
def test_only_the_braced_form_means_a_variable(text: str):
    assert expand(text, {"HOME": "/root", "X": "x"}) is text


def test_two_dollars_stand_for_a_literal_reference():
    assert expand("$${X} ${X}", {"X": "x"}) == "${X} x"


def test_a_value_is_not_expanded_again():
    assert expand("${A}", {"A": "${B}", "B": "b"}) == "${B}"


def test_an_unset_variable_is_named():
    with pytest.raises(KeyError, match="NOT_SET"):
        expand("${NOT_SET}", {})


@pytest.mark.parametrize("text", ["${", "${}", "${a-b}", "${1}", "${A:-default}", "${A"])
def test_anything_else_in_braces_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\$\{"):
        expand(text, {"A": "a"})


def test_text_from_elsewhere_reads_back_as_itself():
    assert expand(spelling(escape("X=${Y}")), {}) == "X=${Y}"
    assert escape("plain") == "plain"


def test_an_expanded_string_survives_the_way_to_a_worker_process():
    sent = pickle.loads(pickle.dumps(Expanded("/opt", "${P}")))  # noqa: S301  (our own bytes)
    assert (sent, sent.spelled) == ("/opt", "${P}")
