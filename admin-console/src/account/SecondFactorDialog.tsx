import { Alert, Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from '@patternfly/react-core';
import { QRCodeSVG } from 'qrcode.react';
import { useEffect, useState, type FormEvent } from 'react';
import { sentence } from '../api/ApiError.ts';
import { gateway } from '../composition.ts';
import { confirm, enrol, grouped, isEnabled, remove, type Enrolment } from './secondFactor.ts';

type Step =
  | { readonly kind: 'loading' | 'off' | 'on' | 'removed' }
  | { readonly kind: 'enrolling'; readonly enrolment: Enrolment }
  | { readonly kind: 'done'; readonly recoveryCodes: readonly string[] };

const actions: Partial<Record<Step['kind'], string>> = { off: 'Set up', on: 'Remove', enrolling: 'Confirm' };

/** Gives the signed-in user a second factor, or takes it away. */
export function SecondFactorDialog({ onClose }: { onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: 'loading' });
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const action = actions[step.kind];

  useEffect(() => {
    isEnabled(gateway).then((on) => setStep({ kind: on ? 'on' : 'off' }), (problem: unknown) => setError(sentence(problem)));
  }, []);

  async function next(): Promise<Step> {
    if (step.kind === 'off') return { kind: 'enrolling', enrolment: await enrol(gateway, password) };
    if (step.kind === 'enrolling') return { kind: 'done', recoveryCodes: await confirm(gateway, code) };
    await remove(gateway, password, code);
    return { kind: 'removed' };
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError('');
    try {
      setStep(await next());
      setPassword('');
    } catch (problem) {
      setError(sentence(problem));
    }
    setCode('');
    setBusy(false);
  }

  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="second-factor-title" aria-describedby="second-factor-text">
      <ModalHeader title="Second factor" labelId="second-factor-title" />
      <ModalBody id="second-factor-text">
        <div aria-live="polite">
          {error !== '' && <Alert component="p" variant="danger" isInline isPlain title={error} />}
        </div>
        {step.kind === 'off' && <p>Signing in will ask for a code of an authenticator application besides your password.</p>}
        {step.kind === 'on' && <p>Signing in asks for a code. To take that away, enter your password and a code.</p>}
        {step.kind === 'removed' && <p>Your password alone signs you in again.</p>}
        {step.kind === 'enrolling' && (
          <>
            <p>Scan this with your authenticator, then enter the code that it shows.</p>
            <QRCodeSVG className="alti-qr" value={step.enrolment.uri} size={208} marginSize={4} role="img" title="QR code that holds the key below" />
            <p>Without a camera, add this key by hand: <strong>{grouped(step.enrolment.secret)}</strong></p>
            <p><a href={step.enrolment.uri}>Open in an authenticator on this device</a></p>
          </>
        )}
        {step.kind === 'done' && (
          <>
            <p>The second factor is in force. Keep these codes: each signs you in once if you lose your device. They are not shown again.</p>
            <ul>{step.recoveryCodes.map((one) => <li key={one}><code>{one}</code></li>)}</ul>
          </>
        )}
        {action !== undefined && (
          <Form id="second-factor" className="alti-form-below" onSubmit={(event) => void submit(event)} noValidate>
            {step.kind !== 'enrolling' && (
              <FormGroup label="Your password" fieldId="second-factor-password">
                <TextInput
                  id="second-factor-password" type="password" autoComplete="current-password" value={password}
                  onChange={(_, value) => setPassword(value)}
                />
              </FormGroup>
            )}
            {step.kind !== 'off' && (
              <FormGroup label="Code" fieldId="second-factor-code">
                <TextInput
                  id="second-factor-code" autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} value={code}
                  onChange={(_, value) => setCode(value)}
                />
              </FormGroup>
            )}
          </Form>
        )}
      </ModalBody>
      <ModalFooter>
        {action !== undefined && (
          <Button type="submit" form="second-factor" variant="primary" isLoading={busy} spinnerAriaLabel="Working">{action}</Button>
        )}
        <Button variant="link" onClick={onClose}>{action === undefined ? 'Close' : 'Cancel'}</Button>
      </ModalFooter>
    </Modal>
  );
}
