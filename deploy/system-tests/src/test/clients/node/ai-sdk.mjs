// The AI SDK against a running platform. Environment: OPENAI_BASE_URL, OPENAI_API_KEY, MODEL.
import assert from 'node:assert/strict'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, streamText } from 'ai'
import { check, runChecks } from './checks.mjs'

const altiplano = createOpenAICompatible({
  name: 'altiplano', baseURL: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY, includeUsage: true })
const model = altiplano(process.env.MODEL)
const prompt = 'What is the capital of France? Answer in one sentence.'

check('text is generated', async () => {
  const answer = await generateText({ model, prompt, temperature: 0, maxRetries: 0 })
  assert.match(answer.text, /Paris|France/)
  assert.equal(answer.finishReason, 'stop')
  assert(answer.usage.inputTokens > 5 && answer.usage.outputTokens > 1, answer.usage)
})

check('text is streamed', async () => {
  const whole = await generateText({ model, prompt, temperature: 0, maxOutputTokens: 24, maxRetries: 0 })
  const answer = streamText({ model, prompt, temperature: 0, maxOutputTokens: 24, maxRetries: 0 })
  let text = ''
  for await (const piece of answer.textStream) text += piece
  assert.equal(text, whole.text)
  assert((await answer.usage).outputTokens > 1)
})

check('a conversation is continued', async () => {
  const answer = await generateText({ model, maxRetries: 0, temperature: 0, maxOutputTokens: 24, messages: [
    { role: 'user', content: 'My name is Ada.' }, { role: 'assistant', content: 'Hello Ada.' },
    { role: 'user', content: 'Say hello again.' }] })
  assert(answer.text.length > 0)
})

check('a seed repeats the draw', async () => {
  const draw = async () =>
    (await generateText({ model, prompt, seed: 4, temperature: 1.2, maxOutputTokens: 16, maxRetries: 0 })).text
  assert.equal(await draw(), await draw())
})

check('errors carry the sentence of the platform', async () => {
  await assert.rejects(generateText({ model: altiplano('gpt-unknown'), prompt, maxRetries: 0 }),
    error => error.statusCode === 404 && /gpt-unknown/.test(error.message))
})

await runChecks()
