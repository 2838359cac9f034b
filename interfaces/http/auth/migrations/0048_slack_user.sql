alter table person add column slack text unique check (length(slack) between 2 and 64);
comment on column person.slack is 'The id of this person in Slack (U…), where they ask and act as themselves.';
