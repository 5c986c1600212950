"""Modules of installed libraries, bound from their untouched headers and used: compress, query, encode, decode."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Bound

pytestmark = pytest.mark.corpus


def needs(header: str) -> None:
    folders = ["/usr/include", "/usr/local/include"]
    if not any(os.path.exists(os.path.join(folder, header)) for folder in folders):
        pytest.skip(f"{header} is not installed")


def test_zlib_compresses(bind_library: Callable[..., Bound]) -> None:
    needs("zlib.h")
    made = bind_library("#include <zlib.h>\n", ["zlib.h", "zconf.h"], ["-lz"])
    ffi, lib = made.ffi, made.lib
    data = b"to be compressed " * 100
    stream = ffi.new("z_stream *")
    assert lib.deflateInit_(stream, lib.Z_BEST_COMPRESSION, lib.ZLIB_VERSION, ffi.sizeof("z_stream")) == lib.Z_OK
    source, target = ffi.from_buffer("Bytef[]", data), ffi.new("Bytef[]", 2000)
    stream.next_in, stream.avail_in, stream.next_out, stream.avail_out = source, len(data), target, 2000
    assert lib.deflate(stream, lib.Z_FINISH) == lib.Z_STREAM_END
    written = bytes(ffi.buffer(target, stream.total_out))
    assert lib.deflateEnd(stream) == lib.Z_OK
    assert zlib.decompress(written) == data


def test_sqlite_answers_a_query_through_a_callback_and_formats_with_varargs(bind_library: Callable[..., Bound]) -> None:
    needs("sqlite3.h")
    # Functions of builds that Debian's is not are declared, but not exported.
    made = bind_library(
        "#include <sqlite3.h>\n",
        ["sqlite3.h"],
        ["-lsqlite3"],
        exclude_patterns=["_activate_", "_snapshot_", "scanstatus", "win32", "preupdate", "mutex_(not)?held", "rtree"],
    )
    ffi, lib = made.ffi, made.lib
    database = ffi.new("sqlite3 **")
    assert lib.sqlite3_open(b":memory:", database) == lib.SQLITE_OK
    rows: list[dict[bytes, bytes]] = []

    @ffi.callback("int(*)(void *, int, char **, char **)")
    def on_row(_: Any, count: int, values: Any, names: Any) -> int:
        rows.append({ffi.string(names[i]): ffi.string(values[i]) for i in range(count)})
        return 0

    quoted = ffi.new("char[]", b"it's")
    text = lib.sqlite3_mprintf(b"select %d as n, %Q as s union all select 2, 'b'", ffi.cast("int", 1), quoted)
    error = ffi.new("char **")
    assert lib.sqlite3_exec(database[0], text, on_row, ffi.NULL, error) == lib.SQLITE_OK
    lib.sqlite3_free(text)
    assert rows == [{b"n": b"1", b"s": b"it's"}, {b"n": b"2", b"s": b"b"}]

    @ffi.callback("void(*)(sqlite3_context *, int, sqlite3_value **)")
    def double(context: Any, _: int, values: Any) -> None:
        lib.sqlite3_result_int(context, 2 * lib.sqlite3_value_int(values[0]))

    null = ffi.NULL
    made_function = lib.sqlite3_create_function(database[0], b"double", 1, lib.SQLITE_UTF8, null, double, null, null)
    assert made_function == lib.SQLITE_OK
    assert lib.sqlite3_exec(database[0], b"select double(21)", on_row, null, error) == lib.SQLITE_OK
    assert rows[-1] == {b"double(21)": b"42"}
    lib.sqlite3_close(database[0])


def test_opus_encodes_and_decodes(bind_library: Callable[..., Bound]) -> None:
    needs("opus/opus.h")
    made = bind_library("#include <opus/opus.h>\n", ["/usr/include/opus/**"], ["-lopus"])
    ffi, lib = made.ffi, made.lib
    error = ffi.new("int *")
    encoder = lib.opus_encoder_create(48000, 1, lib.OPUS_APPLICATION_AUDIO, error)
    assert error[0] == lib.OPUS_OK
    # A variadic control, as C's macro OPUS_SET_BITRATE(x) would call it.
    assert lib.opus_encoder_ctl(encoder, lib.OPUS_SET_BITRATE_REQUEST, ffi.cast("opus_int32", 64000)) == lib.OPUS_OK
    rate = ffi.new("opus_int32 *")
    assert lib.opus_encoder_ctl(encoder, lib.OPUS_GET_BITRATE_REQUEST, rate) == lib.OPUS_OK
    assert rate[0] == 64000
    samples = ffi.new("opus_int16[]", [(i * 700) % 20000 for i in range(960)])
    packet = ffi.new("unsigned char[4000]")
    length = lib.opus_encode(encoder, samples, 960, packet, 4000)
    assert length > 2
    decoder = lib.opus_decoder_create(48000, 1, error)
    assert lib.opus_decode(decoder, packet, length, ffi.new("opus_int16[]", 960), 960, 0) == 960
    lib.opus_encoder_destroy(encoder)
    lib.opus_decoder_destroy(decoder)


def test_capstone_decodes_through_unions_and_large_enums(bind_library: Callable[..., Bound]) -> None:
    needs("capstone/capstone.h")
    made = bind_library("#include <capstone/capstone.h>\n", ["/usr/include/capstone/**"], ["-lcapstone"])
    ffi, lib = made.ffi, made.lib
    handle = ffi.new("csh *")
    assert lib.cs_open(lib.CS_ARCH_X86, lib.CS_MODE_64, handle) == lib.CS_ERR_OK
    assert lib.cs_option(handle[0], lib.CS_OPT_DETAIL, lib.CS_OPT_ON) == lib.CS_ERR_OK
    found = ffi.new("cs_insn **")
    code = bytes.fromhex("b82a000000c3")  # mov eax, 42; ret
    assert lib.cs_disasm(handle[0], code, len(code), 0x1000, 0, found) == 2
    move, leave = found[0][0], found[0][1]
    assert (ffi.string(move.mnemonic), ffi.string(move.op_str)) == (b"mov", b"eax, 0x2a")
    assert (move.id, leave.id) == (lib.X86_INS_MOV, lib.X86_INS_RET)
    operands = move.detail.x86.operands
    assert (operands[0].reg, operands[1].imm) == (lib.X86_REG_EAX, 42)
    assert len(ffi.typeof("x86_insn").elements) > 1000
    lib.cs_free(found[0], 2)
    lib.cs_close(handle)


def test_glib_keeps_a_date_in_bit_fields(bind_library: Callable[..., Bound]) -> None:
    needs("glib-2.0/glib.h")
    query = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], capture_output=True, text=True, check=False)
    if query.returncode:
        pytest.skip("pkg-config does not know glib-2.0")
    flags = query.stdout.split()
    made = bind_library("#include <glib.h>\n", ["/usr/include/glib-2.0/glib/gdate.h"], [*flags, "-lglib-2.0"])
    ffi, lib = made.ffi, made.lib
    date = ffi.new("GDate *")
    lib.g_date_set_dmy(date, 29, lib.G_DATE_FEBRUARY, 2024)
    assert (date.dmy, date.day, date.month, date.year) == (1, 29, 2, 2024)
    date.day = 28  # written from Python, read by C
    lib.g_date_add_days(date, 2)
    assert (lib.g_date_get_month(date), lib.g_date_get_day(date)) == (lib.G_DATE_MARCH, 1)
    julian = struct.unpack("<I", bytes(ffi.buffer(date))[:4])[0]
    assert date.julian_days == julian == lib.g_date_get_julian(date)
