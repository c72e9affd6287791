interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** To be full is no reason to worry. */
  readonly plain?: boolean;
}

/** How full something is, in percent; amber from 75 and red from 90. */
export function Meter({ label, value, plain = false }: MeterProps) {
  const level = plain ? '' : value >= 90 ? ' alti-meter-high' : value >= 75 ? ' alti-meter-warm' : '';
  return (
    <div
      className={`alti-meter${level}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={value} aria-valuetext={`${value} percent`}
    >
      <div style={{ inlineSize: `${value}%` }} />
    </div>
  );
}
