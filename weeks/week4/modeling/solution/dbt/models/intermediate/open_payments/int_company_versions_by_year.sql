-- Grain: one company and program year, with the name and seat that most records of the year use.

with payments as (

    select * from {{ ref('stg_open_payments__general_payments') }}

),

ownership as (

    select * from {{ ref('stg_open_payments__ownership_interests') }}

),

spellings as (

    select company_id, program_year, company_name, company_state, company_country, count(*) as record_count
    from payments
    where company_id is not null
    group by all

    union all by name

    select company_id, program_year, company_name, company_state, company_country, count(*) as record_count
    from ownership
    where company_id is not null
    group by all

),

most_used as (

    select *
    from spellings
    qualify row_number() over (
        partition by company_id, program_year
        order by record_count desc, company_name, company_state, company_country
    ) = 1

)

select * from most_used
