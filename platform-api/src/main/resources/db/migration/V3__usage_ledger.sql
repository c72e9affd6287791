-- A tenant's standing. What it may use is here, what a caller may do is the security module's.
alter table tenant add column status varchar(16) default 'active' not null;
alter table tenant add column weight double precision default 1 not null;
alter table tenant add column every_model boolean default true not null;
alter table tenant add column delete_after timestamp with time zone;
alter table tenant add column version bigint default 1 not null;

-- The models of a tenant that may not use every one.
create table tenant_model (
  tenant_id varchar(64) not null references tenant (id),
  model varchar(200) not null,
  primary key (tenant_id, model)
);

-- Per token, in billionths of the currency.
create table model_price (
  model varchar(200) primary key,
  input_price bigint not null,
  cached_price bigint not null,
  output_price bigint not null,
  version bigint not null
);

-- One per tenant, owner or key; an absent limit is none. Money in billionths of the currency.
create table usage_policy (
  id varchar(36) primary key,
  tenant_id varchar(64) not null references tenant (id),
  scope varchar(8) not null,
  subject varchar(200) not null,
  requests_per_minute bigint,
  tokens_per_minute bigint,
  concurrent_generations bigint,
  max_context bigint,
  tokens_per_day bigint,
  tokens_per_month bigint,
  money_per_day bigint,
  money_per_month bigint,
  version bigint not null,
  unique (tenant_id, scope, subject)
);

-- What a policy's rates and its limit of generations at once are enforced by: two buckets that fill up again, in
-- 1/60000 of a request and of a token, as of a time in milliseconds; and the generations under way.
create table usage_meter (
  policy_id varchar(36) primary key references usage_policy (id) on delete cascade,
  running bigint not null,
  requests bigint not null,
  tokens bigint not null,
  filled_at bigint not null
);

-- What a policy's budgets are enforced by. spent + reserved never exceeds the budget.
create table usage_window (
  policy_id varchar(36) not null references usage_policy (id) on delete cascade,
  period varchar(8) not null,
  starts_at timestamp with time zone not null,
  tokens_spent bigint not null,
  tokens_reserved bigint not null,
  money_spent bigint not null,
  money_reserved bigint not null,
  primary key (policy_id, period, starts_at)
);

-- A gateway that stops renewing its lease is dead, and its generations with it.
create table gateway_lease (
  gateway_id varchar(36) primary key,
  expires_at timestamp with time zone not null
);

-- Generations under way, written before inference; the token counts are as of the last checkpoint.
create table usage_reservation (
  generation_id varchar(80) primary key,
  gateway_id varchar(36) not null,
  tenant_id varchar(64) not null,
  owner varchar(200) not null,
  key_id varchar(64) not null,
  model varchar(200) not null,
  submitted_at timestamp with time zone not null,
  input_price bigint not null,
  cached_price bigint not null,
  output_price bigint not null,
  tokens_in bigint not null,
  tokens_out bigint not null
);
create index usage_reservation_gateway on usage_reservation (gateway_id);

-- What a reservation holds of a policy's meter (period 'minute') or of one of its windows.
create table usage_hold (
  generation_id varchar(80) not null references usage_reservation (generation_id) on delete cascade,
  policy_id varchar(36) not null,
  period varchar(8) not null,
  starts_at timestamp with time zone not null,
  tokens bigint not null,
  money bigint not null,
  primary key (generation_id, policy_id, period)
);

-- One row per generation, whatever its ending; only ever added to. It outlives keys, owners and tenants.
create table usage_ledger (
  generation_id varchar(80) primary key,
  tenant_id varchar(64) not null,
  owner varchar(200) not null,
  key_id varchar(64) not null,
  model varchar(200) not null,
  submitted_at timestamp with time zone not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  ttft_ms bigint,
  duration_ms bigint not null,
  finish_reason varchar(32) not null,
  money bigint not null
);
create index usage_ledger_tenant on usage_ledger (tenant_id, submitted_at, generation_id);

-- The ledger's sums by day, kept with each row that is added to it.
create table usage_day (
  tenant_id varchar(64) not null,
  used_on date not null,
  model varchar(200) not null,
  owner varchar(200) not null,
  key_id varchar(64) not null,
  generations bigint not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  money bigint not null,
  primary key (tenant_id, used_on, model, owner, key_id)
);
