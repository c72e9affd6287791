import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../api/EventStream.ts';

const text = ': waiting\n\ndata: {"a":1}\n\nevent: x\ndata: one\ndata:two\n\ndata:  spaced\r\n\r\ndata\n\ndata: \u00e9\u{1f600}\r\rdata: [DONE]\n\n';
const events = ['{"a":1}', 'one\ntwo', ' spaced', '', '\u00e9\u{1f600}', '[DONE]'];

test('comments and other fields are passed over, data lines are joined', () => {
  assert.deepEqual(new EventStream().push(text), events);
});

test('events are the same wherever the text is cut in two', () => {
  for (let cut = 0; cut <= text.length; cut++) {
    const stream = new EventStream();
    assert.deepEqual([...stream.push(text.slice(0, cut)), ...stream.push(text.slice(cut))], events, `cut at ${cut}`);
  }
});

test('events are the same when the text comes one character at a time, with empty pieces between', () => {
  const stream = new EventStream();
  const found: string[] = [];
  for (let i = 0; i < text.length; i++) found.push(...stream.push(text.charAt(i)), ...stream.push(''));
  assert.deepEqual(found, events);
});

test('an event without its blank line is not complete', () => {
  const stream = new EventStream();
  assert.deepEqual(stream.push('data: half\n'), []);
  assert.deepEqual(stream.push('\n'), ['half']);
});
