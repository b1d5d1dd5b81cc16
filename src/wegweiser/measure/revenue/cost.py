"""The views of imported costs, as far as they were known at the moment of the question."""


def costs() -> str:
    """Select each imported cost; amounts are exact decimals in the currency stated."""
    return """
select file, row_key, day, kind, channel, campaign, message, account_id, geo,
       coalesce(person_id, '') as person_id, coalesce(order_id, '') as order_id,
       coalesce(driver, '') as driver, amount, currency, received_at
from imported_costs
where received_at <= $as_of::timestamptz and coalesce(per, '') <> 'unit'
"""


def unit_costs() -> str:
    """Select what one of something costs from a day on: a ticket, a contact of a channel."""
    return """
select day, kind, driver, coalesce(channel, '') as channel, coalesce(message, '') as message,
       amount, currency, received_at
from imported_costs
where received_at <= $as_of::timestamptz and per = 'unit'
"""
