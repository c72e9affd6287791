-- Which session at Keycloak a session at the console rests on, so that the one ends with the other; empty where that is not known.
alter table realm_session add realm_session_id varchar(200) default '' not null;
create index realm_session_realm on realm_session (realm_session_id);

-- Messages that a session at Keycloak has ended, each good once, until they are good for nothing any more.
create table ended_realm_session (
  message_id varchar(200) primary key,
  good_until timestamp with time zone not null
);
create index ended_realm_session_end on ended_realm_session (good_until);
