-- One row per record that a publication took back.

with source as (

    select * from {{ source('lake', 'removed_records') }}

),

renamed as (

    select
        record_id,
        run_id,
        record_number,
        program_year,
        change_type,
        payment_type
    from source

)

select * from renamed
