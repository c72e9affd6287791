import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/ApiError.ts';
import { Gateway } from '../api/Gateway.ts';
import { auditPageFrom, checkChain, ending } from '../audit/audit.ts';
import { may } from '../auth/access.ts';
import { changeSetting, contentFrom } from '../content/content.ts';
import { createKey, fetchKeyPage, fetchKeys, keyFrom, keyState, limitsInWords } from '../keys/keys.ts';
import { randomPassword } from '../members/members.ts';
import { beginning } from '../pins/pins.ts';
import { limitKinds } from '../policies/limits.ts';
import { limitFacts, policyFrom, quotasFrom } from '../policies/policies.ts';
import { bound, resets } from '../policies/words.ts';
import { setPrice } from '../prices/prices.ts';
import { changeTenant, createTenant, fetchTenants, tenantFrom } from '../tenants/tenants.ts';
import { fieldOf, inWords, wrong } from '../ui/sending.ts';
import { onOlder, secretsFrom, todo } from '../secrets/secrets.ts';

function recording(...answers: readonly unknown[]): { gateway: Gateway; calls: [string, string, string | null, string | null][] } {
  const calls: [string, string, string | null, string | null][] = [];
  const gateway = new Gateway((path, init) => {
    calls.push([init?.method ?? '', String(path), new Headers(init?.headers).get('If-Match'), init?.body == null ? null : String(init.body)]);
    return Promise.resolve(new Response(JSON.stringify(answers[calls.length - 1] ?? {})));
  });
  return { gateway, calls };
}

test('what a session may is what it tells, and nothing else', () => {
  const ann = { name: 'ann', tenant: 'acme', roles: ['platform-admin'], operations: ['list-keys'], hasPassword: true };
  assert.ok(may(ann, 'list-keys'));
  assert.ok(!may(ann, 'list-tenants'), 'whatever the role is called');
});

test('a change names the version that it was made from', async () => {
  const { gateway, calls } = recording();
  const tenant = tenantFrom({ id: 'acme', name: 'Acme', status: 'active', weight: 2, models: null, version: 7 });
  await changeTenant(gateway, tenant, { name: 'Acme', status: 'suspended', weight: 2, models: ['m'] });
  await setPrice(gateway, 'meta/llama 2', { inputPerMillion: 1, cachedPerMillion: 1, outputPerMillion: 2 }, undefined);
  assert.deepEqual(calls[0], ['PUT', '/admin/v1/tenants/acme', '"7"', '{"name":"Acme","status":"suspended","weight":2,"models":["m"]}']);
  assert.deepEqual(calls[1]?.slice(1, 3), ['/admin/v1/prices/meta/llama%202', null], 'a first price names none');
});

test('every page of the tenants is read', async () => {
  const { gateway, calls } = recording({ data: [{ id: 'a' }], nextCursor: 'YQ' }, { data: [{ id: 'b' }], nextCursor: null });
  assert.deepEqual((await fetchTenants(gateway)).map((tenant) => tenant.id), ['a', 'b']);
  assert.equal(calls[1]?.[1], '/admin/v1/tenants?limit=500&cursor=YQ');
});

test('every key is read where names are wanted, and a page of those looked for where they are shown', async () => {
  const { gateway, calls } = recording({ data: [{ id: 'b' }], nextCursor: 'Yg' }, { data: [{ id: 'a' }], nextCursor: null }, { data: [{ id: 'b' }], nextCursor: 'Yg' });
  assert.deepEqual((await fetchKeys(gateway)).map((key) => key.id), ['b', 'a']);
  assert.equal(calls[1]?.[1], '/admin/v1/api-keys?limit=500&cursor=Yg');
  const page = await fetchKeyPage(gateway, { tenant: 'acme', about: 'a & b', inUse: true }, 'Yg');
  assert.deepEqual([page.keys.length, page.next], [1, 'Yg']);
  assert.equal(calls[2]?.[1], '/admin/v1/api-keys?tenant=acme&about=a+%26+b&inUse=true&cursor=Yg');
});

