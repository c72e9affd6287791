import { Alert, Progress } from '@patternfly/react-core';
import { count, plural } from '../ui/format.ts';
import { chainName, type ChainCheck } from './audit.ts';

/** What a check of a chain has found. */
export function ChainState({ check }: { check: ChainCheck }) {
  const name = chainName(check.tenant);
  if (check.fault !== '') {
    return (
      <Alert component="p" variant="danger" isInline title={`The chain of ${name} is not whole`}>
        <p>{check.fault}</p>
        <p>{plural(check.events, 'event')} before that {check.events === 1 ? 'is' : 'are'} in order.</p>
      </Alert>
    );
  }
  return (
    <Alert component="p" variant="success" isInline title={`The chain of ${name} is whole: ${plural(check.events, 'event')}, all in order`}>
      <p>
        Each event is signed and follows the one before it. The last hash is <span className="alti-code alti-hash">{check.hash}</span>. Run{' '}
        <code>altiplano audit verify</code> to check it without trusting the gateway.
      </p>
    </Alert>
  );
}

/** How far a check has come that is under way. */
export function ChainProgress({ check }: { check: ChainCheck | undefined }) {
  const events = check?.events ?? 0;
  const of = check?.of ?? 0;
  return (
    <Progress
      className="alti-finding" size="sm" title="Verifying the chain" value={events} max={Math.max(1, of)} label={check === undefined ? '' : `${count(events)} of ${count(of)}`}
      valueText={check === undefined ? 'It begins' : `${count(events)} of ${plural(of, 'event')} are in order`}
    />
  );
}
