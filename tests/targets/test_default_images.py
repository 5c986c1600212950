"""The images that have the headers of the targets wheels are made for."""

from __future__ import annotations

import pytest

from headerkit.targets.default_images import DEFAULT_IMAGES
from headerkit.targets.wheels import WHEEL_TARGETS, targets_of_tag


def test_every_linux_target_of_wheels_has_an_image() -> None:
    assert sorted(DEFAULT_IMAGES) == sorted(target for target in WHEEL_TARGETS if "-linux-" in target)


@pytest.mark.parametrize("target", DEFAULT_IMAGES)
def test_an_image_is_named_after_the_wheels_that_are_built_in_it(target: str) -> None:
    assert targets_of_tag(DEFAULT_IMAGES[target].rpartition("/")[2]) == (target,)
