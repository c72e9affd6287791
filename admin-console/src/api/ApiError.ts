import { object, parseJson, text } from './json.ts';

/** A call that failed, with a sentence fit to be shown. The status is 0 when the gateway was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** The parameter at fault, such as "models[1]"; empty where it is none. */
  readonly param: string;

  constructor(status: number, message: string, code = '', param = '') {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** Reads problem+json (RFC 9457) and the OpenAI error shape {"error":{"message","code"}}; a body without either gets a sentence for its status. */
  static from(status: number, body: string): ApiError {
    const problem = object(parseJson(body));
    const error = object(problem['error']);
    const message = text(problem['detail'], text(error['message']));
    return new ApiError(
      status, message === '' ? sentenceFor(status) : message, text(problem['code'], text(error['code'])), text(problem['param'], text(error['param'])),
    );
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
