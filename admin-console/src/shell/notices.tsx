import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon';
import { Link, useRouteError } from 'react-router';
import { sentence } from '../api/ApiError.ts';
import { roleLabel } from '../auth/roles.ts';
import { useUser } from '../auth/useSession.ts';
import { usePageTitle } from '../ui/usePageTitle.ts';

export function NotFoundPage() {
  usePageTitle('Page not found');
  return (
    <PageSection isFilled>
      <EmptyState titleText="Page not found" headingLevel="h1" icon={SearchIcon}>
        <EmptyStateBody>There is nothing at this address.</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Link to="/" className="pf-v6-c-button pf-m-link">Go to the start page</Link>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    </PageSection>
  );
}

export function ForbiddenPage({ page }: { page: string }) {
  usePageTitle('No access');
  const { name, roles } = useUser();
  return (
    <PageSection isFilled>
      <EmptyState titleText="You have no access to this page" headingLevel="h1" status="warning">
        <EmptyStateBody>
          {name} is {roles.length === 0 ? 'signed in without a role' : `signed in as ${roles.map((role) => roleLabel(role).toLowerCase()).join(' and ')}`},
          which does not open “{page}”. Ask an administrator for a role that does, or choose another page.
        </EmptyStateBody>
      </EmptyState>
    </PageSection>
  );
}

/** Shown when a page cannot be drawn, or its code cannot be fetched because the gateway was upgraded meanwhile. */
export function PageFailure() {
  usePageTitle('Page failed');
  const problem = useRouteError();
  return (
    <PageSection isFilled>
      <EmptyState titleText="This page could not be shown" headingLevel="h1" status="danger">
        <EmptyStateBody>{sentence(problem)}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="primary" onClick={() => window.location.reload()}>Load it again</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    </PageSection>
  );
}
