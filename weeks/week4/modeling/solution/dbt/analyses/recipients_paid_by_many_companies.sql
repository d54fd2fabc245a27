-- Who is paid by many companies in one year, and how much do they get in all?
-- The project's variable many_companies is the smallest number of companies.

select
    payments.program_year,
    recipients.recipient_id,
    recipients.full_name,
    recipients.specialty_group,
    recipients.state,
    count(distinct companies.company_id) as companies,
    count(*) as payments,
    sum(payments.amount_usd) as amount_usd
from {{ ref('fct_payments') }} as payments
inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
where recipients.recipient_id is not null
group by payments.program_year, recipients.recipient_id, recipients.full_name, recipients.specialty_group, recipients.state
having count(distinct companies.company_id) >= {{ var('many_companies') }}
order by companies desc, amount_usd desc, payments.program_year, recipients.recipient_id
limit 25
