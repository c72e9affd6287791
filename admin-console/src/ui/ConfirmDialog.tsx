import { Alert, Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from '@patternfly/react-core';
import { useId, useState, type ReactNode } from 'react';
import { sentence } from '../api/ApiError.ts';
import { useSending } from './sending.ts';

interface ConfirmDialogProps {
  readonly title: string;
  readonly action: string;
  /** What has to be typed, where there is no way back. */
  readonly name?: string;
  /** Nothing is taken from anybody. */
  readonly safe?: boolean;
  readonly children: ReactNode;
  readonly work: () => Promise<void>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks before something is taken from its users, names it, and stays to say why when that fails. */
export function ConfirmDialog({ title, action, name = '', safe = false, children, work, onDone, onClose }: ConfirmDialogProps) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const sending = useSending();
  const certain = typed === name;

  async function confirm() {
    if (certain && await sending.send(work)) onDone();
  }

  return (
    <Modal
      isOpen variant="small" onClose={onClose} aria-labelledby={`${id}-title`} aria-describedby={`${id}-text`}
      {...(name === '' ? {} : { elementToFocus: `[id="${id}-name"]` })}
    >
      <ModalHeader title={title} {...(safe ? {} : { titleIconVariant: 'warning' })} labelId={`${id}-title`} />
      <ModalBody>
        <Form
          id={id} noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <div id={`${id}-text`}>{children}</div>
          <div aria-live="polite" className="alti-form-notices">
            {sending.problem !== undefined && <Alert component="p" variant="danger" isInline title={sentence(sending.problem)} />}
          </div>
          {name !== '' && (
            <FormGroup label={<>Type <strong className="alti-typed">{name}</strong> to confirm</>} fieldId={`${id}-name`}>
              <TextInput id={`${id}-name`} value={typed} onChange={(_, value) => setTyped(value)} autoComplete="off" spellCheck={false} />
            </FormGroup>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button variant={safe ? 'primary' : 'danger'} type="submit" form={id} isDisabled={!certain || sending.busy} isLoading={sending.busy}>{action}</Button>
        <Button variant="link" onClick={onClose} isDisabled={sending.busy}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
