import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import type { Model } from './models.ts';

/** Asks before a model is taken from its users. */
export function UnserveDialog({ model, onClose, onConfirm }: { model: Model; onClose: () => void; onConfirm: () => void }) {
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="unserve-title" aria-describedby="unserve-text">
      <ModalHeader title={`Stop serving ${model.name}?`} titleIconVariant="warning" labelId="unserve-title" />
      <ModalBody id="unserve-text">
        New requests for this model will be refused. Its memory on the workers is freed. The model stays in the store and can be
        served again at any time.
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" onClick={onConfirm}>Stop serving</Button>
        <Button variant="link" onClick={onClose}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
