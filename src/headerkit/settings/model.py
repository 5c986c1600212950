"""The settings as frozen dataclasses: the one source of what a user may write in `[tool.headerkit]`.

Each field made by `key` is a key of the TOML table; its type says what is accepted and its documentation is what the
reference (docs/reference/settings.md) and the JSON schema show. A field without documentation is no key: it says where
the table came from, for messages. Lists keep the order in which they were written. An empty list, table or string means
"not set", so that defaults can be told from choices.

The annotations are evaluated here, without the usual future import: the reader goes by them, and to evaluate their
texts in each run costs 1 ms.
"""

from collections.abc import Mapping
from typing import Any, Literal

from headerkit.light_classes import MISSING, dataclass, field

__all__ = [
    "BuildSettings",
    "CacheSettings",
    "CffiEntry",
    "HeaderEntry",
    "MergeSettings",
    "PopulateSettings",
    "RuleEntry",
    "RuleSettings",
    "Settings",
    "key",
]


def key(
    doc: str, default: object = MISSING, *, name: str = "", env: str = "", config_setting: str = "", example: str = ""
) -> Any:
    """Make a dataclass field that is a key of the settings.

    `doc` is Markdown, one paragraph. `name` is the key where it differs from the field's name. `env` is the environment
    variable and `config_setting` the PEP 517 config setting that set the same thing. `example` is a TOML value.
    """
    metadata = {"doc": doc, "name": name, "env": env, "config_setting": config_setting, "example": example}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


RuleKind = Literal["*", "function", "variable", "typedef", "struct", "union", "enum", "macro"]


@dataclass(frozen=True, eq=False, slots=True)
class RuleEntry:
    """One rule of `[tool.headerkit.rules]`; `"struct:vec_*"` is short for the table."""

    pattern: str = key(
        "A glob on the whole name (`vec_*`), or between slashes a regular expression searched in it (`/^vec_/`).",
        example='"vec_*"',
    )
    kind: RuleKind = key("What the rule is about.", "*", example='"struct"')
    to: str = key(
        r"`rename` only: the new name, with `\\1` for a group of the regular expression.", "", example='"vector_add"'
    )


@dataclass(frozen=True, eq=False, slots=True)
class RuleSettings:
    """Which declarations reach the writers, and under which name; a rule that matches nothing gives a warning."""

    allow: tuple[RuleEntry, ...] = key(
        "Only these are bound (and what they need).", (), example='["function:vec_*", "struct:vec_*"]'
    )
    block: tuple[RuleEntry, ...] = key("These are left out.", (), example='["function:*_internal"]')
    opaque: tuple[RuleEntry, ...] = key("These records are declared without their fields.", (), example='["struct:*"]')
    rename: tuple[RuleEntry, ...] = key(
        "These get another name.", (), example="[{ kind = \"function\", pattern = '/^vec_(.*)/', to = '\\1' }]"
    )


@dataclass(frozen=True, eq=False, slots=True)
class PopulateSettings:
    """What `headerkit cache populate` fills the store for; `headerkit check` looks at these targets too."""

    targets: tuple[str, ...] = key(
        "Targets: triples, platform tags of wheels (`musllinux_1_2_x86_64`), container platforms (`linux/arm64`), "
        "globs over short triples (`*-linux-*`), or `all` that wheels are made for.",
        (),
        example='["x86_64-linux-gnu", "macosx_11_0_arm64", "*-windows-*"]',
    )
    platforms: tuple[str, ...] = key(
        "Container platforms; the same as in `targets`.", (), example='["linux/amd64", "linux/arm64"]'
    )
    cibuildwheel: bool = key(
        "Also the targets of the wheels that `[tool.cibuildwheel]` selects (cibuildwheel is asked for them).",
        default=False,
    )
    images: Mapping[str, str] = key(
        "Container images whose system headers are read for a target; nothing in them is run.",
        {},
        example='{ "linux/arm64" = "quay.io/pypa/manylinux_2_28_aarch64" }',
    )
    sysroots: Mapping[str, str] = key(
        "Folders that have a target's system headers below them, as from the root of such a system (`usr/include`).",
        {},
        example='{ "aarch64-apple-darwin" = "sdk/MacOSX.sdk" }',
    )
    timeout: int = key("Seconds that an image may take.", 600, example="1200")
    python_versions: tuple[str, ...] = key(
        "Accepted and without effect: no entry depends on the version of Python.", (), example='["3.12", "3.13"]'
    )


@dataclass(frozen=True, eq=False, slots=True)
class CacheSettings:
    """How the store is used."""

    no_cache: bool = key(
        "Neither read nor write the store.", default=False, env="HEADERKIT_NO_CACHE", config_setting="no-cache"
    )
    no_ir_cache: bool = key(
        "Parse again; neither read nor write parsed headers.",
        default=False,
        env="HEADERKIT_NO_IR_CACHE",
        config_setting="no-ir-cache",
    )
    no_output_cache: bool = key(
        "Run the writers again; neither read nor write generated text.",
        default=False,
        env="HEADERKIT_NO_OUTPUT_CACHE",
        config_setting="no-output-cache",
    )
    locked: bool = key(
        "A store miss is an error, even where libclang could answer (for CI and releases).",
        default=False,
        env="HEADERKIT_LOCKED",
        config_setting="locked",
    )
    system: Literal["trust", "verify"] = key(
        "What a library's header outside the project means that differs from the one the binding was made from, is "
        "absent, or was asked for and absent then: `trust` is a hit with a note, `verify` is a miss.",
        "trust",
    )
    populate: PopulateSettings = key("The targets that the store is filled for from one machine.", PopulateSettings())


