"""How pages say names and numbers."""

from __future__ import annotations

import pytest

from praxi_airflow.web.wording import instruction, percent, subject


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        ("/bin/sh -c pip install flask", "RUN pip install flask"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
        ("COPY app /opt/app # buildkit", "COPY app /opt/app"),
        ("/bin/sh -c #(nop) COPY dir:0123 in / ", "COPY dir:0123 in /"),
        ("|1 VERSION=3 /bin/sh -c make install", "RUN make install"),
        ('CMD ["/bin/sh"]', 'CMD ["/bin/sh"]'),
        ("", ""),
        (None, ""),
    ],
)
def test_an_entry_of_the_history_is_a_line_of_the_containerfile(noted: str | None, line: str) -> None:
    assert instruction(noted) == line


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ("pypi/flask", "pypi/flask"),
        ("npm/@scope/name", "npm/@scope/name"),
        ("deb/", "deb"),
        ("pypi//opt/vault", "pypi in /opt/vault"),
        ("", ""),
    ],
)
def test_what_a_finding_is_about_can_be_all_of_an_ecosystem(package: str, said: str) -> None:
    assert subject(package) == said


def test_a_small_share_is_not_called_none() -> None:
    assert [percent(each) for each in (0, 0.0003, 0.012, 0.5)] == ["0%", "under 0.1%", "1.2%", "50%"]
