"""Explaining: the file, flag, option, rule or target that makes the difference, in plain lines."""

from __future__ import annotations

import pytest

from headerkit.plan import CachePolicy
from headerkit.selection import Rule
from headerkit.store.check import check_jobs
from headerkit.store.explain import explain, explain_miss
from headerkit.unit import IncludeDir

POLICY = CachePolicy()


def why(project, unit, **facts):
    return explain_miss(project.store_path, project.job(unit, **facts), POLICY)


def test_a_hit_needs_no_reason(project):
    project.put(project.unit())
    assert why(project, project.unit()) == ()


def test_a_header_that_changed_is_named(project):
    project.put(project.unit())
    project.write("include/sub/b.h", "")
    assert why(project, project.unit()) == ("include/sub/b.h changed since the entry was made",)


def test_a_header_that_was_never_stored_is_said_to_be(project):
    project.write("include/new.h", "")
    project.put(project.unit())
    assert why(project, project.unit("include/new.h")) == (
        "the store has no entry for include/new.h with these settings",
        "the store has no entry at all for this header and layer",
    )


NO_ENTRY = "the store has no entry for include/a.h with these settings"


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"defines": ("A=1", "B")}, "define A=2 is asked for, and was not when the entry was made"),
        ({"defines": ("A=2",)}, "define B is asked for, and was not when the entry was made"),
        ({"defines": ("B", "A=2")}, "the order of the defines changed"),
        ({"args": ("-std=c99",)}, "argument -std=c99 is no longer asked for"),
        ({"owned": ("x/**",)}, "owned glob x/** is no longer asked for"),
        ({"include_dirs": ("include", "more")}, "include directory more is no longer asked for"),
        ({"include_dirs": ()}, "include directory include is asked for, and was not when the entry was made"),
        ({"backend": "other"}, "the store has no entry at all for this header and layer"),
    ],
)
def test_the_setting_that_changed_is_named(project, facts, line):
    project.put(project.unit(**{"defines": ("A=2", "B"), **facts}))
    reasons = why(project, project.unit(defines=("A=2", "B")))
    assert reasons[0] == NO_ENTRY
    assert line in reasons


def test_a_variable_s_value_that_changed_is_named_without_the_value(project):
    def unit(value):
        return project.unit(defines=(f"KEY={value}",), spelled_defines=("KEY=${KEY}",))

    project.put(unit("one"))
    assert why(project, unit("two")) == (NO_ENTRY, "the value behind KEY=${KEY} changed")


def test_options_and_rules_that_changed_are_named(project):
    project.put(project.unit())
    assert why(project, project.unit(), options=(("mode", "abi"),)) == (
        NO_ENTRY,
        "option mode: abi is asked for, the default was stored",
    )
    assert why(project, project.unit(), rules=(Rule("block", "macro", "X*"),)) == (
        NO_ENTRY,
        'rule ["block", "macro", "X*", ""] is asked for, and was not when the entry was made',
    )


def test_a_target_that_nobody_filled_is_named_with_those_that_are_there(project):
    for target in ("aarch64-apple-darwin", "x86_64-pc-windows-msvc"):
        project.put(project.unit(target=target))
    assert why(project, project.unit()) == (
        "the store has it for aarch64-apple-darwin, x86_64-pc-windows-msvc, and not for x86_64-unknown-linux-gnu",
    )


def test_the_nearest_of_several_entries_is_compared(project):
    project.put(project.unit(defines=("A", "B", "C")))
    project.put(project.unit(defines=("X", "Y")))
    assert why(project, project.unit(defines=("A", "B"))) == (NO_ENTRY, "define C is no longer asked for")


def test_explain_shows_every_layer_and_every_target_that_the_store_knows(project):
    project.put(project.unit())
    project.put(project.unit(target="aarch64-apple-darwin"))
    project.write("include/sub/b.h", "")
    lines = [
        (each.target, each.writer, each.hit, each.asked, each.reasons)
        for each in explain(project.store_path, [project.job(project.unit())], POLICY)
    ]
    changed = ("include/sub/b.h changed since the entry was made",)
    assert lines == [
        ("x86_64-unknown-linux-gnu", "", False, True, changed),
        ("aarch64-apple-darwin", "", False, False, changed),
        ("x86_64-unknown-linux-gnu", "cffi", False, True, changed),
        ("aarch64-apple-darwin", "cffi", False, False, changed),
    ]


def test_explain_names_the_entry_of_a_hit(project):
    project.put(project.unit())
    ir, output = explain(project.store_path, [project.job(project.unit())], POLICY)
    assert (ir.hit, ir.entry) == (True, f"ir/{project.entry('ir').name}")
    assert (output.hit, output.entry) == (True, f"output/cffi/{project.entry().name}")


def test_a_directory_elsewhere_is_explained_without_its_path(project, tmp_path):
    (tmp_path / "sdk").mkdir()
    project.put(project.unit(include_dirs=(IncludeDir(str(tmp_path / "sdk"), str(tmp_path / "sdk")),)))
    assert why(project, project.unit(include_dirs=())) == (NO_ENTRY, "include directory */sdk is no longer asked for")


# -- check


def test_check_is_content_when_entry_and_file_match(project):
    project.put(project.unit())
    out = project.write("src/a.txt", "int f(void);\n")
    (checked,) = check_jobs(project.store_path, [project.job(project.unit(), output=str(out))], POLICY)
    assert (checked.current, checked.reasons) == (True, ())
    out.write_bytes(b"int f(void);\r\n")
    assert check_jobs(project.store_path, [project.job(project.unit(), output=str(out))], POLICY)[0].current


@pytest.mark.parametrize(
    ("text", "reason"),
    [(None, "src/a.txt has not been written"), ("int g(void);\n", "src/a.txt differs from what its header gives")],
)
def test_check_names_an_output_that_is_missing_or_edited(project, text, reason):
    project.put(project.unit())
    if text is not None:
        project.write("src/a.txt", text)
    job = project.job(project.unit(), output=str(project.root / "src/a.txt"))
    (checked,) = check_jobs(project.store_path, [job], POLICY)
    assert (checked.current, checked.reasons) == (False, (reason,))


def test_check_names_what_made_an_entry_stale(project):
    project.put(project.unit())
    project.write("include/sub/b.h", "")
    (checked,) = check_jobs(project.store_path, [project.job(project.unit())], POLICY)
    assert (checked.current, checked.reasons) == (False, ("include/sub/b.h changed since the entry was made",))


def test_check_of_a_writer_whose_outputs_are_not_kept_looks_at_the_ir(project):
    project.put(project.unit())
    job = project.job(project.unit())._replace(writer="prompt")
    assert not check_jobs(project.store_path, [job], POLICY)[0].current
    assert check_jobs(project.store_path, [job], POLICY, uncached={"prompt"})[0].current
    project.write("include/a.h", "")
    assert not check_jobs(project.store_path, [job], POLICY, uncached={"prompt"})[0].current


def test_an_entry_of_a_header_with_a_long_name_is_found_too(project):
    name = f"include/{'a_rather_long_name_' * 5}.h"
    project.write(name, "int long_one;\n")
    project.put(project.unit(name, defines=("A=1",)))
    assert "the store has no entry at all for this header and layer" not in why(project, project.unit(name))
