"""Which container image has the libc headers of a target: PyPA's images, in which wheels for Linux are built.

Each is a name without a digest: what its tag `latest` is. A project that wants one state for ever names it with one
(`quay.io/pypa/manylinux_2_28_x86_64@sha256:...`).
"""

from __future__ import annotations

import re

from headerkit.errors import TargetError
from headerkit.target import normalize

__all__ = ["DEFAULT_IMAGES", "container_platform", "default_image", "normalize_platform"]

_PLATFORMS = {
    "x86_64": "linux/amd64",
    "i686": "linux/386",
    "aarch64": "linux/arm64",
    "armv7": "linux/arm/v7",
    "armv6": "linux/arm/v6",
    "powerpc64le": "linux/ppc64le",
    "s390x": "linux/s390x",
    "riscv64": "linux/riscv64",
    "loongarch64": "linux/loong64",
}
_SYNONYMS = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "i686": "386", "armhf": "arm", "armel": "arm"}
_PLATFORM = re.compile(r"linux/([a-z0-9_]+)(/v[0-9]+)?")

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


def container_platform(target: str) -> str:
    """A target's platform as containers spell it (`linux/arm/v7`), "" where no container is for it (macOS, Windows)."""
    machine, _, system, *_ = normalize(target).split("-")
    return _PLATFORMS.get(machine, "") if system == "linux" else ""


def default_image(target: str) -> str:
    """The image that has a target's libc headers, "" where there is none."""
    return DEFAULT_IMAGES.get(normalize(target), "")


def normalize_platform(platform: str) -> str:
    """One spelling of a platform (`linux/x86_64`, `linux/arm64/v8`). Raises TargetError for none of Linux."""
    matched = _PLATFORM.fullmatch(platform.strip().lower())
    if not matched:
        msg = f"not a platform of Linux containers: {platform!r}"
        raise TargetError(msg, hint="write it as linux/amd64, linux/arm64, linux/386 or linux/arm/v7")
    machine = _SYNONYMS.get(matched[1], matched[1])
    # Of the machines here, arm alone has variants whose headers differ.
    variant = (matched[2] or "/v7") if machine == "arm" else ""
    return f"linux/{machine}{variant}"
