-- Grain: one CMS record of the newest publication of its program year. The two joins find
-- the dimension rows that were valid in that year, or the unknown members.

with payments as (

    select
        *,
        {{ program_year_start('program_year') }} as year_start
    from {{ ref('stg_open_payments__general_payments') }}

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
        payments.record_id,
        payments.program_year,
        payments.publication_date,
        payments.change_type,
        coalesce(recipients.recipient_key, 'unknown') as recipient_key,
        coalesce(companies.company_key, 'unknown') as company_key,
        payments.recipient_type,
        payments.payment_date,
        payments.amount_usd,
        payments.payment_count,
        payments.form_of_payment,
        payments.nature_of_payment,
        payments.third_party_recipient,
        payments.is_disputed,
        payments.is_charity,
        payments.product_count > 0 as has_product,
        payments.travel_city,
        payments.travel_state,
        payments.travel_country,
        payments.context,
        payments.submitting_company_name,
        payments.run_id,
        payments.record_number
    from payments
    left join recipients
        on payments.recipient_id = recipients.recipient_id
        and {{ valid_on('recipients', 'payments.year_start') }}
    left join companies
        on payments.company_id = companies.company_id
        and {{ valid_on('companies', 'payments.year_start') }}

)

select * from final
