import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { fetchModels } from '../models/models.ts';
import { fetchServedModels } from '../playground/completions.ts';
import { fetchTenants } from './tenants.ts';

export function useTenants() {
  const user = useUser();
  return useQuery({
    queryKey: ['tenants'], queryFn: ({ signal }) => fetchTenants(gateway, signal), enabled: may(user, 'list-tenants'), refetchInterval: 15_000,
  });
}

/** Names of models to choose from: those in store for who may see the store, those served for others. */
export function useModelNames(): readonly string[] {
  const user = useUser();
  const all = may(user, 'list-all-models');
  const names = useQuery({
    queryKey: ['model-names', all],
    queryFn: async ({ signal }) => all
      ? (await fetchModels(gateway, signal)).filter((model) => model.state !== 'known').map((model) => model.name)
      : fetchServedModels(gateway, signal),
    enabled: all || may(user, 'create-completion'),
    staleTime: 30_000,
  });
  return names.data ?? [];
}
