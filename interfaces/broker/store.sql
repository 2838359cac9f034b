-- session_table: the sessions that outlive their connections; intake marks those of the product's own ingestion
create table if not exists session (
  number integer primary key, client text not null unique, intake integer not null, expiry_s integer not null
)

-- subscription_table: what each of them subscribed to; options are those of MQTT 5
create table if not exists subscription (
  session integer not null, filter text not null, options integer not null, primary key (session, filter)
) without rowid

-- waiting_table: messages that a session has not acknowledged, in the order of their numbers
create table if not exists waiting (
  id integer primary key, session integer not null, topic text not null, payload blob not null, retain integer not null,
  properties blob not null, expires real
)

-- waiting_index: the messages of a session
create index if not exists waiting_of_session on waiting (session, id)

-- retained_table: the newest retained message of each topic
create table if not exists retained (
  topic text primary key, payload blob not null, qos integer not null, properties blob not null, expires real
) without rowid

-- sessions: all sessions
select number, client, intake, expiry_s from session

-- subscriptions: all subscriptions
select session, filter, options from subscription

-- retained: all retained messages
select topic, payload, qos, properties, expires from retained

-- amounts: how many messages wait for each session, and their bytes
select session, count(*), sum(length(topic) + length(payload) + length(properties)), max(id) from waiting group by session

-- count: how many messages wait for all of them
select count(*) from waiting

-- page: what waits for a session after one of its messages
select id, topic, payload, retain, properties, expires from waiting where session = ? and id > ? order by id limit 500

-- add_session: a session that outlives its connection
insert or replace into session (number, client, intake, expiry_s) values (?, ?, ?, ?)

-- drop_session: its end
delete from session where number = ?

-- drop_subscriptions: the end of all its subscriptions
delete from subscription where session = ?

-- drop_waiting: the end of what waits for it
delete from waiting where session = ?

-- subscribe: a subscription
insert or replace into subscription (session, filter, options) values (?, ?, ?)

-- unsubscribe: its end
delete from subscription where session = ? and filter = ?

-- keep: a message that waits for a session
insert into waiting (id, session, topic, payload, retain, properties, expires) values (?, ?, ?, ?, ?, ?, ?)

-- settle: a message that a session has acknowledged
delete from waiting where id = ?

-- retain: the newest retained message of a topic
insert or replace into retained (topic, payload, qos, properties, expires) values (?, ?, ?, ?, ?)

-- unretain: its end
delete from retained where topic = ?
