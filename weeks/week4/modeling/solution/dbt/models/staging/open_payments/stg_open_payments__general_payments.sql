-- One row per published general payment. Names, ids and flags only: no join, no filter.

with source as (

    select * from {{ source('lake', 'general_payments') }}

),

renamed as (

    select
        -- ids
        record_id,
        run_id,
        record_number,
        case covered_recipient_type
            when 'Covered Recipient Teaching Hospital' then 'TH-' || teaching_hospital_id
            else covered_recipient_profile_id
        end as recipient_id,
        covered_recipient_npi as npi,
        teaching_hospital_ccn as ccn,
        applicable_manufacturer_or_applicable_gpo_making_payment_id as company_id,

        -- the publication
        program_year,
        payment_publication_date as publication_date,
        change_type,

        -- the recipient, as this record spells it
        covered_recipient_type as recipient_type,
        {{ recipient_kind('covered_recipient_type') }} as recipient_kind,
        teaching_hospital_name,
        covered_recipient_first_name as first_name,
        covered_recipient_middle_name as middle_name,
        covered_recipient_last_name as last_name,
        covered_recipient_name_suffix as name_suffix,
        covered_recipient_primary_type_1 as primary_type,
        {{ specialty_path('covered_recipient_specialty_1') }} as specialty,
        recipient_city as city,
        recipient_state as state,
        -- The last four digits name a street side: with them, a person would seem to move each year.
        left(recipient_zip_code, 5) as zip_code,
        recipient_country as country,

        -- the company, as this record spells it
        submitting_applicable_manufacturer_or_applicable_gpo_name as submitting_company_name,
        applicable_manufacturer_or_applicable_gpo_making_payment_name as company_name,
        applicable_manufacturer_or_applicable_gpo_making_payment_state as company_state,
        applicable_manufacturer_or_applicable_gpo_making_payment_country as company_country,

        -- the payment
        date_of_payment as payment_date,
        total_amount_of_payment_usdollars as amount_usd,
        number_of_payments_included_in_total_amount as payment_count,
        form_of_payment_or_transfer_of_value as form_of_payment,
        nature_of_payment_or_transfer_of_value as nature_of_payment,
        third_party_payment_recipient_indicator as third_party_recipient,
        dispute_status_for_publication = 'Yes' as is_disputed,
        -- Blank means "not stated", which is not No: it stays NULL.
        charity_indicator = 'Yes' as is_charity,
        city_of_travel as travel_city,
        state_of_travel as travel_state,
        country_of_travel as travel_country,
        contextual_information as context,

        -- the products: slots 1 to 5, and 6 to 10 for the device columns of layouts before 2017
        {% for slot in range(1, 6) %}
        covered_or_noncovered_indicator_{{ slot }} as product_{{ slot }}_coverage,
        indicate_drug_or_biological_or_device_or_medical_supply_{{ slot }} as product_{{ slot }}_type,
        product_category_or_therapeutic_area_{{ slot }} as product_{{ slot }}_category,
        name_of_drug_or_biological_or_device_or_medical_supply_{{ slot }} as product_{{ slot }}_name,
        coalesce(
            associated_drug_or_biological_ndc_{{ slot }},
            associated_device_or_medical_supply_pdi_{{ slot }}
        ) as product_{{ slot }}_code,
        name_of_associated_covered_device_or_medical_supply{{ slot }} as product_{{ slot + 5 }}_name,
        {% endfor %}
        -- Only layouts before 2017 have this column, and there every named product is a covered one.
        product_indicator is not null as is_legacy_layout

    from source

),

counted as (

    select
        *,
        {% for slot in range(1, 6) %}
        ({{ slot_is_filled(slot) }})::integer + ({{ slot_is_filled(slot + 5) }})::integer
        {{- ' +' if not loop.last }}
        {% endfor %} as product_count
    from renamed

)

select * from counted
