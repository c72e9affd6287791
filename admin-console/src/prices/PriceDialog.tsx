import { useState } from 'react';
import { ApiError } from '../api/ApiError.ts';
import { gateway } from '../composition.ts';
import { useModelNames } from '../tenants/useTenants.ts';
import { TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { money } from '../ui/format.ts';
import { useEdit } from '../ui/Newer.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { fetchPrices, setPrice, type Price, type PriceWish } from './prices.ts';

const labels = { model: 'Model', inputPerMillion: 'Input', cachedPerMillion: 'Cached input', outputPerMillion: 'Output' };
const unpriced: Price = { model: '', inputPerMillion: 0, cachedPerMillion: 0, outputPerMillion: 0, version: 0 };

interface PriceDialogProps {
  /** What is changed; undefined for a first price. */
  readonly price: Price | undefined;
  readonly onSaved: (model: string) => void;
  readonly onClose: () => void;
}

export function PriceDialog({ price, onSaved, onClose }: PriceDialogProps) {
  const [model, setModel] = useState(price?.model ?? '');
  const [input, setInput] = useState(price === undefined ? '' : String(price.inputPerMillion));
  const [cached, setCached] = useState(price === undefined ? '' : String(price.cachedPerMillion));
  const [output, setOutput] = useState(price === undefined ? '' : String(price.outputPerMillion));
  const suggestions = useModelNames();
  const sending = useSending();
  const edit = useEdit<Price>(price ?? unpriced, async () => {
    const now = (await fetchPrices(gateway)).find((each) => each.model === model.trim());
    if (now === undefined) throw new ApiError(404, 'Somebody else has removed this price meanwhile.');
    return now;
  }, facts);

  function read(): PriceWish {
    const inputPerMillion = amount('inputPerMillion', input);
    return {
      inputPerMillion,
      // Where nothing is said of them, cached tokens cost what others do.
      cachedPerMillion: cached.trim() === '' ? inputPerMillion : amount('cachedPerMillion', cached),
      outputPerMillion: amount('outputPerMillion', output),
    };
  }

  return (
    <FormDialog
      title={price === undefined ? 'Set a price' : `Price of ${price.model}`} submit={edit.isStale ? 'Save over theirs' : 'Save'} labels={labels}
      sending={sending} onClose={onClose} notice={edit.notice}
      onSubmit={() => void sending.send(async () => {
        if (model.trim() === '') throw wrong('model', 'Name the model.');
        const wish = read();
        await edit.save((base) => setPrice(gateway, model.trim(), wish, base.version === 0 ? undefined : base.version));
        onSaved(model.trim());
      })}
    >
      {price === undefined && (
        <TextField name="model" value={model} onChange={setModel} isRequired suggestions={suggestions} hint="The name under which it is served." />
      )}
      <TextField name="inputPerMillion" value={input} onChange={setInput} isRequired inputMode="decimal" hint="Per million tokens of prompts." />
      <TextField
        name="cachedPerMillion" value={cached} onChange={setCached} inputMode="decimal"
        hint="Per million tokens of prompts that were found in the prefix cache; like input if it is left empty."
      />
      <TextField name="outputPerMillion" value={output} onChange={setOutput} isRequired inputMode="decimal" hint="Per million tokens of answers." />
    </FormDialog>
  );
}

function amount(field: string, typed: string): number {
  const value = Number(typed.trim());
  if (typed.trim() === '' || !Number.isFinite(value)) throw wrong(field, 'Give an amount, such as 0.25.');
  return value;
}

function facts(price: Price): readonly (readonly [string, string])[] {
  return [['Input', money(price.inputPerMillion)], ['Cached input', money(price.cachedPerMillion)], ['Output', money(price.outputPerMillion)]];
}
