import { PageSection, Title } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { usePageTitle } from './usePageTitle.ts';

/** Title and purpose of a page on the left, what belongs to the whole page on the right. */
export function PageHeader({ title, purpose, children }: { title: string; purpose: string; children?: ReactNode }) {
  usePageTitle(title);
  return (
    <PageSection className="alti-page-header">
      <div>
        <Title headingLevel="h1">{title}</Title>
        <p>{purpose}</p>
      </div>
      {children}
    </PageSection>
  );
}
