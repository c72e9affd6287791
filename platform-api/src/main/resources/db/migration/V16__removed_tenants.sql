-- The ids of tenants that were deleted for good: what they used and what was done to them stays under these ids, which nobody gets again.
create table removed_tenant (
  id varchar(64) primary key,
  removed_at timestamp with time zone not null
);
-- Those that were deleted before there was this table are known by the audit log, with the time of the deletion that was asked for.
insert into removed_tenant (id, removed_at)
  select e.chain, max(e.happened_at) from audit_event e
  where e.action = 'DELETE /admin/v1/tenants/' || e.chain and e.status = 200 and not exists (select 1 from tenant t where t.id = e.chain)
  group by e.chain;
