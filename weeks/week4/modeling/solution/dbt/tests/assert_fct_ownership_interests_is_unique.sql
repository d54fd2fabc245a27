select program_year, record_id, count(*) as row_count
from {{ ref('fct_ownership_interests') }}
group by program_year, record_id
having count(*) > 1
