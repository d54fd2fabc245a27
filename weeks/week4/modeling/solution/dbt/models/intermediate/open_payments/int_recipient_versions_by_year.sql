-- Grain: one recipient and program year. Each record repeats its recipient's name and
-- address, and records of one year disagree, so the spelling that most records of the year
-- use wins, as a whole: no mixture that no record has.

with payments as (

    select * from {{ ref('stg_open_payments__general_payments') }}

),

ownership as (

    select * from {{ ref('stg_open_payments__ownership_interests') }}

),

spellings as (

    select
        recipient_id,
        program_year,
        recipient_kind,
        teaching_hospital_name,
        first_name,
        middle_name,
        last_name,
        name_suffix,
        primary_type,
        specialty,
        city,
        state,
        zip_code,
        country,
        max(npi) as npi,
        max(ccn) as ccn,
        count(*) as record_count
    from payments
    where recipient_id is not null
    group by all

    union all by name

    select
        recipient_id,
        program_year,
        'physician' as recipient_kind,
        first_name,
        middle_name,
        last_name,
        name_suffix,
        primary_type,
        specialty,
        city,
        state,
        zip_code,
        country,
        max(npi) as npi,
        count(*) as record_count
    from ownership
    where recipient_id is not null
    group by all

),

most_used as (

    select
        * exclude (npi, ccn),
        -- An identifier that appears later was always theirs: type 1, the last one known.
        arg_max(npi, (program_year, npi)) over (partition by recipient_id) as npi,
        arg_max(ccn, (program_year, ccn)) over (partition by recipient_id) as ccn
    from spellings
    qualify row_number() over (
        partition by recipient_id, program_year
        order by
            record_count desc, recipient_kind, teaching_hospital_name, last_name, first_name,
            middle_name, name_suffix, primary_type, specialty, state, city, zip_code, country
    ) = 1

)

select * from most_used
