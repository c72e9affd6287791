import { percent } from '../ui/format.ts';
import type { Gauge } from './policies.ts';
import { amount, resets } from './words.ts';

/** How one limit stands: what is used, what is held by generations under way, what is left and when it resets. */
export function QuotaGauge({ gauge, of, now }: { gauge: Gauge; of: string; now: Date }) {
  const { kind, limit, used, reserved, remaining } = gauge;
  const words = (value: number): string => amount(kind.unit, value);
  const taken = limit === 0 ? 100 : percent(used + reserved, limit);
  const spent = limit === 0 ? 100 : Math.min(taken, percent(used, limit));
  const level = taken >= 90 ? ' alti-meter-high' : taken >= 75 ? ' alti-meter-warm' : '';
  const reset = resets(gauge, now);
  return (
    <div className="alti-gauge">
      <div className="alti-gauge-heading">
        <span>{kind.label}</span>
        <strong>{words(remaining)} left</strong>
      </div>
      <div
        className={`alti-meter alti-meter-parts${level}`} role="meter" aria-label={`${kind.label}, ${of}`} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={taken} aria-valuetext={`${words(used)} used, ${words(reserved)} reserved, ${words(remaining)} of ${words(limit)} left`}
      >
        <div style={{ inlineSize: `${spent}%` }} />
        <div className="alti-meter-reserved" style={{ inlineSize: `${taken - spent}%` }} />
      </div>
      <div className="alti-gauge-facts">
        <span>{words(used)} used</span>
        {kind.stands.by === 'budget' && <span>{words(reserved)} reserved</span>}
        <span>of {words(limit)}</span>
        {reset !== '' && <span className="alti-gauge-reset">{reset}</span>}
      </div>
    </div>
  );
}
