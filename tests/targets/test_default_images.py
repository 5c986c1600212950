"""Platforms as containers spell them, and the images that have their headers."""

from __future__ import annotations

import pytest

from headerkit.errors import TargetError
from headerkit.target import normalize
from headerkit.targets.default_images import DEFAULT_IMAGES, container_platform, default_image, normalize_platform


@pytest.mark.parametrize("target", DEFAULT_IMAGES)
def test_every_default_image_is_for_a_target_in_canonical_spelling_with_a_platform(target: str) -> None:
    assert normalize(target) == target
    platform = container_platform(target)
    assert normalize_platform(platform) == platform
    assert ("musl" in DEFAULT_IMAGES[target]) == ("musl" in target)


@pytest.mark.parametrize(
    ("target", "image", "platform"),
    [
        ("aarch64-linux-gnu", "quay.io/pypa/manylinux_2_28_aarch64", "linux/arm64"),
        ("i386-linux-gnu", "quay.io/pypa/manylinux_2_28_i686", "linux/386"),
        ("ppc64le-linux-musl", "quay.io/pypa/musllinux_1_2_ppc64le", "linux/ppc64le"),
        ("armv7l-linux-gnueabihf", "quay.io/pypa/manylinux_2_31_armv7l", "linux/arm/v7"),
        ("loongarch64-linux-gnu", "", "linux/loong64"),
        ("arm64-apple-darwin", "", ""),
        ("win-amd64", "", ""),
    ],
)
def test_a_target_in_any_spelling_has_its_image_and_platform(target: str, image: str, platform: str) -> None:
    assert (default_image(target), container_platform(target)) == (image, platform)


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("Linux/ARM64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("linux/i386", "linux/386"),
        ("linux/s390x", "linux/s390x"),
    ],
)
def test_a_platform_has_one_spelling(given: str, canonical: str) -> None:
    assert normalize_platform(given) == canonical


@pytest.mark.parametrize(
    "given", ["", "amd64", "windows/amd64", "linux/", "linux/arm64/v8/x", "--linux/amd64", "linux/../x"]
)
def test_what_is_no_platform_of_linux_is_refused(given: str) -> None:
    with pytest.raises(TargetError, match="not a platform of Linux containers"):
        normalize_platform(given)
