-- What is the money for: which share of records and which share of dollars has each nature of payment?

select
    nature_of_payment,
    count(*) as payments,
    round(100 * count(*) / sum(count(*)) over (), 3) as payments_pct,
    sum(amount_usd) as amount_usd,
    round(100 * sum(amount_usd) / sum(sum(amount_usd)) over (), 2) as amount_pct,
    round(sum(amount_usd) / count(*), 2) as mean_usd,
    median(amount_usd) as median_usd
from {{ ref('fct_payments') }}
group by nature_of_payment
order by amount_usd desc, nature_of_payment
