import { Alert, Button, PageSection } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { plural } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { eraseContent, fetchSetting, type ContentSetting } from './content.ts';
import { ContentSearchResults } from './ContentSearchResults.tsx';
import { SettingDialog } from './SettingDialog.tsx';

type Asked = { readonly kind: 'change'; readonly setting: ContentSetting } | { readonly kind: 'erase' };

/** What the signed-in user's own tenant has written down: nobody sees another's. */
export default function ContentLogPage() {
  const user = useUser();
  const setting = useQuery({ queryKey: ['content-setting'], queryFn: ({ signal }) => fetchSetting(gateway, signal), refetchInterval: 15_000 });
  const { asked, ask, close, done, notices } = useDialogs<Asked>('content-setting');

  return (
    <>
      <PageHeader title="Content log" purpose={`What callers of ${user.tenant} asked and were answered, if ${user.tenant} has it written down.`}>
        <div className="alti-header-actions">
          {may(user, 'set-content-logging') && (
            <Button
              size="sm" isDisabled={setting.data === undefined}
              onClick={() => setting.data !== undefined && ask({ kind: 'change', setting: setting.data })}
            >
              Change
            </Button>
          )}
          {may(user, 'erase-content-log') && <Button size="sm" variant="secondary" isDanger onClick={() => ask({ kind: 'erase' })}>Erase all of it</Button>}
        </div>
      </PageHeader>
      <PageSection isFilled>
        <Loaded query={setting} what="The settings">{(now) => <State setting={now} />}</Loaded>
        {may(user, 'read-content-log') && <ContentSearchResults />}
      </PageSection>
      {asked?.kind === 'change' && (
        <SettingDialog setting={asked.setting} onSaved={(on) => done(on ? 'From now on prompts and answers are written down' : 'From now on nothing is written down')} onClose={close} />
      )}
      {asked?.kind === 'erase' && (
        <ConfirmDialog
          title={`Erase what ${user.tenant} has written down?`} action="Erase" name={user.tenant}
          work={async () => {
            const erased = await eraseContent(gateway);
            done(`${plural(erased, 'request')} ${erased === 1 ? 'is' : 'are'} erased`);
          }}
          onDone={close} onClose={close}
        >
          Every prompt and answer that was written down is deleted now and cannot be had back. Whether more is written down does not change.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}

function State({ setting: { tenant, enabled, retentionDays } }: { setting: ContentSetting }) {
  const readers = `Only safety reviewers of ${tenant} can read it, no administrator; each look is an event in its audit log.`;
  return enabled ? (
    <Alert component="p" variant="info" isInline className="alti-finding" title={`Prompts and answers are written down, and deleted after ${plural(retentionDays, 'day')}`}>
      {readers}
    </Alert>
  ) : (
    <Alert component="p" variant="success" isInline className="alti-finding" title="Nothing of what callers ask or are answered is written down">
      What was written down before stays until it is {plural(retentionDays, 'day')} old or erased. {readers}
    </Alert>
  );
}
