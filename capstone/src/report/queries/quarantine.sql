-- Rejected records by reason, with the first place to look at. A record with
-- several reasons counts under each of them.
select
    reason,
    count(*) as records,
    coalesce(sum(amount_cents), 0)::bigint,
    min((file_name, record_number, line))[1],
    min((file_name, record_number, line))[2],
    min((file_name, record_number, line))[3]
from (select unnest(reasons) as reason, file_name, record_number, line, amount_cents
      from lake.rejected_records)
group by reason
order by records desc, reason
