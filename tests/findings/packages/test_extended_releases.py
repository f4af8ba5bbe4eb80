from __future__ import annotations

import pytest

from praxi_tasks.findings.packages.extended_releases import extended_names


@pytest.mark.parametrize(
    ("version", "builds"),
    [
        ("1:3.0.7-28.el9_4", ["el9_4", "el9"]),
        ("1:3.0.7-28.el9_4.2", ["el9_4", "el9"]),
        ("1.0.2k-26.el7_9", ["el7_9", "el7"]),
        ("1.0.2k-19.el7", ["el7"]),
        ("1:18.19.0-1.module+el8.6.0+123+abc", ["el8_6", "el8"]),
        ("2.39-37.el10_0", ["el10_0", "el10"]),
        ("3.0.8-1.amzn2023.0.2", []),
        ("1-2.fc42", []),
        ("1.0-1.kernel_el9", []),
    ],
)
def test_a_build_names_its_minor_release(version: str, builds: list[str]) -> None:
    assert [name.split()[1] for name in extended_names("openssl", version)] == builds
