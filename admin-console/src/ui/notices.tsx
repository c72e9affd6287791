import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/ApiError.ts';

interface Notice {
  readonly variant: 'success' | 'danger';
  readonly title: string;
  readonly text: string;
}

export interface Notices {
  readonly done: (title: string, text?: string) => void;
  readonly failed: (title: string, problem: unknown) => void;
  /** Where the page shows them. */
  readonly place: ReactNode;
}

/** Owns the one notice that a page shows of its last action; a failure stays until it is closed. */
export function useNotices(): Notices {
  const [notice, setNotice] = useState<Notice>();
  return {
    done: (title, text = '') => setNotice({ variant: 'success', title, text }),
    failed: (title, problem) => setNotice({ variant: 'danger', title, text: sentence(problem) }),
    place: (
      <AlertGroup isToast isLiveRegion>
        {notice !== undefined && (
          <Alert
            component="p" key={notice.title} variant={notice.variant} title={notice.title} timeout={notice.variant === 'success' ? 6000 : false}
            onTimeout={() => setNotice(undefined)}
            actionClose={<AlertActionCloseButton title={notice.title} onClose={() => setNotice(undefined)} />}
          >
            {notice.text}
          </Alert>
        )}
      </AlertGroup>
    ),
  };
}
