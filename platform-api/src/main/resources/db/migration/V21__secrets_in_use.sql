-- Since when which of the installation's secrets is used: words for them that tell nothing, never the secrets.
create table secret_in_use (
  secret varchar(50) not null,
  fingerprint varchar(64) not null,
  since timestamp with time zone not null,
  primary key (secret, fingerprint)
);
