import { Alert, Skeleton } from '@patternfly/react-core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence } from '../api/ApiError.ts';
import { LoadFailure } from './LoadFailure.tsx';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** As a sentence begins: "The tenants". */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** Data, or what stands in its place while it is fetched or cannot be had. What is no longer current is shown and called so. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.data === undefined) {
    if (query.isError) return <LoadFailure what={what} problem={query.error} retry={() => void query.refetch()} />;
    return (
      <div aria-busy="true" className="alti-skeletons">
        {[1, 2, 3, 4, 5].map((row) => (
          <Skeleton key={row} height="2.5rem" {...(row === 1 ? { screenreaderText: `${what} are being loaded` } : {})} />
        ))}
      </div>
    );
  }
  return (
    <>
      {query.isError && (
        <Alert component="p" variant="warning" isInline title={`${what} are not current`} className="alti-not-current">
          {sentence(query.error)}
        </Alert>
      )}
      {children(query.data)}
    </>
  );
}
