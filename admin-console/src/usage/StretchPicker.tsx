import { FormSelect, FormSelectOption, TextInput, ToolbarItem } from '@patternfly/react-core';
import { stretches } from './usage.ts';

interface StretchPickerProps {
  readonly from: string;
  readonly to: string;
  readonly onChange: (from: string, to: string) => void;
}

/** From which day to which. A day that is being typed is not asked for before it is one. */
export function StretchPicker({ from, to, onChange }: StretchPickerProps) {
  const known = stretches(new Date());
  const chosen = known.find(([, first, last]) => first === from && last === to)?.[0] ?? '';
  return (
    <>
      <ToolbarItem>
        <FormSelect
          aria-label="Time" className="alti-picker" value={chosen}
          onChange={(_, label) => {
            const stretch = known.find(([each]) => each === label);
            if (stretch !== undefined) onChange(stretch[1], stretch[2]);
          }}
        >
          {chosen === '' && <FormSelectOption value="" label="Chosen days" />}
          {known.map(([label]) => <FormSelectOption key={label} value={label} label={label} />)}
        </FormSelect>
      </ToolbarItem>
      <ToolbarItem>
        <div className="alti-days">
          <TextInput aria-label="First day" type="date" value={from} max={to} onChange={(_, day) => day !== '' && onChange(day, day > to ? day : to)} />
          <span>to</span>
          <TextInput aria-label="Last day" type="date" value={to} min={from} onChange={(_, day) => day !== '' && onChange(day < from ? day : from, day)} />
        </div>
      </ToolbarItem>
    </>
  );
}
