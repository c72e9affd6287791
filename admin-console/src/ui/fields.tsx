import {
  Button, Checkbox, FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, InputGroup, InputGroupItem, Label,
  LabelGroup, Radio, TextArea, TextInput,
} from '@patternfly/react-core';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useFieldTexts } from './FormDialog.tsx';

interface FieldProps {
  /** The gateway's word for the field. */
  readonly name: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'date' | 'datetime-local';
  readonly inputMode?: 'text' | 'numeric' | 'decimal';
  readonly placeholder?: string;
  readonly autoComplete?: string;
  readonly suggestions?: readonly string[];
  readonly isDisabled?: boolean;
  readonly children?: ReactNode;
}

export function TextField(props: TextFieldProps) {
  const { name, hint = '', isRequired = false, value, onChange, suggestions = [], children, ...input } = props;
  const texts = useFieldTexts();
  const id = texts.id(name);
  const text = (
    <TextInput
      id={id} value={value} onChange={(_, next) => onChange(next)} isRequired={isRequired} aria-describedby={`${id}-hint`}
      validated={texts.error(name) === '' ? 'default' : 'error'} spellCheck={false} autoCapitalize="none" autoComplete="off"
      {...(suggestions.length > 0 ? { list: `${id}-list` } : {})} {...input}
    />
  );
  return (
    <FormGroup label={texts.label(name)} fieldId={id} isRequired={isRequired}>
      {children === undefined ? text : <InputGroup><InputGroupItem isFill>{text}</InputGroupItem>{children}</InputGroup>}
      {suggestions.length > 0 && <datalist id={`${id}-list`}>{suggestions.map((each) => <option key={each} value={each} />)}</datalist>}
      <Hint name={name} text={hint} />
    </FormGroup>
  );
}

interface TextAreaFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text of several lines. */
export function TextAreaField({ name, hint = '', value, onChange }: TextAreaFieldProps) {
  const texts = useFieldTexts();
  const id = texts.id(name);
  return (
    <FormGroup label={texts.label(name)} fieldId={id} isRequired>
      <TextArea
        id={id} value={value} onChange={(_, next) => onChange(next)} isRequired rows={8} resizeOrientation="vertical" aria-describedby={`${id}-hint`}
        validated={texts.error(name) === '' ? 'default' : 'error'}
      />
      <Hint name={name} text={hint} />
    </FormGroup>
  );
}

interface SelectFieldProps extends FieldProps {
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
  readonly isDisabled?: boolean;
}

export function SelectField({ name, hint = '', isRequired = false, value, options, onChange, isDisabled = false }: SelectFieldProps) {
  const texts = useFieldTexts();
  const id = texts.id(name);
  return (
    <FormGroup label={texts.label(name)} fieldId={id} isRequired={isRequired}>
      <FormSelect
        id={id} value={value} onChange={(_, next) => onChange(next)} isDisabled={isDisabled} aria-describedby={`${id}-hint`}
        validated={texts.error(name) === '' ? 'default' : 'error'}
      >
        {options.map(([option, label]) => <FormSelectOption key={option} value={option} label={label} />)}
      </FormSelect>
      <Hint name={name} text={hint} />
    </FormGroup>
  );
}

