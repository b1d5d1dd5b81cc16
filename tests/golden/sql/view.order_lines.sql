with stated as (
  select entry_id, amount,
         unnest(json_transform(json_extract(properties, '$.products'), '[{"price":"DECIMAL(18,4)","quantity":"DECIMAL(18,4)","product_id":"VARCHAR","productId":"VARCHAR","sku":"VARCHAR","id":"VARCHAR","name":"VARCHAR"}]')) as line
  from ledger
  where amount is not null),
lines as (
  select entry_id,
         coalesce(nullif(trim(line.product_id), ''), nullif(trim(line.productId), ''), nullif(trim(line.sku), ''), nullif(trim(line.id), ''), nullif(trim(line.name), ''),
                  '(unknown)') as product,
         line.price::decimal(28, 4) * coalesce(line.quantity, 1) * case when amount < 0 then -1 else 1 end as amount
  from stated
  where line.price is not null),
products as (
  select entry_id, product, sum(amount)::decimal(18, 4) as amount from lines group by all)
select entry_id, product, amount from products
union all
select l.entry_id, '(rest of order)', l.amount - coalesce(p.amount, 0) as amount
from ledger l
left join (select entry_id, sum(amount)::decimal(18, 4) as amount from products group by all) p
  on p.entry_id = l.entry_id
where l.amount is not null and (p.entry_id is null or l.amount <> p.amount)
