-- One row per publication that has another one before it: what it changed.

with source as (

    select * from {{ source('lake', 'changes') }}

),

renamed as (

    select
        changes_id,
        dataset,
        program_year,
        before_publication as before_publication_date,
        after_publication as after_publication_date,
        after_run_id,
        records_before,
        records_after,
        records_unchanged,
        records_changed,
        records_added,
        records_removed,
        records_explained,
        records_unexplained,
        records_quarantined,
        records_recovered,
        records_contradicted,
        cents_before,
        cents_after,
        cents_unchanged,
        cents_changed_from,
        cents_changed_to,
        cents_added,
        cents_removed
    from source

)

select * from renamed
