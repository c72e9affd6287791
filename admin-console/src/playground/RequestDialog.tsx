import { Button, ClipboardCopyButton, CodeBlock, CodeBlockAction, CodeBlockCode, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useState } from 'react';
import { chatRequest, curlCommand } from './completions.ts';
import { requestMessages, type Turn } from './Conversation.ts';
import type { Sampling, Settings } from './sampling.ts';

interface RequestDialogProps {
  readonly turns: readonly Turn[];
  readonly settings: Settings;
  readonly draft: string;
  readonly sampling: Sampling;
  readonly onClose: () => void;
}

/** The request as a command line, for who moves from the playground to code. */
export function RequestDialog({ turns, settings, draft, sampling, onClose }: RequestDialogProps) {
  const [copied, setCopied] = useState(false);
  // What Send would send, or, with nothing written yet, what was sent last.
  const last = turns.at(-1);
  const messages = draft.trim() !== '' || last === undefined
    ? requestMessages(turns, settings.system, draft.trim() === '' ? 'Hello' : draft)
    : requestMessages(turns.slice(0, -1), settings.system, last.prompt);
  const command = curlCommand(window.location.origin, chatRequest(settings.model, messages, sampling));
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="request-title">
      <ModalHeader
        title="The request as a command" labelId="request-title"
        description="ALTIPLANO_API_KEY stands for an API key of yours. altiplano keys create makes one."
      />
      <ModalBody tabIndex={0} role="region" aria-label="Command">
        <CodeBlock
          actions={
            <CodeBlockAction>
              <ClipboardCopyButton
                id="copy-request" textId="request-command" variant="plain" exitDelay={600} maxWidth="8rem"
                aria-label="Copy the command" onTooltipHidden={() => setCopied(false)}
                onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
              >
                {copied ? 'Copied' : 'Copy'}
              </ClipboardCopyButton>
            </CodeBlockAction>
          }
        >
          <CodeBlockCode id="request-command">{command}</CodeBlockCode>
        </CodeBlock>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}
