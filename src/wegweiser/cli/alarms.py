"""The commands `wegweiser alarms`: what is unusual, and what people say to it."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask

app = typer.Typer(no_args_is_help=True, help="What is unusual, and what people say to it.")
_COLUMNS = ("alarm_id", "known", "since", "series", "member", "kind", "judgement")
Note = Annotated[str, typer.Option("--note", help="What it was.")]


@app.command("list")
def list_alarms(
    data: Data,
    only_open: Annotated[bool, typer.Option("--open", help="Only what nobody has seen.")] = False,
    as_json: AsJson = False,
) -> None:
    """List alarms, newest first."""
    found = ask(data, "alarm_list", {"open": only_open})
    alarms = found.get("alarms") if isinstance(found, dict) else None
    if as_json or not isinstance(alarms, list):
        show.document(found, True)
        return
    show.table([{name: one[name] for name in _COLUMNS} for one in alarms if isinstance(one, dict)])


@app.command("show")
def show_alarm(alarm_id: str, data: Data, as_json: AsJson = False) -> None:
    """Show one alarm: since when, how much, what moved with it, and who was told."""
    answer(data, "alarm_show", {"id": alarm_id}, as_json)


@app.command("look")
def look(key: str, data: Data, as_json: AsJson = False) -> None:
    """Look at once at the days that a watch has not looked at."""
    answer(data, "alarm_look", {"key": key}, as_json)


@app.command("acknowledge")
def acknowledge(alarm_id: str, data: Data, as_json: AsJson = False) -> None:
    """Note that somebody has seen an alarm."""
    answer(data, "alarm_acknowledge", {"id": alarm_id}, as_json)


@app.command("snooze")
def snooze(
    alarm_id: str,
    data: Data,
    days: Annotated[int, typer.Option("--days", help="For how many days.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Hear nothing of the series of an alarm for some days."""
    answer(data, "alarm_snooze", {"id": alarm_id, "days": days}, as_json)


@app.command("judge")
def judge(
    alarm_id: str, judgement: str, data: Data, note: Note = "", as_json: AsJson = False
) -> None:
    """Say whether an alarm was right: `confirmed` or `false`."""
    asked = {"id": alarm_id, "judgement": judgement, "note": note}
    answer(data, "alarm_judge", {**asked}, as_json)


@app.command("miss")
def miss(series: str, day: str, data: Data, note: Note = "", as_json: AsJson = False) -> None:
    """Report what no alarm told: the series, and the day on which it began."""
    answer(data, "alarm_miss", {"series": series, "day": day, "note": note}, as_json)


@app.command("quality")
def quality(data: Data, as_json: AsJson = False) -> None:
    """Hold the alarms against their promise: how many, how right, how soon, how many missed."""
    answer(data, "alarm_quality", {}, as_json)


@app.command("watches")
def watches(data: Data, as_json: AsJson = False) -> None:
    """List the declared watches and how far each has looked."""
    answer(data, "watch_list", {}, as_json)


@app.command("remove")
def remove(key: str, data: Data, as_json: AsJson = False) -> None:
    """Keep a watch no more; its alarms stay."""
    answer(data, "watch_remove", {"key": key}, as_json)
