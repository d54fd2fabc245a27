select program_year, dataset, record_id, count(*) as row_count
from {{ ref('fct_removed_records') }}
group by program_year, dataset, record_id
having count(*) > 1
