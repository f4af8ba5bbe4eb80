"""When support ends, for what no feed tells: distributions without distro-info-data, language runtimes.

The dates are those the projects announce: https://alpinelinux.org/releases, https://wiki.rockylinux.org,
https://wiki.almalinux.org, https://devguide.python.org/versions, https://www.ruby-lang.org/en/downloads,
https://github.com/nodejs/release, https://www.php.net/supported-versions, https://dotnet.microsoft.com.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

DISTRIBUTIONS: Final[dict[str, dict[str, str]]] = {
    "alpine": {
        "3.15": "2023-11-01",
        "3.16": "2024-05-23",
        "3.17": "2024-11-22",
        "3.18": "2025-05-09",
        "3.19": "2025-11-01",
        "3.20": "2026-04-01",
        "3.21": "2026-11-01",
        "3.22": "2027-05-01",
    },
    "almalinux": {"8": "2029-03-01", "9": "2032-05-31"},
    "amzn": {"1": "2023-12-31", "2": "2026-06-30"},
    "centos": {"6": "2020-11-30", "7": "2024-06-30", "8": "2021-12-31"},
    "rocky": {"8": "2029-05-31", "9": "2032-05-31"},
}


class Runtime(msgspec.Struct, frozen=True):
    """A language runtime that images bring along outside of their distribution.

    ``path`` finds it among an image's files and captures its release cycle, which ``cycles`` maps to the
    day support ends; ``names`` translates what a path can only say indirectly.
    """

    name: str
    path: re.Pattern[str]
    cycles: dict[str, str]
    names: dict[str, str] = {}


RUNTIMES: Final = (
    Runtime(
        "python",
        re.compile(r"(?:usr/local|opt/[^/]+)/lib/python(\d\.\d+)/os\.py"),
        {
            "2.7": "2020-01-01",
            "3.6": "2021-12-23",
            "3.7": "2023-06-27",
            "3.8": "2024-10-07",
            "3.9": "2025-10-31",
            "3.10": "2026-10-31",
            "3.11": "2027-10-31",
            "3.12": "2028-10-31",
            "3.13": "2029-10-31",
            "3.14": "2030-10-31",
        },
    ),
    Runtime(
        "ruby",
        re.compile(r"(?:usr/local|opt/[^/]+)/lib/ruby/(\d\.\d+)\.0/set\.rb"),
        {
            "2.7": "2023-03-31",
            "3.0": "2024-04-23",
            "3.1": "2025-03-26",
            "3.2": "2026-03-31",
            "3.3": "2027-03-31",
            "3.4": "2028-03-31",
        },
    ),
    Runtime(
        "nodejs",
        re.compile(r"(?:.*/)?node-v(\d+)\.\d+\.\d+-linux-[^/]+/bin/node"),
        {
            "14": "2023-04-30",
            "16": "2023-09-11",
            "18": "2025-04-30",
            "20": "2026-04-30",
            "22": "2027-04-30",
            "24": "2028-04-30",
        },
    ),
    Runtime(
        "php",
        re.compile(r"usr/local/lib/php/extensions/no-debug-(?:non-)?zts-(\d{8})/[^/]+\.so"),
        {
            "7.4": "2022-11-28",
            "8.0": "2023-11-26",
            "8.1": "2025-12-31",
            "8.2": "2026-12-31",
            "8.3": "2027-12-31",
            "8.4": "2028-12-31",
        },
        {
            "20190902": "7.4",
            "20200930": "8.0",
            "20210902": "8.1",
            "20220829": "8.2",
            "20230831": "8.3",
            "20240924": "8.4",
        },
    ),
    Runtime(
        "dotnet",
        re.compile(
            r"usr/(?:share|lib)/dotnet/shared/Microsoft\.NETCore\.App/(\d+\.\d+)\.\d+/System\.Runtime\.dll"
        ),
        {
            "3.1": "2022-12-13",
            "5.0": "2022-05-10",
            "6.0": "2024-11-12",
            "7.0": "2024-05-14",
            "8.0": "2026-11-10",
            "9.0": "2026-11-10",
            "10.0": "2028-11-14",
        },
    ),
)
