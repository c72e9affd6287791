import { Alert, Button, Form, FormGroup, InputGroup, InputGroupItem, TextInput, Title } from '@patternfly/react-core';
import EyeIcon from '@patternfly/react-icons/dist/esm/icons/eye-icon';
import EyeSlashIcon from '@patternfly/react-icons/dist/esm/icons/eye-slash-icon';
import { useRef, useState, type FormEvent } from 'react';
import { ApiError, sentence } from '../api/ApiError.ts';
import { session } from '../composition.ts';
import { ThemeMenu } from '../shell/ThemeMenu.tsx';
import { usePageTitle } from '../ui/usePageTitle.ts';
import { Wordmark } from '../ui/Wordmark.tsx';

export function SignInPage({ notice }: { notice: string }) {
  usePageTitle('Sign in');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codeAsked, setCodeAsked] = useState(false);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const passwordInput = useRef<HTMLInputElement>(null);
  const codeInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (username === '' || password === '') {
      setError('Enter your user name and your password.');
      return;
    }
    if (codeAsked && code === '') {
      setError('Enter the code that your authenticator shows.');
      return;
    }
    setBusy(true);
    setError('');
    try {
      await session.signIn(username, password, codeAsked ? code : '');
    } catch (problem) {
      setBusy(false);
      setCode('');
      if (problem instanceof ApiError && problem.code === 'second_factor_required') {
        setCodeAsked(true);
        return;
      }
      setError(sentence(problem));
      if (codeAsked) {
        codeInput.current?.focus();
        return;
      }
      setPassword('');
      passwordInput.current?.focus();
    }
  }

  return (
    <div className="alti-sign-in">
      <header>
        <Wordmark />
        <ThemeMenu />
      </header>
      <main>
        <div className="alti-sign-in-card">
          <div>
            <Title headingLevel="h1" size="2xl">Sign in</Title>
            <p>to the console of this platform</p>
          </div>
          <div aria-live="polite">
            {error !== '' && <Alert component="p" variant="danger" isInline isPlain title={error} />}
            {error === '' && notice !== '' && <Alert component="p" variant="info" isInline isPlain title={notice} />}
          </div>
          <Form onSubmit={(event) => void submit(event)} noValidate>
            <FormGroup label="User name" fieldId="username">
              <TextInput
                id="username" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus
                value={username} onChange={(_, value) => setUsername(value)} validated={error === '' ? 'default' : 'error'}
              />
            </FormGroup>
            <FormGroup label="Password" fieldId="password">
              <InputGroup>
                <InputGroupItem isFill>
                  <TextInput
                    ref={passwordInput} id="password" name="password" type={shown ? 'text' : 'password'}
                    autoComplete="current-password" value={password} onChange={(_, value) => setPassword(value)}
                    validated={error === '' ? 'default' : 'error'}
                  />
                </InputGroupItem>
                <InputGroupItem>
                  <Button
                    variant="control" aria-label={shown ? 'Hide password' : 'Show password'} onClick={() => setShown(!shown)}
                    icon={shown ? <EyeSlashIcon /> : <EyeIcon />}
                  />
                </InputGroupItem>
              </InputGroup>
            </FormGroup>
            {codeAsked && (
              <FormGroup label="Code of your authenticator, or a recovery code" fieldId="code">
                <TextInput
                  ref={codeInput} id="code" name="code" autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} autoFocus
                  value={code} onChange={(_, value) => setCode(value)} validated={error === '' ? 'default' : 'error'}
                />
              </FormGroup>
            )}
            <Button type="submit" variant="primary" isBlock isLoading={busy} spinnerAriaLabel="Signing in">Sign in</Button>
          </Form>
        </div>
      </main>
    </div>
  );
}
