"""API mode: functions, constants, variables and callbacks, used from Python."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from cffi import FFI

from headerkit.ir import FunctionType, Pointer

from .conftest import parse, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from headerkit.writers.protocol import Output

    from .conftest import Bound


def test_functions_of_every_kind_can_be_called(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        #include <complex.h>
        #include <stdarg.h>
        #include <stdbool.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <stdlib.h>
        typedef struct { double re, im; } pair;
        typedef int compare(const void *, const void *);
        static inline int twice(int n) { return 2 * n; }
        static int thrice(int n) { return 3 * n; }
        static inline pair swap(pair p) { pair q = { p.im, p.re }; return q; }
        static inline bool negate(bool b) { return !b; }
        static inline wchar_t wide(wchar_t c) { return c + 1; }
        static inline long double third(long double x) { return x / 3; }
        static inline double complex turn(double complex z) { return z * I; }
        static inline int first() { return 1; }
        static inline int *(*chooser(void))(int *) { return 0; }
        static inline int sum(int count, ...) {
            va_list ap; int all = 0;
            va_start(ap, count);
            while (count--) all += va_arg(ap, int);
            va_end(ap);
            return all;
        }
        static inline int vsum(int count, va_list ap) { return count; }
        static inline void sort(int *from, size_t n, compare *by) { qsort(from, n, sizeof *from, by); }
        static inline int grid(int cells[2][3], const char *const names[restrict 2]) { return cells[1][2]; }
        static inline _Noreturn void die(void) { exit(3); }
        static inline int asked(FILE *file, time_t when) { return file == NULL; }
        int shadowed(int a);
        #define shadowed(a) do_not_call_me(a)
        #define other_name twice
        #define OLD_SORT sort
        """.replace("#include <stdlib.h>", "#include <stdlib.h>\n#include <time.h>"),
        source="#undef shadowed\nint shadowed(int a) { return a + 1; }\n#define shadowed(a) do_not_call_me(a)",
    )
    ffi, lib = made.ffi, made.lib
    assert (lib.twice(21), lib.thrice(4), lib.first(), lib.other_name(4)) == (42, 12, 1, 8)
    assert (lib.negate(1), lib.wide("a")) == (False, "b")
    assert float(lib.third(3.0)) == 1
    assert lib.turn(1 + 2j) == -2 + 1j
    assert lib.swap(ffi.new("pair *", (1.0, 2.0))[0]).re == 2.0
    assert lib.sum(3, *(ffi.cast("int", n) for n in (1, 2, 3))) == 6
    numbers = ffi.new("int[]", [3, 1, 2])

    @ffi.callback("int(*)(const void *, const void *)")
    def by_value(left: object, right: object) -> int:
        return ffi.cast("int *", left)[0] - ffi.cast("int *", right)[0]

    lib.sort(numbers, 3, by_value)
    assert list(numbers) == [1, 2, 3]
    numbers[0] = 9
    lib.OLD_SORT(numbers, 3, by_value)
    assert list(numbers) == [2, 3, 9]
    assert lib.grid(ffi.new("int[2][3]", [[0, 0, 0], [0, 0, 7]]), ffi.NULL) == 7
    assert lib.asked(ffi.NULL, 0) == 1
    assert lib.shadowed(1) == 2  # the function, though a macro of its name is there
    assert "static int (*const shadowed)(int a);" in made.text
    assert made.fate("vsum") == "emitted"


