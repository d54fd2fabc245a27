-- Grain: one CMS ownership record of the newest publication of its program year.

with interests as (

    select
        *,
        {{ program_year_start('program_year') }} as year_start
    from {{ ref('stg_open_payments__ownership_interests') }}

),

recipients as (

    select recipient_key, recipient_id, valid_from, valid_to
    from {{ ref('dim_recipients') }}

),

companies as (

    select company_key, company_id, valid_from, valid_to
    from {{ ref('dim_companies') }}

),

final as (

    select
        interests.record_id,
        interests.program_year,
        interests.publication_date,
        coalesce(recipients.recipient_key, 'unknown') as physician_key,
        coalesce(companies.company_key, 'unknown') as company_key,
        interests.amount_invested_usd,
        interests.value_of_interest_usd,
        interests.terms,
        interests.interest_holder,
        interests.is_disputed
    from interests
    left join recipients
        on interests.recipient_id = recipients.recipient_id
        and {{ valid_on('recipients', 'interests.year_start') }}
    left join companies
        on interests.company_id = companies.company_id
        and {{ valid_on('companies', 'interests.year_start') }}

)

select * from final
