-- Nature of payment: what most records are for is not what most dollars are for.
select
    coalesce(nature_of_payment, 'Not stated') as name,
    null::varchar as note,
    count(*) as records,
    coalesce(sum(amount_usd) * 100, 0)::bigint as cents
from marts.fct_payments
group by 1
order by cents desc, name