def test_a_function_is_left_out_whose_result_c_cannot_assign(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        typedef struct { const int fixed[2][2]; char *rest; } part;
        struct whole { part parts[2]; };
        struct open { const int *to; int n; };
        static inline part fixed(void) { part p = { { { 1 } }, 0 }; return p; }
        static inline struct whole nested(struct whole *from) { return *from; }
        static inline const struct open open(int n) { struct open o = { 0, n }; return o; }
        """
    )
    assert made.lib.open(7).n == 7
    reason = "unsupported: it returns a record with const members, which cffi's C code cannot assign"
    assert (made.fate("fixed"), made.fate("nested")) == (reason, reason)


def test_a_null_of_the_header_is_a_null_pointer(bind: Callable[..., Bound]) -> None:
    made = bind("#ifndef NULL\n#define NULL 0\n#endif\nint used;\n", source="int used;")
    assert made.lib.NULL == made.ffi.NULL


def test_extern_python_and_extra_lines_come_last_as_they_are(bind: Callable[..., Bound]) -> None:
    made = bind(
        "typedef int (*hook)(int, void *);\nstatic inline int run(hook h, void *data) { return h(20, data) + 1; }\n",
        extra_cdef=['extern "Python" int on_run(int, void *);', "#define EXTRA 7"],
        source="#define EXTRA 7",
    )
    ffi, lib = made.ffi, made.lib

    def on_run(value: int, data: object) -> int:
        return value + ffi.from_handle(data)

    ffi.def_extern(name="on_run")(on_run)
    handle = ffi.new_handle(1)
    assert lib.run(lib.on_run, handle) == 22
    assert lib.EXTRA == 7
    assert made.text.endswith('\nextern "Python" int on_run(int, void *);\n#define EXTRA 7\n')


def test_constants_have_the_compilers_values(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        #include <stdint.h>
        #define INT 5
        #define NEGATIVE (-7)
        #define HUGE_ONE 0xFFFFFFFFFFFFFFFFULL
        #define INVERTED (~0U)
        #define LETTER 'x'
        #define SHIFT(n) (1 << (n))
        #define SHIFTED SHIFT(5)
        #define SIZE (sizeof(struct r) * 2)
        #define HALF 0.5
        #define FLOAT 1.25f
        #define VERSION "1.2." STRING(3)
        #define STRING(x) #x
        #define LIMIT UINT32_C(0x80000000)
        #define WIDE L"wide"
        #define EMPTY
        #define ATTRIBUTE __attribute__((unused))
        #define POINTER ((void *)0)
        #define TRAILING INT,
        #define ALIAS_TYPE struct r
        struct r { long a, b; };
        enum color { RED, GREEN = 5, BLUE };
        typedef enum { OFF = -1, ON = 1 } toggle;
        enum { ANONYMOUS = 42, BIG = 0x80000000 };
        #define RED RED
        enum { WIDEST = 0xFFFFFFFFFFFFFFFFULL, };
        static const int constant = 12;
        struct holder { enum { LEFT, RIGHT = 9 } side; toggle t; };
        """
    )
    lib, ffi = made.lib, made.ffi
    assert (lib.INT, lib.NEGATIVE, lib.HUGE_ONE, lib.INVERTED) == (5, -7, 2**64 - 1, 2**32 - 1)
    assert (lib.SHIFTED, lib.SIZE, lib.HALF, lib.FLOAT) == (32, 32, 0.5, 1.25)
    assert chr(lib.LETTER) == "x"
    assert ffi.string(lib.VERSION) == b"1.2.3"
    assert ffi.string(lib.WIDE) == "wide"
    assert (lib.LIMIT, lib.constant) == (2**31, 12)
    assert (lib.RED, lib.GREEN, lib.BLUE, lib.OFF, lib.ON, lib.ANONYMOUS, lib.BIG) == (0, 5, 6, -1, 1, 42, 2**31)
    assert (lib.LEFT, lib.RIGHT, lib.WIDEST) == (0, 9, 2**64 - 1)
    assert ffi.typeof("enum color").elements == {0: "RED", 5: "GREEN", 6: "BLUE"}
    assert ffi.typeof("toggle").relements == {"OFF": -1, "ON": 1}
    assert not hasattr(lib, "POINTER")
    assert not hasattr(lib, "TRAILING")
    assert made.fate("EMPTY") == "unsupported: it is empty"
    assert made.fate("SHIFT").startswith("unsupported: a function-like macro")
    assert made.fate("ATTRIBUTE").startswith("unsupported: ")


