import { useState } from 'react';
import { gateway } from '../composition.ts';
import { TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending, wrong } from '../ui/sending.ts';

const labels = { currentPassword: 'Current password', newPassword: 'New password', again: 'New password again' };

/** Whoever got a first password from an administrator gives herself another. */
export function OwnPasswordDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  const sending = useSending();
  return (
    <FormDialog
      title="Change your password" submit="Change password" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (newPassword !== again) throw wrong('again', 'It is not the same as the new password.');
        await gateway.post('/auth/password', { currentPassword, newPassword });
        onDone();
      })}
    >
      <TextField name="currentPassword" type="password" autoComplete="current-password" value={currentPassword} onChange={setCurrent} isRequired />
      <TextField
        name="newPassword" type="password" autoComplete="new-password" value={newPassword} onChange={setNew} isRequired
        hint="At least 12 characters. It ends your other sessions."
      />
      <TextField name="again" type="password" autoComplete="new-password" value={again} onChange={setAgain} isRequired />
    </FormDialog>
  );
}
