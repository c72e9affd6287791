import { Button, EmptyState, EmptyStateBody, FormSelect, FormSelectOption, PageSection, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-history-icon';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { DaysFilter } from '../ui/DaysFilter.tsx';
import { download } from '../ui/download.ts';
import { count } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { MoreButton } from '../ui/MoreButton.tsx';
import { useNotices } from '../ui/notices.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useAddressValue } from '../ui/useAddressValue.ts';
import { AuditTable } from './AuditTable.tsx';
import { chainName, fetchChains, fetchEvents, fetchLines, platformChain } from './audit.ts';
import { ChainProgress, ChainState } from './ChainState.tsx';
import { useChainCheck } from './useChainCheck.ts';

export default function AuditPage() {
  const user = useUser();
  const usual = may(user, 'list-tenants') ? platformChain : user.tenant;
  const [tenant, setTenant] = useAddressValue('tenant', usual);
  const [actor, setActor] = useState('');
  const [about, setAbout] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const notices = useNotices();
  const search = { tenant, actor: actor.trim(), about: about.trim(), from, to };
  const chains = useQuery({ queryKey: ['audit-chains'], queryFn: ({ signal }) => fetchChains(gateway, signal), refetchInterval: 15_000 });
  const events = useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: ({ pageParam, signal }) => fetchEvents(gateway, search, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => (page.next === '' ? undefined : page.next),
    placeholderData: keepPreviousData,
  });
  const checking = useChainCheck(tenant, (problem) => notices.failed('The chain could not be checked', problem));
  const known = chains.data ?? [];
  const names = known.some((chain) => chain.tenant === tenant) ? known : [{ tenant, events: 0 }, ...known];

  async function save() {
    try {
      download(await fetchLines(gateway, tenant), `audit-${tenant.replace('@', '')}.jsonl`);
    } catch (problem) {
      notices.failed('The events could not be fetched', problem);
    }
  }

  return (
    <>
      <PageHeader title="Audit log" purpose="What was done, by whom, from where, and how it ended. Each event is signed and chained to the one before.">
        <div className="alti-header-actions">
          {checking.isRunning
            ? <Button size="sm" variant="secondary" onClick={checking.stop}>Stop verifying</Button>
            : <Button size="sm" variant="secondary" onClick={() => void checking.start()}>Verify chain</Button>}
          <Button size="sm" variant="secondary" onClick={() => void save()}>Export as JSON lines</Button>
        </div>
      </PageHeader>
      <PageSection isFilled>
        {checking.isRunning && <ChainProgress check={checking.check} />}
        <div aria-live="polite" className="alti-finding">
          {checking.check?.isOver === true && <ChainState check={checking.check} />}
        </div>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <FormSelect aria-label="Chain" className="alti-picker" value={tenant} onChange={(_, value) => setTenant(value)}>
                {names.map((chain) => <FormSelectOption key={chain.tenant} value={chain.tenant} label={`${chainName(chain.tenant)} (${count(chain.events)})`} />)}
              </FormSelect>
            </ToolbarItem>
            <ToolbarItem>
              <SearchInput className="alti-narrow" aria-label="Who" placeholder="Who" value={actor} onChange={(_, value) => setActor(value)} onClear={() => setActor('')} />
            </ToolbarItem>
            <ToolbarItem>
              <SearchInput className="alti-narrow" aria-label="What, or to what" placeholder="What, or to what" value={about} onChange={(_, value) => setAbout(value)} onClear={() => setAbout('')} />
            </ToolbarItem>
            <ToolbarItem>
              <DaysFilter
                from={from} to={to}
                onChange={(first, last) => {
                  setFrom(first);
                  setTo(last);
                }}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        <Loaded query={events} what="The events">
          {({ pages }) => {
            const shown = pages.flatMap((page) => page.events);
            return shown.length === 0 ? (
              <EmptyState titleText="No event found" headingLevel="h2" icon={HistoryIcon} variant="sm">
                <EmptyStateBody>Nothing that matches was done. Change what is looked for.</EmptyStateBody>
              </EmptyState>
            ) : (
              <>
                <AuditTable key={tenant} events={shown} />
                <MoreButton query={events}>Show older events</MoreButton>
              </>
            );
          }}
        </Loaded>
      </PageSection>
      {notices.place}
    </>
  );
}