def test_a_newer_header_than_the_one_that_was_parsed_still_fits(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        #ifdef NEWER
        #define N 3
        #else
        #define N 1
        #endif
        enum e { A = N, B };
        struct s {
        #ifdef NEWER
            int inserted;
        #endif
            int x;
        };
        """,
        flags=["-DNEWER"],
    )
    assert (made.lib.N, made.lib.A, made.lib.B) == (3, 3, 4)
    assert made.ffi.offsetof("struct s", "x") == 4
    assert made.ffi.sizeof("struct s") == 8


def test_variables_are_read_and_written_where_they_are(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        struct r { int n; };
        extern int counter;
        extern const char *const name;
        extern const char *const names[3];
        extern const struct r fixed;
        extern int unknown[];
        extern _Thread_local int mine;
        extern int (*handler)(int);
        typedef const struct r frozen;
        extern frozen also_fixed;
        struct opaque;
        extern struct opaque hidden;
        """,
        source="""
        int counter = 1; const char *const name = "n"; const char *const names[3] = {"a", "b", "c"};
        const struct r fixed = {4}; int unknown[] = {1, 2}; _Thread_local int mine = 5; int (*handler)(int);
        const struct r also_fixed = {6}; struct opaque { int x; }; struct opaque hidden;
        """,
    )
    ffi, lib = made.ffi, made.lib
    lib.counter += 1
    assert ffi.addressof(lib, "counter")[0] == 2
    assert ffi.string(lib.name) == b"n"
    assert ffi.string(lib.names[2]) == b"c"
    assert (lib.fixed.n, lib.also_fixed.n, lib.unknown[1], lib.mine) == (4, 6, 2, 5)
    assert ffi.addressof(lib, "fixed").n == 4
    assert lib.handler == ffi.NULL
    assert ffi.addressof(lib, "hidden") != ffi.NULL


