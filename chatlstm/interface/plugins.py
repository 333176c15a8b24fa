"""``chatlstm plugins``: what the installed plugins are."""

from dataclasses import asdict

import click

from chatlstm.interface.assemble import assemble_plugin, assemble_registry
from chatlstm.interface.command import CommandGroup
from chatlstm.interface.generation import describe_option
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table
from chatlstm.pipeline.domain import Domain


@click.group(cls=CommandGroup)
def plugins() -> None:
    """What the installed plugins are."""


@plugins.command("list")
@json_option
def list_plugins(as_json: bool) -> None:
    """List the plugins, the broken ones too, with the reason."""
    registry = assemble_registry()
    found = [describe_domain(domain) for _, domain in sorted(registry.domains.items())]
    broken: list[dict[str, object]] = [
        {"name": fault.name, "summary": "", "state": "broken", "reason": fault.reason}
        for fault in registry.broken
    ]
    if as_json:
        show_json(found + broken)
        return
    rows = [(str(one["name"]), str(one["state"]), str(one["summary"])) for one in found]
    rows += [(fault.name, "broken", fault.reason) for fault in registry.broken]
    show_table(("plugin", "state", "what it does"), rows)


@plugins.command("show")
@click.argument("name", metavar="NAME|FILE")
@json_option
def show_plugin(name: str, as_json: bool) -> None:
    """Show one plugin and its options."""
    _, domain = assemble_plugin(name)
    facts = describe_domain(domain)
    if as_json:
        show_json(facts)
        return
    show_facts({key: facts[key] for key in ("name", "summary", "state", "cues")})
    if domain.options:
        say("")
        rows = [(describe_option(option), option.help) for option in domain.options]
        show_table(("option", "what it does"), rows)


def describe_domain(domain: Domain) -> dict[str, object]:
    """Lay out what ``--json`` prints of a plugin that works."""
    return {
        "name": domain.name,
        "summary": domain.summary,
        "state": "working",
        "reason": "",
        "cues": list(domain.cues),
        "options": [asdict(option) for option in domain.options],
        "languages": list(domain.languages),
    }
