-- finished: what a run has done
select unit, outcome from forecasting.run where id = %(run)s

-- record: a unit is done
insert into forecasting.run (id, unit, outcome) values (%(run)s, %(unit)s, %(outcome)s::jsonb)
on conflict (id, unit) do update set outcome = excluded.outcome, done_at = now()

-- forget: records of long ago
delete from forecasting.run where done_at < now() - %(days)s * interval '1 day'
