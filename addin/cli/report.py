"""`breakeven report`: what to do, as text."""

from __future__ import annotations

from typing import Annotated

import typer


def report(
    case: Annotated[str, typer.Option("--case", "-c", help="hospital: the consultant's report on patient letters.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Print a report on a shipped case."""
    if case != "hospital":
        raise typer.BadParameter(f"there is no report on {case!r}; there is one on hospital", param_hint="--case")
    from workbook.hospital import MedicalAIProject

    project = MedicalAIProject()
    if as_json:
        import json

        names = ("pe_monthly", "ft_monthly", "training", "labor", "pe_year1", "ft_year1", "pe_year2", "ft_year2",
                 "newer_year1", "winner")
        figures = {name: getattr(project, name) for name in names}
        typer.echo(json.dumps(figures | {"recommendation": project.recommendation()}, indent=2))
    else:
        typer.echo(project.report(), nl=False)
