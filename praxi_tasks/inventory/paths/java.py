"""Java archives by their files' names, where what is in them could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from praxi_tasks.ecosystems import MAVEN
from praxi_tasks.inventory.binary.java_groups import known_group
from praxi_tasks.inventory.binary.java_names import split_file_name
from praxi_tasks.inventory.paths.path_name import PathName, PathRule, Texts

_ENDINGS: Final = (".jar", ".war", ".ear")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_NOT_THE_PACKAGE: Final = re.compile(r"-(?:sources|javadoc|tests|test-sources)\.\w+$")
_CONFIDENCE: Final = 0.99


def name_archives(files: Sequence[str], _texts: Texts) -> Iterator[PathName]:
    """Yield the artifacts that archives are called after; the version in a name is evidence, no statement.

    A name without one may be anything's, such as ``app.jar``.
    """
    for path in files:
        if not path.endswith(_ENDINGS) or _NOT_THE_PACKAGE.search(path):
            continue
        artifact, version = split_file_name(path.rpartition("/")[2])
        group = known_group(artifact)
        if (version or group) and _NAME.fullmatch(artifact):
            yield PathName(
                ecosystem=MAVEN.purl_type,
                name=f"{group}:{artifact}" if group else artifact,
                root=path,
                paths=(path,),
                confidence=_CONFIDENCE,
            )


RULE: Final = PathRule(ecosystem=MAVEN.purl_type, summary="names of jar files", find=name_archives)
