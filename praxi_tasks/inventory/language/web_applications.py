"""Applications of PHP and Ruby that come as a folder of sources: one of their files tells the version.

They are named as the advisories about them name them, which are those of OSV's ecosystem Bitnami.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.version_files import VersionFile, read_version_file

_NEXT_CONSTANT: Final = rb";(?:(?!const ).){0,400}const "
_APPLICATIONS: Final = (
    VersionFile(
        "nextcloud",
        "/version.php",
        re.compile(r"(?:.*/)?(?:html|[^/]*nextcloud[^/]*)/version\.php"),
        re.compile(
            rb"^\$OC_VersionString = '(\d[\d.]*)'(?=.{0,2000}^\$vendor = 'nextcloud')",
            re.DOTALL | re.MULTILINE,
        ),
    ),
    VersionFile(
        "moodle",
        "/version.php",
        re.compile(r"(?:.*/)?(?:html|public|[^/]*moodle[^/]*)/version\.php"),
        re.compile(rb"^\$release\s*=\s*'(\d+(?:\.\d+)+)\+? \(Build: ", re.MULTILINE),
    ),
    VersionFile(
        "joomla",
        "/Version.php",
        re.compile(r"(?:.*/)?libraries/src/Version\.php"),
        re.compile(
            _NEXT_CONSTANT.join(
                (
                    rb"const PRODUCT = 'Joomla!'",
                    rb"MAJOR_VERSION = (\d+)",
                    rb"MINOR_VERSION = (\d+)",
                    rb"PATCH_VERSION = (\d+)",
                )
            ),
            re.DOTALL,
        ),
    ),
    VersionFile(
        "phpmyadmin",
        "/Version.php",
        re.compile(r"(?:.*/)?(?:libraries/classes|src)/Version\.php"),
        re.compile(rb"const VERSION = '(\d+\.\d+\.\d+[^']*)' \. VERSION_SUFFIX;"),
    ),
    VersionFile(
        "matomo",
        "/Version.php",
        re.compile(r"(?:.*/)?core/Version\.php"),
        re.compile(
            rb"^namespace Piwik;.{0,600}?const VERSION = '(\d+\.\d+\.\d+[^']*)'", re.DOTALL | re.MULTILINE
        ),
    ),
    VersionFile(
        "mediawiki",
        "/Defines.php",
        re.compile(r"(?:.*/)?includes/Defines\.php"),
        re.compile(rb"^define\( 'MW_VERSION', '(\d+\.\d+\.\d+[^']*)' \)", re.MULTILINE),
    ),
    VersionFile(
        "roundcube",
        "/iniset.php",
        re.compile(r"(?:.*/)?program/include/iniset\.php"),
        re.compile(rb"^define\('RCMAIL_VERSION', '(\d+\.\d+\.\d+[^']*)'\)", re.MULTILINE),
    ),
    VersionFile(
        "redmine",
        "/version.rb",
        re.compile(r"(?:.*/)?lib/redmine/version\.rb"),
        re.compile(rb"MAJOR\s*=\s*(\d+)\s+MINOR\s*=\s*(\d+)\s+TINY\s*=\s*(\d+)"),
    ),
)
_ENDINGS: Final = tuple(dict.fromkeys(one.ending for one in _APPLICATIONS))

READER: Final = Reader(
    ecosystem=GENERIC.purl_type,
    prepare=lambda view: partial(read_version_file, _APPLICATIONS, view),
    endings=_ENDINGS,
    accepts=lambda path: any(one.is_at(path) for one in _APPLICATIONS),
)
