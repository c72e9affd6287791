import { createBrowserRouter, Navigate } from 'react-router';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { AppShell } from './AppShell.tsx';
import { ForbiddenPage, NotFoundPage, PageFailure } from './notices.tsx';
import { pages, type PageRoute } from './routes.ts';

function GuardedPage({ route }: { route: PageRoute }) {
  const user = useUser();
  if (may(user, route.access)) return <route.page />;
  // Who may not see the home page starts at the first page that is theirs.
  const home = pages.find((page) => may(user, page.access));
  return route.path === '/' && home !== undefined ? <Navigate to={home.path} replace /> : <ForbiddenPage page={route.label} />;
}

export const router = createBrowserRouter([
  {
    element: <AppShell />,
    children: [
      ...pages.map((route) => ({
        path: route.path,
        element: <GuardedPage key={route.path} route={route} />,
        errorElement: <PageFailure />,
      })),
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]);
