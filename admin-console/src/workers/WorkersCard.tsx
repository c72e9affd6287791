import { Card, CardBody, CardHeader, CardTitle, EmptyState, EmptyStateBody } from '@patternfly/react-core';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-server-stack-icon';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import type { RowAction } from '../ui/RowActions.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { drain, resume, servedOnlyBy, type Worker } from './workers.ts';
import { WorkersTable } from './WorkersTable.tsx';

type Asked = { readonly kind: 'drain' | 'resume'; readonly worker: Worker };

/** The workers, and what takes one out of the routing or puts it back. */
export function WorkersCard({ workers }: { workers: readonly Worker[] }) {
  const user = useUser();
  const { asked, ask, close, done, notices } = useDialogs<Asked>('workers');

  function possible(worker: Worker): readonly RowAction[] {
    const found: RowAction[] = [];
    if (!worker.drainWanted && may(user, 'drain-worker')) found.push({ text: 'Drain', act: () => ask({ kind: 'drain', worker }), isDanger: true });
    if (worker.drainWanted && may(user, 'resume-worker')) found.push({ text: 'Resume', act: () => ask({ kind: 'resume', worker }) });
    return found;
  }

  return (
    <Card component="section" aria-labelledby="workers">
      <CardHeader><CardTitle component="h2" id="workers">Workers</CardTitle></CardHeader>
      <CardBody>
        {workers.length === 0 ? (
          <EmptyState titleText="No worker has joined" headingLevel="h3" icon={ServerIcon} variant="sm">
            <EmptyStateBody>
              Requests are refused until one does. <code>altiplano status</code> shows what is running on this machine,{' '}
              <code>altiplano up</code> starts what is missing.
            </EmptyStateBody>
          </EmptyState>
        ) : (
          <WorkersTable workers={workers} possible={possible} />
        )}
      </CardBody>
      {asked?.kind === 'drain' && (
        <ConfirmDialog
          title={`Drain ${asked.worker.id}?`} action="Drain" work={() => drain(gateway, asked.worker.id)}
          onDone={() => done(`${asked.worker.id} gets no new requests`, 'What runs on it goes on to its end.')} onClose={close}
        >
          <p>It gets no new requests until it is resumed, also when it starts again. What runs on it goes on, and it keeps its models.</p>
          <OnlyHere models={servedOnlyBy(asked.worker, workers)} />
        </ConfirmDialog>
      )}
      {asked?.kind === 'resume' && (
        <ConfirmDialog
          title={`Resume ${asked.worker.id}?`} action="Resume" safe work={() => resume(gateway, asked.worker.id)}
          onDone={() => done(`${asked.worker.id} gets requests again`)} onClose={close}
        >
          <p>It gets new requests again, for the models that it holds.</p>
        </ConfirmDialog>
      )}
      {notices.place}
    </Card>
  );
}

function OnlyHere({ models }: { models: readonly string[] }) {
  if (models.length === 0) return null;
  return <p className="alti-problem">No other worker serves {models.join(', ')}: requests for {models.length === 1 ? 'it' : 'them'} will be refused.</p>;
}
