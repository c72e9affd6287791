import { Alert, Button, Card, CardBody, CardHeader, CardTitle, EmptyState, EmptyStateBody, FormSelect, FormSelectOption, PageSection, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import AnalyzeIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-analyze-icon';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { nameOf as keyName } from '../keys/keys.ts';
import { useKeys } from '../keys/useKeys.ts';
import { useOwnerNames } from '../members/useMembers.ts';
import { TenantPicker } from '../tenants/TenantPicker.tsx';
import { download } from '../ui/download.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { useNotices } from '../ui/notices.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useAddressValue } from '../ui/useAddressValue.ts';
import { DailyUsage, UsageTiles } from './DailyUsage.tsx';
import { StretchPicker } from './StretchPicker.tsx';
import { byName, fetchUsage, fetchUsageTable, groups, stretches, type Group, type Measure } from './usage.ts';
import { SumsTable } from './UsageTables.tsx';

const words: Record<Group, string> = { model: 'Model', key: 'Key', owner: 'Owner', tenant: 'Tenant' };
const thisMonth = () => stretches(new Date())[0] ?? ['', '', ''];

export default function UsagePage() {
  const user = useUser();
  const several = may(user, 'list-tenants');
  const [tenant, setTenant] = useAddressValue('tenant', '');
  const [[from, to], setStretch] = useState(() => [thisMonth()[1], thisMonth()[2]] as const);
  const [group, setGroup] = useState<Group>('model');
  const [measure, setMeasure] = useState<Measure>('tokens');
  const notices = useNotices();
  const question = { tenant, from, to };
  const daily = useQuery({
    queryKey: ['usage', 'day', question, group], queryFn: ({ signal }) => fetchUsage(gateway, question, 'day', group, signal),
    refetchInterval: 30_000, placeholderData: keepPreviousData,
  });
  const each = useQuery({
    queryKey: ['usage', 'each', question, group], queryFn: ({ signal }) => fetchUsage(gateway, question, 'each', group, signal),
    refetchInterval: 30_000, placeholderData: keepPreviousData,
  });
  const keyNames = new Map((useKeys().data ?? []).map((key) => [key.id, keyName(key)]));
  const ownerNames = useOwnerNames();

  function nameOf(name: string): string {
    if (group === 'key') return name === '' ? 'Without a key' : (keyNames.get(name) ?? name);
    if (group === 'owner') return name === '' ? 'Nobody known' : (ownerNames.get(name) ?? name);
    return name;
  }

  async function save() {
    try {
      download(await fetchUsageTable(gateway, question, group), `usage-${tenant === '' ? 'all' : tenant}-${from}-${to}.csv`);
    } catch (problem) {
      notices.failed('The table could not be fetched', problem);
    }
  }

  return (
    <>
      <PageHeader title="Usage" purpose="What was used, from the ledger that limits and budgets are kept by.">
        <Button size="sm" variant="secondary" onClick={() => void save()}>Download CSV</Button>
      </PageHeader>
      <PageSection isFilled>
        <Toolbar>
          <ToolbarContent>
            {several && <ToolbarItem><TenantPicker value={tenant} onChange={setTenant} all="Every tenant" /></ToolbarItem>}
            <StretchPicker from={from} to={to} onChange={(first, last) => setStretch([first, last])} />
            <ToolbarItem>
              <FormSelect aria-label="Split by" className="alti-picker" value={group} onChange={(_, value) => setGroup(value as Group)}>
                {groups.filter((one) => several || one !== 'tenant').map((one) => <FormSelectOption key={one} value={one} label={`By ${one}`} />)}
              </FormSelect>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        <Loaded query={each} what="The usage">
          {(sums) => sums.sums.length === 0 ? (
            <EmptyState titleText="Nothing was used" headingLevel="h2" icon={AnalyzeIcon} variant="sm">
              <EmptyStateBody>There is no generation in this time. Choose another one.</EmptyStateBody>
            </EmptyState>
          ) : (
            <div className="alti-stack">
              <UsageTiles usage={sums} />
              {sums.truncated && <Alert component="p" variant="warning" isInline title="There are more than can be told at once" />}
              <Loaded query={daily} what="The days">
                {(days) => (
                  <DailyUsage
                    usage={days} from={from} to={to} by={group} measure={measure} onMeasure={setMeasure} nameOf={nameOf}
                  />
                )}
              </Loaded>
              <Card component="section" aria-labelledby="usage-sums">
                <CardHeader><CardTitle component="h2" id="usage-sums">In all this time</CardTitle></CardHeader>
                <CardBody><SumsTable sums={byName(sums.sums, measure)} label={words[group]} nameOf={nameOf} /></CardBody>
              </Card>
            </div>
          )}
        </Loaded>
      </PageSection>
      {notices.place}
    </>
  );
}
