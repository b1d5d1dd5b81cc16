with told as (
  select event_id, leaf, user_id, occurred_at, received_at, trust, person_id, account_id, country, properties,
         case when name in ('Order Completed') then 'order' when name in ('Subscription Started', 'Subscription Renewed', 'Invoice Paid') then 'subscription' when name in ('Opportunity Won', 'Deal Won', 'Closed Won') then 'opportunity' when name in ('Order Refunded', 'Subscription Refunded', 'Invoice Refunded') then 'refund' when name in ('Order Cancelled', 'Order Canceled') then 'cancellation' end as kind,
         case when stated_order is null then coalesce(nullif(trim(json_extract_string(properties, '$.order_id')), ''), nullif(trim(json_extract_string(properties, '$.orderId')), ''), nullif(trim(json_extract_string(properties, '$.invoice_id')), ''), nullif(trim(json_extract_string(properties, '$.opportunity_id')), ''), nullif(trim(json_extract_string(properties, '$.deal_id')), ''))
              else nullif(stated_order, '') end as stated_id,
         coalesce(case when stated_order is null then nullif(trim(json_extract_string(properties, '$.refund_id')), '')
                       else nullif(stated_refund, '') end, event_id) as refund_id,
         case when stated_order is null then case when regexp_full_match(upper(trim(json_extract_string(properties, '$.currency'))), '[A-Z]{3}') then upper(trim(json_extract_string(properties, '$.currency'))) else '' end
              else stated_currency end as currency,
         case when stated_order is null then coalesce((case when json_type(properties, '$.revenue') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.revenue') as decimal(18, 4)) end)::decimal(18, 4), (case when json_type(properties, '$.subtotal') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.subtotal') as decimal(18, 4)) end)::decimal(18, 4), (case when json_type(properties, '$.total') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.total') as decimal(18, 4)) end - coalesce(case when json_type(properties, '$.tax') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.tax') as decimal(18, 4)) end, 0) - coalesce(case when json_type(properties, '$.shipping') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.shipping') as decimal(18, 4)) end, 0))::decimal(18, 4), (case when json_type(properties, '$.value') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.value') as decimal(18, 4)) end)::decimal(18, 4), (case when json_type(properties, '$.amount') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.amount') as decimal(18, 4)) end)::decimal(18, 4), (list_sum(list_transform(
           json_transform(json_extract(properties, '$.products'), '[{"price":"DECIMAL(18,4)","quantity":"DECIMAL(18,4)","product_id":"VARCHAR","productId":"VARCHAR","sku":"VARCHAR","id":"VARCHAR","name":"VARCHAR"}]'),
           lambda line: line.price::decimal(28, 4) * coalesce(line.quantity, 1))) - coalesce(case when json_type(properties, '$.discount') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then try_cast(json_extract_string(properties, '$.discount') as decimal(18, 4)) end, 0))::decimal(18, 4))
              else stated_amount end as amount
  from events
  where type = 'track' and not bot and received_at <= $as_of::timestamptz
    and name in ('Order Completed', 'Subscription Started', 'Subscription Renewed', 'Invoice Paid', 'Opportunity Won', 'Deal Won', 'Closed Won', 'Order Refunded', 'Subscription Refunded', 'Invoice Refunded', 'Order Cancelled', 'Order Canceled')),
sold as (
  select *, coalesce(stated_id, event_id) as order_id from told where kind in ('order', 'subscription', 'opportunity')),
told_twice as (select order_id from sold group by order_id having count(*) > 1),
sales as (
  select * from sold where order_id not in (select order_id from told_twice)
  union all
  select * from (select * from sold where order_id in (select order_id from told_twice))
  qualify row_number() over (
    partition by order_id
    order by amount is null, kind = 'opportunity', trust desc, occurred_at, event_id) = 1),
returned as (
  select t.event_id, t.kind, t.occurred_at, t.received_at, t.amount as stated,
         coalesce(t.stated_id, '') as order_id, s.event_id as sale_id, s.occurred_at as sold_at,
         s.amount as sold, coalesce(nullif(t.currency, ''), s.currency, '') as currency,
         coalesce(s.leaf, t.leaf) as leaf,
         coalesce(s.user_id, t.user_id) as user_id,
         coalesce(s.person_id, t.person_id) as person_id,
         coalesce(s.account_id, t.account_id) as account_id,
         coalesce(s.country, t.country) as country,
         t.properties,
         t.amount is null or (t.kind = 'cancellation' and s.amount is not null) as takes_rest
  from (select * from told where kind in ('refund', 'cancellation')
        qualify row_number() over (
          partition by refund_id order by amount is null, trust desc, occurred_at, event_id) = 1) t
  left join sales s on s.order_id = t.stated_id),
rests as (
  select *, row_number() over (
              partition by sale_id, takes_rest order by occurred_at, event_id) = 1 as takes_it,
         coalesce(sum(case when not takes_rest then abs(stated) end) over (
                    partition by sale_id order by occurred_at, event_id
                    rows unbounded preceding), 0) as gone
  from returned)
select event_id as entry_id, kind, order_id, occurred_at, received_at, event_id as sale_id,
       occurred_at as sold_at, leaf, user_id, currency, amount, person_id, account_id, country, properties
from sales
union all
select event_id, kind, order_id, occurred_at, received_at, sale_id, sold_at, leaf, user_id,
       currency,
       case when not takes_rest then -abs(stated)
            when sold is null then null
            when takes_it then -greatest(sold - gone, 0) else 0 end::decimal(18, 4), person_id, account_id, country, properties
from rests
