-- hours: means of the last days
select source, (extract(epoch from hour) / 3600)::bigint as hour, mean
from plantroom_hours
where source = any(%(sources)s) and hour >= %(since)s::timestamptz and mean is not null
