"""Which container image has the libc headers of a target: PyPA's images, in which wheels for Linux are built.

Each is a name without a digest: what its tag `latest` is. A project that wants one state for ever names it with one
(`quay.io/pypa/manylinux_2_28_x86_64@sha256:...`).
"""

from __future__ import annotations

__all__ = ["DEFAULT_IMAGES"]

DEFAULT_IMAGES = {
    "x86_64-unknown-linux-gnu": "quay.io/pypa/manylinux_2_28_x86_64",
    "i686-unknown-linux-gnu": "quay.io/pypa/manylinux_2_28_i686",
    "aarch64-unknown-linux-gnu": "quay.io/pypa/manylinux_2_28_aarch64",
    "armv7-unknown-linux-gnueabihf": "quay.io/pypa/manylinux_2_31_armv7l",
    "powerpc64le-unknown-linux-gnu": "quay.io/pypa/manylinux_2_28_ppc64le",
    "s390x-unknown-linux-gnu": "quay.io/pypa/manylinux_2_28_s390x",
    "riscv64-unknown-linux-gnu": "quay.io/pypa/manylinux_2_39_riscv64",
    "x86_64-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_x86_64",
    "i686-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_i686",
    "aarch64-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_aarch64",
    "armv7-unknown-linux-musleabihf": "quay.io/pypa/musllinux_1_2_armv7l",
    "powerpc64le-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_ppc64le",
    "s390x-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_s390x",
    "riscv64-unknown-linux-musl": "quay.io/pypa/musllinux_1_2_riscv64",
}
"""By canonical target triple."""
