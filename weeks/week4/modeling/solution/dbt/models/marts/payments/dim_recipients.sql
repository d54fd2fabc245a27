-- Type 2: a row per recipient and unbroken stretch of program years with the same
-- attributes, and the unknown member for payments without an id.

with yearly as (

    select
        *,
        -- SANFORD and Sanford are one spelling. Empty strings keep the fields apart.
        upper(concat_ws(
            '|', recipient_kind, coalesce(teaching_hospital_name, ''), coalesce(first_name, ''),
            coalesce(middle_name, ''), coalesce(last_name, ''), coalesce(name_suffix, ''),
            coalesce(primary_type, ''), coalesce(specialty, ''), coalesce(city, ''),
            coalesce(state, ''), coalesce(zip_code, ''), coalesce(country, '')
        )) as attributes
    from {{ ref('int_recipient_versions_by_year') }}

),

versions as (

    select *
    from yearly
    qualify attributes is distinct from lag(attributes) over (
        partition by recipient_id order by program_year
    )

),

ranges as (

    select
        *,
        {{ program_year_start('program_year') }} as valid_from,
        {{ program_year_start('lead(program_year) over (partition by recipient_id order by program_year)') }}
            as valid_to
    from versions

),

unknown_member as (

    select
        'unknown' as recipient_key,
        'unknown' as recipient_kind,
        'Unknown recipient' as full_name,
        date '1900-01-01' as valid_from,
        true as is_current

),

final as (

    select
        recipient_id || '@' || program_year as recipient_key,
        recipient_id,
        recipient_kind,
        npi,
        ccn,
        coalesce(
            teaching_hospital_name,
            nullif(concat_ws(' ', first_name, middle_name, last_name, name_suffix), '')
        ) as full_name,
        first_name,
        middle_name,
        last_name,
        primary_type,
        specialty,
        coalesce(nullif(split_part(specialty, '|', 2), ''), specialty) as specialty_group,
        city,
        state,
        zip_code,
        country,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from ranges

    union all by name

    select * from unknown_member

)

select * from final
