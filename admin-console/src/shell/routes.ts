import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import AiChatIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-chat-icon';
import AiModelIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-model-icon';
import MonitoringIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-monitoring-icon';
import type { Role } from '../auth/Session.ts';

/** A page of the console: where it is, what it is called, and who may open it. */
export interface PageRoute {
  readonly path: string;
  readonly label: string;
  readonly icon: ComponentType;
  /** The role the page asks for; undefined opens it to everyone who is signed in. */
  readonly access: Role | undefined;
  readonly page: LazyExoticComponent<ComponentType>;
}

export const pages: readonly PageRoute[] = [
  {
    path: '/', label: 'Overview', icon: MonitoringIcon, access: 'platform-admin',
    page: lazy(() => import('../workers/OverviewPage.tsx')),
  },
  {
    path: '/models', label: 'Models', icon: AiModelIcon, access: 'platform-admin',
    page: lazy(() => import('../models/ModelsPage.tsx')),
  },
  {
    path: '/playground', label: 'Playground', icon: AiChatIcon, access: undefined,
    page: lazy(() => import('../playground/PlaygroundPage.tsx')),
  },
];
