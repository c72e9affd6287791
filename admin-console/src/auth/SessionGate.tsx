import { Bullseye, Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Spinner } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { session } from '../composition.ts';
import { SignInPage } from './SignInPage.tsx';
import { useSession } from './useSession.ts';

/** Shows the console to who is signed in. Signing in happens in place, so the address asked for is kept. */
export function SessionGate({ children }: { children: ReactNode }) {
  const state = useSession();
  switch (state.kind) {
    case 'checking':
      return <Bullseye className="alti-whole-page"><Spinner aria-label="Loading the console" /></Bullseye>;
    case 'unreachable':
      return (
        <Bullseye className="alti-whole-page">
          <main>
            <EmptyState titleText="The console is not available" headingLevel="h1" status="danger">
              <EmptyStateBody>{state.message}</EmptyStateBody>
              <EmptyStateFooter>
                <EmptyStateActions>
                  <Button variant="primary" onClick={() => void session.resume()}>Try again</Button>
                </EmptyStateActions>
              </EmptyStateFooter>
            </EmptyState>
          </main>
        </Bullseye>
      );
    case 'signed-out':
      return <SignInPage provider={state.provider} notice={state.notice} failed={state.failed} />;
    case 'signed-in':
      return children;
  }
}
