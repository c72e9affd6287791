import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api/ApiError.ts';
import { Gateway } from './api/Gateway.ts';
import { takeProblem } from './auth/problems.ts';
import { Session } from './auth/Session.ts';
import { Conversation } from './playground/Conversation.ts';
import { streamChat } from './playground/completions.ts';
import { Theme } from './shell/Theme.ts';
import { History } from './workers/History.ts';

/** The long-lived parts of the console and how they hang together. */
export const gateway = new Gateway(window.fetch.bind(window));
export const session = new Session(gateway, takeProblem(window.location, window.history));
export const theme = new Theme(document.documentElement, window.localStorage, window.matchMedia('(prefers-color-scheme: dark)'));
export const history = new History(5 * 60_000);
export const conversation = new Conversation(
  (request, signal) => streamChat(gateway, request, signal),
  () => performance.now(),
);
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // One more try for a passing fault; an answer of the gateway, even a refusal, is final.
      retry: (failures, problem) => failures < 1 && problem instanceof ApiError && problem.status === 0,
      retryDelay: 500,
      staleTime: 1000,
    },
  },
});

gateway.onSessionLost = () => session.lost();
session.subscribe(() => {
  const state = session.state();
  if (state.kind === 'signed-in') conversation.belongTo(state.user.name);
  if (state.kind === 'signed-out') {
    queries.clear();
    history.clear();
    // A session that merely ran out keeps the conversation for its owner's return.
    if (!state.expired) conversation.forget();
  }
});
