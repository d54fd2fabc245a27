-- How has each quality rule been answered, attempt by attempt, and which answer changed last?
-- Attempts that found the warehouse unchanged measure nothing and leave no row.

with answers as (

    select
        checks.name,
        checks.severity,
        checks.checked_at,
        checks.attempt_id,
        attempts.command,
        checks.status,
        checks.observed,
        checks.expected,
        lag(checks.status) over rule_in_time as status_before,
        lag(checks.observed) over rule_in_time as observed_before
    from {{ source('audit', 'checks') }} as checks
    inner join {{ source('audit', 'attempts') }} as attempts on checks.attempt_id = attempts.attempt_id
    where checks.source = 'quality'
    window rule_in_time as (partition by checks.name order by checks.checked_at, checks.attempt_id)

)

select
    checked_at,
    command,
    name as rule,
    severity,
    status_before,
    status,
    observed_before,
    observed,
    expected
from answers
where status <> 'passed'
    or status is distinct from coalesce(status_before, status)
    or observed is distinct from coalesce(observed_before, observed)
order by checked_at desc, name
limit 100
