import { useState } from 'react';
import { ApiError, sentence } from '../api/ApiError.ts';

/** What a form sends, under way or come back. */
export interface Sending {
  readonly busy: boolean;
  readonly problem: unknown;
  /** Does the work, unless some is under way; says whether it was done. */
  readonly send: (work: () => Promise<void>) => Promise<boolean>;
}

/** Owns the sending of one form. Nothing that was typed is touched by it, whatever comes back. */
export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  return {
    busy,
    problem,
    send: async (work) => {
      if (busy) return false;
      setBusy(true);
      setProblem(undefined);
      try {
        await work();
        return true;
      } catch (failure) {
        setProblem(failure);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** The field that a problem names: "models" of "models[3]". Empty where it names none. */
export function fieldOf(problem: unknown): string {
  return problem instanceof ApiError ? problem.param.replace(/[[.].*$/, '') : '';
}

/** The sentence of a problem with the gateway's words for fields, such as 'models[3]', replaced by the form's. */
export function inWords(problem: unknown, labels: Readonly<Record<string, string>>): string {
  return sentence(problem).replaceAll(/'([A-Za-z]+)[[\].\w]*'/g, (quoted, name: string) => {
    const label = labels[name];
    return label === undefined ? quoted : `“${label}”`;
  });
}

/** What a form finds wrong by itself, told like what the gateway does. */
export function wrong(field: string, message: string): ApiError {
  return new ApiError(400, message, 'invalid_value', field);
}
