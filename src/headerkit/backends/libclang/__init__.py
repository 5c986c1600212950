"""The libclang backend: clang's own answers about a C header, read through a thin ctypes layer.

| module | idea |
|---|---|
| `library` | find and load libclang |
| `abi` | the functions and structures of clang-c/Index.h |
| `builtin_headers` | stddef.h and its kin, for a libclang that comes without them |
| `arguments` | a unit's clang arguments |
| `main_file` | the text that is parsed: the unit, then the probes |
| `scan` | preprocessor directives of a text, without a parser |
| `ownership` | which files are the library's own |
| `translation_unit` | one parse, and what may be asked of it |
| `diagnostics` | clang's errors as ours, with hints |
| `inclusions`, `lookups` | files read, files looked for, files embedded |
| `types`, `declarations`, `records`, `attributes`, `comments` | cursors to IR |
| `literals`, `probes`, `macros` | macros to values |
| `version_checks`, `branches`, `compilers` | what another compiler would see |
| `backend` | all of it in order |
"""
