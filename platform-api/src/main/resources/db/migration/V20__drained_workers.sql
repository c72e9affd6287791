-- Workers that are to get no new generations, by name, whether they are up or not.
create table drained_worker (
  name varchar(200) primary key,
  drained_at timestamp with time zone not null
);
