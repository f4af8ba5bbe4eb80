from __future__ import annotations

import pytest

from tests.inventory.paths.named import named

DEBIAN = "usr/lib/x86_64-linux-gnu"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["usr/local/lib/libfoo.so.1.2.3"], ["generic/libfoo"]),
        (["opt/x/lib64/libfoo-2.1.so", "opt/x/lib64/libfoo.so.2"], ["generic/libfoo"]),
        ([f"{DEBIAN}/libc.so.6", f"{DEBIAN}/libm.so.6"], ["generic/glibc"]),
        ([f"{DEBIAN}/libstdc++.so.6.0.30"], ["generic/gcc"]),
        ([f"{DEBIAN}/engines-3/afalg.so"], []),
        (["usr/lib/R/site-library/x/libs/libx.so"], []),
        (["a/site-packages/numpy.libs/libopenblas.so.0"], []),
        (["a/site-packages/torch/lib/libtorch.so"], []),
        (["n/node_modules/x/lib/libx.so"], []),
        (["opt/jdk/lib/libjava.so.txt", "opt/x/libfoo.so"], []),
    ],
)
def test_a_library_is_named_as_the_linker_knows_it(paths: list[str], names: list[str]) -> None:
    assert [name for name in named(paths) if name.startswith("generic/")] == names
