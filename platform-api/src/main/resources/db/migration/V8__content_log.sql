-- Whether a tenant has what its callers ask and are answered written down, and for how long that is kept; absent: it has not.
-- A tenant that only an identity provider knows may have a row here too.
create table content_log_setting (
  tenant_id varchar(64) primary key,
  enabled boolean not null,
  retention_days bigint not null,
  version bigint not null
);

-- Prompts and answers as one JSON text each. Apart from the ledger and the audit log, which hold none.
create table content_log (
  position varchar(120) primary key,
  tenant_id varchar(64) not null,
  request_id varchar(80) not null,
  owner varchar(200) not null,
  key_id varchar(64) not null,
  model varchar(200) not null,
  happened_at timestamp with time zone not null,
  content text not null
);
create index content_log_tenant on content_log (tenant_id, position);
create index content_log_age on content_log (tenant_id, happened_at);
