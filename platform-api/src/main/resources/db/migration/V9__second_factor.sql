-- The second factor of a user's sign-ins. The seed alone makes no codes; last_step is the last one that was used.
create table second_factor (
  username varchar(100) primary key references platform_user (username) on delete cascade,
  enrolment varchar(100) not null,
  confirmed boolean not null,
  last_step bigint not null
);

-- Keyed hashes; each is deleted by its use.
create table recovery_code (
  username varchar(100) not null references second_factor (username) on delete cascade,
  code_hash varchar(100) not null,
  primary key (username, code_hash)
);
