"""The commands `wegweiser accounts`: list, show, suggestions, and what is said of memberships."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Accounts: who belongs, and what is still missing.")
Account = Annotated[
    str, typer.Argument(help="A group id, or domain:VALUE, or crm_account_id:VALUE.")
]
Person = Annotated[str, typer.Argument(help="An identifier such as user_id:u-42.")]
Role = Annotated[str, typer.Option("--role", help="The role in the account, such as buyer.")]
From = Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-22.")]
To = Annotated[str, typer.Option("--to", help="The last day, which counts in full.")]


@app.command("list")
def list_accounts(
    data: Data,
    limit: Annotated[int, typer.Option("--limit", help="How many; at most 1000.")] = 100,
    after: Annotated[str, typer.Option("--after", help="`next` of the page before.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the accounts by group id."""
    found = ask(data, "account_list", {"limit": limit, "after": after})
    fields = ("group_id", "name", "member_count", "domains", "last_seen_at")
    _rows(found, "accounts", fields, as_json, "No account is known yet.")


@app.command("show")
def show_account(account: Account, data: Data, as_json: AsJson = False) -> None:
    """Show one account: members, suggestions, sums now, and how complete its buying groups are."""
    answer(data, "account_show", {"account": account}, as_json)


@app.command("members")
def members(
    account: Account,
    data: Data,
    ended: Annotated[bool, typer.Option("--ended", help="Also those who left.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the members of an account, with role, status, confidence and days."""
    found = ask(data, "account_members", {"account": account, "ended": ended})
    fields = ("person_id", "role", "status", "confidence", "source", "from", "to")
    _rows(found, "members", fields, as_json, "Nobody is known to belong to it.")


@app.command("rollup")
def rollup(
    account: Account,
    data: Data,
    role: Role = "",
    confidence: Annotated[float, typer.Option("--confidence", help="From 0 to 1.")] = 0.0,
    include_suggested: Annotated[bool, typer.Option("--include-suggested")] = False,
    below: Annotated[bool, typer.Option("--below", help="With the accounts below it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sum up what the members of an account did."""
    asked: JsonObject = {
        "account": account,
        "role": role,
        "confidence": confidence,
        "include_suggested": include_suggested,
        "below": below,
    }
    found = ask(data, "account_rollup", asked)
    show.document(found["rollup"] if isinstance(found, dict) and not as_json else found, as_json)


@app.command("suggestions")
def suggestions(
    data: Data,
    account: Annotated[str, typer.Argument(help="Only of this account.")] = "",
    as_json: AsJson = False,
) -> None:
    """List who may belong to an account by the domain of an address."""
    found = ask(data, "account_suggestions", {"account": account})
    fields = ("group_id", "identifier", "confidence", "lapses_at")
    _lines(found, "suggestions", fields, as_json, "Nothing is suggested now.")


@app.command("confirm")
def confirm(
    account: Account,
    person: Person,
    data: Data,
    role: Role = "",
    first: From = "",
    last: To = "",
    as_json: AsJson = False,
) -> None:
    """Say that a suggested or claimed member does belong."""
    _say("account_confirm", account, person, data, as_json, role, first, last)


@app.command("add")
def add(
    account: Account,
    person: Person,
    data: Data,
    role: Role = "",
    first: From = "",
    last: To = "",
    as_json: AsJson = False,
) -> None:
    """Say that somebody belongs to an account, whoever suggested it."""
    _say("account_confirm", account, person, data, as_json, role, first, last)


@app.command("reject")
def reject(account: Account, person: Person, data: Data, as_json: AsJson = False) -> None:
    """Say that somebody does not belong; it is never suggested again."""
    _say("account_reject", account, person, data, as_json)


@app.command("remove")
def remove(
    account: Account,
    person: Person,
    data: Data,
    role: Role = "",
    last: To = "",
    as_json: AsJson = False,
) -> None:
    """Say that somebody left; what was done before stays with the account."""
    _say("account_remove", account, person, data, as_json, role, "", last)


@app.command("activity")
def activity(
    account: Account,
    data: Data,
    weeks: Annotated[int, typer.Option("--weeks", help="How far back; at most 52.")] = 8,
    as_json: AsJson = False,
) -> None:
    """Count what each person did, week by week, the busiest first."""
    found = ask(data, "account_activity", {"account": account, "weeks": weeks})
    fields = ("person_id", "events")
    _rows(found, "people", fields, as_json, "Nobody of it did anything in this time.")


@app.command("next-step")
def next_step(
    account: Account,
    data: Data,
    person: Annotated[str, typer.Option("--person", help="With whom; else who came last.")] = "",
    locale: Annotated[str, typer.Option("--locale", help="The language of the text.")] = "",
    show_only: Annotated[bool, typer.Option("--show", help="Show the last one only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Decide what sales do next with an account, or show what was decided last."""
    if show_only:
        answer(data, "next_step_show", {"account": account}, as_json)
        return
    asked: JsonObject = {"account": account, "person": person, "locale": locale}
    answer(data, "next_step", asked, as_json)


@app.command("step-said")
def step_said(
    decision_id: Annotated[str, typer.Argument(help="The id of the step, dec_...")],
    said: Annotated[str, typer.Argument(help="done or not_suitable.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Note what became of a next step; it is an outcome, from which decisions learn."""
    answer(data, "next_step_said", {"decision_id": decision_id, "said": said}, as_json)


@app.command("statements")
def statements(
    data: Data,
    account: Annotated[str, typer.Argument(help="Only of this account.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what was said here of memberships, newest first."""
    found = ask(data, "account_statements", {"account": account})
    fields = ("operation_id", "at", "status", "group_id", "identifier", "role")
    _lines(found, "statements", fields, as_json, "Nothing was said yet.")


@app.command("undo")
def undo(
    operation_id: Annotated[str, typer.Argument(help="As confirm, reject and remove print it.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Take back what was said, as if it had never been said."""
    answer(data, "account_undo", {"operation_id": operation_id}, as_json)


def _say(
    operation: str,
    account: str,
    person: str,
    data: Data,
    as_json: bool,
    role: str = "",
    first: str = "",
    last: str = "",
) -> None:
    asked: JsonObject = {"account": account, "person": person}
    asked |= {"role": role, "from": first, "to": last}
    answer(data, operation, asked, as_json)


def _rows(found: Json, name: str, fields: tuple[str, ...], as_json: bool, nothing: str) -> None:
    rows = found.get(name) if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
    elif rows:
        show.table([{one: row[one] for one in fields} for row in rows if isinstance(row, dict)])
        _more(found, name)
    else:
        print(nothing)


def _lines(found: Json, name: str, fields: tuple[str, ...], as_json: bool, nothing: str) -> None:
    """Print a line for each row, with nothing cut off: it is to be copied into a next command."""
    rows = found.get(name) if isinstance(found, dict) else None
    if as_json or not isinstance(rows, list):
        show.document(found, as_json)
    for row in rows if isinstance(rows, list) and not as_json else ():
        if isinstance(row, dict):
            print("  ".join(str(row[one]) for one in fields if row[one] != ""))
    if not as_json:
        _more(found, name)
    if not rows and not as_json:
        print(nothing)


def _more(found: Json, name: str) -> None:
    more = found.get(f"more_{name}") if isinstance(found, dict) else 0
    if more:
        print(f"and {more} more")
