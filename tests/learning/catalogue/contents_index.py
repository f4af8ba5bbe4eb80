"""A Contents index of a small archive."""

from __future__ import annotations

INDEX = b"""bin/dash                                                shells/dash
etc/with space/file                                     admin/spaced
usr/bin/tree                                            utils/tree
usr/lib/shared/lib.so                                   libs/liba,libs/libb
usr/share/doc/tree/copyright                            utils/tree
usr/share/doc/treelink                                  utils/treelink
usr/share/man/man1/tree.1.gz                            utils/tree
usr/lib/tree/one                                        utils/tree
"""
