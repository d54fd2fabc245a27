-- A warning: CMS takes a record back in one publication, and it may still stand in a fact
-- whose year has only an older publication in the lake.

{{ config(severity='warn') }}

select removed.program_year, removed.record_id, removed.change_type
from {{ ref('stg_open_payments__removed_records') }} as removed
inner join {{ ref('fct_payments') }} as payments
    on removed.program_year = payments.program_year
    and removed.record_id = payments.record_id
