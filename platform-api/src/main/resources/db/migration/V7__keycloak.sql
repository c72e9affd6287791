-- Which Keycloak organization a tenant is, where that is known by another id than the tenant's own.
alter table tenant add organization varchar(64);
create unique index tenant_organization on tenant (organization);

-- Sessions at the console of users that a Keycloak realm keeps. The refresh token is sealed under the session's own token.
create table realm_session (
  token_digest varchar(64) primary key,
  tenant_id varchar(64) not null,
  subject varchar(200) not null,
  username varchar(255) not null,
  roles varchar(200) not null,
  sealed_token varchar(12000) not null,
  created_at timestamp with time zone not null,
  renew_at timestamp with time zone not null,
  ends_at timestamp with time zone not null
);
create index realm_session_end on realm_session (ends_at);
create index realm_session_subject on realm_session (subject);
