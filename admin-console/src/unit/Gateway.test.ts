import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, sentence } from '../api/ApiError.ts';
import { Gateway } from '../api/Gateway.ts';
import { streamChat, chatRequest, type ChatEvent } from '../playground/completions.ts';

function gatewayThatAnswers(answer: () => Response): { gateway: Gateway; calls: [string, RequestInit][] } {
  const calls: [string, RequestInit][] = [];
  const gateway = new Gateway((path, init) => {
    calls.push([String(path), init ?? {}]);
    return Promise.resolve(answer());
  });
  return { gateway, calls };
}

async function failure(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (problem) {
    assert.ok(problem instanceof ApiError);
    return problem;
  }
  assert.fail('the call did not fail');
}

test('every call carries the header against request forgery', async () => {
  const { gateway, calls } = gatewayThatAnswers(() => new Response('{}'));
  await gateway.post('/admin/v1/models/m/serve');
  assert.equal(new Headers(calls[0]?.[1].headers).get('X-Requested-With'), 'altiplano');
});

test('the message of an OpenAI error is what is shown', async () => {
  const body = '{"error":{"message":"temperature must be at most 2","type":"invalid_request_error","param":"temperature","code":"out_of_range"}}';
  const { gateway } = gatewayThatAnswers(() => new Response(body, { status: 400 }));
  const error = await failure(gateway.post('/v1/chat/completions', {}));
  assert.deepEqual([error.status, error.message, error.code], [400, 'temperature must be at most 2', 'out_of_range']);
});

test('an answer that is no JSON gets a sentence for its status', async () => {
  const { gateway } = gatewayThatAnswers(() => new Response('<html>busy</html>', { status: 503 }));
  assert.equal((await failure(gateway.get('/admin/v1/workers'))).message, 'The platform is not ready. Try again in a moment.');
});

test('a gateway that is down is said to be out of reach', async () => {
  const gateway = new Gateway(() => Promise.reject(new TypeError('fetch failed')));
  assert.equal(sentence(await failure(gateway.get('/admin/v1/workers'))), 'The gateway cannot be reached.');
});

test('a 401 ends the session, but not when it answers a sign-in', async () => {
  const { gateway } = gatewayThatAnswers(() => new Response('', { status: 401 }));
  let lost = 0;
  gateway.onSessionLost = () => lost++;
  await failure(gateway.post('/auth/login', {}));
  assert.equal(lost, 0);
  await failure(gateway.get('/admin/v1/workers'));
  assert.equal(lost, 1);
});

async function chat(body: string): Promise<ChatEvent[]> {
  const { gateway } = gatewayThatAnswers(() => new Response(body));
  const events: ChatEvent[] = [];
  for await (const event of streamChat(gateway, chatRequest('m', [], {}), new AbortController().signal)) events.push(event);
  return events;
}

const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}\n\n';
const word = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"token_ids":[5,6],"finish_reason":null}]}\n\n';

test('chunks become tokens, an ending and the usage', async () => {
  const finish = 'data: {"choices":[{"index":0,"delta":{},"token_ids":[],"finish_reason":"stop"}]}\n\n';
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}\n\n';
  assert.deepEqual(await chat(`${role}${word}${finish}${usage}data: [DONE]\n\n`), [
    { kind: 'tokens', text: 'Hi', tokens: 2 },
    { kind: 'finish', reason: 'stop' },
    { kind: 'usage', usage: { promptTokens: 9, completionTokens: 2 } },
  ]);
});

test('an error event ends the stream with its message', async () => {
  const error = 'data: {"error":{"message":"The worker was lost.","type":"server_error","param":null,"code":"worker_lost"}}\n\n';
  await assert.rejects(chat(`${role}${word}${error}`), { message: 'The worker was lost.' });
});

test('a stream that closes without [DONE] was cut off', async () => {
  await assert.rejects(chat(`${role}${word}`), { message: 'The connection closed before the answer was complete.' });
});
