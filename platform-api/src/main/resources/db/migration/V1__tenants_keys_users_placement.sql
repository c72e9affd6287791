create table tenant (
  id varchar(64) primary key,
  name varchar(200) not null,
  created_at timestamp with time zone not null
);

create table api_key (
  id varchar(32) primary key,
  tenant_id varchar(64) not null references tenant (id),
  name varchar(200) not null,
  last4 varchar(4) not null,
  key_hash varchar(100) not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone
);
create index api_key_tenant on api_key (tenant_id);

create table platform_user (
  username varchar(100) primary key,
  tenant_id varchar(64) not null references tenant (id),
  password_hash varchar(300) not null,
  roles varchar(200) not null,
  created_at timestamp with time zone not null
);

create table console_session (
  token_digest varchar(64) primary key,
  username varchar(100) not null references platform_user (username),
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null
);
create index console_session_expiry on console_session (expires_at);

create table placed_model (
  name varchar(200) primary key,
  placed_at timestamp with time zone not null
);
