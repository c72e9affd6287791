import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatRequest, curlCommand } from '../playground/completions.ts';
import { defaultSettings, parseSettings, type SamplingName, type Settings } from '../playground/sampling.ts';

const settings = (sampling: Settings['sampling'], stop = ''): Settings => ({ ...defaultSettings, sampling, stop });

test('an empty form leaves every choice to the platform', () => {
  assert.deepEqual(parseSettings(settings({ temperature: ' ' })), { ok: true, sampling: {} });
});

test('what is typed becomes numbers and stop strings', () => {
  const parsed = parseSettings(settings({ temperature: ' 0.7', top_k: '-1', seed: '9007199254740991', max_tokens: '64' }, 'END\r\n\n two words'));
  assert.deepEqual(parsed, {
    ok: true,
    sampling: { temperature: 0.7, top_k: -1, seed: 9007199254740991, max_tokens: 64, stop: ['END', ' two words'] },
  });
});

const refused: [SamplingName, string, string][] = [
  ['temperature', '2.1', 'At most 2'],
  ['temperature', '-0.1', 'At least 0'],
  ['temperature', 'NaN', 'Must be a number'],
  ['temperature', 'Infinity', 'Must be a number'],
  ['temperature', '0,5', 'Must be a number'],
  ['top_p', '0', 'Must be over 0'],
  ['top_p', '1.01', 'At most 1'],
  ['top_k', '1.5', 'Must be a whole number'],
  ['top_k', '-2', 'At least -1'],
  ['max_tokens', '0', 'At least 1'],
  ['presence_penalty', '-2.5', 'At least -2'],
  ['frequency_penalty', '3', 'At most 2'],
  ['repetition_penalty', '0', 'Must be over 0'],
  ['repetition_penalty', '2.1', 'At most 2'],
  ['seed', '-1', 'At least 0'],
];

for (const [name, typed, complaint] of refused) {
  test(`${name} refuses ${typed}: ${complaint}`, () => {
    assert.deepEqual(parseSettings(settings({ [name]: typed })), { ok: false, errors: { [name]: complaint } });
  });
}

test('more stop strings than the API takes are refused', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`).join('\n');
  assert.equal(parseSettings(settings({}, lines(16))).ok, true);
  assert.deepEqual(parseSettings(settings({}, lines(17))), { ok: false, errors: { stop: 'At most 16 stop strings' } });
});

test('the command line quotes what a shell would read', () => {
  const command = curlCommand('http://127.0.0.1:8080', chatRequest('m', [{ role: 'user', content: "it's $HOME" }], {}));
  assert.ok(command.includes(`"content": "it'\\''s $HOME"`), command);
  assert.ok(!command.includes('return_token_ids'));
});
