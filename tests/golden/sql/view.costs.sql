select file, row_key, day, kind, channel, campaign, message, account_id, geo,
       coalesce(person_id, '') as person_id, coalesce(order_id, '') as order_id,
       coalesce(driver, '') as driver, amount, currency, received_at
from imported_costs
where received_at <= $as_of::timestamptz and coalesce(per, '') <> 'unit'
