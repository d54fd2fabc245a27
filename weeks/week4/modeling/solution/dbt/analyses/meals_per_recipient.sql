-- How many meals does a recipient get in a year, and from which number on is it unusual?

with meals as (

    select
        payments.program_year,
        recipients.recipient_id,
        count(*) as meals,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    where payments.nature_of_payment = 'Food and Beverage'
        and recipients.recipient_id is not null
    group by all

)

select
    program_year,
    count(*) as recipients,
    quantile_disc(meals, 0.5) as median_meals,
    quantile_disc(meals, 0.9) as p90_meals,
    quantile_disc(meals, 0.99) as p99_meals,
    max(meals) as max_meals,
    median(amount_usd) as median_usd,
    quantile_disc(amount_usd, 0.99) as p99_usd
from meals
group by program_year
order by program_year
