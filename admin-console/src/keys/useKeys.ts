import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { fetchKeys } from './keys.ts';

export function useKeys() {
  const user = useUser();
  return useQuery({
    queryKey: ['keys'], queryFn: ({ signal }) => fetchKeys(gateway, signal), enabled: may(user, 'list-keys'), refetchInterval: 60_000, staleTime: 10_000,
  });
}