@dataclass(frozen=True, eq=False, slots=True)
class MergeSettings:
    """The most that `headerkit store merge` takes from all its sources together: they may come from anywhere."""

    max_entries: int = key(
        "Entries; with more the merge ends in an error.", 200_000, env="HEADERKIT_MERGE_MAX_ENTRIES", example="1000"
    )
    max_file: int = key(
        "Bytes of one file; an entry with a larger one is left out.",
        64 << 20,
        env="HEADERKIT_MERGE_MAX_FILE",
        example="1048576",
    )
    max_total: int = key(
        "Bytes of all files; with more the merge ends in an error.",
        4 << 30,
        env="HEADERKIT_MERGE_MAX_TOTAL",
        example="100000000",
    )


@dataclass(frozen=True, eq=False, slots=True)
class BuildSettings:
    """The PEP 517 wrapper, `build-backend = "headerkit.build_backend"`."""

    inner_backend: str = key(
        "The build backend that makes the wheel and the sdist, as `module` or `module:object`.",
        "hatchling.build",
        name="inner-backend",
        config_setting="inner-backend",
        example='"setuptools.build_meta"',
    )
    backend_path: tuple[str, ...] = key(
        "Folders of the project from which the inner backend is imported (PEP 517 `backend-path`).",
        (),
        name="backend-path",
        example='["tools"]',
    )


