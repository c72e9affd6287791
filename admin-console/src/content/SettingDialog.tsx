import { Alert, Radio } from '@patternfly/react-core';
import { useState } from 'react';
import { gateway } from '../composition.ts';
import { TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { plural } from '../ui/format.ts';
import { useEdit } from '../ui/Newer.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { changeSetting, fetchSetting, type ContentSetting } from './content.ts';

const labels = { enabled: 'Prompts and answers', retentionDays: 'Days until they are deleted' };

interface SettingDialogProps {
  readonly setting: ContentSetting;
  readonly onSaved: (enabled: boolean) => void;
  readonly onClose: () => void;
}

/** Has a tenant's prompts and answers written down, or no longer; says what that means before it is done. */
export function SettingDialog({ setting, onSaved, onClose }: SettingDialogProps) {
  const [enabled, setEnabled] = useState(setting.enabled);
  const [days, setDays] = useState(String(setting.retentionDays));
  const sending = useSending();
  const edit = useEdit(setting, () => fetchSetting(gateway), facts);
  return (
    <FormDialog
      title={`What ${setting.tenant} has written down`} submit={edit.isStale ? 'Save over theirs' : 'Save'} labels={labels} sending={sending} onClose={onClose}
      notice={edit.notice}
      onSubmit={() => void sending.send(async () => {
        const typed = days.replaceAll(/[\s,]/g, '');
        if (!/^\d+$/.test(typed)) throw wrong('retentionDays', 'Give a whole number of days, such as 30.');
        await edit.save((base) => changeSetting(gateway, base, enabled, Number(typed)));
        onSaved(enabled);
      })}
    >
      <div role="radiogroup" aria-label={labels.enabled} className="alti-choices">
        <Radio
          id="content-off" name="content" label="Nothing is written down" isChecked={!enabled} onChange={() => setEnabled(false)}
          description="What was written down before stays until its days are over."
        />
        <Radio
          id="content-on" name="content" label="Every prompt and every answer is written down" isChecked={enabled} onChange={() => setEnabled(true)}
          description="For safety reviewers to look into."
        />
      </div>
      {enabled && (
        <Alert component="p" variant="warning" isInline title="This keeps what people write, in their own words">
          <p>
            It holds for every member, every program and every key of {setting.tenant}, from two seconds after you save. Whatever is put into a prompt, such as
            personal data, passwords or business secrets, is then readable in the platform’s database and in its backups.
          </p>
          <p>Tell everybody concerned first, and keep it no longer than you need it.</p>
        </Alert>
      )}
      <TextField
        name="retentionDays" value={days} onChange={setDays} isRequired inputMode="numeric"
        hint="From 1 to 3,650. A shorter time also deletes what was written down before."
      />
    </FormDialog>
  );
}

function facts({ enabled, retentionDays }: ContentSetting): readonly (readonly [string, string])[] {
  return [['Prompts and answers', enabled ? 'written down' : 'not written down'], ['Deleted after', plural(retentionDays, 'day')]];
}
