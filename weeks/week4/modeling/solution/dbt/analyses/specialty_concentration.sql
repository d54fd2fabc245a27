-- Within each specialty, how much of the dollars goes to the best paid one percent of its recipients?

with recipients as (

    select
        recipients.specialty_group,
        recipients.recipient_id,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('dim_recipients') }} as recipients on payments.recipient_key = recipients.recipient_key
    where recipients.specialty_group is not null
    group by recipients.specialty_group, recipients.recipient_id

),

ranked as (

    select
        *,
        row_number() over (partition by specialty_group order by amount_usd desc, recipient_id) as rank,
        count(*) over (partition by specialty_group) as recipient_count
    from recipients

)

select
    specialty_group,
    count(*) as recipients,
    sum(amount_usd) as amount_usd,
    median(amount_usd) as median_usd,
    -- At least one recipient, so that small specialties show too.
    round(
        100 * sum(amount_usd) filter (where rank <= greatest(1, ceil(recipient_count / 100)))
        / nullif(sum(amount_usd), 0), 1
    ) as top_1_pct_share,
    -- Herfindahl-Hirschman index of the shares: 10,000 is one recipient with everything.
    round(
        10000 * sum(amount_usd::double * amount_usd::double)
        / nullif(sum(amount_usd::double) * sum(amount_usd::double), 0)
    ) as hhi
from ranked
group by specialty_group
order by amount_usd desc, specialty_group
limit 25