test('no model is something else than every model', async () => {
  assert.equal(tenantFrom({ models: null }).models, undefined);
  assert.deepEqual(tenantFrom({ models: [] }).models, []);
  const { gateway, calls } = recording();
  await createTenant(gateway, 'a', { name: '', status: 'active', weight: 1, models: undefined });
  assert.equal(calls[0]?.[3], '{"id":"a","weight":1}');
});

test('a key is made without what is not limited', async () => {
  const { gateway, calls } = recording({ id: 'k1', name: 'n', key: 'llmk_secret' });
  const created = await createKey(gateway, { name: 'n', tenant: 't', scopes: ['inference'], models: undefined, addresses: [], expiresAt: undefined });
  assert.equal(calls[0]?.[3], '{"name":"n","tenant":"t","scopes":["inference"]}');
  assert.deepEqual([created.secret, created.key.id], ['llmk_secret', 'k1']);
});

test('a key is in use until it is revoked or its time is over, a replaced one too', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const state = (json: object): string => keyState(keyFrom(json), now);
  assert.equal(state({}), 'active');
  assert.equal(state({ expiresAt: '2026-03-01T12:00:01Z', replacedBy: 'k2' }), 'replaced');
  assert.equal(state({ expiresAt: '2026-03-01T12:00:00Z', replacedBy: 'k2' }), 'expired');
  assert.equal(state({ expiresAt: '2026-01-01T00:00:00Z', revokedAt: '2025-01-01T00:00:00Z' }), 'revoked');
  assert.equal(limitsInWords(keyFrom({ scopes: ['inference'], models: ['m'], addresses: ['10.0.0.0/8'] })), 'inference · m · from 10.0.0.0/8');
});

const quota = {
  policy: { id: 'p', tenant: 'acme', scope: 'owner', subject: 'ann', version: 3, requestsPerMinute: 60, concurrentGenerations: 4, maxContext: 4096, tokensPerDay: 1000, moneyPerDay: null },
  running: 1,
  requests: { limit: 60, remaining: 45, resetMillis: 15_000 },
  tokens: null,
  budgets: [{ period: 'day', unit: 'tokens', limit: 1000, spent: 600, reserved: 100, remaining: 300, resetsAt: '2026-03-02T00:00:00Z' }],
};

test('each limit that is set has a gauge, but for those that nothing counts against', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const [{ policy, gauges } = { policy: policyFrom({}), gauges: [] }] = quotasFrom([quota], now);
  assert.deepEqual(gauges.map((gauge) => [gauge.kind.name, gauge.used, gauge.reserved, gauge.remaining, resets(gauge, now)]), [
    ['requestsPerMinute', 15, 0, 45, 'full again in 15 s'],
    ['concurrentGenerations', 1, 0, 3, ''],
    ['tokensPerDay', 600, 100, 300, 'resets in 12 h 0 min'],
  ]);
  assert.equal(bound(policy, new Map()), 'Member ann');
  assert.equal(bound(policyFrom({ scope: 'key', subject: 'k1' }), new Map([['k1', 'search']])), 'Key search');
  assert.deepEqual(limitFacts(policy).find(([label]) => label === 'Money per day'), ['Money per day', 'no limit']);
});

test('a limit of nothing is a limit', () => {
  const [none] = quotasFrom([{ policy: { tokensPerMonth: 0 }, budgets: [{ period: 'month', unit: 'tokens', limit: 0, spent: 0, reserved: 0, remaining: 0 }] }], new Date());
  assert.deepEqual(none?.gauges.map((gauge) => [gauge.limit, gauge.remaining]), [[0, 0]]);
  assert.equal(new Set(limitKinds.map((kind) => kind.name)).size, limitKinds.length);
});

