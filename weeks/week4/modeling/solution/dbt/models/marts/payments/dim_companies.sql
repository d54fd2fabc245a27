-- Type 2: a row per company and unbroken stretch of program years under one name and seat.

with yearly as (

    select
        *,
        upper(concat_ws(
            '|', coalesce(company_name, ''), coalesce(company_state, ''), coalesce(company_country, '')
        )) as attributes
    from {{ ref('int_company_versions_by_year') }}

),

versions as (

    select *
    from yearly
    qualify attributes is distinct from lag(attributes) over (
        partition by company_id order by program_year
    )

),

ranges as (

    select
        *,
        {{ program_year_start('program_year') }} as valid_from,
        {{ program_year_start('lead(program_year) over (partition by company_id order by program_year)') }}
            as valid_to
    from versions

),

unknown_member as (

    select
        'unknown' as company_key,
        'Unknown company' as company_name,
        date '1900-01-01' as valid_from,
        true as is_current

),

final as (

    select
        company_id || '@' || program_year as company_key,
        company_id,
        company_name,
        company_state as state,
        company_country as country,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from ranges

    union all by name

    select * from unknown_member

)

select * from final
