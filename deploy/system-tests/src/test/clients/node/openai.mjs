// The official OpenAI client for Node against a running platform. Environment: OPENAI_BASE_URL, OPENAI_API_KEY, MODEL.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { check, runChecks } from './checks.mjs'

const model = process.env.MODEL
const messages = [{ role: 'user', content: 'What is the capital of France? Answer in one sentence.' }]
const client = new OpenAI({ maxRetries: 0, timeout: 120_000 })

check('models are listed', async () => {
  const ids = []
  for await (const known of client.models.list()) ids.push(known.id)
  assert(ids.includes(model), ids)
  assert.equal((await client.models.retrieve(model)).id, model)
})

check('chat answers', async () => {
  const answer = await client.chat.completions.create({ model, messages, temperature: 0 })
  assert.match(answer.choices[0].message.content, /Paris|France/)
  assert.equal(answer.choices[0].finish_reason, 'stop')
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
})

check('stream adds up to the answer', async () => {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 24 })
  const stream = await client.chat.completions.create({
    model, messages, temperature: 0, max_tokens: 24, stream: true, stream_options: { include_usage: true } })
  let text = ''
  let usage
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? ''
    usage = chunk.usage ?? usage
  }
  assert.equal(text, whole.choices[0].message.content)
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens)
})

check('the stream helper puts the message together', async () => {
  const final = await client.chat.completions.stream({ model, messages, temperature: 0, max_tokens: 24 })
    .finalChatCompletion()
  assert.equal(final.choices[0].message.role, 'assistant')
  assert.match(final.choices[0].message.content, /Paris|France/)
})

check('a stream can be left early', async () => {
  const stream = await client.chat.completions.create({
    model, messages: [{ role: 'user', content: 'Count to 1000.' }], stream: true, max_tokens: 2000 })
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.content) break
  }
})

check('n, stop, seed and logprobs', async () => {
  const several = await client.chat.completions.create({ model, messages, n: 2, seed: 3, max_tokens: 8 })
  assert.deepEqual(several.choices.map(choice => choice.index), [0, 1])
  const ask = { model, prompt: '1, 2, 3, 4, 5, 6, 7,', temperature: 0, max_tokens: 24 }
  const free = (await client.completions.create(ask)).choices[0].text
  const stop = free.slice(8, 11)
  const cut = (await client.completions.create({ ...ask, stop })).choices[0]
  assert.equal(cut.text, free.slice(0, free.indexOf(stop)))
  const draw = seed => client.chat.completions.create({ model, messages, seed, temperature: 1.2, max_tokens: 16 })
  assert.equal((await draw(5)).choices[0].message.content, (await draw(5)).choices[0].message.content)
  const scored = await client.chat.completions.create({
    model, messages, temperature: 0, max_tokens: 8, logprobs: true, top_logprobs: 2 })
  assert(scored.choices[0].logprobs.content.every(token => token.logprob <= 0 && token.top_logprobs.length === 2))
})

check('errors are the client\'s own', async () => {
  await assert.rejects(new OpenAI({ apiKey: 'llmk_wrong', maxRetries: 0 }).models.list(), OpenAI.AuthenticationError)
  await assert.rejects(client.chat.completions.create({ model: 'gpt-unknown', messages }),
    error => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found')
  await assert.rejects(client.chat.completions.create({ model, messages, top_p: 2 }),
    error => error instanceof OpenAI.BadRequestError && error.param === 'top_p')
  await assert.rejects(client.completions.create({ model, prompt: 'long '.repeat(9000) }),
    error => error instanceof OpenAI.BadRequestError && error.code === 'context_length_exceeded')
})

await runChecks()
