import {
  Button, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, Modal, ModalBody, ModalFooter, ModalHeader,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { gateway } from '../composition.ts';
import { moment, nothing } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { fetchContent, type Content } from './content.ts';

const speakers: Readonly<Record<string, string>> = { '': 'Prompt', system: 'System prompt', user: 'User', assistant: 'Assistant' };

/** What was said in one request. It is asked for once, since each look is written into the audit log, and forgotten when it is closed. */
export function ContentDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const content = useQuery({ queryKey: ['content-of', id], queryFn: ({ signal }) => fetchContent(gateway, id, signal), staleTime: Infinity, gcTime: 0 });
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="content-title">
      <ModalHeader title="What was asked and answered" labelId="content-title" />
      <ModalBody tabIndex={0} aria-label="The request">
        <Loaded query={content} what="The request">{(all) => <Words content={all} />}</Loaded>
      </ModalBody>
      <ModalFooter><Button variant="primary" onClick={onClose}>Close</Button></ModalFooter>
    </Modal>
  );
}

function Words({ content }: { content: Content }) {
  const facts = [
    ['When', content.at === undefined ? nothing : moment(content.at)], ['Who', content.owner], ['API key', content.key === '' ? 'none' : content.key],
    ['Model', content.model], ['Request', content.id],
  ] as const;
  return (
    <div className="alti-stack">
      <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col' }} aria-label="About the request">
        {facts.map(([term, fact]) => (
          <DescriptionListGroup key={term}>
            <DescriptionListTerm>{term}</DescriptionListTerm>
            <DescriptionListDescription className="alti-strong">{fact}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
      </DescriptionList>
      {content.prompts.map((messages, prompt) => messages.map((message, i) => (
        <Utterance key={`${prompt} ${i}`} speaker={speakers[message.role] ?? message.role} text={message.text} />
      )))}
      {content.answers.map((answer, i) => (
        <Utterance key={i} speaker={content.answers.length === 1 ? 'Answer' : `Answer ${i + 1}`} text={answer} isAnswer />
      ))}
    </div>
  );
}

function Utterance({ speaker, text, isAnswer = false }: { speaker: string; text: string; isAnswer?: boolean }) {
  return (
    <article aria-label={speaker} className={isAnswer ? 'alti-utterance alti-utterance-answer' : 'alti-utterance'}>
      <p className="alti-speaker">{speaker}</p>
      <div className="alti-answer">{text === '' ? <span className="alti-note">nothing</span> : text}</div>
    </article>
  );
}
