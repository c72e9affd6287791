import {
  Button, Form, FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, TextArea, TextInput, Title,
} from '@patternfly/react-core';
import { defaultSettings, samplingFields, type SamplingField, type SamplingName, type Settings, type SettingsErrors } from './sampling.ts';

interface SettingsPanelProps {
  /** On narrow pages the panel is folded away until asked for. */
  readonly open: boolean;
  readonly settings: Settings;
  readonly errors: SettingsErrors;
  readonly models: readonly string[];
  readonly onChange: (change: Partial<Settings>) => void;
}

export function SettingsPanel({ open, settings, errors, models, onChange }: SettingsPanelProps) {
  const names = settings.model === '' || models.includes(settings.model) ? models : [settings.model, ...models];
  return (
    <section id="settings" aria-label="Settings" className={open ? 'alti-settings alti-settings-open' : 'alti-settings'}>
      <Form onSubmit={(event) => event.preventDefault()} noValidate>
        <FormGroup label="Model" fieldId="model">
          <FormSelect id="model" value={settings.model} onChange={(_, model) => onChange({ model })} isDisabled={names.length === 0}>
            {names.map((name) => (
              <FormSelectOption key={name} value={name} label={models.includes(name) ? name : `${name} (not served now)`} />
            ))}
          </FormSelect>
        </FormGroup>
        <FormGroup label="System prompt" fieldId="system">
          <TextArea
            id="system" rows={3} resizeOrientation="vertical" placeholder="None" value={settings.system}
            onChange={(_, system) => onChange({ system })}
          />
        </FormGroup>
        <div className="alti-settings-heading">
          <Title headingLevel="h2" size="md">Sampling</Title>
          <Button
            variant="link" size="sm"
            onClick={() => onChange({ sampling: defaultSettings.sampling, stop: defaultSettings.stop })}
          >
            Reset
          </Button>
        </div>
        <div className="alti-fields">
          {samplingFields.map((field) => (
            <NumberField
              key={field.name} field={field} value={settings.sampling[field.name] ?? ''} error={errors[field.name]}
              onChange={(name, value) => onChange({ sampling: { ...settings.sampling, [name]: value } })}
            />
          ))}
        </div>
        <FormGroup label="Stop strings" fieldId="stop">
          <TextArea
            id="stop" rows={2} resizeOrientation="vertical" placeholder="None" value={settings.stop}
            aria-describedby="stop-hint" validated={errors.stop === undefined ? 'default' : 'error'}
            onChange={(_, stop) => onChange({ stop })}
          />
          <Hint id="stop-hint" text="One a line; the answer ends before it" error={errors.stop} />
        </FormGroup>
      </Form>
    </section>
  );
}

interface NumberFieldProps {
  readonly field: SamplingField & { readonly name: SamplingName };
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (name: SamplingName, value: string) => void;
}

function NumberField({ field, value, error, onChange }: NumberFieldProps) {
  return (
    <FormGroup label={field.label} fieldId={field.name}>
      <TextInput
        id={field.name} type="text" inputMode={field.whole ? 'numeric' : 'decimal'} autoComplete="off" placeholder="Default"
        value={value} onChange={(_, typed) => onChange(field.name, typed)} aria-describedby={`${field.name}-hint`}
        validated={error === undefined ? 'default' : 'error'}
        onKeyDown={(event) => {
          const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
          if (direction === 0 || value.trim() === '' || !Number.isFinite(Number(value))) return;
          event.preventDefault();
          const stepped = Math.min(field.max, Math.max(field.min, Number(value) + direction * field.step));
          onChange(field.name, String(Number(stepped.toFixed(4))));
        }}
      />
      <Hint id={`${field.name}-hint`} text={field.hint} error={error} />
    </FormGroup>
  );
}

function Hint({ id, text, error }: { id: string; text: string; error: string | undefined }) {
  return (
    <FormHelperText>
      <HelperText id={id} isLiveRegion>
        <HelperTextItem variant={error === undefined ? 'default' : 'error'}>{error ?? text}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}
