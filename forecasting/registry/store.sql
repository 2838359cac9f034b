-- add: the next version of a name; the first one of all is live at once
with next as (
    select coalesce(max(version), 0) + 1 as version, count(*) filter (where state = 'live') = 0 as first
    from forecasting.model where name = %(name)s
)
insert into forecasting.model
    (name, version, kind, state, data_from, data_to, metrics, code_version, artifact, live_since)
select %(name)s, version, %(kind)s, case when first and %(may_lead)s then 'live' else 'shadow' end,
    %(data_from)s, %(data_to)s, %(metrics)s::jsonb, %(code_version)s, %(artifact)s,
    case when first and %(may_lead)s then now() end
from next
returning version, state

-- versions: without artifacts, newest first
select name, version, kind, state, data_from, data_to, metrics, code_version, created_at, live_since
from forecasting.model
where (%(name)s::text is null or name = %(name)s)
order by name, version desc

-- artifact: of one version
select artifact from forecasting.model where name = %(name)s and version = %(version)s

-- switch: one version is live, the one that was is a shadow again, in one statement
with old as (
    update forecasting.model set state = %(old_state)s
    where name = %(name)s and state = 'live' and version <> %(version)s returning version
), wait as (select count(*) from old)
update forecasting.model set state = 'live', live_since = now()
from wait
where name = %(name)s and version = %(version)s and state <> 'live'

-- retire: neither used nor scored any more
update forecasting.model set state = 'retired'
where name = %(name)s and version = %(version)s and state = 'shadow'
returning version

-- put_score: once a day
insert into forecasting.score (name, version, day, subjects, loss, coverage)
values (%(name)s, %(version)s, %(day)s, %(subjects)s, %(loss)s, %(coverage)s)
on conflict (name, version, day) do update
set subjects = excluded.subjects, loss = excluded.loss, coverage = excluded.coverage

-- scores: of the days on which all versions that are not retired were scored
with running as (
    select version from forecasting.model where name = %(name)s and state <> 'retired'
), common as (
    select day from forecasting.score
    where name = %(name)s and version in (select version from running)
    group by day having count(*) = (select count(*) from running)
)
select version, count(*)::integer as days, avg(loss) as loss, avg(coverage) as coverage
from forecasting.score where name = %(name)s and day in (select day from common)
group by version

-- recent_losses: of one version, oldest first
select day, loss from forecasting.score
where name = %(name)s and version = %(version)s order by day
