"""Any command line ends in a result or in one message."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from headerkit.__main__ import main
from headerkit.cli.generate_arguments import make_parser
from headerkit.cli.help import EXIT_CODES

OPTIONS = sorted({name for action in make_parser()._actions for name in action.option_strings} - {"-h", "--help"})
WORDS = st.one_of(
    st.sampled_from(OPTIONS),
    st.sampled_from(
        ["a.h", "*.h", "**", "zlib.h", "cffi", "json", "cffi:x.txt", "cffi:{dir}/{x}", "cffi:mode=abi", "X=1"]
    ),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=8),
)


def run(arguments: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=6))
def test_any_arguments_are_planned_or_refused(words: list[str]):
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.h").write_text("int f(void);\n")
        os.chdir(folder)
        try:
            code, out, err = run(["plan", *words])
            assert os.listdir(folder) == ["a.h"]
        finally:
            os.chdir(before)
    assert code in EXIT_CODES
    assert (code == 0) or (out == "" and err.startswith("headerkit: "))
    assert all(len(line) <= 500 for line in err.splitlines())
