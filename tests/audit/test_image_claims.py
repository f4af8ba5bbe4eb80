"""What databases of an image's layers claim counts up to the limits on the image."""

from __future__ import annotations

import pytest

from praxi_tasks.audit.image_claims import ImageClaims
from praxi_tasks.audit.image_limits import ImageLimits
from praxi_tasks.inventory import LEFT_OUT, Claim, Distribution, Inventory

STATUS = "var/lib/dpkg/status"


def claims(*names: str, files: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    return tuple(Claim("deb", name, "1", STATUS, files=files) for name in names)


LOWER = Inventory("lower", claims("a", "b"), (STATUS,), Distribution("debian", "12"))
SAME = Inventory("same", claims("a", "b"), (STATUS,))
MORE = Inventory("more", claims("a", "b", "c"), (STATUS,))
FILES = Inventory("files", claims("a", files=("usr/bin/a", "usr/bin/b")), (STATUS,))
LINKED = Inventory("linked", claims("a"), (STATUS,), reserve=claims("x", "y"))
LAYERS = {one.digest: one for one in (LOWER, SAME, MORE, FILES, LINKED)}


def of(limits: ImageLimits, digests: str) -> str:
    """Return how many claims each layer has, with a star where it says that some are left out."""
    found = ImageClaims(limits, LAYERS.__getitem__).of(digests.split())
    stars = ("*" if any(line.startswith(LEFT_OUT) for line in one.problems) else "" for one in found)
    return " ".join(f"{len(one.claims)}{star}" for one, star in zip(found, stars, strict=True))


@pytest.mark.parametrize(
    ("limits", "digests", "expected"),
    [
        (ImageLimits(), "lower same more", "2 2 3"),
        (ImageLimits(max_claims=2), "lower same more same", "2 2 0* 0*"),
        (ImageLimits(max_claims=3), "lower same more same", "2 2 3 2"),
        (ImageLimits(max_records=3), "lower same more", "2 0* 0*"),
        (ImageLimits(max_claimed_paths=1), "lower files", "2 0*"),
        (ImageLimits(max_claimed_path_bytes=17), "lower files", "2 0*"),
        (ImageLimits(max_claimed_path_bytes=18), "lower files files", "2 1 1"),
        (ImageLimits(max_claims=2), "linked", "1*"),
    ],
)
def test_layers_above_the_limits_claim_nothing_and_say_so(
    limits: ImageLimits, digests: str, expected: str
) -> None:
    assert of(limits, digests) == expected


def test_what_is_left_out_hides_nothing_of_the_layers_below() -> None:
    lower, more = ImageClaims(ImageLimits(max_claims=2), LAYERS.__getitem__).of(["lower", "more"])
    assert lower == LOWER
    assert (more.databases, more.reserve, more.links) == ((), (), ())
    assert "PRAXI_IMAGE_MAX_CLAIMS" in more.problems[-1]


def test_claims_that_layers_repeat_are_held_once() -> None:
    layers = {name: Inventory(name, claims("a", "b", files=(f"usr/{'x' * 9}",))) for name in "pqr"}
    found = ImageClaims(ImageLimits(max_claims=2), layers.__getitem__).of("pqr")
    assert len({id(claim) for one in found for claim in one.claims}) == 2


def test_of_some_layers_the_same_is_said() -> None:
    bounded = ImageClaims(ImageLimits(max_claims=2), LAYERS.__getitem__)
    assert [*bounded.some_of(["lower", "more"], ["more"]).values()] == [bounded.of(["lower", "more"])[1]]
    assert bounded.some_of(["lower", "same"], ["same"]) == {"same": SAME}
