-- turn: whether this transaction is the only one that looks after the jobs
select pg_try_advisory_xact_lock(%(key)s) as mine

-- wait_for_turn: as turn, for somebody who has something to queue
select pg_advisory_xact_lock(%(key)s)

-- know: the jobs that this process can run
insert into jobs.schedule (name, title, lock) values (%(name)s, %(title)s, %(lock)s)
on conflict (name) do update set title = excluded.title, lock = excluded.lock

-- rescue: jobs whose process has died without a word are queued again
update jobs.procrastinate_jobs job
set status = 'todo', scheduled_at = null, worker_id = null, abort_requested = false, attempts = attempts + 1
where status = 'doing' and not id = any(%(running)s)
    and not exists (
        select from jobs.procrastinate_workers worker
        where worker.id = job.worker_id and worker.last_heartbeat > now() - %(stalled_s)s * interval '1 second'
    )
returning id, task_name as name

-- give_up: a job that has failed for good before anybody took it again
update jobs.procrastinate_jobs set status = 'failed' where id = %(id)s and status = 'todo'

-- pasts: of each job, the period for which it was queued last, whether it waits or runs, and when it ran last
select
    s.name, s.period, last.began_at, last.ended_at,
    exists (select from jobs.procrastinate_jobs where task_name = s.name and status in ('todo', 'doing')) as active
from jobs.schedule s
left join lateral (
    select id from jobs.procrastinate_jobs where task_name = s.name and status in ('succeeded', 'failed') order by id desc limit 1
) newest on true
left join lateral (
    select
        max(at) filter (where type = 'started') as began_at,
        max(at) filter (where type in ('succeeded', 'failed')) as ended_at
    from jobs.procrastinate_events where job_id = newest.id
) last on true

-- advance: a period has its job
update jobs.schedule set period = %(period)s where name = %(name)s

-- scheduled: the jobs that are known, and whether they wait or run
select name, title, lock, (
    select max(id) from jobs.procrastinate_jobs where task_name = name and status in ('todo', 'doing')
) as active
from jobs.schedule order by name

-- begin: a run begins, with nothing to tell yet
insert into jobs.progress (job_id) values (%(id)s)
on conflict (job_id) do update set sentence = null, share = null, updated_at = now()

-- report: how far it is
update jobs.progress set sentence = %(sentence)s, share = %(share)s, updated_at = now() where job_id = %(id)s

-- fail: one more failure
insert into jobs.progress (job_id, error, failures) values (%(id)s, %(error)s, 1)
on conflict (job_id) do update
set error = excluded.error, failures = progress.failures + 1, sentence = null, share = null, updated_at = now()
returning failures

-- list: what waits and runs, what failed lately, and the newest of each job
select
    j.id, j.task_name as name, s.title, j.status::text as status, j.scheduled_at, p.sentence, p.share, p.error,
    coalesce(p.failures, 0) as failures, e.queued_at, e.began_at, e.ended_at
from (
    select *, row_number() over (partition by task_name order by id desc) as age from jobs.procrastinate_jobs
) j
left join jobs.schedule s on s.name = j.task_name
left join jobs.progress p on p.job_id = j.id
left join lateral (
    select
        min(at) filter (where type = 'deferred') as queued_at,
        max(at) filter (where type = 'started') as began_at,
        max(at) filter (where type in ('succeeded', 'failed', 'aborted', 'cancelled')) as ended_at
    from jobs.procrastinate_events where job_id = j.id
) e on true
where j.age <= %(each)s or j.status in ('todo', 'doing') or j.status = 'failed' and e.ended_at > now() - interval '7 days'
order by j.id desc

-- one: a job's state
select task_name as name, status::text as status from jobs.procrastinate_jobs where id = %(id)s

-- again: a job that has ended badly is queued again, as if it had never failed
with queued as (
    update jobs.procrastinate_jobs set status = 'todo', scheduled_at = null, worker_id = null, abort_requested = false
    where id = %(id)s and status in ('failed', 'aborted', 'cancelled')
    returning id
), fresh as (
    update jobs.progress set failures = 0, sentence = null, share = null where job_id = %(id)s
)
select id, pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', id)::text) from queued

-- hurry: a job that waits for another attempt need not wait
update jobs.procrastinate_jobs set scheduled_at = null where task_name = %(name)s and status = 'todo'
returning id, pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', id)::text)

-- workers: how many processes run jobs at the moment
select count(*) as workers from jobs.procrastinate_workers where last_heartbeat > now() - %(stalled_s)s * interval '1 second'

-- forget: jobs that ended long ago
delete from jobs.procrastinate_jobs where status in ('succeeded', 'failed', 'aborted', 'cancelled') and id in (
    select job_id from jobs.procrastinate_events group by job_id having max(at) < now() - %(days)s * interval '1 day'
) and (%(names)s::text[] is null or task_name = any(%(names)s))
