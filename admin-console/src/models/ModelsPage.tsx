import {
  Alert, Button, EmptyState, EmptyStateBody, PageSection, SearchInput, Skeleton, ToggleGroup, ToggleGroupItem, Toolbar, ToolbarContent, ToolbarItem,
} from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sentence } from '../api/ApiError.ts';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { LoadFailure } from '../ui/LoadFailure.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import type { RowAction } from '../ui/RowActions.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { AddModelDialog } from './AddModelDialog.tsx';
import { removeModel } from './jobs.ts';
import { JobsCard } from './JobsCard.tsx';
import { fetchModels, serve, unserve, type Model } from './models.ts';
import { ModelsTable } from './ModelsTable.tsx';

const views = {
  all: { label: 'All', holds: () => true },
  placed: { label: 'In service', holds: (model: Model) => model.placed },
  stored: { label: 'In store', holds: (model: Model) => model.state !== 'known' },
  known: { label: 'Catalogue only', holds: (model: Model) => model.state === 'known' },
} as const;

type View = keyof typeof views;

type Asked = { readonly kind: 'add'; readonly model: Model | undefined } | { readonly kind: 'unserve' | 'remove'; readonly model: Model };

export default function ModelsPage() {
  const models = useQuery({
    queryKey: ['models'], queryFn: ({ signal }) => fetchModels(gateway, signal), refetchInterval: 2000,
  });
  const [search, setSearch] = useState('');
  const [view, setView] = useState<View>('all');
  const user = useUser();
  const cache = useQueryClient();
  const { asked, ask, close, reload, done, notices } = useDialogs<Asked>('models');
  const serving = useMutation({
    mutationFn: (model: Model) => serve(gateway, model.name),
    onSuccess: (_, model) => notices.done(`${model.name} will be served`, 'The workers that hold it are loading it.'),
    onError: (problem, model) => notices.failed(`${model.name} is not served`, problem),
    onSettled: reload,
  });

  function added(name: string) {
    done(`${name} is on its way`, 'It goes on when this page is closed.');
    void cache.invalidateQueries({ queryKey: ['model-jobs'] });
  }

  function possible(model: Model): readonly RowAction[] {
    const removable = !model.placed && model.state === 'stored' && may(user, 'remove-model');
    return removable ? [{ text: 'Remove from the store', act: () => ask({ kind: 'remove', model }), isDanger: true }] : [];
  }

  const all = models.data ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = all.filter((model) => views[view].holds(model) && model.name.toLowerCase().includes(wanted));

  return (
    <>
      <PageHeader title="Models" purpose="The catalogue, what is in the store, and what is served.">
        {may(user, 'add-model') && <Button size="sm" onClick={() => ask({ kind: 'add', model: undefined })}>Add a model</Button>}
      </PageHeader>
      <PageSection isFilled>
        {may(user, 'list-model-jobs') && <JobsCard />}
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
                <EmptyStateBody>No model of this list matches. Change the filter, or add one.</EmptyStateBody>
              </EmptyState>
            ) : (
              <ModelsTable
                models={shown}
                busy={serving.isPending ? serving.variables.name : ''}
                onServe={(model) => serving.mutate(model)}
                onUnserve={(model) => ask({ kind: 'unserve', model })}
                onAdd={(model) => ask({ kind: 'add', model })}
                possible={possible}
              />
            )}
          </>
        )}
      </PageSection>
      {asked?.kind === 'add' && (
        <AddModelDialog
          model={asked.model} downloads={all.filter((model) => model.pullable && model.state === 'known')} onAdded={added} onClose={close}
        />
      )}
      {asked?.kind === 'unserve' && (
        <ConfirmDialog
          title={`Stop serving ${asked.model.name}?`} action="Stop serving" work={() => unserve(gateway, asked.model.name)}
          onDone={() => done(`${asked.model.name} leaves service`, 'It stays in the store.')} onClose={close}
        >
          New requests for this model will be refused. Its memory on the workers is freed. The model stays in the store and can be
          served again at any time.
        </ConfirmDialog>
      )}
      {asked?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove ${asked.model.name} from the store?`} action="Remove" name={asked.model.name} work={() => removeModel(gateway, asked.model.name)}
          onDone={() => done(`${asked.model.name} is removed`)} onClose={close}
        >
          Its files are deleted from the stores of all workers. Whoever needs it again must bring its weights again.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}
