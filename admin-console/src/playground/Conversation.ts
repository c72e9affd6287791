import { sentence } from '../api/ApiError.ts';
import { chatRequest, type ChatStream, type Message, type Usage } from './completions.ts';
import { defaultSettings, type Sampling, type Settings } from './sampling.ts';

/** Times are in milliseconds of the conversation's clock; undefined until the thing has happened. */
export interface Turn {
  readonly id: number;
  readonly model: string;
  readonly prompt: string;
  readonly answer: string;
  readonly state: 'streaming' | 'done' | 'stopped' | 'failed';
  readonly error: string;
  readonly finishReason: string;
  readonly tokens: number;
  readonly usage: Usage | undefined;
  readonly sentAt: number;
  readonly firstTokenAt: number | undefined;
  /** Tokens of the first chunk: they came together, so they say nothing about the speed. */
  readonly firstTokens: number;
  readonly lastTokenAt: number | undefined;
}

export interface ConversationState {
  readonly turns: readonly Turn[];
  readonly settings: Settings;
  readonly draft: string;
}

const empty: ConversationState = { turns: [], settings: defaultSettings, draft: '' };

/**
 * Owns the conversation of the playground and the one answer that may be streaming into it. It outlives the page, so
 * that a look at another page neither loses nor stops anything, and belongs to one user.
 */
export class Conversation {
  private current: ConversationState = empty;
  private streaming: AbortController | undefined;
  private nextId = 1;
  private owner = '';
  private readonly listeners = new Set<() => void>();
  private readonly stream: ChatStream;
  private readonly clock: () => number;

  constructor(stream: ChatStream, clock: () => number) {
    this.stream = stream;
    this.clock = clock;
  }

  readonly state = (): ConversationState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Someone signed in: another user finds nothing of the one before. */
  belongTo(user: string): void {
    if (user === this.owner) return;
    this.owner = user;
    this.stop();
    this.become(empty);
  }

  /** Forgets everything; the signed-in user left. */
  forget(): void {
    this.belongTo('');
  }

  change(settings: Partial<Settings>): void {
    this.become({ ...this.current, settings: { ...this.current.settings, ...settings } });
  }

  write(draft: string): void {
    this.become({ ...this.current, draft });
  }

  /** Begins a new conversation with the same settings. */
  clear(): void {
    this.stop();
    this.become({ ...this.current, turns: [] });
  }

  stop(): void {
    this.streaming?.abort();
    this.streaming = undefined;
  }

  /** Sends the draft; settles when the answer has ended, whichever way. */
  async send(sampling: Sampling): Promise<void> {
    const prompt = this.current.draft;
    if (this.streaming !== undefined || prompt.trim() === '') return;
    await this.ask(prompt, sampling);
  }

  /** Asks the last question again, in place of its answer. */
  async retry(sampling: Sampling): Promise<void> {
    const last = this.current.turns.at(-1);
    if (this.streaming !== undefined || last === undefined) return;
    this.become({ ...this.current, turns: this.current.turns.slice(0, -1) });
    await this.ask(last.prompt, sampling, this.current.draft);
  }

  private async ask(prompt: string, sampling: Sampling, draft = ''): Promise<void> {
    const { settings, turns } = this.current;
    const request = chatRequest(settings.model, requestMessages(turns, settings.system, prompt), sampling);
    const id = this.nextId++;
    const controller = new AbortController();
    this.streaming = controller;
    const turn: Turn = {
      id, model: settings.model, prompt, answer: '', state: 'streaming', error: '', finishReason: '', tokens: 0,
      usage: undefined, sentAt: this.clock(), firstTokenAt: undefined, firstTokens: 0, lastTokenAt: undefined,
    };
    this.become({ ...this.current, draft, turns: [...turns, turn] });
    try {
      for await (const event of this.stream(request, controller.signal)) {
        if (event.kind === 'tokens') this.update(id, (t) => withTokens(t, event.text, event.tokens, this.clock()));
        else if (event.kind === 'finish') this.update(id, (t) => ({ ...t, finishReason: event.reason }));
        else this.update(id, (t) => ({ ...t, usage: event.usage }));
      }
      this.update(id, (t) => ({ ...t, state: 'done' }));
    } catch (problem) {
      if (controller.signal.aborted) this.update(id, (t) => ({ ...t, state: 'stopped' }));
      else this.update(id, (t) => ({ ...t, state: 'failed', error: sentence(problem) }));
    } finally {
      if (this.streaming === controller) this.streaming = undefined;
    }
  }

  private update(id: number, change: (turn: Turn) => Turn): void {
    this.become({ ...this.current, turns: this.current.turns.map((turn) => (turn.id === id ? change(turn) : turn)) });
  }

  private become(state: ConversationState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}

function withTokens(turn: Turn, text: string, tokens: number, now: number): Turn {
  const first = turn.firstTokenAt === undefined;
  return {
    ...turn,
    answer: turn.answer + text,
    tokens: turn.tokens + tokens,
    firstTokenAt: turn.firstTokenAt ?? now,
    firstTokens: first ? tokens : turn.firstTokens,
    lastTokenAt: now,
  };
}

/** The dialogue so far for the model. Turns without an answer are left out: roles must alternate. */
export function requestMessages(turns: readonly Turn[], system: string, prompt: string): readonly Message[] {
  const messages: Message[] = [];
  if (system.trim() !== '') messages.push({ role: 'system', content: system });
  for (const turn of turns) {
    if (turn.answer === '') continue;
    messages.push({ role: 'user', content: turn.prompt }, { role: 'assistant', content: turn.answer });
  }
  messages.push({ role: 'user', content: prompt });
  return messages;
}

/** Time to the first token in milliseconds. */
export function timeToFirstToken(turn: Turn): number | undefined {
  return turn.firstTokenAt === undefined ? undefined : turn.firstTokenAt - turn.sentAt;
}

/** Decoding speed between the first chunk and the last; undefined while there is nothing to measure. */
export function tokensPerSecond(turn: Turn): number | undefined {
  if (turn.firstTokenAt === undefined || turn.lastTokenAt === undefined) return undefined;
  const tokens = turn.tokens - turn.firstTokens;
  const seconds = (turn.lastTokenAt - turn.firstTokenAt) / 1000;
  return tokens > 0 && seconds > 0 ? tokens / seconds : undefined;
}
