import '@patternfly/react-core/dist/styles/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { SessionGate } from './auth/SessionGate.tsx';
import { queries, session } from './composition.ts';
import { router } from './shell/router.tsx';
import './console.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');

void session.resume();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionGate>
        <RouterProvider router={router} />
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
);
