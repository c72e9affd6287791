import { Pagination } from '@patternfly/react-core';
import { useState, type ReactNode } from 'react';

interface Paged<T> {
  readonly shown: readonly T[];
  /** The means to turn pages; nothing where one page holds all. */
  readonly turner: ReactNode;
}

const sizes = [20, 50, 100].map((value) => ({ title: String(value), value }));

/** Cuts a list that is all here into pages. A list that became shorter falls back to its last page. */
export function usePaging<T>(all: readonly T[], what: string): Paged<T> {
  const [size, setSize] = useState(20);
  const [wanted, setPage] = useState(1);
  const page = Math.max(1, Math.min(wanted, Math.ceil(all.length / size)));
  return {
    shown: all.slice((page - 1) * size, page * size),
    turner: all.length > 20 && (
      <Pagination
        className="alti-turner" itemCount={all.length} page={page} perPage={size} perPageOptions={sizes} variant="bottom" titles={{ paginationAriaLabel: `Pages of ${what}` }}
        onSetPage={(_, next) => setPage(next)}
        onPerPageSelect={(_, next) => {
          setSize(next);
          setPage(1);
        }}
      />
    ),
  };
}
