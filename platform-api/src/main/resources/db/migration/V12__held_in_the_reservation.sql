-- What a generation holds is the same of every meter and window, so that its reservation says it once, and of which: 'minute' and a
-- policy, 'day' and a policy ... apart by commas.
alter table usage_reservation add column tokens_held bigint default 0 not null;
alter table usage_reservation add column tokens_in_held bigint default 0 not null;
alter table usage_reservation add column money_held bigint default 0 not null;
alter table usage_reservation add column held_of varchar(100000) default '' not null;
update usage_reservation set
  tokens_held = (select coalesce(max(tokens), 0) from usage_hold h where h.generation_id = usage_reservation.generation_id),
  tokens_in_held = (select coalesce(max(tokens_in), 0) from usage_hold h where h.generation_id = usage_reservation.generation_id),
  money_held = (select coalesce(max(money), 0) from usage_hold h where h.generation_id = usage_reservation.generation_id),
  held_of = (select coalesce(string_agg(period || ' ' || policy_id, ','), '') from usage_hold h where h.generation_id = usage_reservation.generation_id);
drop table usage_hold;
-- Reservations are as few as the generations under way, and come and go: what nobody looks for by it costs with each.
drop index usage_reservation_gateway;
