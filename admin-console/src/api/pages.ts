import type { Gateway } from './Gateway.ts';
import { list, object, text } from './json.ts';

/** All things of a list that the gateway tells page by page, as many at once as it gives. */
export async function everyPage(gateway: Gateway, path: string, signal?: AbortSignal): Promise<readonly unknown[]> {
  const things: unknown[] = [];
  let cursor = '';
  do {
    const more = new URLSearchParams({ limit: '500', ...(cursor === '' ? {} : { cursor }) }).toString();
    const page = object(await gateway.get(`${path}${path.includes('?') ? '&' : '?'}${more}`, signal));
    things.push(...list(page['data']));
    cursor = text(page['nextCursor']);
  } while (cursor !== '');
  return things;
}
