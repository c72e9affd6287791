import { Alert, List, ListItem } from '@patternfly/react-core';
import { useState, type ReactNode } from 'react';
import { ApiError } from '../api/ApiError.ts';

interface Edit<T> {
  /** Saves what was made from the version that was opened, or, once its reader was told of a newer one, from that. */
  readonly save: (write: (base: T) => Promise<void>) => Promise<void>;
  readonly isStale: boolean;
  readonly notice: ReactNode;
}

/**
 * Owns which version an edit was made from. When somebody else was faster, the one that is there now is fetched and what
 * differs is told; nothing typed is lost, and saving once more puts it in the place of that.
 *
 * @param facts of a version, with their labels
 */
export function useEdit<T>(opened: T, fetchNow: () => Promise<T>, facts: (version: T) => readonly (readonly [string, string])[]): Edit<T> {
  const [newer, setNewer] = useState<T>();
  const before = new Map(facts(opened));
  const changed = newer === undefined ? [] : facts(newer).filter(([label, fact]) => before.get(label) !== fact);
  return {
    isStale: newer !== undefined,
    save: async (write) => {
      try {
        await write(newer ?? opened);
      } catch (problem) {
        if (!(problem instanceof ApiError && problem.status === 412)) throw problem;
        setNewer(await fetchNow());
        throw new ApiError(412, 'Nothing has been saved yet.', problem.code);
      }
    },
    notice: newer !== undefined && (
      <Alert component="p" variant="warning" isInline title="Somebody else has changed this since you opened it">
        {changed.length === 0 ? <p>What it holds is the same as before.</p> : (
          <>
            <p>There is now:</p>
            <List isPlain>{changed.map(([label, fact]) => <ListItem key={label}>{label}: <strong>{fact}</strong></ListItem>)}</List>
          </>
        )}
        <p>What you typed is kept below. Saving puts it in the place of theirs.</p>
      </Alert>
    ),
  };
}