@dataclass(frozen=True, eq=False, slots=True)
class HeaderEntry:
    """Headers that get one output a header and writer.

    Either `[[tool.headerkit.headers]]` with `pattern`, or `[tool.headerkit.headers."include/a.h"]`. Lists are added to
    those of `[tool.headerkit]`. A header that several entries name takes the keys of all of them, in their order.
    """

    pattern: str = key(
        "A header's path below the project root, a glob (`**` crosses folders), or a system header as it is included "
        "(`zlib.h`). A glob that matches nothing is an error.",
        example='"include/**/*.h"',
    )
    exclude: tuple[str, ...] = key(
        "Globs or folders of headers that this entry does not mean.", (), example='["include/internal/**"]'
    )
    include_dirs: tuple[str, ...] = key("Include directories, searched in this order.", (), example='["include"]')
    defines: tuple[str, ...] = key("Macros, `NAME` or `NAME=VALUE`.", (), example='["DEBUG", "VERSION=2"]')
    args: tuple[str, ...] = key("Further arguments for clang.", (), example='["-std=c99"]')
    pkg_config: tuple[str, ...] = key(
        "Packages whose include directories and defines are added.", (), example='["zlib"]'
    )
    target: str = key("The target triple.", "", example='"aarch64-unknown-linux-gnu"')
    code: str = key(
        "C source to parse in place of a file, usually `#include` lines; then `pattern` only names it.",
        "",
        example='"#include <zlib.h>"',
    )
    owned: tuple[str, ...] = key(
        "Globs of files whose declarations belong to the library, in place of the default.",
        (),
        example='["openssl/**"]',
    )
    writers: tuple[str, ...] = key("The writers to run, in place of the general ones.", (), example='["cffi"]')
    writer_options: Mapping[str, Mapping[str, object]] = key(
        "Options by writer, over those of `[tool.headerkit.writer.NAME]`.", {}, example='{ cffi = { mode = "abi" } }'
    )
    output: Mapping[str, str] = key(
        "Output templates by writer, over those of `[tool.headerkit.output]`.", {}, example='{ cffi = "a.cdef.txt" }'
    )
    where: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class CffiEntry:
    """One compiled cffi module, from one or several headers."""

    module: str = key("The module's full name.", example='"vecpkg._vec"')
    headers: tuple[str, ...] = key("The headers that it binds.", (), example='["include/vec/vec.h"]')
    code: str = key("C source to bind in place of `headers`.", "", example='"#include <vec/vec.h>"')
    cdef: str = key("A cdef file written elsewhere, in place of `headers` and `code`.", "", example='"vec.cdef.txt"')
    csrc: str = key(
        "A file of C source that is put in front of the module; default: `#include` lines of `headers`, or `code`.",
        "",
        example='"csrc/vec.csrc.c"',
    )
    sources: tuple[str, ...] = key("C files compiled into the module.", (), example='["csrc/vec.c"]')
    include_dirs: tuple[str, ...] = key(
        "Include directories, after those of `[tool.headerkit]`, for parsing and compiling.", (), example='["include"]'
    )
    define_macros: tuple[str, ...] = key(
        "Macros, `NAME` or `NAME=VALUE`, after `defines` of `[tool.headerkit]`, for parsing and compiling.",
        (),
        example='["VEC_STATIC"]',
    )
    args: tuple[str, ...] = key("Further arguments for clang when it parses.", (), example='["-std=c99"]')
    libraries: tuple[str, ...] = key("Libraries to link.", (), example='["m"]')
    library_dirs: tuple[str, ...] = key("Where to look for them.", (), example='["lib"]')
    extra_compile_args: tuple[str, ...] = key("Further arguments for the C compiler.", (), example='["-O3"]')
    extra_link_args: tuple[str, ...] = key("Further arguments for the linker.", (), example='["-Wl,-s"]')
    pkg_config: tuple[str, ...] = key("Packages to compile and link with.", (), example='["zlib"]')
    abi3: bool | str = key(
        "Build for the limited API: `true` (of the oldest Python the project supports, from 3.10), or that Python.",
        default=False,
        example='"3.10"',
    )
    mode: Literal["", "api", "abi"] = key(
        "`api`: the module is compiled. `abi`: the cdef alone is written, for `ffi.dlopen`.", "", example='"api"'
    )
    extra_cdef: tuple[str, ...] = key(
        "Lines added to the cdef as they stand.", (), example="['extern \"Python\" void on_event(int);']"
    )
    define_patterns: tuple[str, ...] = key("Which macros are bound (regular expressions).", (), example='["^VEC_"]')
    exclude_patterns: tuple[str, ...] = key("Which names are left out (regular expressions).", (), example='["^_"]')
    writer_options: Mapping[str, object] = key("Further options of the cffi writer.", {}, example="{ }")
    owned: tuple[str, ...] = key("As for headers.", (), example='["vec/**"]')
    includes: tuple[str, ...] = key(
        "Modules whose types this one uses (`ffi.include`).", (), example='["vecpkg._base"]'
    )
    output: str = key(
        "Where the cdef is written; default: the module's name with `.cdef.txt` in its package folder.",
        "",
        example='"src/vecpkg/_vec.cdef.txt"',
    )
    where: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Settings:
    """Everything a project says in `[tool.headerkit]` of `pyproject.toml`, or at the top of `.headerkit.toml`.

    `${VAR}` in any string is the environment variable's value; it is an error if the variable is not set. `$${` is a
    literal `${`. Paths are relative to the project root, the folder of the settings file.
    """

    backend: str = key("The parser.", "libclang", env="HEADERKIT_BACKEND")
    writers: tuple[str, ...] = key(
        "The writers to run for each header; default: those that have an output, else every writer there is.",
        (),
        example='["cffi", "ctypes"]',
    )
    target: str = key(
        "The target triple; default: that of the running Python.",
        "",
        env="HEADERKIT_TARGET",
        config_setting="target",
        example='"aarch64-unknown-linux-gnu"',
    )
    store_dir: str = key("The store's folder.", ".headerkit", env="HEADERKIT_STORE_DIR", config_setting="store-dir")
    include_dirs: tuple[str, ...] = key("Include directories of every header.", (), example='["include"]')
    defines: tuple[str, ...] = key("Macros of every header, `NAME` or `NAME=VALUE`.", (), example='["DEBUG"]')
    args: tuple[str, ...] = key("Further arguments for clang, for every header.", (), example='["-std=c99"]')
    pkg_config: tuple[str, ...] = key("Packages of every header, asked of `pkg-config`.", (), example='["zlib"]')
    exclude: tuple[str, ...] = key(
        "Globs or folders of headers that no pattern means.", (), example='["include/internal/**"]'
    )
    owned: tuple[str, ...] = key(
        "Globs of files whose declarations belong to the library: names as they are included (`openssl/**`), paths "
        "below the project or an include directory, or absolute ones; default: the header, what it includes with "
        "quotes or from its own folder, and the whole project.",
        (),
        example='["openssl/**"]',
    )
    headers: tuple[HeaderEntry, ...] = key("The headers that get one output a header and writer.", ())
    output: Mapping[str, str] = key(
        "Where outputs are written, by writer. `{stem}` is the header's name without, `{name}` with its extension, "
        "`{dir}` its folder relative to the project root. Without one the text is kept in the store alone.",
        {},
        example='{ cffi = "{dir}/{stem}.cdef.txt" }',
    )
    writer: Mapping[str, Mapping[str, object]] = key(
        "Options by writer, one table each: `[tool.headerkit.writer.cffi]`.", {}, example='{ cffi = { mode = "api" } }'
    )
    rules: RuleSettings = key("Which declarations are bound.", RuleSettings())
    cffi: tuple[CffiEntry, ...] = key("cffi modules to compile.", ())
    cache: CacheSettings = key("How the store is used.", CacheSettings())
    merge: MergeSettings = key("Limits of `headerkit store merge`.", MergeSettings())
    build: BuildSettings = key("The PEP 517 wrapper.", BuildSettings())
    root: str = ""
    file: str = ""
    """The settings file, absolute; "" where there is none."""
    where: str = ""
    """What comes before each key in messages: `tool.headerkit`, or "" in .headerkit.toml."""
    requires_python: str = ""
    """The project's `requires-python`, for `abi3 = true`."""
    warnings: tuple[str, ...] = ()
