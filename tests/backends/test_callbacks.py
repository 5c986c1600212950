"""What is raised where clang calls Python ends the parse: half of a header never passes for the whole."""

from __future__ import annotations

import sys

import pytest

from headerkit.backends.libclang import translation_unit

TEXT = "#include <stddef.h>\n" + "".join(
    f"struct s{n} {{ int a; char b; }};\nint f{n}(struct s{n} *p);\n" for n in range(20)
)


class Raising:
    """Appends to a list, but for one time, which raises."""

    def __init__(self, found, at, error):
        self.found, self.left, self.error = found, at, error

    def append(self, item):
        self.left -= 1
        if self.left == 0:
            raise self.error
        self.found.append(item)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError("none left")], ids=["Ctrl-C", "no memory"])
@pytest.mark.parametrize("part", [0, 0.2, 0.9, 0.95, 1])
def test_an_exception_in_a_visitor_is_raised_and_nothing_is_printed(parse, monkeypatch, capfd, part, error):
    collectors = translation_unit._collectors
    hook = sys.unraisablehook
    at = 0  # never: to see how many there are
    seen = []

    def raising(found):
        seen.append(Raising(found, at, error))
        return collectors(seen[-1])

    monkeypatch.setattr(translation_unit, "_collectors", raising)
    assert len(parse(TEXT).header.declarations) == 40
    (counted,) = seen
    at = max(1, round(-counted.left * part))
    with pytest.raises(type(error)) as caught:
        parse(TEXT)
    assert caught.value is error
    assert capfd.readouterr() == ("", "")
    assert sys.unraisablehook is hook


def test_other_exceptions_that_nobody_can_catch_are_printed_as_ever(monkeypatch):
    from headerkit.backends.libclang.callbacks import KeptExceptions  # noqa: PLC0415

    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Broken:
        def __del__(self):
            raise ValueError

    with KeptExceptions():
        Broken()
    assert [one.exc_type for one in told] == [ValueError]
