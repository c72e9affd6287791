import { Button, InputGroupItem } from '@patternfly/react-core';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-copy-icon';
import EyeIcon from '@patternfly/react-icons/dist/esm/icons/eye-icon';
import EyeSlashIcon from '@patternfly/react-icons/dist/esm/icons/eye-slash-icon';
import { useState } from 'react';
import { TextField } from '../ui/fields.tsx';
import { randomPassword } from './members.ts';

/** A first password for somebody else: typed, or made up here and then shown, so that it can be handed over. */
export function PasswordField({ value, onChange, hint }: { value: string; onChange: (password: string) => void; hint: string }) {
  const [shown, setShown] = useState(false);

  function generate() {
    onChange(randomPassword((bytes) => crypto.getRandomValues(bytes)));
    setShown(true);
  }

  return (
    <TextField name="password" value={value} onChange={onChange} isRequired type={shown ? 'text' : 'password'} autoComplete="new-password" hint={hint}>
      <InputGroupItem>
        <Button
          variant="control" aria-label={shown ? 'Hide password' : 'Show password'} onClick={() => setShown(!shown)}
          icon={shown ? <EyeSlashIcon /> : <EyeIcon />}
        />
      </InputGroupItem>
      <InputGroupItem>
        <Button
          variant="control" aria-label="Copy password" isDisabled={value === ''} icon={<CopyIcon />}
          onClick={() => void navigator.clipboard.writeText(value)}
        />
      </InputGroupItem>
      <InputGroupItem><Button variant="control" onClick={generate}>Generate</Button></InputGroupItem>
    </TextField>
  );
}
