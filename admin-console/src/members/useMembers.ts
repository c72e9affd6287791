import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { fetchMembers } from './members.ts';

export function useMembers() {
  const user = useUser();
  return useQuery({
    queryKey: ['members'], queryFn: ({ signal }) => fetchMembers(gateway, signal), enabled: may(user, 'list-members'), refetchInterval: 60_000, staleTime: 10_000,
  });
}

/** The names of owners, as far as they are members whom the user may see. */
export function useOwnerNames(): ReadonlyMap<string, string> {
  return new Map((useMembers().data ?? []).map((member) => [member.owner, member.username]));
}
