import { Alert, Button, Title } from '@patternfly/react-core';
import { useState } from 'react';
import { ThemeMenu } from '../shell/ThemeMenu.tsx';
import { usePageTitle } from '../ui/usePageTitle.ts';
import { Wordmark } from '../ui/Wordmark.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import type { Provider } from './Session.ts';

/** Where users are kept in Keycloak they go there; only administrators whom the platform itself knows have a password here. */
export function SignInPage({ provider, notice, failed }: { provider: Provider; notice: string; failed: boolean }) {
  usePageTitle('Sign in');
  const [byPassword, setByPassword] = useState(false);
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
            {notice !== '' && <Alert component="p" variant={failed ? 'danger' : 'info'} isInline isPlain title={notice} />}
          </div>
          {provider === 'keycloak' && !byPassword ? (
            <>
              <Button component="a" href={`/auth/keycloak/start?to=${encodeURIComponent(pageAskedFor())}`} variant="primary" isBlock>
                Sign in with Keycloak
              </Button>
              <Button variant="link" isBlock onClick={() => setByPassword(true)}>I am an administrator of this platform itself</Button>
            </>
          ) : (
            <PasswordForm />
          )}
        </div>
      </main>
    </div>
  );
}

function pageAskedFor(): string {
  return window.location.pathname + window.location.search;
}
