"""The images that have the headers of the targets wheels are made for."""

from __future__ import annotations

import pytest

from headerkit.targets.default_images import DEFAULT_IMAGES, default_image
from headerkit.targets.wheels import WHEEL_TARGETS, targets_of_tag


def test_every_linux_target_of_wheels_has_an_image() -> None:
    assert sorted(DEFAULT_IMAGES) == sorted(target for target in WHEEL_TARGETS if "-linux-" in target)


@pytest.mark.parametrize("target", DEFAULT_IMAGES)
def test_an_image_is_named_after_the_wheels_that_are_built_in_it(target: str) -> None:
    assert targets_of_tag(DEFAULT_IMAGES[target].rpartition("/")[2]) == (target,)


@pytest.mark.parametrize(
    ("target", "image"),
    [
        ("aarch64-linux-gnu", "quay.io/pypa/manylinux_2_28_aarch64"),
        ("i386-linux-gnu", "quay.io/pypa/manylinux_2_28_i686"),
        ("ppc64le-linux-musl", "quay.io/pypa/musllinux_1_2_ppc64le"),
        ("armv7l-linux-gnueabihf", "quay.io/pypa/manylinux_2_31_armv7l"),
        ("loongarch64-linux-gnu", ""),
        ("arm64-apple-darwin", ""),
        ("win-amd64", ""),
    ],
)
def test_a_target_in_any_spelling_has_its_image(target: str, image: str) -> None:
    assert default_image(target) == image
