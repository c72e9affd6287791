import { ApiError } from '../api/ApiError.ts';
import type { Gateway } from '../api/Gateway.ts';
import { list, number, object, parseJson, text } from '../api/json.ts';
import type { Sampling } from './sampling.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Body of POST /v1/chat/completions. */
export type ChatRequest = Sampling & {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: true;
  readonly stream_options: { readonly include_usage: true };
  /** Each chunk then says how many tokens it holds, so that the speed shown while streaming is exact. */
  readonly return_token_ids: true;
};

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export type ChatEvent =
  | { readonly kind: 'tokens'; readonly text: string; readonly tokens: number }
  | { readonly kind: 'finish'; readonly reason: string }
  | { readonly kind: 'usage'; readonly usage: Usage };

export type ChatStream = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ChatEvent>;

export function chatRequest(model: string, messages: readonly Message[], sampling: Sampling): ChatRequest {
  return { model, messages, ...sampling, stream: true, stream_options: { include_usage: true }, return_token_ids: true };
}

/** The events of one streamed answer. A stream that ends without [DONE] was cut off, and says so. */
export async function* streamChat(gateway: Gateway, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  for await (const data of gateway.events('/v1/chat/completions', request, signal)) {
    if (data === '[DONE]') return;
    yield* chatEvents(data);
  }
  throw new ApiError(0, 'The connection closed before the answer was complete.');
}

/** What one chunk says; throws when the chunk is the error that ends a stream. */
export function chatEvents(data: string): ChatEvent[] {
  const chunk = object(parseJson(data));
  if (chunk['error'] !== undefined) throw ApiError.from(0, data);
  const events: ChatEvent[] = [];
  const choice = object(list(chunk['choices'])[0]);
  const content = text(object(choice['delta'])['content']);
  const tokens = Array.isArray(choice['token_ids']) ? choice['token_ids'].length : content === '' ? 0 : 1;
  if (content !== '' || tokens > 0) events.push({ kind: 'tokens', text: content, tokens });
  const reason = text(choice['finish_reason']);
  if (reason !== '') events.push({ kind: 'finish', reason });
  if (chunk['usage'] !== undefined && chunk['usage'] !== null) {
    const usage = object(chunk['usage']);
    events.push({
      kind: 'usage',
      usage: { promptTokens: number(usage['prompt_tokens']), completionTokens: number(usage['completion_tokens']) },
    });
  }
  return events;
}

/** Names of the models that answer now. */
export async function fetchServedModels(gateway: Gateway, signal?: AbortSignal): Promise<readonly string[]> {
  return list(object(await gateway.get('/v1/models', signal))['data'])
    .map((model) => text(object(model)['id']))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The same request for a terminal; the key stays a variable. */
export function curlCommand(origin: string, request: ChatRequest): string {
  const { return_token_ids: _, ...body } = request;
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return [
    `curl -N ${origin}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $ALTIPLANO_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d '${json}'`,
  ].join('\n');
}
