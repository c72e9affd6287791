-- Prompts and answers can be limited apart. A bucket that nothing limits is as good as never empty.
alter table usage_policy add column tokens_in_per_minute bigint;
alter table usage_policy add column tokens_out_per_minute bigint;
alter table usage_meter add column tokens_in bigint default 60000000000000000 not null;
alter table usage_meter add column tokens_out bigint default 60000000000000000 not null;
-- Of a hold's tokens those of the prompt.
alter table usage_hold add column tokens_in bigint default 0 not null;

-- Who looks after a policy: the platform's administrators alone, or the tenant's too.
alter table usage_policy add column keeper varchar(8) default 'PLATFORM' not null;

-- The prices that a row's money was made of; of rows older than these columns they are not known.
alter table usage_ledger add column input_price bigint;
alter table usage_ledger add column cached_price bigint;
alter table usage_ledger add column output_price bigint;

-- Whose place a key took.
create index api_key_replaced_by on api_key (replaced_by);
