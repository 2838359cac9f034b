-- Alarms are told by incident from now on: what waits of a single alarm would never be taken back.
update notice set state = 'dropped', ended_at = now() where state = 'waiting' and subject like 'alarm:%';
comment on column notice.turn is 'Counts the reminders. An incident that is told again, because it grew or came anew after it was taken on, counts on from 9, 18 and so on.';
