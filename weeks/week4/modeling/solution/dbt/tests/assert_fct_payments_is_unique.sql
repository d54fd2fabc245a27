-- The grain: one row per record and program year. Two integers, not one long string, because
-- this groups every payment there is.

select program_year, record_id, count(*) as row_count
from {{ ref('fct_payments') }}
group by program_year, record_id
having count(*) > 1
