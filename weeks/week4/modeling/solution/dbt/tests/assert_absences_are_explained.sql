-- A warning: a record went away between two publications, and no removed file names it. Its
-- removed file was not delivered, or the newer file is not whole.

{{ config(severity='warn') }}

select program_year, dataset, record_id, last_published, removed_as_of
from {{ ref('fct_removed_records') }}
where not is_explained
