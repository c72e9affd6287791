import {
  Bullseye, Masthead, MastheadBrand, MastheadContent, MastheadLogo, MastheadMain, MastheadToggle, Nav, NavGroup, NavItem, NavList,
  Page, PageSidebar, PageSidebarBody, PageToggleButton, SkipToContent, Spinner, Toolbar, ToolbarContent, ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import { Suspense, useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { UserMenu } from '../auth/UserMenu.tsx';
import { Wordmark } from '../ui/Wordmark.tsx';
import { pages } from './routes.ts';
import { ThemeMenu } from './ThemeMenu.tsx';

/** The frame around every page: brand, theme, user, navigation. */
export function AppShell() {
  const { pathname } = useLocation();
  const user = useUser();
  const mine = pages.filter((page) => may(user, page.access));
  useFocusOnNavigation(pathname);
  const masthead = (
    <Masthead display={{ default: 'inline' }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label="Navigation" isHamburgerButton />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} to="/" aria-label="Altiplano, start page" />}>
            <Wordmark />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isStatic>
          <ToolbarContent>
            <ToolbarGroup variant="action-group-plain" align={{ default: 'alignEnd' }}>
              <ToolbarItem><ThemeMenu /></ToolbarItem>
              <ToolbarItem><UserMenu user={user} /></ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
  const sidebar = (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label="Pages">
          {[...new Set(mine.map((page) => page.group))].map((group) => {
            const items = mine.filter((page) => page.group === group).map((page) => (
              <NavItem key={page.path} itemId={page.path} isActive={pathname === page.path}>
                <Link to={page.path}>
                  <span className="pf-v6-c-nav__link-icon"><page.icon /></span>
                  {page.label}
                </Link>
              </NavItem>
            ));
            return group === '' ? <NavList key={group}>{items}</NavList> : <NavGroup key={group} title={group}>{items}</NavGroup>;
          })}
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
  return (
    <Page
      masthead={masthead}
      sidebar={sidebar}
      isManagedSidebar
      isContentFilled
      mainContainerId="main"
      mainTabIndex={0}
      skipToContent={<SkipToContent href="#main">Skip to content</SkipToContent>}
    >
      <Suspense fallback={<Bullseye><Spinner aria-label="Loading the page" /></Bullseye>}>
        <Outlet />
      </Suspense>
    </Page>
  );
}

/** A new page is announced, and read from its top, because the focus moves to it. */
function useFocusOnNavigation(pathname: string) {
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [pathname]);
}
