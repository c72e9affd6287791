import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { fetchKeyPage, fetchKeys, type KeySearch } from './keys.ts';

/** Page by page, as many as were asked for. */
export function useKeyPages(search: KeySearch) {
  const user = useUser();
  return useInfiniteQuery({
    queryKey: ['keys', search],
    queryFn: ({ pageParam, signal }) => fetchKeyPage(gateway, search, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => (page.next === '' ? undefined : page.next),
    placeholderData: keepPreviousData,
    enabled: may(user, 'list-keys'),
    refetchInterval: 60_000,
  });
}

/** Every one, for whoever needs the names of those that something else speaks of. */
export function useKeys() {
  const user = useUser();
  return useQuery({
    queryKey: ['keys'], queryFn: ({ signal }) => fetchKeys(gateway, signal), enabled: may(user, 'list-keys'), refetchInterval: 60_000, staleTime: 10_000,
  });
}
