-- One row per committed run: what the pipeline says that it handed over.

with source as (

    select * from {{ source('lake', 'runs') }}

),

renamed as (

    select
        run_id,
        dataset,
        program_year,
        publication as publication_date,
        records_accepted
    from source

)

select * from renamed
