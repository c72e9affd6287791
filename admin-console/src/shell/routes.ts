import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import AiChatIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-chat-icon';
import AiModelIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-model-icon';
import AnalyzeIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-analyze-icon';
import LockIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-lock-icon';
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-history-icon';
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-key-icon';
import ContentIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-comments-icon';
import MonitoringIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-monitoring-icon';
import SpeedometerIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-speedometer-icon';
import PinIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-thumbtack-icon';
import TagIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-tag-icon';
import TenantIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-cloud-tenant-icon';
import UserCheckIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-user-check-icon';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-users-icon';
import type { Operation } from '../auth/access.ts';

/** A page of the console: where it is, what it is called, and what who opens it must be allowed. */
export interface PageRoute {
  readonly path: string;
  readonly label: string;
  /** Under which heading the navigation has it; empty for none. */
  readonly group: string;
  readonly icon: ComponentType;
  /** The operation without which the page has nothing to show. */
  readonly access: Operation;
  readonly page: LazyExoticComponent<ComponentType>;
}

export const pages: readonly PageRoute[] = [
  {
    path: '/', label: 'Overview', group: '', icon: MonitoringIcon, access: 'list-workers',
    page: lazy(() => import('../workers/OverviewPage.tsx')),
  },
  {
    path: '/playground', label: 'Playground', group: '', icon: AiChatIcon, access: 'create-completion',
    page: lazy(() => import('../playground/PlaygroundPage.tsx')),
  },
  {
    path: '/my-usage', label: 'My usage', group: '', icon: UserCheckIcon, access: 'see-own-usage',
    page: lazy(() => import('../usage/OwnUsagePage.tsx')),
  },
  {
    path: '/models', label: 'Models', group: 'Platform', icon: AiModelIcon, access: 'list-all-models',
    page: lazy(() => import('../models/ModelsPage.tsx')),
  },
  {
    path: '/tenants', label: 'Tenants', group: 'Platform', icon: TenantIcon, access: 'list-tenants',
    page: lazy(() => import('../tenants/TenantsPage.tsx')),
  },
  {
    path: '/prices', label: 'Prices', group: 'Platform', icon: TagIcon, access: 'list-prices',
    page: lazy(() => import('../prices/PricesPage.tsx')),
  },
  {
    path: '/pinned-prefixes', label: 'Pinned prompts', group: 'Platform', icon: PinIcon, access: 'list-pins',
    page: lazy(() => import('../pins/PinsPage.tsx')),
  },
  {
    path: '/secrets', label: 'Secrets', group: 'Platform', icon: LockIcon, access: 'see-secrets',
    page: lazy(() => import('../secrets/SecretsPage.tsx')),
  },
  {
    path: '/members', label: 'Members', group: 'Access', icon: UsersIcon, access: 'list-members',
    page: lazy(() => import('../members/MembersPage.tsx')),
  },
  {
    path: '/api-keys', label: 'API keys', group: 'Access', icon: KeyIcon, access: 'list-keys',
    page: lazy(() => import('../keys/KeysPage.tsx')),
  },
  {
    path: '/usage', label: 'Usage', group: 'Consumption', icon: AnalyzeIcon, access: 'see-usage',
    page: lazy(() => import('../usage/UsagePage.tsx')),
  },
  {
    path: '/usage-policies', label: 'Usage policies', group: 'Consumption', icon: SpeedometerIcon, access: 'see-quotas',
    page: lazy(() => import('../policies/PoliciesPage.tsx')),
  },
  {
    path: '/audit', label: 'Audit log', group: 'Record', icon: HistoryIcon, access: 'see-audit',
    page: lazy(() => import('../audit/AuditPage.tsx')),
  },
  {
    path: '/content-log', label: 'Content log', group: 'Record', icon: ContentIcon, access: 'see-content-logging',
    page: lazy(() => import('../content/ContentLogPage.tsx')),
  },
];
