/** How a limit stands: its rate's or its budget's member of a quota, generations under way, or nothing that could be told. */
type Standing =
  | { readonly by: 'rate'; readonly of: string }
  | { readonly by: 'budget'; readonly period: string; readonly unit: string }
  | { readonly by: 'running' }
  | { readonly by: 'nothing' };

export interface LimitKind {
  /** The gateway's word. */
  readonly name: string;
  readonly label: string;
  readonly unit: 'requests' | 'generations' | 'tokens' | 'money';
  readonly hint: string;
  readonly stands: Standing;
}

/** Every kind of limit that a usage policy can have: forms, gauges and words are made from these lines alone. */
export const limitKinds: readonly LimitKind[] = [
  { name: 'requestsPerMinute', label: 'Requests per minute', unit: 'requests', hint: '', stands: { by: 'rate', of: 'requests' } },
  { name: 'tokensPerMinute', label: 'Tokens per minute', unit: 'tokens', hint: 'Of prompts and answers.', stands: { by: 'rate', of: 'tokens' } },
  { name: 'tokensInPerMinute', label: 'Prompt tokens per minute', unit: 'tokens', hint: '', stands: { by: 'rate', of: 'inputTokens' } },
  { name: 'tokensOutPerMinute', label: 'Answer tokens per minute', unit: 'tokens', hint: '', stands: { by: 'rate', of: 'outputTokens' } },
  { name: 'concurrentGenerations', label: 'Generations at once', unit: 'generations', hint: '', stands: { by: 'running' } },
  { name: 'maxContext', label: 'Longest context', unit: 'tokens', hint: 'Tokens of one prompt and its answer.', stands: { by: 'nothing' } },
  { name: 'tokensPerDay', label: 'Tokens per day', unit: 'tokens', hint: '', stands: { by: 'budget', period: 'day', unit: 'tokens' } },
  { name: 'tokensPerMonth', label: 'Tokens per month', unit: 'tokens', hint: '', stands: { by: 'budget', period: 'month', unit: 'tokens' } },
  { name: 'moneyPerDay', label: 'Money per day', unit: 'money', hint: '', stands: { by: 'budget', period: 'day', unit: 'money' } },
  { name: 'moneyPerMonth', label: 'Money per month', unit: 'money', hint: '', stands: { by: 'budget', period: 'month', unit: 'money' } },
];

/** Limits by their kind's name; what is not there is not limited. */
export type Limits = Readonly<Record<string, number>>;
