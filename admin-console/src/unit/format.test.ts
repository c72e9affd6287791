import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, compact, duration, milliseconds, percent, plural, rate } from '../ui/format.ts';

test('a large count is shortened to three figures', () => {
  assert.equal(compact(6_738_415_616), '6.74B');
  assert.equal(compact(134_515_008), '135M');
});

test('a rate has a decimal only where it says something', () => {
  assert.equal(rate(0), '0.0');
  assert.equal(rate(17.26), '17.3');
  assert.equal(rate(1234.5), '1,235');
});

test('a time is told in the unit that fits', () => {
  assert.equal(milliseconds(119.6), '120 ms');
  assert.equal(milliseconds(1349), '1.35 s');
  assert.equal(milliseconds(75_000), '75 s');
});

test('a share is 0 or 100 only when it is', () => {
  assert.equal(percent(0, 1000), 0);
  assert.equal(percent(1, 100_000), 1);
  assert.equal(percent(99_999, 100_000), 99);
  assert.equal(percent(5, 5), 100);
  assert.equal(percent(5, 0), 0);
});

test('a duration shows its two largest units', () => {
  assert.equal(duration(0), '0 s');
  assert.equal(duration(-5), '0 s');
  assert.equal(duration(59_999), '59 s');
  assert.equal(duration(725_000), '12 min 5 s');
  assert.equal(duration(3_600_000), '1 h 0 min');
  assert.equal(duration((3 * 24 + 4) * 3_600_000 + 59_000), '3 d 4 h');
});

test('one is singular', () => {
  assert.equal(plural(1, 'token'), '1 token');
  assert.equal(plural(1024, 'token'), '1,024 tokens');
});

test('bytes are read in the unit that suits them', () => {
  assert.deepEqual([0, 12_288, 671_088_640, 1_610_612_736, 2 ** 50].map(bytes), ['0.0 KiB', '12 KiB', '640 MiB', '1.5 GiB', '1,024 TiB']);
});
