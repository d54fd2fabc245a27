-- Each version ends on the day on which the next begins, and the last one does not end.

with versions as (

    select recipient_id as id, valid_from, valid_to, is_current
    from {{ ref('dim_recipients') }}
    where recipient_id is not null

    union all

    select company_id as id, valid_from, valid_to, is_current
    from {{ ref('dim_companies') }}
    where company_id is not null

),

followed as (

    select
        *,
        lead(valid_from) over (partition by id order by valid_from) as next_from
    from versions

)

select *
from followed
where
    valid_to is distinct from next_from
    or valid_to <= valid_from
    or is_current <> (valid_to is null)
