import { Button, EmptyState, EmptyStateBody, PageSection } from '@patternfly/react-core';
import AiModelIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-model-icon';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Link } from 'react-router';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { conversation, gateway } from '../composition.ts';
import { LoadFailure } from '../ui/LoadFailure.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { fetchServedModels } from './completions.ts';
import { Composer } from './Composer.tsx';
import { RequestDialog } from './RequestDialog.tsx';
import { parseSettings } from './sampling.ts';
import { SettingsPanel } from './SettingsPanel.tsx';
import { Transcript } from './Transcript.tsx';

export default function PlaygroundPage() {
  const { turns, settings, draft } = useSyncExternalStore(conversation.subscribe, conversation.state);
  const models = useQuery({
    queryKey: ['served-models'], queryFn: ({ signal }) => fetchServedModels(gateway, signal), refetchInterval: 5000,
  });
  const user = useUser();
  const [showRequest, setShowRequest] = useState(false);
  const [settingsOpen, setSettingsOpen] = useState(false);

  const served = models.data;
  useEffect(() => {
    // The first model is chosen for the user; a choice that left service stays until the user changes it.
    if (settings.model === '' && served?.[0] !== undefined) conversation.change({ model: served[0] });
  }, [served, settings.model]);

  const parsed = parseSettings(settings);
  const streaming = turns.at(-1)?.state === 'streaming';
  const ready = settings.model !== '' && parsed.ok;

  return (
    <>
      <PageHeader title="Playground" purpose="Talk to a model with the parameters of the API.">
        <div className="alti-header-actions">
          <Button size="sm" variant="secondary" isDisabled={turns.length === 0} onClick={() => conversation.clear()}>New chat</Button>
          <Button size="sm" variant="secondary" isDisabled={!ready} onClick={() => setShowRequest(true)}>Show request</Button>
          <Button
            size="sm" className="alti-settings-toggle" variant="secondary" aria-expanded={settingsOpen} aria-controls="settings"
            onClick={() => setSettingsOpen(!settingsOpen)}
          >
            Settings
          </Button>
        </div>
      </PageHeader>
      <PageSection isFilled className="alti-playground-section">
        {models.isError && served === undefined ? (
          <LoadFailure what="The models" problem={models.error} retry={() => void models.refetch()} />
        ) : served?.length === 0 && turns.length === 0 ? (
          <EmptyState titleText="No model is being served" headingLevel="h2" icon={AiModelIcon} variant="sm">
            <EmptyStateBody>
              {may(user, 'serve-model')
                ? <>Choose one on the <Link to="/models">Models</Link> page and serve it. It appears here as soon as it is ready.</>
                : 'An administrator has to serve one. It appears here as soon as it is ready.'}
            </EmptyStateBody>
          </EmptyState>
        ) : (
          <div className="alti-playground">
            <section aria-label="Conversation" className="alti-conversation">
              <Transcript turns={turns} canRetry={ready && !streaming} onRetry={() => parsed.ok && void conversation.retry(parsed.sampling)} />
              <Composer
                draft={draft}
                streaming={streaming}
                canSend={ready}
                problem={parsed.ok ? '' : 'A setting needs your attention.'}
                onWrite={(text) => conversation.write(text)}
                onSend={() => parsed.ok && void conversation.send(parsed.sampling)}
                onStop={() => conversation.stop()}
              />
            </section>
            <SettingsPanel
              open={settingsOpen}
              settings={settings}
              errors={parsed.ok ? {} : parsed.errors}
              models={served ?? []}
              onChange={(change) => conversation.change(change)}
            />
          </div>
        )}
      </PageSection>
      {showRequest && parsed.ok && (
        <RequestDialog turns={turns} settings={settings} draft={draft} sampling={parsed.sampling} onClose={() => setShowRequest(false)} />
      )}
    </>
  );
}
