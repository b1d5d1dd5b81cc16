"""The price of attention follows what a channel itself is worth, not what stood beside it."""

from tests.decisioning.contact_world import ask, know, site_with
from tests.flow.loops import on_a_loop

TWO_PLACES = """
{kind: placement, key: mail.dear, channel: email, direction: push}
---
{kind: message, key: letter, value: 10, variants: [
 {key: mail, channel: email, cost: 9, content: {subject: News, text: News}},
 {key: card, channel: web, content: {title: News}}]}
---
{kind: cap, key: weekly, limit: 1, window_hours: 168, channels: [email]}
---
{kind: contact_rules, price_max: 5}
---
"""


@on_a_loop
async def test_a_card_beside_a_mail_that_is_not_sent_moves_no_price_of_mails() -> None:
    async with site_with(TWO_PLACES) as site:
        attention = site.deciding.contacts.attention
        attention.prices = {"email/person": 2.0}
        who = await know(site, "ada")
        both = [{"key": "mail.dear"}, {"key": "home.hero"}]
        answer = await ask(site, who, "ada", placements=both)
        assert [item["placement"] for item in answer["items"]] == ["home.hero"]
        await attention.run()
        assert attention.prices == {"email/person": 2.0}
