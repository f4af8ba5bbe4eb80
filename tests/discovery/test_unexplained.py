from __future__ import annotations

import pytest

from praxi_tasks.discovery.unexplained import root_of, unexplained


@pytest.mark.parametrize(
    ("folder", "root"),
    [
        ("opt/tool/lib/deep/er", "opt/tool"),
        ("opt/venv/bin", "opt/venv"),
        ("opt/venv/lib/python3.11/site-packages", "opt/venv/lib/python3.11/site-packages"),
        ("opt/venv/lib/python3.11/site-packages/yaml/x", "opt/venv/lib/python3.11/site-packages/yaml"),
        ("usr/local/lib/python3.12/dist-packages/a/b", "usr/local/lib/python3.12/dist-packages/a"),
        ("app/node_modules/@babel/core/lib", "app/node_modules/@babel/core"),
        ("app/node_modules/a/node_modules/b", "app/node_modules/a"),
        ("usr/lib/R/library/ggplot2/R", "usr/lib/R/library/ggplot2"),
        ("usr/share/library/books", "usr/share/library"),
    ],
)
def test_a_root_is_a_folder_that_means_something(folder: str, root: str) -> None:
    assert root_of(folder) == root


def test_a_big_environment_is_told_by_its_packages() -> None:
    site = "opt/venv/lib/python3.11/site-packages"
    paths = [f"{site}/{name}/m{n}.py" for name, count in (("torch", 9), ("yaml", 4)) for n in range(count)]
    found = unexplained([*paths, "opt/venv/bin/tool"])
    assert [(root.path, root.files) for root in found.roots] == [
        (f"/{site}/torch", 9), (f"/{site}/yaml", 4), ("/opt/venv", 1),
    ]  # fmt: skip
