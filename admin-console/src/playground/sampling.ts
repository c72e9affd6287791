/** The sampling fields of the form: what each accepts, and how its text becomes a member of the request. */
export interface SamplingField {
  /** The member of the request body. */
  readonly name: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole: boolean;
  readonly step: number;
  readonly hint: string;
}

export const samplingFields = [
  { name: 'temperature', label: 'Temperature', min: 0, max: 2, whole: false, step: 0.1, hint: '0 to 2; 0 is greedy' },
  { name: 'max_tokens', label: 'Max tokens', min: 1, max: 1_000_000, whole: true, step: 1, hint: 'Longest answer' },
  { name: 'top_p', label: 'Top P', min: 0, max: 1, whole: false, step: 0.05, hint: 'Over 0, up to 1' },
  { name: 'top_k', label: 'Top K', min: -1, max: 1_000_000, whole: true, step: 1, hint: '-1 keeps all tokens' },
  { name: 'presence_penalty', label: 'Presence penalty', min: -2, max: 2, whole: false, step: 0.1, hint: '-2 to 2' },
  { name: 'frequency_penalty', label: 'Frequency penalty', min: -2, max: 2, whole: false, step: 0.1, hint: '-2 to 2' },
  { name: 'repetition_penalty', label: 'Repetition penalty', min: 0, max: 2, whole: false, step: 0.05, hint: 'Over 0, up to 2; 1 is off' },
  { name: 'seed', label: 'Seed', min: 0, max: Number.MAX_SAFE_INTEGER, whole: true, step: 1, hint: 'Repeats an answer' },
] as const satisfies readonly SamplingField[];

export type SamplingName = (typeof samplingFields)[number]['name'];

/** The form as typed. An empty field leaves the choice to the platform. */
export interface Settings {
  readonly model: string;
  readonly system: string;
  readonly sampling: Readonly<Partial<Record<SamplingName, string>>>;
  /** Stop strings, one a line. */
  readonly stop: string;
}

export const defaultSettings: Settings = { model: '', system: '', sampling: {}, stop: '' };

export const mostStops = 16;

/** Members of the request that the form decides. */
export type Sampling = Partial<Record<SamplingName, number>> & { stop?: readonly string[] };

export type SettingsErrors = Partial<Record<SamplingName | 'stop', string>>;

export type ParsedSettings =
  | { readonly ok: true; readonly sampling: Sampling }
  | { readonly ok: false; readonly errors: SettingsErrors };

export function parseSettings(settings: Settings): ParsedSettings {
  const sampling: Sampling = {};
  const errors: SettingsErrors = {};
  for (const field of samplingFields) {
    const typed = (settings.sampling[field.name] ?? '').trim();
    if (typed === '') continue;
    const value = Number(typed);
    const complaint = complaintAbout(field, value);
    if (complaint === undefined) sampling[field.name] = value;
    else errors[field.name] = complaint;
  }
  const stop = settings.stop.split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
  if (stop.length > mostStops) errors.stop = `At most ${mostStops} stop strings`;
  else if (stop.length > 0) sampling.stop = stop;
  return Object.keys(errors).length === 0 ? { ok: true, sampling } : { ok: false, errors };
}

function complaintAbout(field: SamplingField, value: number): string | undefined {
  if (!Number.isFinite(value)) return 'Must be a number';
  if (field.whole && !Number.isInteger(value)) return 'Must be a whole number';
  if (value < field.min) return `At least ${field.min}`;
  if (value > field.max) return `At most ${field.max}`;
  if (value === 0 && (field.name === 'top_p' || field.name === 'repetition_penalty')) return 'Must be over 0';
  return undefined;
}
