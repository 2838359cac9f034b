-- create_schema: the schema of LangGraph's checkpoint tables
create schema if not exists conversation

-- forget: conversations whose newest checkpoint is older than a moment (ISO 8601, UTC)
with dead as (
    select thread_id from checkpoints group by thread_id having max(checkpoint ->> 'ts') < %(oldest)s
), blobs as (
    delete from checkpoint_blobs where thread_id in (select thread_id from dead)
), writes as (
    delete from checkpoint_writes where thread_id in (select thread_id from dead)
)
delete from checkpoints where thread_id in (select thread_id from dead)
