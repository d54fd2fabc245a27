-- Which physicians hold an interest in a company that also pays them?

with interests as (

    select
        recipients.recipient_id,
        companies.company_id,
        max(interests.value_of_interest_usd) as value_of_interest_usd
    from {{ ref('fct_ownership_interests') }} as interests
    inner join {{ ref('dim_recipients') }} as recipients on interests.physician_key = recipients.recipient_key
    inner join {{ ref('dim_companies') }} as companies on interests.company_key = companies.company_key
    group by all

),

payments as (

    select
        recipients.recipient_id,
        companies.company_id,
        count(*) as payments,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
    group by all

)

select
    recipients.full_name,
    recipients.specialty_group,
    companies.company_name,
    interests.value_of_interest_usd,
    payments.payments,
    payments.amount_usd
from interests
inner join payments
    on interests.recipient_id = payments.recipient_id
    and interests.company_id = payments.company_id
inner join {{ ref('dim_recipients') }} as recipients
    on interests.recipient_id = recipients.recipient_id and recipients.is_current
inner join {{ ref('dim_companies') }} as companies
    on interests.company_id = companies.company_id and companies.is_current
order by payments.amount_usd desc, recipients.recipient_id, companies.company_id
limit 25
