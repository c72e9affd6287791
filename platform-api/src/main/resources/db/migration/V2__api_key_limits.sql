-- Whoever could use models is a developer now.
update platform_user set roles = replace(roles, 'inference', 'developer');

-- Lists are words with commas between; null is no limit.
alter table api_key add column owner_name varchar(200) default '' not null;
alter table api_key add column scopes varchar(200) default 'inference' not null;
alter table api_key add column models varchar(20000);
alter table api_key add column addresses varchar(4000);
alter table api_key add column expires_at timestamp with time zone;
alter table api_key add column last_used_at timestamp with time zone;
alter table api_key add column replaced_by varchar(32);
