-- From how many new addresses each key was used on a day, in UTC: those that are written down, and those beyond that are only counted. Told
-- in the audit log and deleted when the day is over.
create table key_address_day (
  key_id varchar(64) not null,
  used_on date not null,
  tenant_id varchar(64) not null,
  written bigint not null,
  beyond bigint not null,
  primary key (key_id, used_on)
);
create index key_address_day_end on key_address_day (used_on);
