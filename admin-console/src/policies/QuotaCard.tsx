import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { limitKinds } from './limits.ts';
import type { Quota } from './policies.ts';
import { QuotaGauge } from './QuotaGauge.tsx';
import { amount } from './words.ts';

interface QuotaCardProps {
  readonly quota: Quota;
  /** Whom it binds. */
  readonly title: string;
  readonly note?: string;
  readonly now: Date;
  readonly actions?: readonly RowAction[];
}

/** One policy with all its limits as they stand. */
export function QuotaCard({ quota, title, note = '', now, actions = [] }: QuotaCardProps) {
  const { limits } = quota.policy;
  const still = limitKinds.filter((kind) => kind.stands.by === 'nothing' && limits[kind.name] !== undefined);
  const id = `policy-${quota.policy.id}`;
  return (
    <Card component="section" aria-labelledby={id} isCompact>
      <CardHeader {...(actions.length > 0 ? { actions: { actions: <RowActions of={title} actions={actions} />, hasNoOffset: true } } : {})}>
        <CardTitle component="h2" id={id}>
          {title} {note !== '' && <span className="alti-unit alti-code">{note}</span>}
          {quota.policy.keeper === 'platform' && <span className="alti-unit">kept by the platform</span>}</CardTitle>
      </CardHeader>
      <CardBody>
        {quota.gauges.length === 0 && still.length === 0 ? <p className="alti-note">It limits nothing.</p> : (
          <div className="alti-gauges">
            {quota.gauges.map((gauge) => <QuotaGauge key={gauge.kind.name} gauge={gauge} of={title} now={now} />)}
            {still.map((kind) => (
              <div key={kind.name} className="alti-gauge">
                <div className="alti-gauge-heading"><span>{kind.label}</span><strong>{amount(kind.unit, limits[kind.name] ?? 0)} {kind.unit}</strong></div>
                <div className="alti-gauge-facts"><span>{kind.hint}</span></div>
              </div>
            ))}
          </div>
        )}
      </CardBody>
    </Card>
  );
}
