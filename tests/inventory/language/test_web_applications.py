from __future__ import annotations

import pytest

from praxi_tasks.inventory import keep_file
from tests.inventory.layers import inventory_of, only

NEXTCLOUD = b"""<?php
$OC_Version = array(27,1,3,2);
$OC_VersionString = '27.1.3';
$OC_Edition = '';
$OC_VersionCanBeUpgradedFrom = array (
  'nextcloud' => array ('26.0' => true),
);
$OC_Build = '2023-10-26T08:07:21+00:00 abc';
$vendor = 'nextcloud';
"""
MOODLE = b"""<?php
defined('MOODLE_INTERNAL') || die();
$version  = 2022112802.00;              // YYYYMMDD      = weekly release date of this DEV branch.
$release  = '4.1.2+ (Build: 20230313)'; // Human-friendly version name
"""
JOOMLA = b"""final class Version
{
    public const PRODUCT = 'Joomla!';

    /**
     * Major release version.
     *
     * @since  3.8.0
     */
    public const MAJOR_VERSION = 5;

    /** Minor release version. */
    public const MINOR_VERSION = 2;
    public const PATCH_VERSION = 3;
    public const EXTRA_VERSION = '';
"""
MATOMO = b"""<?php
namespace Piwik;

/**
 * Matomo version information.
 */
final class Version
{
    const VERSION = '4.14.2';
    const MAJOR_VERSION = 4;
"""
REDMINE = b"""module Redmine
  module VERSION
    MAJOR = 5
    MINOR = 0
    TINY  = 5
"""
FILES = [
    ("usr/src/nextcloud/version.php", NEXTCLOUD, "nextcloud", "27.1.3"),
    ("var/www/html/version.php", NEXTCLOUD, "nextcloud", "27.1.3"),
    ("var/www/moodle/version.php", MOODLE, "moodle", "4.1.2"),
    ("usr/src/joomla/libraries/src/Version.php", JOOMLA, "joomla", "5.2.3"),
    (
        "var/www/html/libraries/classes/Version.php",
        b"    public const VERSION = '5.2.1' . VERSION_SUFFIX;\n",
        "phpmyadmin",
        "5.2.1",
    ),
    ("var/www/html/core/Version.php", MATOMO, "matomo", "4.14.2"),
    (
        "var/www/html/includes/Defines.php",
        b"<?php\ndefine( 'MW_VERSION', '1.39.3' );\n",
        "mediawiki",
        "1.39.3",
    ),
    (
        "usr/src/roundcubemail/program/include/iniset.php",
        b"<?php\ndefine('RCMAIL_VERSION', '1.6.3');\n",
        "roundcube",
        "1.6.3",
    ),
    ("usr/src/redmine/lib/redmine/version.rb", REDMINE, "redmine", "5.0.5"),
]


@pytest.mark.parametrize(("path", "content", "name", "version"), FILES)
def test_an_applications_own_file_tells_its_version(
    path: str, content: bytes, name: str, version: str
) -> None:
    claim = only(inventory_of({path: content}))
    assert (claim.ecosystem, claim.name, claim.version, claim.files) == ("generic", name, version, (path,))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("var/www/html/version.php", NEXTCLOUD.replace(b"'nextcloud';", b"'owncloud';")),
        ("var/www/html/version.php", b"<?php\n$plugin->release = '1.2 (Build: 3)';\n"),
        ("var/www/html/libraries/src/Version.php", JOOMLA.replace(b"Joomla!", b"Other")),
        ("app/src/Version.php", b"class Version { public const VERSION = '1.2.3'; }"),
        ("app/core/Version.php", MATOMO.replace(b"namespace Piwik", b"namespace Shop")),
        ("app/includes/Defines.php", b""),
    ],
)
def test_other_files_of_such_names_are_no_damage(path: str, content: bytes) -> None:
    inventory = inventory_of({path: content})
    assert not inventory.claims
    assert not inventory.problems


@pytest.mark.parametrize(
    "path", ["var/www/moodle/mod/quiz/version.php", "app/Version.php", "lib/rails/version.rb"]
)
def test_files_elsewhere_are_not_kept(path: str) -> None:
    assert not keep_file(path)
