-- How does each program year compare with the one before, in payments, dollars, recipients and companies?

with years as (

    -- The dimension's id, not its key: one recipient has a key per version.
    select
        payments.program_year,
        count(*) as payments,
        sum(payments.amount_usd) as amount_usd,
        count(distinct recipients.recipient_id) as recipients,
        count(distinct companies.company_id) as companies
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
    group by payments.program_year

)

select
    program_year,
    payments,
    round(100 * (payments / lag(payments) over years_in_order - 1), 1) as payments_change_pct,
    amount_usd,
    round(100 * (amount_usd / lag(amount_usd) over years_in_order - 1), 1) as amount_change_pct,
    recipients,
    companies
from years
window years_in_order as (order by program_year)
order by program_year
