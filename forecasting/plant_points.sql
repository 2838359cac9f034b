-- grid: the mean of what was read in each step, of each source; counted in steps from the Unix epoch; follows segments
, steps as (
    select source, floor(date_part('epoch', at) / %(step_s)s)::bigint as step, sum(sum) / sum(numbers) as mean
    from segment where numbers > 0
    group by 1, 2
)
select source, array_agg(step order by step) as steps, array_agg(mean order by step) as means
from steps group by source
