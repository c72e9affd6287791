import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobsFrom, shownJobs } from '../models/jobs.ts';
import { actionFor, licenceName, modelsFrom } from '../models/models.ts';
import { age, runs, ticks, windowFor } from '../workers/chart.ts';
import { History } from '../workers/History.ts';
import { servedOnlyBy, totalsOf, workersFrom } from '../workers/workers.ts';

test('what the gateway leaves out has a plain default', () => {
  const [worker] = workersFrom({ data: [{ id: 'worker-1', models: [{ name: 'm', state: 'loading' }] }] });
  assert.equal(worker?.state, 'up');
  assert.equal(worker?.startedAt, undefined);
  assert.equal(worker?.models[0]?.detail, '');
  assert.equal(worker?.models[0]?.kvCapacityTokens, 0);
  assert.deepEqual(workersFrom(null), []);
});

test('totals add up the workers, and count a model once that two of them serve', () => {
  const model = { name: 'm', state: 'serving', queued: 1, running: 2, kvUsedTokens: 10, kvCapacityTokens: 100, tokensPerSecond: 1.5 };
  const workers = workersFrom({
    data: [{ id: 'worker-2', state: 'draining', models: [model] }, { id: 'worker-10', state: 'up', models: [] }, { id: 'worker-1', state: 'up', models: [model] }],
  });
  assert.deepEqual(workers.map((worker) => worker.id), ['worker-1', 'worker-2', 'worker-10']);
  assert.deepEqual(totalsOf(workers), {
    workersUp: 2, workersDraining: 1, workersDrained: 0, modelsServing: 1, queued: 2, running: 4, tokensPerSecond: 3, kvUsedTokens: 20, kvCapacityTokens: 200,
  });
});

test('what only this worker answers is named before it is drained', () => {
  const serving = (name: string) => ({ name, state: 'serving' });
  const [one, two, three] = workersFrom({
    data: [
      { id: 'worker-1', state: 'up', models: [serving('a'), serving('b'), serving('c'), { name: 'd', state: 'loading' }] },
      { id: 'worker-2', state: 'up', models: [serving('a')] }, { id: 'worker-3', state: 'drained', drainWanted: true, models: [serving('b')] },
    ],
  });
  const all = [one, two, three].filter((worker) => worker !== undefined);
  assert.deepEqual(all.map((worker) => servedOnlyBy(worker, all)), [['b', 'c'], [], []]);
});

test('models in use come first, then the store, then the catalogue', () => {
  const models = modelsFrom({
    data: [
      { name: 'llama-2-70b', state: 'known' }, { name: 'llama-2-7b', state: 'known' }, { name: 'b', state: 'stored' },
      { name: 'a', state: 'loading', placed: true }, { name: 'z', state: 'failed', placed: true },
    ],
  });
  assert.deepEqual(models.map((model) => model.name), ['a', 'z', 'b', 'llama-2-7b', 'llama-2-70b']);
  assert.deepEqual(models.map(actionFor), ['unserve', 'unserve', 'serve', 'add', 'add']);
});

test('of the models on their way those under way come first, then the few that ended last', () => {
  const jobs = jobsFrom({
    data: [
      { id: 'a', state: 'done', startedAt: '2026-11-26T10:00:00Z' }, { id: 'b', state: 'failed', startedAt: '2026-11-26T11:00:00Z' },
      { id: 'c', state: 'running', startedAt: '2026-11-26T09:00:00Z' }, { id: 'd', startedAt: '2026-11-26T12:00:00Z' },
      { id: 'e', state: 'cancelled', startedAt: '2026-11-26T08:00:00Z' },
    ],
  });
  assert.deepEqual(shownJobs(jobs, 2).map((job) => job.id), ['c', 'd', 'b', 'a']);
});

test('a licence note is shortened to the name', () => {
  assert.equal(licenceName('Llama 2 Community License Agreement (Meta); not redistributed here.'), 'Llama 2 Community License Agreement (Meta)');
  assert.equal(licenceName('Apache License 2.0.'), 'Apache License 2.0');
});

test('an axis ends at or above the largest value, on round steps', () => {
  assert.deepEqual(ticks(0, false), [0, 1, 2, 3, 4]);
  assert.deepEqual(ticks(215, false), [0, 100, 200, 300]);
  assert.deepEqual(ticks(8, true), [0, 2, 4, 6, 8]);
  assert.deepEqual(ticks(6, true), [0, 2, 4, 6]);
  assert.deepEqual(ticks(4.2, false), [0, 2, 4, 6]);
  for (const largest of [0.7, 4.9, 99.9, 100, 1234, 56_789]) {
    const scale = ticks(largest, false);
    assert.ok((scale.at(-1) ?? 0) >= largest && scale.length <= 6, `${largest}: ${scale.join(' ')}`);
  }
});

test('the window of a chart grows minute by minute up to its most', () => {
  assert.equal(windowFor(0, 300_000).span, 60_000);
  assert.equal(windowFor(61_000, 300_000).span, 120_000);
  assert.equal(windowFor(900_000, 300_000).span, 300_000);
  assert.deepEqual(windowFor(0, 300_000).labels.map(age), ['now', '−15 s', '−30 s', '−45 s', '−1 min']);
});

test('a line is interrupted where nothing was measured', () => {
  const points = [0, 2000, 4000, 60_000, 62_000].map((at) => ({ at, value: 1 }));
  assert.deepEqual(runs(points, 6000).map((run) => run.length), [3, 2]);
});

test('the history forgets what is older than its span', () => {
  const history = new History(10);
  const totals = totalsOf([]);
  for (const at of [0, 5, 10, 14]) history.add(at, totals);
  assert.deepEqual(history.samples().map((sample) => sample.at), [5, 10, 14]);
});