test('a problem is told at the field that it names, in the words of the form', () => {
  const problem = ApiError.from(400, JSON.stringify({ detail: "'addresses[1]' must be an address.", code: 'invalid_value', param: 'addresses[1]', error: { message: 'x' } }));
  assert.equal(fieldOf(problem), 'addresses');
  assert.equal(inWords(problem, { addresses: 'Addresses' }), '“Addresses” must be an address.');
  assert.equal(inWords(problem, { name: 'Name' }), "'addresses[1]' must be an address.", 'where the form has no such field');
  assert.equal(inWords(new Error("'cached' must not be more than 'input'."), { cached: 'Cached', input: 'Input' }), '“Cached” must not be more than “Input”.');
  assert.equal(fieldOf(wrong('weight', 'Give a number.')), 'weight');
  assert.equal(fieldOf(new Error('x')), '');
});

test('a password that is made up has no pattern of the bytes it is made from', () => {
  // Bytes of 255 and 228 are beyond the last whole round of the alphabet.
  let calls = 0;
  const password = randomPassword((bytes) => {
    bytes.fill(calls++ === 0 ? 255 : 0);
    if (calls === 1) bytes[0] = 228;
  });
  assert.equal(password, 'a'.repeat(20));
});

test('events are read with where they go on', () => {
  const page = auditPageFrom({ data: [{ sequence: 2, at: '2026-03-01T12:00:00Z', actor: 'ann', action: 'POST /x', status: 201 }], nextCursor: 'Mg' });
  assert.deepEqual([page.next, page.events[0]?.sequence, page.events[0]?.subject], ['Mg', 2, '']);
  assert.deepEqual([204, 0, 401, 503].map(ending), ['done', 'done', 'refused', 'failed']);
});

test('what a request said is read whatever its prompt was', () => {
  const prompts = (prompt: unknown) => contentFrom({ id: 'r', prompts: [prompt], answers: ['yes'] }).prompts[0];
  assert.deepEqual(prompts([{ role: 'user', content: 'Hello' }]), [{ role: 'user', text: 'Hello' }]);
  assert.deepEqual(prompts('Once'), [{ role: '', text: 'Once' }]);
  assert.deepEqual(prompts([1, 15043]), [{ role: '2 tokens', text: '1 15043' }]);
  assert.deepEqual(contentFrom({ answers: ['yes', 'no'] }).answers, ['yes', 'no']);
});

test('a chain is checked stretch by stretch until nothing is left, or its reader has gone', async () => {
  const { gateway, calls } = recording({ events: 2000, of: 3000, nextCursor: 'c1' }, { events: 3001, of: 3001, nextCursor: null });
  const seen: string[] = [];
  for await (const check of checkChain(gateway, '@platform', new AbortController().signal)) seen.push(`${check.events}/${check.of} ${check.isOver}`);
  assert.deepEqual(seen, ['2000/3000 false', '3001/3001 true']);
  assert.equal(calls[1]?.[1], '/admin/v1/audit/verify?tenant=%40platform&cursor=c1');
});

test('a setting of the content log names its version, also the first', async () => {
  const { gateway, calls } = recording();
  await changeSetting(gateway, { tenant: 'acme', enabled: false, retentionDays: 30, version: 0 }, true, 7);
  assert.deepEqual(calls[0], ['PUT', '/admin/v1/content-log/setting', '"0"', '{"enabled":true,"retentionDays":7}']);
});

test('a pinned prompt is told on one line and not in full', () => {
  assert.equal(beginning('  You are\n\n a clerk. '), 'You are a clerk.');
  assert.equal(beginning('x'.repeat(300)).length, 160);
});

test('what rests on an older pepper is counted, and what is left to do is said', () => {
  const secrets = secretsFrom({
    data: [{ name: 'pepper', version: 3, state: 'behind', place: 'environment' }, { name: 'salt-key', version: null }],
    peppers: [{ version: 1, apiKeys: 2, retired: true }, { version: 2, apiKeys: 3, secondFactors: 1 }, { version: 3, apiKeys: 9, secondFactors: 4 }],
  });
  assert.deepEqual(onOlder(secrets), { apiKeys: 5, secondFactors: 1 });
  assert.deepEqual(secrets.states.map(todo), ['Another gateway uses a newer one: copy the variable to this gateway’s machine, then restart this gateway.', '']);
  assert.deepEqual(onOlder(secretsFrom({})), { apiKeys: 0, secondFactors: 0 });
});
