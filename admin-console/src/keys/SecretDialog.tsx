import { Alert, Button, ClipboardCopy, Content, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { nameOf, type CreatedKey } from './keys.ts';

/** Shows a key the one time that it is known. Closes only by its button, so that it is not gone by a slip. */
export function SecretDialog({ created, onClose }: { created: CreatedKey; onClose: () => void }) {
  return (
    <Modal isOpen variant="medium" aria-labelledby="secret-title" aria-describedby="secret-text">
      <ModalHeader title={`The key of ${nameOf(created.key)}`} labelId="secret-title" />
      <ModalBody id="secret-text">
        <Alert component="p" variant="warning" isInline title="Copy it now: it is shown this once, and kept nowhere" />
        <div className="alti-commands">
          <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="API key" toggleAriaLabel="Show key">{created.secret}</ClipboardCopy>
        </div>
        <Content component="p">
          Send it in the header <code>Authorization: Bearer KEY</code>, or give it to any client of the OpenAI API as its key.
        </Content>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>I have it</Button>
      </ModalFooter>
    </Modal>
  );
}
