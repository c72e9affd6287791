import { Button, EmptyState, EmptyStateBody, TextInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { gateway } from '../composition.ts';
import { DaysFilter } from '../ui/DaysFilter.tsx';
import { moment, nothing } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { MoreButton } from '../ui/MoreButton.tsx';
import { useAddressValue } from '../ui/useAddressValue.ts';
import { ContentDialog } from './ContentDialog.tsx';
import { fetchEntries, type ContentEntry, type ContentSearch } from './content.ts';

const everything: ContentSearch = { owner: '', model: '', from: '', to: '' };

/**
 * Finds requests and opens them. Each look is written into the audit log, so the gateway is asked when its reader wishes it and not with every
 * letter, nor again when the window comes back to the front.
 */
export function ContentSearchResults() {
  const [typed, setTyped] = useState(everything);
  const [wanted, setWanted] = useState({ search: everything, look: 0 });
  const [opened, open] = useAddressValue('request', '');
  const entries = useInfiniteQuery({
    queryKey: ['content', wanted],
    queryFn: ({ pageParam, signal }) => fetchEntries(gateway, wanted.search, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => (page.next === '' ? undefined : page.next),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <>
      <form
        aria-label="Find requests"
        onSubmit={(event) => {
          event.preventDefault();
          setWanted({ search: { ...typed, owner: typed.owner.trim(), model: typed.model.trim() }, look: wanted.look + 1 });
        }}
      >
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <TextInput className="alti-narrow" aria-label="Who asked" placeholder="Who asked" value={typed.owner} onChange={(_, owner) => setTyped({ ...typed, owner })} />
            </ToolbarItem>
            <ToolbarItem>
              <TextInput className="alti-narrow" aria-label="Model" placeholder="Model" value={typed.model} onChange={(_, model) => setTyped({ ...typed, model })} />
            </ToolbarItem>
            <ToolbarItem><DaysFilter from={typed.from} to={typed.to} onChange={(from, to) => setTyped({ ...typed, from, to })} /></ToolbarItem>
            <ToolbarItem><Button type="submit" variant="secondary" isLoading={entries.isFetching && !entries.isFetchingNextPage}>Find</Button></ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      </form>
      <Loaded query={entries} what="The requests">
        {({ pages }) => {
          const shown = pages.flatMap((page) => page.entries);
          return shown.length === 0 ? (
            <EmptyState titleText="No request found" headingLevel="h2" icon={SearchIcon} variant="sm">
              <EmptyStateBody>Nothing that matches is written down.</EmptyStateBody>
            </EmptyState>
          ) : (
            <>
              <Entries entries={shown} onOpen={open} />
              <MoreButton query={entries}>Show older requests</MoreButton>
            </>
          );
        }}
      </Loaded>
      {opened !== '' && <ContentDialog id={opened} onClose={() => open('')} />}
    </>
  );
}

function Entries({ entries, onOpen }: { entries: readonly ContentEntry[]; onOpen: (id: string) => void }) {
  return (
    <Table aria-label="Requests" variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>Model</Th>
          <Th width={40}>Asked</Th>
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {entries.map((entry) => (
          <Tr key={entry.id}>
            <Td dataLabel="When" modifier="nowrap">{entry.at === undefined ? nothing : <time dateTime={entry.at.toISOString()}>{moment(entry.at)}</time>}</Td>
            <Td dataLabel="Who"><span className="alti-strong">{entry.owner}</span></Td>
            <Td dataLabel="Model">{entry.model}</Td>
            <Td dataLabel="Asked">{entry.excerpt === '' ? <span className="alti-note">tokens</span> : <span className="alti-excerpt">{entry.excerpt}</span>}</Td>
            <Td dataLabel="Actions" className="alti-action">
              <Button variant="link" isInline aria-label={`Open the request ${entry.id}`} onClick={() => onOpen(entry.id)}>Open</Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
