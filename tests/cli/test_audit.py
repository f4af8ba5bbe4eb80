"""``praxi audit`` and its parts, as a newcomer would call them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.app import COMMANDS, app
from tests.cli.conftest import Praxi
from tests.support.images import image, layer, write_docker_archive, write_layout, write_oci_archive
from tests.support.packages import SHOP, TILL
from tests.support.registry import Registry

MANIFEST = image([SHOP.layer(), TILL.layer(metadata=False), layer({"opt/tool/bin/run": b"x" * 100})])


def told(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = json.loads(ended.stdout)
    return images


def test_json_has_the_promised_shape(praxi: Praxi, model_uri: str, tmp_path: Path) -> None:
    write_layout(tmp_path / "layout", {"1": MANIFEST})
    ended = praxi("audit", f"oci:{tmp_path}/layout:1", "--model", model_uri, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    assert "INFO" not in ended.stderr
    (told_image,) = told(ended)
    assert told_image["image"] == f"oci:{tmp_path}/layout:1"
    assert told_image["digest"] == MANIFEST.digest
    assert (told_image["state"], told_image["reason"]) == ("audited", None)
    assert [one["digest"] for one in told_image["layers"]] == [one.digest for one in MANIFEST.layers]
    by_source = {one["source"]: one for one in told_image["layers"][0]["releases"]}
    assert set(by_source) == {"fingerprint", "inventory"}
    for release in by_source.values():
        assert release["purl"] == "pkg:pypi/shoplib@1.0"
        assert release["versions"] == ["1.0"]
        assert 0 <= release["confidence"] <= 1
        assert release["evidence"]
    unexplained = told_image["layers"][2]["unexplained"]
    assert unexplained["files"] == 1
    assert unexplained["roots"][0]["path"].startswith("/opt")
    assert told_image["unexplained"]["files"] >= 1
    states = {(one["aspect"], one["subject"]): one["state"] for one in told_image["coverage"]}
    assert states["layers", "all"] == states["knowledge", "pypi"] == "checked"
    assert states["vulnerabilities", "pypi"] == "not-checked"
    assert all(one["reason"] and one["action"] for one in told_image["coverage"] if one["state"] != "checked")
    about_audit = {one["aspect"]: one["state"] for one in told_image["audit_coverage"]}
    assert about_audit == {"images": "checked", "knowledge": "checked"}


def test_the_model_may_be_an_alias_of_the_store(praxi: Praxi, model_uri: str, tmp_path: Path) -> None:
    write_layout(tmp_path / "layout", {"1": MANIFEST})
    words = ("audit", f"oci:{tmp_path}/layout:1", "--format", "json")
    named = {"PRAXI_MODEL": "models:/praxi@champion", "PRAXI_STARTER_MODEL": model_uri}
    alone = praxi(*words, **named)
    assert (alone.returncode, "add --store, or set PRAXI_STORE" in alone.stderr) == (2, True)
    (image_told,) = told(praxi(*words, PRAXI_STORE=(tmp_path / "store").as_uri(), **named))
    assert image_told["layers"][0]["releases"]


def test_every_kind_of_reference_is_the_same_image(
    praxi: Praxi, model_uri: str, registry: Registry, tmp_path: Path
) -> None:
    plain = image([layer(dict(_entries()), compression="none")])
    references = [
        f"oci:{write_layout(tmp_path / 'layout', {'1': plain})}",
        f"oci-archive:{write_oci_archive(tmp_path / 'image.tar', {'1': plain})}",
        f"docker-archive:{write_docker_archive(tmp_path / 'saved.tar', {'shop:1': plain})}",
        registry.push("cli/shop:1", plain),
    ]
    ended = praxi("audit", *references, "--model", model_uri, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    images = told(ended)
    assert [one["state"] for one in images] == ["audited"] * 4
    assert all(one["layers"] == images[0]["layers"] for one in images)
    assert images[0]["layers"][0]["releases"][0]["purl"] == "pkg:pypi/shoplib@1.0"


def _entries() -> list[tuple[str, bytes]]:
    return [(f"usr/local/lib/python3.11/site-packages/{path}", data) for path, data in SHOP.files.items()]


def test_one_bad_image_fails_alone(praxi: Praxi, model_uri: str, registry: Registry, tmp_path: Path) -> None:
    good = registry.push("cli/good:1", MANIFEST)
    output = tmp_path / "report.json"
    ended = praxi(
        *("audit", f"{registry.host}/cli/absent:1", good, "--model", model_uri),
        *("--format", "json", "--output", str(output)),
    )
    assert ended.returncode == 3
    assert "not audited" in ended.stderr
    images = json.loads(output.read_text())
    assert [one["state"] for one in images] == ["failed", "audited"]
    assert "404" in images[0]["reason"]


def test_what_may_succeed_another_time_is_worth_another_try(
    praxi: Praxi, model_uri: str, registry: Registry
) -> None:
    nobody = "127.0.0.1:9/shop:1"
    ended = praxi("audit", nobody, "--model", model_uri, PRAXI_REGISTRY_ATTEMPTS="1")
    assert ended.returncode == 75, ended.stderr
    absent = f"{registry.host}/cli/absent:2"
    ended = praxi("audit", nobody, absent, "--model", model_uri, PRAXI_REGISTRY_ATTEMPTS="1")
    assert ended.returncode == 3, ended.stderr


def test_the_parts_do_the_same_as_the_whole(
    praxi: Praxi, model_uri: str, registry: Registry, tmp_path: Path
) -> None:
    reference = registry.push("cli/parts:1", MANIFEST)
    store = (tmp_path / "store").as_uri()
    whole = praxi("audit", reference, "--model", model_uri, "--format", "json")
    read = praxi("fingerprint", reference, "--store", store)
    assert read.returncode == 0, read.stderr
    assert read.stdout == "3 layers: 0 known before, 0 failed\n"
    parts = praxi("predict", reference, "--model", model_uri, "--store", store, "--format", "json")
    assert parts.returncode == 0, parts.stderr
    (asked,), (audited,) = told(parts), told(whole)
    assert (asked["state"], audited["state"]) == ("cached", "audited")
    assert all(asked[key] == audited[key] for key in ("digest", "layers", "unexplained"))
    assert praxi("fingerprint", reference, "--store", store).stdout.startswith("3 layers: 3 known before")


OPTIONS = (("--decision-rule", "default"), ("--emission", "threshold=1"))


def test_the_decision_rule_is_heeded_for_layers(
    praxi: Praxi, model_uri: str, registry: Registry, tmp_path: Path
) -> None:
    store = (tmp_path / "store").as_uri()
    words = (
        registry.push("cli/rules:1", MANIFEST),
        "--model",
        model_uri,
        "--store",
        store,
        "--format",
        "json",
    )
    by_rule = [told(praxi("audit", *words, option, rule)) for option, rule in OPTIONS]
    named = [
        [one["purl"] for one in found["layers"][1]["releases"] if one["source"] == "fingerprint"]
        for (found,) in by_rule
    ]
    assert named == [["pkg:pypi/tillkit@2.13"], []]  # nothing is certain


def test_layers_nobody_read_are_not_predicted(
    praxi: Praxi, model_uri: str, registry: Registry, tmp_path: Path
) -> None:
    reference = registry.push("cli/unread:1", MANIFEST)
    store = (tmp_path / "store").as_uri()
    ended = praxi("predict", reference, "--model", model_uri, "--store", store, "--format", "json")
    assert ended.returncode == 1
    assert told(ended)[0]["state"] == "failed"


def test_the_table_names_every_image(praxi: Praxi, model_uri: str, registry: Registry) -> None:
    reference = registry.push("cli/table:1", MANIFEST)
    ended = praxi("audit", reference, f"{registry.host}/no:1", "--model", model_uri, COLUMNS="140")
    assert "cli/table:1" in ended.stdout
    assert "audited" in ended.stdout
    assert "failed" in ended.stdout
    assert "404" in ended.stdout


def test_the_page_escapes_what_strangers_named(praxi: Praxi, model_uri: str, tmp_path: Path) -> None:
    evil = layer({"opt/<script>alert(1)</script>/a": b"1", "opt/<script>alert(1)</script>/b": b"2"})
    write_layout(tmp_path / "layout", {"1": image([evil])})
    ended = praxi("audit", f"oci:{tmp_path}/layout", "--model", model_uri, "--format", "html")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("<!doctype html>")
    assert "alert(1)" in ended.stdout
    assert "<script>alert" not in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["audit", "shop:1"], 2, "--model"),
        (["audit", "shop:1", "--model", "file:///nowhere"], 3, "model"),
        (["audit", "--model", "file:///nowhere"], 2, "IMAGE"),
        (["audit", "a", "--model", "ftp://x/y"], 2, "file:///path or s3://bucket"),
        (["audit", "a", "--model", "s3://user:pass@bucket/x"], 2, "credentials"),
        (["audit", "a", "--model", "file:///m", "--platform", "windows"], 2, "linux/amd64"),
        (["fingerprint", "--store", "file:///tmp/x", "--run", "r"], 2, "a run and a batch"),
        (["plan", "--store", "{tmp}", "--run", "r"], 1, "images.json"),
        (["plan", "--store", "{tmp}", "--run", "a/b"], 2, "run id"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_wrong_arguments_say_what_to_change(
    praxi: Praxi, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    ended = praxi(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert ended.returncode == code, ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "pass@" not in ended.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str) -> None:
    ended = CliRunner().invoke(app, [command, "--help"], prog_name="praxi")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.startswith(f"Usage: praxi {command}")


def test_the_programs_help_names_every_command(praxi: Praxi) -> None:
    ended = praxi("--help")
    assert "..." not in ended.stdout.partition("Commands:")[2]  # no sentence is cut
    assert ended.returncode == 0, ended.stderr
    assert all(f"\n  {command} " in ended.stdout for command in COMMANDS)


def test_the_task_environment_knows_no_airflow(praxi: Praxi) -> None:
    from tests.conftest import ROOT

    found = subprocess.run(
        [str(ROOT / ".venv-tasks" / "bin" / "python"), "-c", "import airflow"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin"},
    )
    assert "ModuleNotFoundError" in found.stderr