interface ChecksFieldProps extends FieldProps {
  readonly chosen: readonly string[];
  readonly options: readonly { readonly word: string; readonly label: string; readonly purpose: string }[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any of a few words, each with what it is for. */
export function ChecksField({ name, hint = '', isRequired = false, chosen, options, onChange }: ChecksFieldProps) {
  const texts = useFieldTexts();
  const id = texts.id(name);
  return (
    <FormGroup label={texts.label(name)} role="group" fieldId={id} isRequired={isRequired} isStack>
      {options.map(({ word, label, purpose }, i) => (
        <Checkbox
          key={word} id={i === 0 ? id : `${id}-${word}`} label={label} description={purpose} isChecked={chosen.includes(word)}
          onChange={(_, on) => onChange(on ? [...chosen, word] : chosen.filter((each) => each !== word))}
        />
      ))}
      <Hint name={name} text={hint} />
    </FormGroup>
  );
}

interface WordsFieldProps extends FieldProps {
  readonly words: readonly string[];
  readonly onChange: (words: readonly string[]) => void;
  readonly placeholder: string;
  readonly suggestions?: readonly string[];
}

/** A list of words: each is typed and added with Enter or a comma, and can be taken away. What stands in the field when it is left is added too. */
export function WordsField({ name, hint = '', words, onChange, placeholder, suggestions = [] }: WordsFieldProps) {
  const texts = useFieldTexts();
  const id = texts.id(name);
  const [draft, setDraft] = useState('');

  function add(typed: string) {
    const fresh = typed.split(/[,\s]+/).filter((word) => word !== '' && !words.includes(word));
    if (fresh.length > 0) onChange([...words, ...fresh]);
    setDraft('');
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === ',' || (event.key === 'Enter' && draft.trim() !== '')) {
      event.preventDefault();
      add(draft);
    } else if (event.key === 'Backspace' && draft === '' && words.length > 0) onChange(words.slice(0, -1));
  }

  return (
    <FormGroup label={texts.label(name)} fieldId={id}>
      {words.length > 0 && (
        <LabelGroup className="alti-words" aria-label={texts.label(name)} numLabels={words.length}>
          {words.map((word) => (
            <Label key={word} variant="outline" onClose={() => onChange(words.filter((each) => each !== word))} closeBtnAriaLabel={`Take away ${word}`}>
              {word}
            </Label>
          ))}
        </LabelGroup>
      )}
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={id} value={draft} onChange={(_, value) => setDraft(value)} onKeyDown={onKeyDown} onBlur={() => add(draft)} placeholder={placeholder}
            aria-describedby={`${id}-hint`} validated={texts.error(name) === '' ? 'default' : 'error'} spellCheck={false} autoComplete="off"
            {...(suggestions.length > 0 ? { list: `${id}-list` } : {})}
          />
        </InputGroupItem>
        <InputGroupItem><Button variant="control" onClick={() => add(draft)} isDisabled={draft.trim() === ''}>Add</Button></InputGroupItem>
      </InputGroup>
      {suggestions.length > 0 && (
        <datalist id={`${id}-list`}>
          {suggestions.filter((each) => !words.includes(each)).map((each) => <option key={each} value={each} />)}
        </datalist>
      )}
      <Hint name={name} text={hint} />
    </FormGroup>
  );
}

interface ModelsFieldProps {
  /** The only models; undefined for every one. */
  readonly models: readonly string[] | undefined;
  readonly suggestions: readonly string[];
  readonly onChange: (models: readonly string[] | undefined) => void;
}

/** Every model, or only those named. */
export function ModelsField({ models, suggestions, onChange }: ModelsFieldProps) {
  const texts = useFieldTexts();
  const id = texts.id('models-choice');
  return (
    <>
      <FormGroup label="Models" role="radiogroup" fieldId={id} isInline>
        <Radio id={`${id}-every`} name={id} label="Every model" isChecked={models === undefined} onChange={() => onChange(undefined)} />
        <Radio id={`${id}-some`} name={id} label="Only some" isChecked={models !== undefined} onChange={() => onChange(models ?? [])} />
      </FormGroup>
      {models !== undefined && (
        <WordsField
          name="models" words={models} onChange={onChange} placeholder="Name of a model" suggestions={suggestions}
          hint={models.length === 0 ? 'None is named yet.' : ''}
        />
      )}
    </>
  );
}

function Hint({ name, text }: { name: string; text: string }) {
  const texts = useFieldTexts();
  const error = texts.error(name);
  if (error === '' && text === '') return null;
  return (
    <FormHelperText>
      <HelperText id={`${texts.id(name)}-hint`}>
        <HelperTextItem variant={error === '' ? 'default' : 'error'}>{error === '' ? text : error}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}
