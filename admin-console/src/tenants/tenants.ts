import type { Gateway } from '../api/Gateway.ts';
import { instant, number, object, oneOf, text, words } from '../api/json.ts';
import { everyPage } from '../api/pages.ts';

export type TenantStatus = 'active' | 'suspended' | 'deleted';

/** An organisation that uses the platform. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  /** Its share of busy workers, relative to other tenants'. */
  readonly weight: number;
  /** The only models that it sees and may use; undefined for every one. */
  readonly models: readonly string[] | undefined;
  readonly createdAt: Date | undefined;
  /** When a deleted one is deleted for good. */
  readonly deleteAfter: Date | undefined;
  readonly version: number;
}

/** What can be changed of a tenant. */
export interface TenantWish {
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly weight: number;
  readonly models: readonly string[] | undefined;
}

const address = '/admin/v1/tenants';

export function tenantFrom(json: unknown): Tenant {
  const tenant = object(json);
  return {
    id: text(tenant['id']),
    name: text(tenant['name']),
    status: oneOf(['active', 'suspended', 'deleted'], tenant['status'], 'active'),
    weight: number(tenant['weight'], 1),
    models: words(tenant['models']),
    createdAt: instant(tenant['createdAt']),
    deleteAfter: instant(tenant['deleteAfter']),
    version: number(tenant['version']),
  };
}

export async function fetchTenants(gateway: Gateway, signal?: AbortSignal): Promise<readonly Tenant[]> {
  return (await everyPage(gateway, address, signal)).map(tenantFrom);
}

export async function fetchTenant(gateway: Gateway, id: string): Promise<Tenant> {
  return tenantFrom(await gateway.get(`${address}/${encodeURIComponent(id)}`));
}

export async function createTenant(gateway: Gateway, id: string, { status: _, name, ...wish }: TenantWish): Promise<void> {
  // A name that is left out is the id.
  await gateway.post(address, { id, ...wish, ...(name === '' ? {} : { name }) });
}

export async function changeTenant(gateway: Gateway, { id, version }: Tenant, wish: TenantWish): Promise<void> {
  await gateway.put(`${address}/${encodeURIComponent(id)}`, wish, version);
}

/** The same tenant, served or not. */
export async function serveTenant(gateway: Gateway, tenant: Tenant, status: 'active' | 'suspended'): Promise<void> {
  await changeTenant(gateway, tenant, { name: tenant.name, status, weight: tenant.weight, models: tenant.models });
}

export async function deleteTenant(gateway: Gateway, { id, version }: Tenant): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(id)}`, version);
}

export function modelsInWords(models: readonly string[] | undefined): string {
  return models === undefined ? 'Every model' : models.length === 0 ? 'None' : models.join(', ');
}
