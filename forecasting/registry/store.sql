-- add: the next version of a name; the first one of all is live at once
with next as (
    select coalesce(max(version), 0) + 1 as version, count(*) filter (where state = 'live') = 0 as first
    from forecasting.model where name = %(name)s
)
insert into forecasting.model
    (name, version, kind, state, data_from, data_to, metrics, code_version, artifact, sha256, own, live_since)
select %(name)s, version, %(kind)s, case when first and %(may_lead)s then 'live' else 'shadow' end,
    %(data_from)s, %(data_to)s, %(metrics)s::jsonb, %(code_version)s, %(artifact)s, %(sha256)s, %(own)s,
    case when first and %(may_lead)s then now() end
from next
returning version, state

-- versions: without artifacts, newest first
select name, version, kind, state, data_from, data_to, metrics, code_version, created_at, live_since,
    own, failure, failed_at
from forecasting.model
where (%(name)s::text is null or name = %(name)s)
order by name, version desc

-- artifact: of one version
select artifact, sha256 from forecasting.model where name = %(name)s and version = %(version)s

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

-- scores: of each version, over the days on which the live one was scored as well; of the live one, over all of those
with live as (
    select s.day, s.loss from forecasting.score s join forecasting.model m using (name, version)
    where s.name = %(name)s and m.state = 'live'
), beside as (
    select s.version, s.day, s.loss, s.coverage, live.loss as live_loss, m.state
    from forecasting.score s join forecasting.model m using (name, version) join live using (day)
    where s.name = %(name)s and m.state <> 'retired'
)
select version, count(*)::integer as days, avg(loss) as loss, avg(coverage) as coverage, avg(live_loss) as live_loss
from beside
where state = 'shadow' or day in (select day from beside where state = 'shadow')
group by version

-- failed: a run went without this version
update forecasting.model set failure = %(failure)s, failed_at = now()
where name = %(name)s and version = %(version)s

-- worked: a run had this version
update forecasting.model set failure = null, failed_at = null
where name = %(name)s and version = %(version)s and failure is not null

-- put_metrics: what a backtest says of a version now, beside what earlier ones did
update forecasting.model set metrics = metrics || %(metrics)s::jsonb
where name = %(name)s and version = %(version)s

-- recent_losses: of one version, oldest first
select day, loss from forecasting.score
where name = %(name)s and version = %(version)s order by day
