-- System prompts that every worker keeps computed for whoever sends them; they belong to the operator and to no tenant.
create table pinned_prefix (
  id varchar(64) primary key,
  model varchar(200) not null,
  system_prompt varchar(100000) not null,
  created_at timestamp with time zone not null,
  version bigint not null
);
