"""The view `costs`: what was imported, as far as it was known at the moment of the question."""


def costs() -> str:
    """Select each imported cost; amounts are exact decimals in the currency stated."""
    return """
select file, row_key, day, kind, channel, campaign, message, account_id, geo, amount, currency,
       received_at
from imported_costs
where received_at <= $as_of::timestamptz
"""
