-- Products behind the dollars. A payment for several products counts for each with
-- its share. Cents are rounded per line, because a sum of floats depends on the order.
select
    coalesce(d.product_name, 'Unknown product') as name,
    d.product_type as note,
    count(*) as records,
    sum(round(p.amount_usd * 100 * b.share)::bigint)::bigint as cents
from marts.bridge_payment_products b
join marts.fct_payments p using (program_year, record_id)
left join marts.dim_products d using (product_key)
group by 1, 2
order by cents desc, name, note
limit 10
