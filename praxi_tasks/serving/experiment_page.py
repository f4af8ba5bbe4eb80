"""The page of an experiment: what its versions said about the layers that the service was asked about."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from praxi_tasks.printable import printable
from praxi_tasks.serving.compared import Comparison, Pair, VersionRecord

_MOST_NAMES: Final = 20
_STYLE: Final = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:75rem;box-sizing:border-box}
div{overflow-x:auto}
table{border-collapse:collapse}
th,td{padding:.3rem .8rem .3rem 0;text-align:right;vertical-align:top;border-bottom:1px solid #8884}
th.text,td.text{text-align:left}
td.text{overflow-wrap:anywhere;min-width:8rem}
"""
_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Experiment {name}</title>
<style>{style}</style></head><body><main>
<h1>Experiment {name}</h1>
<p>{split}</p>
<p>To put a version in use, choose it on the page <em>Models</em> of Airflow, or run
<code>praxi models promote VERSION</code>.</p>{unreadable}
<h2>Versions</h2>{versions}
<h2>Shadows</h2>{pairs}
<h2>Where they differ</h2>{examples}
</main></body></html>"""
_VERSIONS: Final = (
    "version", "layers answered", "of these refused", "releases named per layer", "mean confidence",
    "packages that databases of these layers have", "of these named", "named, and in no database",
)  # fmt: skip
_PAIRS: Final = ("shadow", "answered by", "layers compared", "agreement")
_EXAMPLES: Final = ("layer", "answered by", "shadow", "named by the version only", "named by the shadow only")


def comparison_page(found: Comparison, split: Mapping[str, Any]) -> str:
    """Return the page, HTML.

    Parameters
    ----------
    split
        How traffic is split now, as the service tells it.
    """
    pairs = list(found.pairs.values())
    return _PAGE.format(
        name=_text(found.experiment or split["name"]),
        style=_STYLE,
        split=_text(_split(split)),
        unreadable=_unreadable(found.unreadable),
        versions=_table(
            _VERSIONS, 1, [_version(each) for each in found.versions.values()], "No layer was answered yet."
        ),
        pairs=_table(
            _PAIRS, 2, map(_pair, pairs), "No version is asked in the shadow, or none answered yet."
        ),
        examples=_table(_EXAMPLES, 5, _examples(pairs), "On no layer so far."),
    )


def _split(split: Mapping[str, Any]) -> str:
    """Say which versions answer now, and what their names in the experiment mean."""

    def told(name: str) -> str:
        version = split["versions"].get(name, "")
        return f"{name} (version {version})" if version and version != name else name

    weights = ", ".join(f"{told(name)} {weight} %" for name, weight in split["weights"].items())
    shadows = ", ".join(map(told, split["shadow"]))
    return f"Answered by: {weights}." + (f" Asked in the shadow: {shadows}." if shadows else "")


def _version(each: VersionRecord) -> tuple[object, ...]:
    known = (each.claimed, each.confirmed, each.unclaimed) if each.checked else ("no layer audited", "", "")
    return (
        each.version,
        each.layers,
        each.refused,
        f"{each.named / each.layers:.2f}" if each.layers else "",
        f"{each.confidence / each.named:.3f}" if each.named else "",
        *known,
    )


def _pair(pair: Pair) -> tuple[object, ...]:
    return pair.shadow, pair.version, pair.compared, f"{pair.agreement:.1%}"


def _examples(pairs: Iterable[Pair]) -> Iterable[tuple[object, ...]]:
    for pair in pairs:
        for each in pair.examples:
            only = (", ".join(labels) for labels in (each.only_version, each.only_shadow))
            yield each.layer, pair.version, pair.shadow, *only


def _table(heads: Sequence[str], texts: int, rows: Iterable[tuple[object, ...]], none: str) -> str:
    """Return a table, the first columns of which are texts; or say that there is nothing yet."""
    body = "".join(f"<tr>{_cells('td', row, texts)}</tr>" for row in rows)
    if not body:
        return f"<p>{none}</p>"
    return f'<div tabindex="0"><table><tr>{_cells("th", heads, texts)}</tr>{body}</table></div>'


def _cells(tag: str, cells: Iterable[object], texts: int) -> str:
    kinds = (' class="text"' if number < texts else "" for number in count())
    return "".join(f"<{tag}{kind}>{_text(cell)}" for kind, cell in zip(kinds, cells, strict=False))


def _unreadable(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = ", …" if len(names) > _MOST_NAMES else ""
    listed = _text(", ".join(names[:_MOST_NAMES])) + more
    return f"<p><strong>Left out, for they can't be read ({len(names)}):</strong> {listed}</p>"


def _text(value: object) -> str:
    return html.escape(printable(str(value)))
