import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatEvent, ChatRequest } from '../playground/completions.ts';
import { Conversation, timeToFirstToken, tokensPerSecond } from '../playground/Conversation.ts';

/** A conversation with a model that is scripted event by event, on a clock that the script moves. */
function conversationWith(script: (signal: AbortSignal, wait: (ms: number) => void) => AsyncIterable<ChatEvent>) {
  const requests: ChatRequest[] = [];
  let now = 1000;
  const conversation = new Conversation(
    (request, signal) => {
      requests.push(request);
      return script(signal, (ms) => { now += ms; });
    },
    () => now,
  );
  conversation.belongTo('ada');
  conversation.change({ model: 'm' });
  return { conversation, requests };
}

const tokens = (text: string, amount = 1): ChatEvent => ({ kind: 'tokens', text, tokens: amount });

async function say(conversation: Conversation, text: string): Promise<void> {
  conversation.write(text);
  await conversation.send({});
}

test('speed counts the tokens after the first chunk, over the time they took', async () => {
  const { conversation } = conversationWith(async function* (_, wait) {
    wait(250);
    yield tokens('a', 3);
    wait(500);
    yield tokens('b', 10);
    wait(500);
    yield tokens('', 10);
    yield { kind: 'finish', reason: 'length' };
    yield { kind: 'usage', usage: { promptTokens: 4, completionTokens: 23 } };
  });
  await say(conversation, 'hi');
  const turn = conversation.state().turns[0];
  assert.ok(turn);
  assert.equal(turn.answer, 'ab');
  assert.equal(turn.state, 'done');
  assert.equal(turn.finishReason, 'length');
  assert.equal(timeToFirstToken(turn), 250);
  assert.equal(tokensPerSecond(turn), 20);
  assert.equal(conversation.state().draft, '');
});

test('one chunk alone has no speed', async () => {
  const { conversation } = conversationWith(async function* () { yield tokens('a', 3); });
  await say(conversation, 'hi');
  assert.equal(tokensPerSecond(conversation.state().turns[0]!), undefined);
});

test('the dialogue so far goes with each message, without turns that have no answer', async () => {
  let fails = true;
  const { conversation, requests } = conversationWith(async function* () {
    if (fails) throw new Error('The platform is busy.');
    yield tokens('answer');
  });
  conversation.change({ system: 'Be brief.' });
  await say(conversation, 'first');
  assert.equal(conversation.state().turns[0]?.error, 'The platform is busy.');
  fails = false;
  await say(conversation, 'second');
  await say(conversation, 'third');
  assert.deepEqual(requests[2]?.messages, [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'second' },
    { role: 'assistant', content: 'answer' },
    { role: 'user', content: 'third' },
  ]);
});

test('trying again replaces the last turn and keeps the draft', async () => {
  let fails = true;
  const { conversation } = conversationWith(async function* () {
    if (fails) throw new Error('no');
    yield tokens('yes');
  });
  await say(conversation, 'question');
  fails = false;
  conversation.write('a thought for later');
  await conversation.retry({});
  assert.deepEqual(conversation.state().turns.map((turn) => [turn.prompt, turn.answer, turn.state]), [['question', 'yes', 'done']]);
  assert.equal(conversation.state().draft, 'a thought for later');
});

/** Gives one token, then waits for the reader to leave, as a fetch does. */
async function* untilStopped(signal: AbortSignal): AsyncGenerator<ChatEvent> {
  yield tokens('half');
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
}

async function halfAnswered(conversation: Conversation): Promise<void> {
  while (conversation.state().turns[0]?.answer !== 'half') await new Promise((next) => setImmediate(next));
}

test('stopping keeps what was said', async () => {
  const { conversation } = conversationWith(untilStopped);
  const sent = say(conversation, 'hi');
  await halfAnswered(conversation);
  conversation.stop();
  await sent;
  assert.deepEqual([conversation.state().turns[0]?.state, conversation.state().turns[0]?.answer], ['stopped', 'half']);
});

test('a second message waits until the first is answered', async () => {
  const { conversation, requests } = conversationWith(untilStopped);
  const sent = say(conversation, 'hi');
  await halfAnswered(conversation);
  await say(conversation, 'again');
  assert.equal(requests.length, 1);
  assert.equal(conversation.state().draft, 'again');
  conversation.stop();
  await sent;
});

test('another user finds nothing of the one before, the same user finds all', async () => {
  const { conversation } = conversationWith(async function* () { yield tokens('secret'); });
  await say(conversation, 'hi');
  conversation.belongTo('ada');
  assert.equal(conversation.state().turns.length, 1);
  conversation.belongTo('bob');
  assert.equal(conversation.state().turns.length, 0);
  assert.equal(conversation.state().settings.model, '');
});
