-- How many recipients changed state or specialty from one version to the next?
-- Only a dimension with history can tell: type 1 would show today's state in every year.

with versions as (

    select
        recipient_id,
        valid_from,
        state,
        specialty_group,
        lag(state) over history as state_before,
        lag(specialty_group) over history as specialty_before,
        lag(valid_from) over history as previous_from
    from {{ ref('dim_recipients') }}
    where recipient_id is not null
    window history as (partition by recipient_id order by valid_from)

)

select
    year(valid_from) as program_year,
    count(*) as new_versions,
    count(*) filter (where state is distinct from state_before) as changed_state,
    count(*) filter (where specialty_group is distinct from specialty_before) as changed_specialty
from versions
where previous_from is not null
group by all
order by program_year
