"""Which headers belong to the C library, the kernel or the compiler: the target pins them, so they are only named.

Every other header on the system path is a library's and enters the closure with its digest. The names are those that
glibc, musl, the Linux kernel, the BSDs, macOS and mingw install themselves (C11 7.1.2, POSIX.1-2017 "Headers").
"""

from __future__ import annotations

__all__ = ["LIBC_FOLDERS", "is_libc", "public_part"]

LIBC_FOLDERS = frozenset(
    """
    arpa asm asm-generic bits bsm cxxabi finclude gnu i386 arm kern libkern linux mach mach-o machine malloc misc
    mtd net netash netatalk netax25 neteconet netinet netinet6 netipx netiucv netpacket netrom netrose nfs os
    protocols rdma rpc rpcsvc scsi secure sound sys sysdep video xen xlocale _types sec_api sdks psdk_inc ssp
    """.split()  # noqa: SIM905  (three hundred quotes would hide the names)
)

_PRIVATE = frozenset(("_types", "arm", "asm", "asm-generic", "bits", "gnu", "i386", "machine"))

_HEADERS = frozenset(
    """
    a.out.h aio.h aliases.h alloca.h alltypes.h ar.h argp.h argz.h assert.h byteswap.h complex.h cpio.h crypt.h
    ctype.h dirent.h dlfcn.h elf.h endian.h envz.h err.h errno.h error.h execinfo.h fcntl.h features-time64.h
    features.h fenv.h float.h fmtmsg.h fnmatch.h fpu_control.h fstab.h fts.h ftw.h gconv.h getopt.h glob.h
    gnu-versions.h grp.h gshadow.h iconv.h ieee754.h ifaddrs.h inttypes.h iso646.h langinfo.h lastlog.h
    libc-symbols.h libgen.h libintl.h limits.h link.h locale.h malloc.h math.h mcheck.h memory.h mntent.h
    monetary.h mqueue.h ndbm.h netdb.h nl_types.h nss.h obstack.h paths.h poll.h printf.h proc_service.h pthread.h
    pty.h pwd.h re_comp.h regex.h regexp.h resolv.h sched.h search.h semaphore.h setjmp.h sgtty.h shadow.h
    signal.h spawn.h stab.h stdalign.h stdarg.h stdatomic.h stdbit.h stdbool.h stdc-predef.h stdckdint.h stddef.h
    stdint.h stdio.h stdio_ext.h stdlib.h stdnoreturn.h string.h strings.h stropts.h syscall.h sysexits.h syslog.h
    tar.h termio.h termios.h tgmath.h thread_db.h threads.h time.h ttyent.h uchar.h ucontext.h ulimit.h unistd.h
    unwind.h ustat.h utime.h utmp.h utmpx.h values.h varargs.h wait.h wchar.h wctype.h wordexp.h Availability.h
    AvailabilityInternal.h AvailabilityInternalLegacy.h AvailabilityMacros.h AvailabilityVersions.h
    TargetConditionals.h _ctype.h _stdio.h _locale.h _regex.h _types.h _wctype.h _xlocale.h runetype.h xlocale.h
    xlocale_private.h gethostuuid.h _bsd_types.h _cygwin.h _mingw.h _mingw_mac.h _mingw_off_t.h _mingw_secapi.h
    _mingw_stat64.h _mingw_stdarg.h _mingw_print_push.h _mingw_print_pop.h _mingw_unicode.h _timeval.h apiset.h
    basetsd.h corecrt.h corecrt_io.h corecrt_malloc.h corecrt_math.h corecrt_memcpy_s.h corecrt_memory.h
    corecrt_search.h corecrt_share.h corecrt_startup.h corecrt_stdio_config.h corecrt_terminate.h corecrt_wctype.h
    corecrt_wconio.h corecrt_wdirect.h corecrt_wio.h corecrt_wprocess.h corecrt_wstdio.h corecrt_wstdlib.h
    corecrt_wstring.h corecrt_wtime.h crtdefs.h direct.h io.h minwindef.h process.h pthread_compat.h
    pthread_signal.h pthread_time.h pthread_unistd.h sal.h sdkddkver.h share.h stralign.h swprintf.inl vadefs.h
    vcruntime.h vcruntime_string.h winapifamily.h winbase.h windef.h windows.h winnt.h winsock2.h ws2tcpip.h
    winerror.h winuser.h wingdi.h guiddef.h
    """.split()  # noqa: SIM905  (three hundred quotes would hide the names)
)


def is_libc(name: str) -> bool:
    """Whether a name below a system include directory is the C library's or the kernel's own."""
    folder, slash, rest = name.partition("/")
    if not slash:
        return folder in _HEADERS
    if folder in LIBC_FOLDERS:
        return True
    # Multiarch folders (Debian's `x86_64-linux-gnu/`) of another target than the unit's.
    return folder.count("-") >= 2 and "linux" in folder and is_libc(rest)


def public_part(name: str) -> str:
    """A libc header's name; of one that no program includes itself, its folder alone: the rest differs by version."""
    parts = name.split("/")
    for index, part in enumerate(parts[:-1]):
        if part in _PRIVATE:
            return "/".join(parts[: index + 1]) + "/"
    return name
