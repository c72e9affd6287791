import { ApiError } from './ApiError.ts';
import { EventStream } from './EventStream.ts';
import { parseJson } from './json.ts';

/** Owns the calls to the gateway that serves this page; tells its listener when a call finds the session gone. */
export class Gateway {
  onSessionLost: () => void = () => undefined;
  private readonly fetch: typeof fetch;

  constructor(fetching: typeof fetch) {
    this.fetch = fetching;
  }

  async get(path: string, signal?: AbortSignal): Promise<unknown> {
    return parseJson(await (await this.call('GET', path, undefined, signal)).text());
  }

  async post(path: string, body?: unknown): Promise<unknown> {
    return parseJson(await (await this.call('POST', path, body)).text());
  }

  /** Puts a thing in the place of a version of it; a first one names none. */
  async put(path: string, body: unknown, version?: number): Promise<unknown> {
    return parseJson(await (await this.call('PUT', path, body, undefined, version)).text());
  }

  async patch(path: string, body: unknown): Promise<unknown> {
    return parseJson(await (await this.call('PATCH', path, body)).text());
  }

  async delete(path: string, version?: number): Promise<unknown> {
    return parseJson(await (await this.call('DELETE', path, undefined, undefined, version)).text());
  }

  /** What answers a GET, as a file. */
  async file(path: string): Promise<Blob> {
    return (await this.call('GET', path)).blob();
  }

  /** The data of the events that answer a request, as they arrive. Leaving the loop closes the connection. */
  async *events(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<string> {
    const response = await this.call('POST', path, body, signal);
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const stream = new EventStream();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        yield* stream.push(value);
      }
    } finally {
      void reader.cancel().catch(() => undefined);
    }
  }

  private async call(method: string, path: string, body?: unknown, signal?: AbortSignal, version?: number): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          // A cross-site form cannot send this header: the gateway's guard against request forgery.
          'X-Requested-With': 'altiplano',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          // The entity tag of what is changed: its version in quotes.
          ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
      });
    } catch (problem) {
      if (signal?.aborted) throw problem;
      throw ApiError.unreachable();
    }
    if (response.ok) return response;
    if (response.status === 401 && !path.startsWith('/auth/')) {
      this.onSessionLost();
      throw new ApiError(401, 'Your session had ended.');
    }
    throw ApiError.from(response.status, await response.text().catch(() => ''));
  }
}
