-- One row per record that a publication lacks and the one before it had.

with source as (

    select * from {{ source('lake', 'tombstones') }}

),

renamed as (

    select
        record_id,
        changes_id,
        change_type,
        amount_cents::decimal(14, 2) / 100 as amount_usd
    from source

)

select * from renamed
