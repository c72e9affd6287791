import {
  Alert, AlertActionCloseButton, AlertGroup, Button, EmptyState, EmptyStateBody, PageSection, SearchInput, Skeleton,
  ToggleGroup, ToggleGroupItem, Toolbar, ToolbarContent, ToolbarItem,
} from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sentence } from '../api/ApiError.ts';
import { gateway } from '../composition.ts';
import { LoadFailure } from '../ui/LoadFailure.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { fetchModels, serve, unserve, type Model } from './models.ts';
import { ModelsTable } from './ModelsTable.tsx';
import { UnserveDialog } from './UnserveDialog.tsx';

const views = {
  all: { label: 'All', holds: () => true },
  placed: { label: 'In service', holds: (model: Model) => model.placed },
  stored: { label: 'In store', holds: (model: Model) => model.state !== 'known' },
  known: { label: 'Catalogue only', holds: (model: Model) => model.state === 'known' },
} as const;

type View = keyof typeof views;

interface Notice {
  readonly variant: 'success' | 'danger';
  readonly title: string;
  readonly text: string;
}

export default function ModelsPage() {
  const cache = useQueryClient();
  const models = useQuery({
    queryKey: ['models'], queryFn: ({ signal }) => fetchModels(gateway, signal), refetchInterval: 2000,
  });
  const [search, setSearch] = useState('');
  const [view, setView] = useState<View>('all');
  const [importing, setImporting] = useState<{ model: Model | undefined }>();
  const [leaving, setLeaving] = useState<Model>();
  const [notice, setNotice] = useState<Notice>();

  const settled = () => cache.invalidateQueries({ queryKey: ['models'] });
  const serving = useMutation({
    mutationFn: (model: Model) => serve(gateway, model.name),
    onSuccess: (_, model) => setNotice({ variant: 'success', title: `${model.name} will be served`, text: 'The workers that hold it are loading it.' }),
    onError: (problem, model) => setNotice({ variant: 'danger', title: `${model.name} is not served`, text: sentence(problem) }),
    onSettled: settled,
  });
  const unserving = useMutation({
    mutationFn: (model: Model) => unserve(gateway, model.name),
    onSuccess: (_, model) => setNotice({ variant: 'success', title: `${model.name} leaves service`, text: 'It stays in the store.' }),
    onError: (problem, model) => setNotice({ variant: 'danger', title: `${model.name} is still in service`, text: sentence(problem) }),
    onSettled: settled,
  });

  const all = models.data ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = all.filter((model) => views[view].holds(model) && model.name.toLowerCase().includes(wanted));

  return (
    <>
      <PageHeader title="Models" purpose="The catalogue, what is in the store, and what is served.">
        <Button size="sm" variant="secondary" onClick={() => setImporting({ model: undefined })}>How to import</Button>
      </PageHeader>
      <PageSection isFilled>
        {models.isError && models.data !== undefined && (
          <Alert component="p" variant="warning" isInline title="This list is not current">
            {sentence(models.error)} The console keeps trying.
          </Alert>
        )}
        {models.isPending ? (
          <div aria-busy="true" className="alti-skeletons">
            {[1, 2, 3, 4, 5, 6].map((row) => <Skeleton key={row} height="2.5rem" screenreaderText="Loading models" />)}
          </div>
        ) : models.isError && models.data === undefined ? (
          <LoadFailure what="The models" problem={models.error} retry={() => void models.refetch()} />
        ) : (
          <>
            <Toolbar>
              <ToolbarContent>
                <ToolbarItem>
                  <SearchInput
                    aria-label="Find a model by name" placeholder="Find by name" value={search}
                    onChange={(_, value) => setSearch(value)} onClear={() => setSearch('')}
                  />
                </ToolbarItem>
                <ToolbarItem>
                  <ToggleGroup aria-label="Models shown">
                    {(Object.keys(views) as View[]).map((each) => (
                      <ToggleGroupItem
                        key={each} buttonId={`view-${each}`} isSelected={view === each} onChange={() => setView(each)}
                        text={`${views[each].label} ${all.filter(views[each].holds).length}`}
                      />
                    ))}
                  </ToggleGroup>
                </ToolbarItem>
              </ToolbarContent>
            </Toolbar>
            {shown.length === 0 ? (
              <EmptyState titleText="No model found" headingLevel="h2" icon={SearchIcon} variant="sm">
                <EmptyStateBody>No model of this list matches. Change the filter, or import one.</EmptyStateBody>
              </EmptyState>
            ) : (
              <ModelsTable
                models={shown}
                busy={serving.isPending ? serving.variables.name : unserving.isPending ? unserving.variables.name : ''}
                onServe={(model) => serving.mutate(model)}
                onUnserve={setLeaving}
                onImport={(model) => setImporting({ model })}
              />
            )}
          </>
        )}
      </PageSection>
      {importing !== undefined && <ImportDialog model={importing.model} onClose={() => setImporting(undefined)} />}
      {leaving !== undefined && (
        <UnserveDialog
          model={leaving}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => {
            unserving.mutate(leaving);
            setLeaving(undefined);
          }}
        />
      )}
      <AlertGroup isToast isLiveRegion>
        {notice !== undefined && (
          <Alert component="p"
            key={notice.title} variant={notice.variant} title={notice.title} timeout={notice.variant === 'success' ? 6000 : false}
            onTimeout={() => setNotice(undefined)}
            actionClose={<AlertActionCloseButton title={notice.title} onClose={() => setNotice(undefined)} />}
          >
            {notice.text}
          </Alert>
        )}
      </AlertGroup>
    </>
  );
}
