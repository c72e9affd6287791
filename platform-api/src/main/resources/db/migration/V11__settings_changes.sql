-- How often tenants, keys, policies, prices and the like have changed: what a gateway has read of them holds for as long as this
-- number stays. Its one row comes with the first change.
create table settings_changes (
  id smallint primary key,
  changes bigint not null
);
