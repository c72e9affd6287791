import { Card, CardBody, CardHeader, CardTitle, ClipboardCopy, Content, Label, type LabelProps, PageSection } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { gateway } from '../composition.ts';
import { count, moment, nothing, plural } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { fetchSecrets, onOlder, todo, type Secrets, type SecretState, type Standing } from './secrets.ts';

const looks: Record<Standing, { text: string; label: LabelProps }> = {
  'in-force': { text: 'In force', label: { status: 'success' } },
  'restart-needed': { text: 'Restart needed', label: { status: 'warning' } },
  behind: { text: 'Behind', label: { status: 'warning' } },
  unreadable: { text: 'Unreadable', label: { status: 'danger' } },
};

export default function SecretsPage() {
  const secrets = useQuery({ queryKey: ['secrets'], queryFn: ({ signal }) => fetchSecrets(gateway, signal), refetchInterval: 15_000 });
  return (
    <>
      <PageHeader title="Secrets" purpose="Which of the installation’s secrets this gateway uses, and since when. No secret is shown, here or anywhere." />
      <PageSection isFilled>
        <Loaded query={secrets} what="The secrets">
          {(all) => (
            <div className="alti-stack">
              <SecretsTable states={all.states} />
              <PepperCard secrets={all} />
              <RotationCard />
            </div>
          )}
        </Loaded>
      </PageSection>
    </>
  );
}

function SecretsTable({ states }: { states: readonly SecretState[] }) {
  return (
    <Table aria-label="Secrets" variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          <Th>Secret</Th>
          <Th>State</Th>
          <Th>Version</Th>
          <Th>Fingerprint</Th>
          <Th>Since</Th>
          <Th>From</Th>
        </Tr>
      </Thead>
      <Tbody>
        {states.map((state) => (
          <Tr key={state.name}>
            <Td dataLabel="Secret">
              <span className="alti-strong">{state.name}</span>
              <div className="alti-note">{state.use}</div>
            </Td>
            <Td dataLabel="State">
              <Label isCompact {...looks[state.standing].label}>{looks[state.standing].text}</Label>
              {todo(state) !== '' && <div className="alti-note">{todo(state)}</div>}
            </Td>
            <Td dataLabel="Version" modifier="nowrap">
              {state.version === undefined ? nothing : count(state.version)}
              <div className="alti-note">{more(state)}</div>
            </Td>
            <Td dataLabel="Fingerprint" modifier="nowrap"><code>{state.fingerprint}</code></Td>
            <Td dataLabel="Since" modifier="nowrap">{state.since === undefined ? nothing : moment(state.since)}</Td>
            <Td dataLabel="From" modifier="nowrap">{state.inEnvironment ? 'the environment' : 'a file'}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** What can be checked beside the one in force. */
function more({ version, known }: SecretState): string {
  if (version === undefined) return known > 1 ? `${count(known)} keys check` : '';
  return known > version ? 'the next is prepared' : '';
}

function PepperCard({ secrets }: { secrets: Secrets }) {
  const older = onOlder(secrets);
  return (
    <Card component="section" aria-labelledby="peppers">
      <CardHeader><CardTitle component="h2" id="peppers">What rests on which pepper</CardTitle></CardHeader>
      <CardBody>
        <Content component="p">
          {older.apiKeys + older.secondFactors === 0
            ? 'Nothing rests on an older pepper than the one in force.'
            : `${plural(older.apiKeys, 'API key')} and ${plural(older.secondFactors, 'second factor')} still rest on an older pepper. A key moves to the newest with its next use; a second factor only when it is reset and set up again.`}
        </Content>
        {secrets.peppers.length > 0 && (
          <Table aria-label="Peppers" variant="compact" gridBreakPoint="grid-md">
            <Thead>
              <Tr>
                <Th>Version</Th>
                <Th className="alti-number">API keys</Th>
                <Th className="alti-number">Second factors</Th>
              </Tr>
            </Thead>
            <Tbody>
              {secrets.peppers.map((use) => (
                <Tr key={use.version}>
                  <Td dataLabel="Version">{count(use.version)}{use.retired && <span className="alti-problem"> ended: what rests on it is refused</span>}</Td>
                  <Td dataLabel="API keys" className="alti-number">{count(use.apiKeys)}</Td>
                  <Td dataLabel="Second factors" className="alti-number">{count(use.secondFactors)}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
    </Card>
  );
}

/** Secrets never leave the machines of the gateways, so this page only says how it is done there. */
function RotationCard() {
  return (
    <Card component="section" aria-labelledby="rotation">
      <CardHeader><CardTitle component="h2" id="rotation">Rotate one</CardTitle></CardHeader>
      <CardBody>
        <Content component="p">
          On a gateway’s machine; then copy the file to those of the other gateways and restart each. NAME is pepper, audit-key or salt-key. What
          an older one has made stays valid.
        </Content>
        <Command text="altiplano secrets rotate NAME" />
        <Content component="p">
          Where several gateways are restarted one after the other, first make the new one known to all, by the same way: so none refuses what another has made.
        </Content>
        <Command text="altiplano secrets rotate NAME --prepare" />
      </CardBody>
    </Card>
  );
}

function Command({ text }: { text: string }) {
  return (
    <ClipboardCopy className="alti-command" isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="Command" toggleAriaLabel="Show command">
      {text}
    </ClipboardCopy>
  );
}
