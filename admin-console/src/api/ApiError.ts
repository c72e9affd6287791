import { object, parseJson, text } from './json.ts';

/** A call that failed, with a sentence fit to be shown. The status is 0 when the gateway was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, message: string, code = '') {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }

  /** Reads the OpenAI error shape {"error":{"message","code"}}; a body without it gets a sentence for its status. */
  static from(status: number, body: string): ApiError {
    const error = object(object(parseJson(body))['error']);
    const message = text(error['message']);
    return new ApiError(status, message === '' ? sentenceFor(status) : message, text(error['code']));
  }

  static unreachable(): ApiError {
    return new ApiError(0, 'The gateway cannot be reached.');
  }
}

function sentenceFor(status: number): string {
  switch (status) {
    case 401: return 'Your session has ended.';
    case 403: return 'Your account may not do this.';
    case 404: return 'The gateway does not know this address.';
    case 429: return 'The platform is busy. Try again in a moment.';
    case 502:
    case 503:
    case 504: return 'The platform is not ready. Try again in a moment.';
    default: return `The gateway answered with status ${status}.`;
  }
}

/** The sentence of anything thrown. */
export function sentence(problem: unknown): string {
  return problem instanceof Error && problem.message !== '' ? problem.message : 'Something went wrong.';
}
