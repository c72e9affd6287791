-- The end of each chain of events, so that one follows another.
create table audit_chain (
  chain varchar(64) primary key,
  sequence bigint not null,
  hash varchar(64) not null
);

-- Only ever added to. Each event is chained to the one before it and signed; it outlives tenants and users.
create table audit_event (
  chain varchar(64) not null,
  sequence bigint not null,
  happened_at timestamp with time zone not null,
  actor varchar(200) not null,
  origin varchar(16) not null,
  address varchar(64) not null,
  action varchar(300) not null,
  subject varchar(300) not null,
  status bigint not null,
  previous_hash varchar(64) not null,
  hash varchar(64) not null,
  signing_key varchar(16) not null,
  signature varchar(100) not null,
  primary key (chain, sequence)
);

-- From where each key has been used; the first use from an address is an event.
create table key_address (
  key_id varchar(64) not null,
  address varchar(64) not null,
  first_used_at timestamp with time zone not null,
  primary key (key_id, address)
);
