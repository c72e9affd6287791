import { Alert, AlertActionLink, EmptyState, EmptyStateBody } from '@patternfly/react-core';
import AiChatIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-chat-icon';
import { memo, useEffect, useRef } from 'react';
import { count, milliseconds, rate } from '../ui/format.ts';
import { timeToFirstToken, tokensPerSecond, type Turn } from './Conversation.ts';

interface TranscriptProps {
  readonly turns: readonly Turn[];
  readonly canRetry: boolean;
  readonly onRetry: () => void;
}

export function Transcript({ turns, canRetry, onRetry }: TranscriptProps) {
  const frame = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    // Follows the answer as it grows, unless the reader has scrolled up to read.
    if (follows.current && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  }, [turns]);

  const last = turns.at(-1);
  return (
    <div
      ref={frame} className="alti-transcript" role="log" aria-label="Messages" aria-busy={last?.state === 'streaming'} tabIndex={0}
      onScroll={({ currentTarget: box }) => {
        follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
      }}
    >
      {turns.length === 0 ? (
        <EmptyState titleText="Start a conversation" headingLevel="h2" icon={AiChatIcon} variant="sm">
          <EmptyStateBody>Write a message below. The answer streams in as the model writes it.</EmptyStateBody>
        </EmptyState>
      ) : (
        turns.map((turn) => (
          <TurnView key={turn.id} turn={turn} onRetry={turn === last && canRetry ? onRetry : undefined} />
        ))
      )}
    </div>
  );
}

const TurnView = memo(function TurnView({ turn, onRetry }: { turn: Turn; onRetry: (() => void) | undefined }) {
  return (
    <>
      <article className="alti-message alti-message-user" aria-label="You">
        <div className="alti-bubble">{turn.prompt}</div>
      </article>
      <article className="alti-message" aria-label={turn.model}>
        <p className="alti-speaker">{turn.model}</p>
        {turn.answer !== '' && <div className="alti-answer" data-testid="answer">{turn.answer}</div>}
        {turn.state === 'streaming' && turn.answer === '' && (
          <p className="alti-waiting"><span aria-hidden="true" />Waiting for the first token</p>
        )}
        {turn.state === 'failed' && (
          <Alert component="p"
            variant="danger" isInline title={turn.answer === '' ? 'No answer' : 'The answer broke off'}
            actionLinks={onRetry && <AlertActionLink onClick={onRetry}>Try again</AlertActionLink>}
          >
            {turn.error}
          </Alert>
        )}
        <Measures turn={turn} />
      </article>
    </>
  );
});

const endings: Readonly<Record<string, string>> = {
  stop: 'Complete',
  length: 'Cut at the token limit',
};

function Measures({ turn }: { turn: Turn }) {
  const ttft = timeToFirstToken(turn);
  const speed = tokensPerSecond(turn);
  const facts: [string, string][] = [];
  if (speed !== undefined) facts.push(['Speed', `${rate(speed)} tokens/s`]);
  if (ttft !== undefined) facts.push(['First token', milliseconds(ttft)]);
  if (turn.usage !== undefined) {
    facts.push(['Prompt', `${count(turn.usage.promptTokens)} tokens`], ['Answer', `${count(turn.usage.completionTokens)} tokens`]);
  } else if (turn.tokens > 0) {
    facts.push(['Answer', `${count(turn.tokens)} tokens`]);
  }
  const ending = turn.state === 'stopped' ? 'Stopped' : turn.state === 'done' ? (endings[turn.finishReason] ?? turn.finishReason) : '';
  if (ending !== '') facts.push(['End', ending]);
  if (facts.length === 0) return null;
  return (
    <dl className="alti-measures" aria-label="Measures of this answer">
      {facts.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
