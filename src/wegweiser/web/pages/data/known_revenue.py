"""How much of what was sold is joined to somebody we know, as the ledger of revenue says."""

from datetime import UTC, datetime, timedelta

from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.data.show import Card
from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import Reader

DAYS = 30
MEASURE = "revenue.ledger"
# Its figures that tell to whom what was sold is joined, the closest first.
JOINED = ("revenue.ledger.joined.person", "revenue.ledger.joined.account")


async def revenue_known(desk: Desk, reader: Reader) -> Card:
    """Show the share of revenue of the last 30 days that is joined to people and accounts."""
    asked = _asked(reader)
    await desk.answers.get([asked])
    links = (("/measure/revenue", reader.say("Show revenue")),)
    return Card(
        reader.say("Share of revenue that is known"), _told(desk, reader, asked), links=links
    )


def _told(desk: Desk, reader: Reader, asked: Wish) -> str:
    answer = desk.answers.known(asked)
    if answer is None:
        if desk.answers.computing([asked]):
            return reader.say("It is being computed; open the page again in a moment.")
        return reader.say("It cannot be told yet.")
    found = [
        one.sentence[reader.language]
        for name in JOINED
        for one in answer.results
        if one.name == name and one.estimate is not None and one.n.get("events")
    ]
    return " ".join(found) or reader.say("Nothing was sold in the last 30 days.")


def _asked(reader: Reader) -> Wish:
    today = datetime.fromtimestamp(reader.now / 1000, UTC).date()
    first, end = today - timedelta(days=DAYS - 1), today + timedelta(days=1)
    return wish(MEASURE, {"from": str(first), "to": str(end), "zone": reader.zone})
