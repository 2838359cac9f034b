-- add: entries, as JSON
insert into audit (at, who, what, tool, digest, model, conversation, evidence, proposal, subject, site, address, outcome)
select at, who, what, tool, digest, model, conversation, array(select jsonb_array_elements_text(evidence)), proposal, subject, site, address, outcome
from jsonb_to_recordset(%(entries)s::jsonb) as t(
    at timestamptz, who text, what text, tool text, digest text, model text, conversation text, evidence jsonb, proposal bigint,
    subject text, site text, address text, outcome text
)

-- newest: the newest first
select at, who, what, tool, digest, model, conversation, evidence, proposal, subject, site, address, outcome
from audit
where (%(who)s::text is null or who = %(who)s) and (%(what)s::text is null or what = %(what)s or starts_with(what, %(what)s || '.'))
    and (%(tool)s::text is null or tool = %(tool)s) and (%(proposal)s::bigint is null or proposal = %(proposal)s)
    and (%(since)s::timestamptz is null or at >= %(since)s) and (%(until)s::timestamptz is null or at < %(until)s)
order by at desc, id desc limit %(limit)s
