-- grid: the mean of what was read in each step, of each source; counted in steps from the Unix epoch
with steps as (
    select s.source, floor(extract(epoch from r.at) / %(step_s)s)::bigint as step, avg(r.value) as mean
    from series s join reading r on r.series = s.id
    where s.source = any(%(sources)s) and r.at >= %(start)s and r.at < %(end)s and r.value is not null
    group by 1, 2
)
select source, array_agg(step order by step) as steps, array_agg(mean order by step) as means
from steps group by source
