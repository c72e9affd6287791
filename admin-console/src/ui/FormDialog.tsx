import { Alert, Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { createContext, useContext, useEffect, useId, type ReactNode } from 'react';
import { fieldOf, inWords, type Sending } from './sending.ts';

interface FormDialogProps {
  readonly title: string;
  readonly submit: string;
  /** The fields by the gateway's words for them, with the labels that people read. */
  readonly labels: Readonly<Record<string, string>>;
  readonly sending: Sending;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** Something to be told above the fields. */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

interface FieldTexts {
  readonly id: (name: string) => string;
  readonly label: (name: string) => string;
  readonly error: (name: string) => string;
}

const Fields = createContext<FieldTexts>({ id: (name) => name, label: (name) => name, error: () => '' });

/** What a field of the form around it is called, and what is wrong with it. */
export function useFieldTexts(): FieldTexts {
  return useContext(Fields);
}

/** A form in a dialog. What is wrong is told at its field, or above all of them; the dialog stays, with all that was typed. */
export function FormDialog({ title, submit, labels, sending, onSubmit, onClose, notice, children }: FormDialogProps) {
  const form = useId();
  const { busy, problem } = sending;
  const at = fieldOf(problem);
  const known = problem !== undefined && labels[at] !== undefined;
  const texts: FieldTexts = {
    id: (name) => `${form}-${name}`,
    label: (name) => labels[name] ?? name,
    error: (name) => (known && at === name ? inWords(problem, labels) : ''),
  };
  useEffect(() => {
    if (known) document.getElementById(`${form}-${at}`)?.focus();
  }, [form, known, at, problem]);
  return (
    <Modal
      isOpen variant="small" onClose={busy ? () => undefined : onClose} aria-labelledby={`${form}-title`}
      elementToFocus={`[id="${form}"] :is(input, select, textarea)`}
    >
      <ModalHeader title={title} labelId={`${form}-title`} />
      <ModalBody>
        <Form
          id={form} noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <div aria-live="polite" className="alti-form-notices">
            {notice}
            {problem !== undefined && !known && <Alert component="p" variant="danger" isInline title={inWords(problem, labels)} />}
          </div>
          <Fields.Provider value={texts}>{children}</Fields.Provider>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" type="submit" form={form} isLoading={busy} isDisabled={busy}>{submit}</Button>
        <Button variant="link" onClick={onClose} isDisabled={busy}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
