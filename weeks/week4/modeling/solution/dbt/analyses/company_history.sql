-- What is the story of one company: its names, seats, payments and dollars year by year?
-- Set the project's variable company_id, or get the company with most dollars.

with company as (

    {% if var('company_id') %}
    select '{{ var("company_id") }}' as company_id
    {% else %}
    select companies.company_id
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
    where companies.company_id is not null
    group by companies.company_id
    order by sum(payments.amount_usd) desc, companies.company_id
    limit 1
    {% endif %}

)

select
    payments.program_year,
    companies.company_id,
    companies.company_name,
    companies.state,
    companies.country,
    count(*) as payments,
    count(distinct recipients.recipient_id) as recipients,
    sum(payments.amount_usd) as amount_usd,
    arg_max(payments.nature_of_payment, payments.amount_usd) as nature_of_largest_payment
from {{ ref('fct_payments') }} as payments
inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
inner join company on companies.company_id = company.company_id
inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
group by payments.program_year, companies.company_id, companies.company_name, companies.state, companies.country
order by payments.program_year
