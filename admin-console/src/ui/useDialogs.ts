import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotices } from './notices.tsx';

/** Owns which dialog of a page is open and the notice of what it did; what the page shows, kept under the key, is read anew then. */
export function useDialogs<Asked>(key: string) {
  const [asked, ask] = useState<Asked>();
  const cache = useQueryClient();
  const notices = useNotices();
  const close = () => ask(undefined);
  const reload = () => void cache.invalidateQueries({ queryKey: [key] });

  function done(title: string, text = '') {
    close();
    notices.done(title, text);
    reload();
  }

  return { asked, ask, close, reload, done, notices };
}
