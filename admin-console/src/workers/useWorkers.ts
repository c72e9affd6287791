import { useQuery } from '@tanstack/react-query';
import { gateway, history } from '../composition.ts';
import { fetchWorkers, totalsOf } from './workers.ts';

export const pollEvery = 2000;

/** The workers as they are now, asked again every two seconds while the page is looked at. Each answer enters the history. */
export function useWorkers() {
  return useQuery({
    queryKey: ['workers'],
    queryFn: async ({ signal }) => {
      const workers = await fetchWorkers(gateway, signal);
      history.add(Date.now(), totalsOf(workers));
      return { workers, history: history.samples() };
    },
    refetchInterval: pollEvery,
    staleTime: 0,
  });
}
