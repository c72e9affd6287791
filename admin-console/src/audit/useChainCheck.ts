import { useEffect, useRef, useState } from 'react';
import { gateway } from '../composition.ts';
import { checkChain, type ChainCheck } from './audit.ts';

/** A check of one chain, under way or over. */
export interface RunningCheck {
  /** How far the last one has come; undefined before it has come anywhere, and after it was stopped. */
  readonly check: ChainCheck | undefined;
  readonly isRunning: boolean;
  readonly start: () => Promise<void>;
  readonly stop: () => void;
}

/** Owns the one check that a page makes of a tenant's chain at a time; it ends when the page shows another chain, or goes. */
export function useChainCheck(tenant: string, onFailed: (problem: unknown) => void): RunningCheck {
  const [check, setCheck] = useState<ChainCheck>();
  const [isRunning, setRunning] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => stop, [tenant]);

  function stop() {
    running.current?.abort();
    running.current = undefined;
    setRunning(false);
    setCheck(undefined);
  }

  async function start() {
    stop();
    const mine = new AbortController();
    running.current = mine;
    setRunning(true);
    try {
      for await (const now of checkChain(gateway, tenant, mine.signal)) {
        if (mine.signal.aborted) return;
        setCheck(now);
      }
    } catch (problem) {
      if (mine.signal.aborted) return;
      setCheck(undefined);
      onFailed(problem);
    }
    setRunning(false);
  }

  return { check, isRunning, start, stop };
}
