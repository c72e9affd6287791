import { useState } from 'react';
import { ApiError } from '../api/ApiError.ts';
import { gateway } from '../composition.ts';
import { useModelNames } from '../tenants/useTenants.ts';
import { TextAreaField, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useEdit } from '../ui/Newer.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { beginning, changePin, createPin, fetchPins, type Pin } from './pins.ts';

const labels = { model: 'Model', system: 'System prompt' };
const hint = 'To the letter as callers send it: only the very same text is found.';

interface DialogProps {
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

export function NewPinDialog({ onSaved, onClose }: DialogProps) {
  const [model, setModel] = useState('');
  const [system, setSystem] = useState('');
  const suggestions = useModelNames();
  const sending = useSending();
  return (
    <FormDialog
      title="Pin a prompt" submit="Pin" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (model.trim() === '') throw wrong('model', 'Name the model.');
        require(system);
        await createPin(gateway, model.trim(), system);
        onSaved();
      })}
    >
      <TextField name="model" value={model} onChange={setModel} isRequired suggestions={suggestions} hint="The name under which it is served." />
      <TextAreaField name="system" value={system} onChange={setSystem} hint={hint} />
    </FormDialog>
  );
}

export function EditPinDialog({ pin, onSaved, onClose }: DialogProps & { readonly pin: Pin }) {
  const [system, setSystem] = useState(pin.system);
  const sending = useSending();
  const edit = useEdit(pin, async () => {
    const now = (await fetchPins(gateway)).find((each) => each.id === pin.id);
    if (now === undefined) throw new ApiError(404, 'Somebody else has unpinned this prompt meanwhile.');
    return now;
  }, (version) => [[labels.system, beginning(version.system)]]);
  return (
    <FormDialog
      title={`Prompt pinned for ${pin.model}`} submit={edit.isStale ? 'Save over theirs' : 'Save'} labels={labels} sending={sending} onClose={onClose}
      notice={edit.notice}
      onSubmit={() => void sending.send(async () => {
        require(system);
        await edit.save((base) => changePin(gateway, base, system));
        onSaved();
      })}
    >
      <TextAreaField name="system" value={system} onChange={setSystem} hint={hint} />
    </FormDialog>
  );
}

function require(system: string) {
  if (system.trim() === '') throw wrong('system', 'Give the prompt.');
}
