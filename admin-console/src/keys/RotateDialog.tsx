import { Content } from '@patternfly/react-core';
import { useState } from 'react';
import { gateway } from '../composition.ts';
import { SelectField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending } from '../ui/sending.ts';
import { nameOf, rotateKey, type ApiKey, type CreatedKey } from './keys.ts';

const graces = [['0', 'Not at all'], ['3600', 'One hour'], ['86400', 'One day'], ['604800', 'One week']] as const;

interface RotateDialogProps {
  readonly apiKey: ApiKey;
  readonly onCreated: (created: CreatedKey) => void;
  readonly onClose: () => void;
}

/** A new key with the same limits; the old one is accepted for a while, so that nothing stands still meanwhile. */
export function RotateDialog({ apiKey, onCreated, onClose }: RotateDialogProps) {
  const [grace, setGrace] = useState('86400');
  const sending = useSending();
  return (
    <FormDialog
      title={`Rotate ${nameOf(apiKey)}`} submit="Rotate" labels={{ graceSeconds: 'The old key is accepted for' }} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => onCreated(await rotateKey(gateway, apiKey.id, Number(grace))))}
    >
      <Content component="p">A new key is made with the same name and the same limits. The old one ends by itself.</Content>
      <SelectField name="graceSeconds" value={grace} onChange={setGrace} options={graces} />
    </FormDialog>
  );
}
