import { EmptyState, EmptyStateBody, FormSelect, FormSelectOption, PageSection, Title, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import AnalyzeIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-analyze-icon';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { nameOf as keyName } from '../keys/keys.ts';
import { useKeys } from '../keys/useKeys.ts';
import { QuotaCard } from '../policies/QuotaCard.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { DailyUsage, UsageTiles } from './DailyUsage.tsx';
import { StretchPicker } from './StretchPicker.tsx';
import { byName, fetchOwnUsage, stretches, type Group, type Measure } from './usage.ts';
import { SumsTable } from './UsageTables.tsx';

const titles = { tenant: 'Your tenant together', owner: 'You, with all your keys', key: 'One of your keys' };

export default function OwnUsagePage() {
  const user = useUser();
  const [[from, to], setStretch] = useState(() => {
    const [, first, last] = stretches(new Date())[0] ?? ['', '', ''];
    return [first, last] as const;
  });
  const [group, setGroup] = useState<Group>('model');
  const [measure, setMeasure] = useState<Measure>('tokens');
  const keyNames = new Map((useKeys().data ?? []).map((key) => [key.id, keyName(key)]));
  const nameOf = (name: string): string => (name === '' ? 'Without a key' : group === 'key' ? (keyNames.get(name) ?? name) : name);
  const own = useQuery({
    queryKey: ['own-usage', from, to, group], queryFn: ({ signal }) => fetchOwnUsage(gateway, from, to, group, signal),
    refetchInterval: 5000, placeholderData: keepPreviousData,
  });
  const now = new Date();
  return (
    <>
      <PageHeader title="My usage" purpose={`What ${user.name} has used, and what is left.`} />
      <PageSection isFilled>
        <Loaded query={own} what="Your usage">
          {({ usage, quotas }) => (
            <div className="alti-stack">
              {quotas.length > 0 && (
                <>
                  <Title headingLevel="h2" size="lg">What is left now</Title>
                  {quotas.map((quota) => <QuotaCard key={quota.policy.id} quota={quota} title={titles[quota.policy.scope]} now={now} />)}
                </>
              )}
              <Toolbar>
                <ToolbarContent>
                  <StretchPicker from={from} to={to} onChange={(first, last) => setStretch([first, last])} />
                  <ToolbarItem>
                    <FormSelect aria-label="Split by" className="alti-picker" value={group} onChange={(_, value) => setGroup(value as Group)}>
                      <FormSelectOption value="model" label="By model" />
                      <FormSelectOption value="key" label="By key" />
                    </FormSelect>
                  </ToolbarItem>
                </ToolbarContent>
              </Toolbar>
              {usage.sums.length === 0 ? (
                <EmptyState titleText="You have used nothing yet" headingLevel="h2" icon={AnalyzeIcon} variant="sm">
                  <EmptyStateBody>There is no generation of yours in this time{quotas.length === 0 ? ', and nothing limits you' : ''}.</EmptyStateBody>
                </EmptyState>
              ) : (
                <>
                  <UsageTiles usage={usage} />
                  <DailyUsage usage={usage} from={from} to={to} by={group} measure={measure} onMeasure={setMeasure} nameOf={nameOf} />
                  <SumsTable sums={byName(usage.sums, measure)} label={group === 'key' ? 'Key' : 'Model'} nameOf={nameOf} />
                </>
              )}
            </div>
          )}
        </Loaded>
      </PageSection>
    </>
  );
}
