-- One row per published ownership or investment interest.

with source as (

    select * from {{ source('lake', 'ownership_interests') }}

),

renamed as (

    select
        -- ids
        record_id,
        run_id,
        record_number,
        physician_profile_id as recipient_id,
        physician_npi as npi,
        applicable_manufacturer_or_applicable_gpo_making_payment_id as company_id,

        -- the publication
        program_year,
        payment_publication_date as publication_date,
        change_type,

        -- the physician, as this record spells it
        physician_first_name as first_name,
        physician_middle_name as middle_name,
        physician_last_name as last_name,
        physician_name_suffix as name_suffix,
        physician_primary_type as primary_type,
        {{ specialty_path('physician_specialty') }} as specialty,
        recipient_city as city,
        recipient_state as state,
        left(recipient_zip_code, 5) as zip_code,
        recipient_country as country,

        -- the company, as this record spells it
        submitting_applicable_manufacturer_or_applicable_gpo_name as submitting_company_name,
        applicable_manufacturer_or_applicable_gpo_making_payment_name as company_name,
        applicable_manufacturer_or_applicable_gpo_making_payment_state as company_state,
        applicable_manufacturer_or_applicable_gpo_making_payment_country as company_country,

        -- the interest
        total_amount_invested_usdollars as amount_invested_usd,
        value_of_interest as value_of_interest_usd,
        terms_of_interest as terms,
        interest_held_by_physician_or_an_immediate_family_member as interest_holder,
        dispute_status_for_publication = 'Yes' as is_disputed

    from source

)

select * from renamed
