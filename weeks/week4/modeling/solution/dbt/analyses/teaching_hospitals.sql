-- Which teaching hospitals receive most, from how many companies, and for what above all?

with natures as (

    select
        recipients.recipient_id,
        payments.nature_of_payment,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    where recipients.recipient_kind = 'teaching_hospital'
    group by all

),

main_nature as (

    select recipient_id, nature_of_payment
    from natures
    qualify row_number() over (partition by recipient_id order by amount_usd desc, nature_of_payment) = 1

),

hospitals as (

    select
        recipients.recipient_id,
        count(distinct companies.company_id) as companies,
        count(*) as payments,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
    where recipients.recipient_kind = 'teaching_hospital'
    group by recipients.recipient_id

)

select
    current_version.full_name as hospital,
    current_version.state,
    hospitals.companies,
    hospitals.payments,
    hospitals.amount_usd,
    main_nature.nature_of_payment as mainly_for
from hospitals
inner join main_nature on hospitals.recipient_id = main_nature.recipient_id
inner join {{ ref('dim_recipients') }} as current_version
    on hospitals.recipient_id = current_version.recipient_id
    and current_version.is_current
order by hospitals.amount_usd desc, hospitals.recipient_id
limit 20
