import { Button, ClipboardCopy, Content, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { importCommands, type Model } from './models.ts';

/** Weights are brought in on the machine of the workers, where the files are; this shows how. */
export function ImportDialog({ model, onClose }: { model: Model | undefined; onClose: () => void }) {
  const licence = model !== undefined && !model.pullable ? model.licence : '';
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="import-title" aria-describedby="import-text">
      <ModalHeader title={model === undefined ? 'How to import a model' : `How to import ${model.name}`} labelId="import-title" />
      <ModalBody id="import-text">
        <Content component="p">
          {model === undefined
            ? 'Run one of these on the machine of the platform: the first for a model that can be downloaded, the second for files of your own. PATH is a GGUF file, a folder with config.json and safetensors files, or a folder as Meta gives it, with params.json.'
            : model.pullable
              ? 'Run this on the machine of the platform. It downloads the weights, checks them and puts them into the store.'
              : 'Run this on the machine of the platform. PATH is a GGUF file, a folder with config.json and safetensors files, or a folder as Meta gives it, with params.json.'}
        </Content>
        <div className="alti-commands">
          {importCommands(model).map((command) => (
            <ClipboardCopy key={command} isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="Command" toggleAriaLabel="Show command">
              {command}
            </ClipboardCopy>
          ))}
        </div>
        <Content component="p">
          The model then shows here as <strong>In store</strong>, ready to be served. Options for the number format and the chat
          template are listed by <code>altiplano models import --help</code>.
        </Content>
        {licence !== '' && <Content component="p">Licence of the weights: {licence}</Content>}
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}
