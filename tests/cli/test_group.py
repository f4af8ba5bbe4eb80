"""A group's options are read wherever they stand, and its commands are described in whole sentences."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from praxi_tasks.cli.group import Group
from praxi_tasks.cli.learn import learn


@click.group(cls=Group)
@click.option("--store", required=True)
@click.option("-v", "--verbose", is_flag=True)
@click.pass_context
def things(context: click.Context, store: str, verbose: bool) -> None:
    context.obj = f"{store} {verbose}"


@things.command()
@click.argument("name", required=False)
@click.option("--by", default="")
@click.pass_obj
def take(given: str, name: str | None, by: str) -> None:
    """Take a thing away from the store, whatever it is called, and say where it was before."""
    click.echo(f"{given} {name} {by}")


@things.command("alone")
def alone() -> None:
    """Stand alone."""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--store here take one --by me", "here False one me"),
        ("take --store here one --by me", "here False one me"),
        ("take one --by me --store=here", "here False one me"),
        ("-v take one --store here", "here True one"),
        ("take --by --verbose --store here", "here False None --verbose"),
        ("take --by --store=there one --store here", "here False one --store=there"),
        ("take one --store here --by --store", "here False one --store"),
        ("--store here take -- --store", "here False --store"),
    ],
)
def test_an_option_of_the_group_may_follow_the_command(line: str, told: str) -> None:
    done = CliRunner().invoke(things, line.split(), catch_exceptions=False)
    assert done.output.rstrip() == told


@pytest.mark.parametrize("line", ["take one", "take --store", "--store", ""])
def test_what_is_missing_is_a_usage_error(line: str) -> None:
    assert CliRunner().invoke(things, line.split()).exit_code == 2


def test_commands_are_in_their_order_with_whole_sentences() -> None:
    shown = " ".join(CliRunner().invoke(things, ["--help"]).output.split())
    assert (
        "take Take a thing away from the store, whatever it is called, and say where it was before. alone"
        in shown
    )


def test_the_steps_of_a_training_are_in_their_order() -> None:
    steps = [*learn.commands]
    training = [
        "releases",
        "fingerprint",
        "built",
        "route",
        "tune",
        "train",
        "evaluate",
        "gate",
        "promote",
        "report",
    ]
    assert steps == [*training, "select", "collect", "pack"]