def test_names_that_a_macro_hides_do_not_break_the_rest(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        #include <errno.h>
        int *px(void);
        int taken(int);
        typedef struct { int x; int linux_; int y; } point;
        struct masked { int x; int y; };
        struct masked *with_masked(struct masked *);
        enum { hidden_one = 3, seen = 4 };
        #define x (*px())
        #define masked other
        #define taken not_a_function
        #define hidden_one (*px())
        """,
        source="#undef x\nint value; int *px(void) { return &value; }",
    )
    assert made.lib.seen == 4
    assert [name for name, _ in made.ffi.typeof("point").fields][-2:] == ["linux_", "y"]
    assert made.fate("taken", "function") == "unsupported: a macro of the same name hides it from C"
    assert made.fate("with_masked") == "unsupported: it needs a record that has no name in C"


def test_a_macro_can_have_the_name_of_an_enumerator_in_another_header(bind: Callable[..., Bound]) -> None:
    header = "#include <arpa/nameser.h>\n#define ns_t_spf 99\nns_type asked(ns_type type);\n"
    bound = bind(header, "ns_type asked(ns_type type) { return type; }")
    assert bound.lib.ns_t_spf == bound.lib.asked(bound.lib.ns_t_spf) == 99
    assert bound.lib.ns_t_mx == 15


def test_a_typedef_that_is_declared_again_after_its_use_comes_before_it(bind: Callable[..., Bound]) -> None:
    header = """
#include <stddef.h>
#include <sys/types.h>
static inline id_t used(id_t id, size_t *size) { *size = 7; return id; }
typedef __id_t id_t;
typedef __SIZE_TYPE__ size_t;
"""
    bound = bind(header)
    size = bound.ffi.new("size_t *")
    assert bound.lib.used(5, size) == 5
    assert size[0] == 7


def test_an_assertion_that_is_named_after_its_line_does_not_spoil_the_module(bind: Callable[..., Bound]) -> None:
    """gcc and clang count an invocation's lines differently: one's name is none to the other."""
    made = bind("""
#define ASSERT_3(b, l) extern char assertion_on_line_##l[(b) ? 1 : -1]
#define ASSERT_2(b, l) ASSERT_3(b, l)
#define ASSERT(b) ASSERT_2(b, __LINE__)
#define CHECK_3(b, l) typedef char checked_##l[(b) ? 1 : -1]
#define CHECK_2(b, l) CHECK_3(b, l)
#define CHECK(b) CHECK_2(b, __LINE__)
ASSERT(
    sizeof(int) ==
    4);
CHECK(
    sizeof(int) ==
    4);
typedef int
    number_15;
static inline number_15 same(number_15 n) { return n; }
""")
    assert made.lib.same(3) == 3
    assert [entry.name for entry in made.ledger if entry.kind != "macro"] == ["number_15", "same"]


def test_types_without_a_cdef_spelling_are_stood_in_for(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        #include <stdarg.h>
        #include <setjmp.h>
        typedef float v4 __attribute__((vector_size(16)));
        typedef __int128 wide_int;
        typedef _Atomic(unsigned) counter;
        typedef int (*log_fn)(int level, const char *format, va_list args);
        typedef int (__attribute__((ms_abi)) *foreign)(int);
        typedef void (*big)(long double _Complex);
        struct sink { log_fn log; counter *counts; v4 lanes; int n; };
        static inline v4 same(v4 x) { return x; }
        static inline wide_int next(wide_int x) { return x + 1; }
        static inline __int128 plus(__int128 x) { return x + 2; }
        static inline void install(log_fn f, foreign g, big h) { }
        static inline int forward(log_fn f, va_list args) { return f(1, "", args); }
        static inline int jump(jmp_buf where) { return 5; }
        static inline void complex_thing(long double _Complex z) { }
        static inline unsigned bump(counter *c) { return ++*c; }
        """,
        extra_cdef=[],
    )
    ffi, lib = made.ffi, made.lib
    lanes = ffi.new("v4 *")
    ffi.buffer(lanes)[:4] = b"\\x00\\x00\\x80\\x3f".decode("unicode_escape").encode("latin-1")
    assert bytes(ffi.buffer(ffi.new("v4 *", lib.same(lanes[0])))) == bytes(ffi.buffer(lanes))
    number = ffi.new("wide_int *")
    assert bytes(ffi.buffer(ffi.new("wide_int *", lib.next(number[0]))))[0] == 1
    assert ffi.sizeof(lib.plus(ffi.new("__int128_t *")[0])) == 16
    lib.install(ffi.NULL, ffi.NULL, ffi.NULL)
    count = ffi.new("counter *", 4)
    assert lib.bump(count) == 5
    assert lib.jump(ffi.new("jmp_buf")) == 5
    assert ffi.sizeof("struct sink") == 48
    assert made.fate("complex_thing") == "unsupported: cffi has no type long double _Complex"
    assert " *   function complex_thing: cffi has no type long double _Complex\n" in made.text


def test_a_type_that_is_left_out_takes_only_its_users_with_it(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        typedef long double _Complex huge[2];
        struct has { huge h; int n; };
        typedef void fn(huge *);
        static inline int uses(huge *h) { return 1; }
        static inline int fine(struct has *h) { return h->n; }
        """
    )
    assert made.lib.fine(made.ffi.new("struct has *", {"n": 3})) == 3
    assert made.fate("uses") == "unsupported: it needs the type huge: cffi has no type long double _Complex"
    assert made.fate("huge") == "unsupported: cffi has no type long double _Complex"


def test_functions_that_no_program_can_use_are_left_out(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        struct never;
        struct never broken(struct never);
        int gone(void) __attribute__((unavailable));
        static inline int fine(void) { return 1; }
        """
    )
    assert made.lib.fine() == 1
    assert made.fate("broken") == "unsupported: it needs all of struct never, which is incomplete"
    assert made.fate("gone").startswith("unsupported: the compiler refuses its use")


