import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { sentence } from '../api/ApiError.ts';

/** Stands where data would be that could not be had. */
export function LoadFailure({ what, problem, retry }: { what: string; problem: unknown; retry: () => void }) {
  return (
    <EmptyState titleText={`${what} could not be loaded`} headingLevel="h2" status="danger" variant="sm">
      <EmptyStateBody>{sentence(problem)}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="primary" onClick={retry}>Try again</Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
