import { Label, type LabelProps } from '@patternfly/react-core';
import InProgressIcon from '@patternfly/react-icons/dist/esm/icons/in-progress-icon';
import type { JobState } from '../models/jobs.ts';
import type { ModelState } from '../models/models.ts';
import type { ServingState, Worker } from '../workers/workers.ts';

type State = JobState | ModelState | ServingState | Worker['state'];

const looks: Record<State, { text: string; label: LabelProps }> = {
  up: { text: 'Up', label: { status: 'success' } },
  serving: { text: 'Serving', label: { status: 'success' } },
  loading: { text: 'Loading', label: { color: 'blue', icon: <InProgressIcon /> } },
  draining: { text: 'Draining', label: { status: 'warning' } },
  drained: { text: 'Drained', label: { status: 'warning', variant: 'outline' } },
  waiting: { text: 'Waiting', label: { color: 'grey' } },
  running: { text: 'Running', label: { color: 'blue', icon: <InProgressIcon /> } },
  done: { text: 'Done', label: { status: 'success' } },
  cancelled: { text: 'Given up', label: { color: 'grey', variant: 'outline' } },
  failed: { text: 'Failed', label: { status: 'danger' } },
  stored: { text: 'In store', label: { color: 'grey' } },
  known: { text: 'Catalogue', label: { color: 'grey', variant: 'outline' } },
};

/** A state as a word with its colour and sign, the same everywhere. */
export function StateLabel({ state }: { state: State }) {
  const look = looks[state];
  return <Label isCompact {...look.label}>{look.text}</Label>;
}
