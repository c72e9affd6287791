import { Alert } from '@patternfly/react-core';
import { useState } from 'react';
import { gateway } from '../composition.ts';
import { SelectField, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { useWorkers } from '../workers/useWorkers.ts';
import { addModel } from './jobs.ts';
import type { Model } from './models.ts';

const labels = { source: 'From', name: 'Model', path: 'Path', dtype: 'Number format', chatTemplate: 'Chat template', worker: 'Worker' };

const formats = [
  ['q8', 'q8: 8 bits, the usual one'], ['int4', 'int4: 4 bits, for large models'], ['half', 'half: 16 bits, for fidelity'], ['fp32', 'fp32: 32 bits'],
] as const;
const templates = [['', 'As the checkpoint says'], ['llama2', 'llama2'], ['chatml', 'chatml'], ['none', 'none: no chats']] as const;

interface AddModelDialogProps {
  /** The one to begin with; undefined: any. */
  readonly model: Model | undefined;
  /** All that can be downloaded and are in no store. */
  readonly downloads: readonly Model[];
  readonly onAdded: (name: string) => void;
  readonly onClose: () => void;
}

/** Has a worker bring a model into its store: by download, or from the import folder of its machine. */
export function AddModelDialog({ model, downloads, onAdded, onClose }: AddModelDialogProps) {
  const [source, setSource] = useState(model === undefined ? (downloads.length > 0 ? 'download' : 'folder') : model.pullable ? 'download' : 'folder');
  const [name, setName] = useState(model?.name ?? '');
  const [download, setDownload] = useState(model?.pullable === true ? model.name : downloads[0]?.name ?? '');
  const [path, setPath] = useState('');
  const [dtype, setDtype] = useState('q8');
  const [chatTemplate, setChatTemplate] = useState('');
  const workers = (useWorkers().data?.workers ?? []).map((worker) => worker.id);
  const [chosen, setChosen] = useState('');
  const sending = useSending();
  const isDownload = source === 'download';
  const wanted = isDownload ? download : name.trim();

  async function add() {
    if (wanted === '') throw wrong('name', 'Give the model a name.');
    if (!isDownload && path.trim() === '') throw wrong('path', 'Give the path.');
    await addModel(gateway, {
      name: wanted,
      ...(isDownload ? {} : { path: path.trim(), dtype, ...(chatTemplate === '' ? {} : { chatTemplate }) }),
      ...(workers.length > 1 ? { worker: chosen === '' ? workers[0] ?? '' : chosen } : {}),
    });
    onAdded(wanted);
  }

  return (
    <FormDialog
      title={model === undefined ? 'Add a model' : `Add ${model.name}`} submit="Add" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(add)}
      notice={model !== undefined && model.licence !== '' && <Alert component="p" variant="info" isInline isPlain title={`Licence of the weights: ${model.licence}`} />}
    >
      <SelectField
        name="source" value={source} onChange={setSource}
        options={[...(downloads.length > 0 ? [['download', 'Download'] as const] : []), ['folder', 'The import folder of the worker’s machine']]}
      />
      {isDownload ? (
        <SelectField name="name" value={download} onChange={setDownload} options={downloads.map((each) => [each.name, each.name] as const)} />
      ) : (
        <>
          <TextField name="path" value={path} onChange={setPath} isRequired hint="Within the import folder: a GGUF file, a Hugging Face folder, or one as Meta gives it." />
          <TextField name="name" value={name} onChange={setName} isRequired hint="Its name in the store and in requests." />
          <SelectField name="dtype" value={dtype} onChange={setDtype} options={formats} />
          <SelectField name="chatTemplate" value={chatTemplate} onChange={setChatTemplate} options={templates} />
        </>
      )}
      {workers.length > 1 && (
        <SelectField
          name="worker" value={chosen === '' ? workers[0] ?? '' : chosen} onChange={setChosen} options={workers.map((each) => [each, each] as const)}
          hint="Whose store it is for; workers of one machine share theirs."
        />
      )}
    </FormDialog>
  );
}
