select file, row_key, day, kind, channel, campaign, message, account_id, geo, amount, currency,
       received_at
from imported_costs
where received_at <= $as_of::timestamptz
