import { Alert, Card, CardBody, CardHeader, CardTitle, PageSection, Skeleton } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { sentence } from '../api/ApiError.ts';
import { history } from '../composition.ts';
import { compact, count, nothing, percent, rate } from '../ui/format.ts';
import { LoadFailure } from '../ui/LoadFailure.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import type { Sample } from './History.ts';
import { Meter } from './Meter.tsx';
import { ServedModelsTable } from './ServedModelsTable.tsx';
import { TimeChart } from './TimeChart.tsx';
import { pollEvery, useWorkers } from './useWorkers.ts';
import { totalsOf, type Totals, type Worker } from './workers.ts';
import { WorkersCard } from './WorkersCard.tsx';

export default function OverviewPage() {
  const query = useWorkers();
  return (
    <>
      <PageHeader title="Overview" purpose="What the platform is doing right now.">
        {query.data !== undefined && <Liveness paused={query.isError} />}
      </PageHeader>
      {query.isError && query.data !== undefined && (
        <PageSection>
          <Alert component="p" variant="warning" isInline title="The figures below are not current">
            {sentence(query.error)} The console keeps trying.
          </Alert>
        </PageSection>
      )}
      {query.data !== undefined ? (
        <Figures workers={query.data.workers} samples={query.data.history} />
      ) : query.isError ? (
        <PageSection isFilled>
          <LoadFailure what="The overview" problem={query.error} retry={() => void query.refetch()} />
        </PageSection>
      ) : (
        <Loading />
      )}
    </>
  );
}

function Liveness({ paused }: { paused: boolean }) {
  return (
    <p className={paused ? 'alti-live alti-live-paused' : 'alti-live'}>
      <span className="alti-live-dot" aria-hidden="true" />
      {paused ? 'Reconnecting' : `Live, every ${pollEvery / 1000} s`}
    </p>
  );
}

function Figures({ workers, samples }: { workers: readonly Worker[]; samples: readonly Sample[] }) {
  const totals = totalsOf(workers);
  return (
    <PageSection isFilled>
      <div className="alti-stack">
        <Tiles totals={totals} />
        <div className="alti-charts">
          <ChartCard title="Throughput" unit="tokens per second">
            <TimeChart
              title="Throughput" unit="tokens/s" most={history.span} gap={3 * pollEvery} format={rate}
              series={[{ name: 'Generated', points: samples.map((s) => ({ at: s.at, value: s.totals.tokensPerSecond })) }]}
            />
          </ChartCard>
          <ChartCard title="Requests" unit="at the same time">
            <TimeChart
              title="Requests" unit="requests" most={history.span} gap={3 * pollEvery} format={count} wholeNumbers
              series={[
                { name: 'Running', points: samples.map((s) => ({ at: s.at, value: s.totals.running })) },
                { name: 'Queued', points: samples.map((s) => ({ at: s.at, value: s.totals.queued })) },
              ]}
            />
          </ChartCard>
        </div>
        <Card component="section" aria-labelledby="models-in-service">
          <CardHeader><CardTitle component="h2" id="models-in-service">Models in service</CardTitle></CardHeader>
          <CardBody><ServedModelsTable workers={workers} /></CardBody>
        </Card>
        <WorkersCard workers={workers} />
      </div>
    </PageSection>
  );
}

function ChartCard({ title, unit, children }: { title: string; unit: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle component="h2">{title} <span className="alti-unit">{unit}</span></CardTitle>
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

function Tiles({ totals }: { totals: Totals }) {
  const kv = percent(totals.kvUsedTokens, totals.kvCapacityTokens);
  return (
    <dl className="alti-tiles">
      <Tile label="Workers" value={count(totals.workersUp + totals.workersDraining + totals.workersDrained)} note={workersNote(totals)} />
      <Tile label="Models" value={count(totals.modelsServing)} note="serving" />
      <Tile label="Throughput" value={rate(totals.tokensPerSecond)} note="tokens/s" />
      <Tile label="Requests" value={count(totals.running)} note={`running, ${count(totals.queued)} queued`} />
      <Tile
        label="KV memory" value={totals.kvCapacityTokens > 0 ? `${kv}%` : nothing}
        note={totals.kvCapacityTokens > 0 ? `${compact(totals.kvUsedTokens)} of ${compact(totals.kvCapacityTokens)} tokens` : 'no model loaded'}
      >
        {totals.kvCapacityTokens > 0 && <Meter label="KV memory in use" value={kv} />}
      </Tile>
    </dl>
  );
}

function workersNote({ workersUp, workersDraining, workersDrained }: Totals): string {
  const states = [[workersDraining, 'draining'], [workersDrained, 'drained']] as const;
  const others = states.filter(([workers]) => workers > 0).map(([workers, state]) => `${count(workers)} ${state}`);
  if (workersUp === 0 && others.length === 0) return 'none has joined';
  return others.length === 0 ? 'up' : [`${count(workersUp)} up`, ...others].join(', ');
}

function Tile({ label, value, note, children }: { label: string; value: string; note: string; children?: ReactNode }) {
  return (
    <div className="alti-tile">
      <dt>{label}</dt>
      <dd>
        <span className="alti-tile-value">{value}</span>
        <span className="alti-tile-note">{note}</span>
        {children}
      </dd>
    </div>
  );
}

function Loading() {
  return (
    <PageSection aria-busy="true">
      <div className="alti-tiles">
        {['Workers', 'Models', 'Throughput', 'Requests', 'KV memory'].map((tile) => (
          <div key={tile} className="alti-tile"><Skeleton height="4.5rem" screenreaderText={`Loading ${tile}`} /></div>
        ))}
      </div>
    </PageSection>
  );
}
