import { TextInput } from '@patternfly/react-core';

interface DaysFilterProps {
  readonly from: string;
  readonly to: string;
  readonly onChange: (from: string, to: string) => void;
}

/** From which day to which, in UTC; either may be left empty. */
export function DaysFilter({ from, to, onChange }: DaysFilterProps) {
  return (
    <div className="alti-days">
      <span>From</span>
      <TextInput aria-label="First day, in UTC" type="date" value={from} max={to} onChange={(_, day) => onChange(day, to)} />
      <span>to</span>
      <TextInput aria-label="Last day, in UTC" type="date" value={to} min={from} onChange={(_, day) => onChange(from, day)} />
    </div>
  );
}
