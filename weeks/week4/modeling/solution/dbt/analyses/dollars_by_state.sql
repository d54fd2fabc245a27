-- Where do the dollars go: how much does each state receive, in all and per recipient?

select
    coalesce(recipients.state, 'unknown or abroad') as state,
    count(distinct recipients.recipient_id) as recipients,
    count(*) as payments,
    sum(payments.amount_usd) as amount_usd,
    round(sum(payments.amount_usd) / nullif(count(distinct recipients.recipient_id), 0), 2) as usd_per_recipient
from {{ ref('fct_payments') }} as payments
inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
group by all
order by amount_usd desc, state
