-- Every file that was delivered, with its account.
select
    file_name, dataset, layout, program_year::integer, publication::varchar, status, size_bytes,
    nullif(array_to_string(drift, ', '), ''),
    records_read, records_accepted, records_rejected, records_superseded,
    cents_read, cents_accepted, cents_rejected, cents_superseded
from lake.files
order by dataset, program_year, publication, file_name