def test_what_an_installed_library_keeps_to_itself_is_left_out_and_bound_where_it_is_compiled_in(
    bind: Callable[..., Bound], bind_library: Callable[..., Bound], tmp_path_factory: pytest.TempPathFactory
) -> None:
    hidden = '__attribute__((visibility("hidden")))'
    header = f"{hidden} int inner(void);\nint outer(void);\nextern int count {hidden};\n"
    source = "int inner(void) { return 5; }\nint count = 2;\nint outer(void) { return count * inner(); }\n"
    folder = tmp_path_factory.mktemp("installed")
    (folder / "hidden.h").write_text(header)
    (folder / "hidden.c").write_text(header + source)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", str(folder / "libhidden.so"), str(folder / "hidden.c")], check=True
    )
    flags = [f"-I{folder}", f"-L{folder}", "-lhidden", f"-Wl,-rpath,{folder}"]
    library = bind_library("#include <hidden.h>\n", [f"{folder}/**"], flags)
    assert library.lib.outer() == 10
    assert (
        library.fate("inner") == library.fate("count") == "unsupported: it is hidden: only its own library can use it"
    )
    ours = bind(header, source)
    assert (ours.lib.inner(), ours.lib.outer(), ours.lib.count) == (5, 10, 2)


def test_function_like_macros_are_functions_where_a_signature_says_so(bind: Callable[..., Bound]) -> None:
    made = bind(
        "#define CLAMP(a, low) ((a) < (low) ? (low) : (a))\n#define UNSAID(a) (a)\n",
        macro_functions=["int CLAMP(int a, int low);"],
    )
    assert made.lib.CLAMP(1, 4) == 4
    assert made.fate("CLAMP") == "emitted"
    assert not hasattr(made.lib, "UNSAID")


def test_a_function_with_nothing_but_variable_arguments_is_left_out(tmp_path: Path) -> None:
    text = "int any();\nint to(int (*any)());\nstruct s { int (*any)(); int n; };\n"
    header = parse(text, tmp_path)
    (only,) = [item for item in header.declarations if item.name == "any"]
    # As C23 has it: `int any(...)`.
    variadic = FunctionType(only.type.result, (), variadic=True)
    for item in header.declarations:
        if item.name == "any":
            item.type = variadic
        elif item.name == "to":
            item.type = FunctionType(item.type.result, (Pointer(variadic),))
        else:
            item.fields = (replace(item.fields[0], type=Pointer(variadic)), item.fields[1])
    output = write(header)
    FFI().cdef(output.text)
    fates = {entry.name: entry.reason for entry in output.ledger}
    assert fates["any"] == fates["to"] == "cffi has no functions with (...) alone"
    assert fates["s"] == "without any: cffi has no functions with (...) alone"


def test_names_that_c23_took_for_keywords_are_names_in_an_older_header(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        enum { false, true };
        struct words { int bool, nullptr, constexpr, typeof_unqual; };
        struct thread_local { int a; };
        static inline int nullptr(struct words *constexpr, int bool) { return constexpr->bool + bool; }
        static int constexpr = 5;
        """
    )
    assert (made.lib.true, made.lib.constexpr) == (1, 5)
    assert made.lib.nullptr(made.ffi.new("struct words *", {"bool": 2}), 3) == 5
    assert all(entry.fate == "emitted" for entry in made.ledger)


def test_what_is_no_type_and_has_a_name_that_cffi_takes_for_one_is_left_out(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        static inline int bool(int a) { return a; }
        static int char32_t;
        enum { char16_t = 3, kept };
        struct s { int size_t; };
        #define bool_alias bool
        """
    )
    for name in ("bool", "char32_t"):
        assert made.fate(name) == "unsupported: cffi takes its name for a type"
    assert [name for name in dir(made.lib) if not name.startswith("__")] == ["bool_alias", "kept"]
    assert (made.lib.kept, made.lib.bool_alias(2)) == (4, 2)
    assert made.ffi.new("struct s *", {"size_t": 3}).size_t == 3


def test_constants_that_have_a_name_of_cffis_types_are_left_out(cdef: Callable[..., Output]) -> None:
    output = cdef('#define int8_t "text"\n#define int16_t 0.5\n#define int32_t 3\n')
    fates = {entry.name: entry.fate for entry in output.ledger}
    assert fates == {"int8_t": "unsupported", "int16_t": "unsupported", "int32_t": "emitted"}
