import type { Gateway } from '../api/Gateway.ts';
import { flag, instant, list, number, object, text, type Json } from '../api/json.ts';
import { count } from '../ui/format.ts';

/** Whether a tenant has prompts and answers written down, and after how many days they are deleted. */
export interface ContentSetting {
  readonly tenant: string;
  readonly enabled: boolean;
  readonly retentionDays: number;
  readonly version: number;
}

/** One request of the log. */
export interface ContentEntry {
  readonly id: string;
  readonly at: Date | undefined;
  readonly owner: string;
  /** The API key; empty where there was none. */
  readonly key: string;
  readonly model: string;
  /** How the last that was said to the model begins; empty where that was tokens. */
  readonly excerpt: string;
}

export interface Said {
  /** Whose words they are; empty for a bare prompt. */
  readonly role: string;
  readonly text: string;
}

/** All that was said in one request. */
export interface Content extends ContentEntry {
  readonly prompts: readonly (readonly Said[])[];
  readonly answers: readonly string[];
}

/** Which requests are looked for; what is empty does not matter. */
export interface ContentSearch {
  readonly owner: string;
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

export interface ContentPage {
  readonly entries: readonly ContentEntry[];
  /** Where the next page begins; empty at the end. */
  readonly next: string;
}

const address = '/admin/v1/content-log';

export async function fetchSetting(gateway: Gateway, signal?: AbortSignal): Promise<ContentSetting> {
  const setting = object(await gateway.get(`${address}/setting`, signal));
  return {
    tenant: text(setting['tenant']),
    enabled: flag(setting['enabled']),
    retentionDays: number(setting['retentionDays']),
    version: number(setting['version']),
  };
}

/** Puts another setting in the place of this version. */
export async function changeSetting(gateway: Gateway, base: ContentSetting, enabled: boolean, retentionDays: number): Promise<void> {
  await gateway.put(`${address}/setting`, { enabled, retentionDays }, base.version);
}

/** How many requests were erased. */
export async function eraseContent(gateway: Gateway): Promise<number> {
  return number(object(await gateway.delete(address))['erased']);
}

/** The latest first. */
export async function fetchEntries(gateway: Gateway, search: ContentSearch, cursor: string, signal?: AbortSignal): Promise<ContentPage> {
  const asked = new URLSearchParams(Object.entries({ ...search, cursor }).filter(([, value]) => value !== '')).toString();
  return contentPageFrom(await gateway.get(asked === '' ? address : `${address}?${asked}`, signal));
}

export async function fetchContent(gateway: Gateway, id: string, signal?: AbortSignal): Promise<Content> {
  return contentFrom(await gateway.get(`${address}/${encodeURIComponent(id)}`, signal));
}

export function contentPageFrom(json: unknown): ContentPage {
  const page = object(json);
  return { entries: list(page['data']).map((each) => entry(object(each))), next: text(page['nextCursor']) };
}

export function contentFrom(json: unknown): Content {
  const content = object(json);
  return { ...entry(content), prompts: list(content['prompts']).map(said), answers: list(content['answers']).map((answer) => text(answer)) };
}

function entry(json: Json): ContentEntry {
  return {
    id: text(json['id']), at: instant(json['at']), owner: text(json['owner']), key: text(json['key']), model: text(json['model']), excerpt: text(json['excerpt']),
  };
}

/** A prompt is a text, the messages of a chat, or tokens. */
function said(prompt: unknown): readonly Said[] {
  if (typeof prompt === 'string') return [{ role: '', text: prompt }];
  const parts = list(prompt);
  if (parts.some((part) => typeof part === 'number')) return [{ role: `${count(parts.length)} tokens`, text: parts.join(' ') }];
  return parts.map((part) => ({ role: text(object(part)['role']), text: text(object(part)['content']) }));
}
