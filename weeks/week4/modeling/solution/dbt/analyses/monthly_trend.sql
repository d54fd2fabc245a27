-- How do payments and dollars move from month to month, and where is the trend?

with months as (

    select
        date_trunc('month', payment_date)::date as month,
        count(*) as payments,
        sum(amount_usd) as amount_usd
    from {{ ref('fct_payments') }}
    group by all

)

select
    month,
    payments,
    amount_usd,
    round(100 * (amount_usd / lag(amount_usd) over (order by month) - 1), 1) as change_pct,
    -- Three months smooth the autumn peak without hiding it.
    round(avg(amount_usd) over (order by month rows between 2 preceding and current row), 2) as three_month_avg_usd
from months
order by month
