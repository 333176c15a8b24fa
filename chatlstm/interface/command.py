"""What ChatLSTM's commands have beyond click's: a default command, hints, and settings in one value."""

import difflib

import click

_OWN_OPTIONS = ("-h", "--help", "--version")


class CommandGroup(click.Group):
    """Commands of which the first is the default, so that ``plugins`` is ``plugins list``.

    An unknown command is answered with the nearest known one.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        asked_for_nothing = not args and not ctx.resilient_parsing  # completion lists them all
        if asked_for_nothing or (args and args[0].startswith("-") and args[0] not in _OWN_OPTIONS):
            args = [self.list_commands(ctx)[0], *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order they were added."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest."""
        known = self.list_commands(ctx)
        if args[0] not in known and not ctx.resilient_parsing:
            nearest = difflib.get_close_matches(args[0], known, n=1, cutoff=0.5)
            hint = f"did you mean '{nearest[0]}'?" if nearest else f"there is {', '.join(known)}"
            raise click.UsageError(f"No command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)


class SettingsCommand(click.Command):
    """A command whose function takes the context, and reads its options into one dataclass.

    Example:
        >>> @click.command(cls=SettingsCommand)
        ... @click.option("--seed", type=int, default=7)
        ... def tell(context: click.Context) -> int:
        ...     return context.params["seed"]
        >>> tell.main([], standalone_mode=False)
        7
    """

    def invoke(self, ctx: click.Context) -> object:
        """Call the function with the context alone."""
        return None if self.callback is None else ctx.invoke(self.callback, ctx)
