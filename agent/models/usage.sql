-- note: what one question cost
insert into model_usage (at, person, model, input_tokens, output_tokens, cost, ms)
values (%(at)s, %(person)s, %(model)s, %(input)s, %(output)s, %(cost)s, %(ms)s)

-- spent: what a person has used since a moment
select coalesce(sum(input_tokens + output_tokens), 0)::bigint as tokens, coalesce(sum(cost), 0) as cost
from model_usage where person = %(person)s and at >= %(since)s

-- by_person: the same of everybody, by model; the cost is null where that of any question is not known
select
    person, model, count(*) as questions, sum(input_tokens)::bigint as input_tokens, sum(output_tokens)::bigint as output_tokens,
    case when bool_and(cost is not null) then sum(cost) end as cost, sum(ms)::bigint as ms
from model_usage where at >= %(since)s
group by person, model order by sum(input_tokens + output_tokens) desc, person, model
