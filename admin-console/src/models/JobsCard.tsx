import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { bytes, moment, nothing, percent } from '../ui/format.ts';
import { RowActions } from '../ui/RowActions.tsx';
import { StateLabel } from '../ui/StateLabel.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { Meter } from '../workers/Meter.tsx';
import { cancelJob, fetchJobs, isOver, shownJobs, type ModelJob } from './jobs.ts';

/** So many that are over are shown: enough to see how the last ones ended. */
const mostOver = 3;

/** The models on their way into a store, followed while the page is looked at; they go on without it. */
export function JobsCard() {
  const jobs = useQuery({ queryKey: ['model-jobs'], queryFn: ({ signal }) => fetchJobs(gateway, signal), refetchInterval: 1000 });
  const user = useUser();
  const { asked, ask, close, done, notices } = useDialogs<ModelJob>('model-jobs');
  const shown = shownJobs(jobs.data ?? [], mostOver);

  return (
    <>
      {shown.length > 0 && (
        <Card component="section" aria-labelledby="model-jobs" className="alti-jobs">
          <CardHeader><CardTitle component="h2" id="model-jobs">On their way into the store</CardTitle></CardHeader>
          <CardBody>
            <Table aria-label="Models on their way" variant="compact" gridBreakPoint="grid-md">
              <Thead>
                <Tr>
                  <Th>Model</Th>
                  <Th>Worker</Th>
                  <Th>State</Th>
                  <Th width={40}>Progress</Th>
                  <Th>Since</Th>
                  <Th screenReaderText="Actions" />
                </Tr>
              </Thead>
              <Tbody>
                {shown.map((job) => (
                  <Tr key={job.id}>
                    <Td dataLabel="Model"><span className="alti-strong">{job.model}</span></Td>
                    <Td dataLabel="Worker" modifier="nowrap">{job.worker}</Td>
                    <Td dataLabel="State"><StateLabel state={job.state} /></Td>
                    <Td dataLabel="Progress"><Progress job={job} /></Td>
                    <Td dataLabel="Since" modifier="nowrap">{job.startedAt === undefined ? nothing : moment(job.startedAt)}</Td>
                    <Td dataLabel="Actions" className="alti-action">
                      <RowActions
                        of={`the way of ${job.model}`}
                        actions={!isOver(job) && may(user, 'cancel-model-job') ? [{ text: 'Cancel', act: () => ask(job), isDanger: true }] : []}
                      />
                    </Td>
                  </Tr>
                ))}
              </Tbody>
            </Table>
          </CardBody>
        </Card>
      )}
      {asked !== undefined && (
        <ConfirmDialog
          title={`Give ${asked.model} up?`} action="Give up" work={() => cancelJob(gateway, asked)}
          onDone={() => done(`${asked.model} is given up`)} onClose={close}
        >
          <p>The store of {asked.worker} is then as it was before. What was downloaded is kept for the next time.</p>
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}

function Progress({ job }: { job: ModelJob }) {
  if (job.detail !== '') return <span className="alti-problem">{job.detail}</span>;
  if (isOver(job)) return <>{nothing}</>;
  if (job.state === 'waiting') return <span className="alti-note">waits for the one before it</span>;
  const share = percent(job.doneBytes, job.totalBytes);
  return (
    <>
      <div className="alti-note">{job.phase}</div>
      {job.totalBytes > 0 && (
        <div className="alti-meter-cell">
          <Meter label={`${job.model}: ${job.phase}`} value={share} plain />
          <span>{share}%</span>
          <span className="alti-note">{bytes(job.doneBytes)} of {bytes(job.totalBytes)}</span>
        </div>
      )}
    </>
  );
}
