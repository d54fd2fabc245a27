-- How much of each year's dollars is in a few very large payments?
-- The project's variable large_payment_usd is the smallest amount.

select
    program_year,
    count(*) as payments,
    count(*) filter (where amount_usd >= {{ var('large_payment_usd') }}) as large_payments,
    sum(amount_usd) as amount_usd,
    coalesce(sum(amount_usd) filter (where amount_usd >= {{ var('large_payment_usd') }}), 0) as large_usd,
    round(
        100 * coalesce(sum(amount_usd) filter (where amount_usd >= {{ var('large_payment_usd') }}), 0)
        / nullif(sum(amount_usd), 0), 1
    ) as large_share_pct,
    max(amount_usd) as largest_usd
from {{ ref('fct_payments') }}
group by program_year
order by program_year
