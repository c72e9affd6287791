import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../ui/format.ts';
import { byName, daysBetween, others, seriesOf, stretches, total, usageFrom } from '../usage/usage.ts';

const { sums } = usageFrom({
  data: [
    { day: '2026-02-28', model: 'a', generations: 1, tokensIn: 10, tokensCached: 4, tokensOut: 5, money: 0.5 },
    { day: '2026-02-28', model: 'b', generations: 2, tokensIn: 1, tokensOut: 1, money: 0.25 },
    { day: '2026-03-01', model: 'a', generations: 4, tokensIn: 100, tokensOut: 50, money: 1 },
    { day: '2026-03-01', model: 'c', generations: 1, tokensIn: 2, tokensOut: 1 },
  ],
}, 'model');
const days = daysBetween('2026-02-27', '2026-03-01');

test('days of a stretch run over the end of a month', () => {
  assert.deepEqual(days, ['2026-02-27', '2026-02-28', '2026-03-01']);
  assert.deepEqual(daysBetween('2026-03-02', '2026-03-01'), []);
});

test('a series has a value for every day, the largest first', () => {
  assert.deepEqual(seriesOf(sums, days, 'tokens', 6), [
    { name: 'a', values: [0, 15, 150] }, { name: 'c', values: [0, 0, 3] }, { name: 'b', values: [0, 2, 0] },
  ]);
});

test('more names than can be told apart are put together, and nothing is lost', () => {
  const series = seriesOf(sums, days, 'generations', 2);
  assert.deepEqual(series.map((each) => each.name), ['a', others]);
  assert.equal(series.flatMap((each) => each.values).reduce((a, b) => a + b), total(sums).generations);
});

test('what costs nothing has no series of money', () => {
  assert.deepEqual(seriesOf(sums, days, 'money', 6).map((each) => each.name), ['a', 'b']);
});

test('sums add up by name', () => {
  assert.deepEqual(byName(sums, 'tokens').map((sum) => [sum.name, sum.generations, sum.tokensIn, sum.tokensCached]), [['a', 5, 110, 4], ['c', 1, 2, 0], ['b', 2, 1, 0]]);
});

test('stretches are of whole days of UTC', () => {
  assert.deepEqual(stretches(new Date('2026-03-01T00:30:00Z')), [
    ['This month', '2026-03-01', '2026-03-01'],
    ['Last month', '2026-02-01', '2026-02-28'],
    ['Last 7 days', '2026-02-23', '2026-03-01'],
    ['Last 30 days', '2026-01-31', '2026-03-01'],
  ]);
});

test('a small amount shows its first figures', () => {
  assert.deepEqual([0, 0.25, 12, 1234.5, 0.000123, 0.0000000042].map(money), ['0.00', '0.25', '12.00', '1,234.50', '0.00012', '0.000000004']);
});
