-- What is committed.
select
    run_id, dataset, program_year::integer, publication::varchar, sequence,
    contract_version, data_files, data_bytes, records_accepted
from lake.runs
order by dataset, program_year, publication, sequence
