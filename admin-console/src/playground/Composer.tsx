import { Button, TextArea } from '@patternfly/react-core';
import StopIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-stop-icon';
import PaperPlaneIcon from '@patternfly/react-icons/dist/esm/icons/paper-plane-icon';
import { useRef, type KeyboardEvent } from 'react';

interface ComposerProps {
  readonly draft: string;
  readonly streaming: boolean;
  readonly canSend: boolean;
  readonly problem: string;
  readonly onWrite: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

/** Where the next message is written. Enter sends; Shift and Enter begins a line. */
export function Composer({ draft, streaming, canSend, problem, onWrite, onSend, onStop }: ComposerProps) {
  const input = useRef<HTMLTextAreaElement>(null);
  const sendable = canSend && !streaming && draft.trim() !== '';

  function onKeyDown(event: KeyboardEvent) {
    // An Enter that ends the composition of a character (Chinese, Japanese, Korean) belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (sendable) onSend();
  }

  return (
    <form
      className="alti-composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (sendable) onSend();
        input.current?.focus();
      }}
    >
      <TextArea
        ref={input} aria-label="Message" aria-describedby="composer-hint" placeholder="Write a message" rows={2} autoResize
        resizeOrientation="none" value={draft} onChange={(_, value) => onWrite(value)} onKeyDown={onKeyDown}
      />
      <div className="alti-composer-actions">
        <span id="composer-hint" className={problem === '' ? 'alti-note alti-composer-hint' : 'alti-problem'}>
          {problem === '' ? 'Enter sends, Shift + Enter starts a new line' : problem}
        </span>
        {streaming ? (
          <Button
            variant="secondary" icon={<StopIcon />}
            onClick={() => {
              onStop();
              input.current?.focus();
            }}
          >
            Stop
          </Button>
        ) : (
          <Button type="submit" variant="primary" icon={<PaperPlaneIcon />} isDisabled={!sendable}>Send</Button>
        )}
      </div>
    </form>
  );
}
