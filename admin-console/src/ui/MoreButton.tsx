import { Button } from '@patternfly/react-core';
import type { ReactNode } from 'react';

interface MoreButtonProps {
  readonly query: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => Promise<unknown> };
  readonly children: ReactNode;
}

/** Below a list that is read page by page: asks for the next one, as long as there is one. */
export function MoreButton({ query, children }: MoreButtonProps) {
  return query.hasNextPage && (
    <div className="alti-more">
      <Button variant="secondary" isLoading={query.isFetchingNextPage} isDisabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {children}
      </Button>
    </div>
  );
}
